"""The contract of sources: a lane's position goes in, documents come out, or word of none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from streams.connectors.archive import Archive
from streams.connectors.entries import Document
from streams.connectors.fetching import Fetcher
from streams.connectors.outlet import Outlet
from streams.connectors.progress import Stream
from streams.facts.instants import Instant

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source has nothing new, and says up to when that holds."""

    fetched_at: Instant
    complete_through: Instant | None = None
    position: Mapping[str, Any] | None = None
    """Where the lane goes on, if that has changed nonetheless."""
    outages: Sequence[tuple[int, int, str]] = ()


class Source(Protocol):
    """One thing to ask for, again and again."""

    @property
    def name(self) -> str:
        """Name of the lane."""

    @property
    def stream(self) -> Stream:
        """What its progress speaks of."""

    @property
    def kind(self) -> str:
        """KIND of its documents."""

    def turn(
        self, position: Mapping[str, Any], fetcher: Fetcher
    ) -> AsyncIterator[Document | Unchanged]:
        """Documents from this position on. Raises FetchError; what was given before counts."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all lanes of a process share."""

    archive: Archive
    outlet: Outlet
    fetcher: Fetcher
    workers: Executor
    """Threads for what blocks or computes: disk and parsers."""
    redacted: Mapping[str, Any]

    async def in_thread(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """What a call gives, made by one of the workers."""
        return await asyncio.get_running_loop().run_in_executor(self.workers, call, *arguments)
