"""Whose turn it is: an address goes in, and its host may be asked once the wait is over.

Each host is asked at the pace of the slowest feed on it (aiolimiter), by two at once at most, and
not at all while it wants to be left alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from aiolimiter import AsyncLimiter

from streams.connectors.answers import FetchError

_AT_ONCE = 2


@dataclass
class Host:
    """One host: its pace, and until when it asked to be left alone."""

    limiter: AsyncLimiter
    per_minute: float
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    not_before: float = 0.0

    def leave_alone(self, seconds: float) -> None:
        """Not to be asked for so long."""
        self.not_before = max(self.not_before, time.monotonic() + seconds)


class Hosts:
    """All hosts that a process asks."""

    def __init__(self, patience_s: float) -> None:
        """``patience_s``: who wants to be left alone for longer is not waited for."""
        self._hosts: dict[str, Host] = {}
        self._patience_s = patience_s

    @asynccontextmanager
    async def turn(self, url: httpx.URL, per_minute: float) -> AsyncIterator[Host]:
        """Wait until this host may be asked. Raises FetchError if that is far off."""
        host = self._paced(url, per_minute)
        async with host.places:
            while (left := host.not_before - time.monotonic()) > 0:
                if left > self._patience_s:
                    words = f"{url.host} wants to be left alone for {left:.0f} s"
                    raise FetchError("status-429", words, retry_after_s=left)
                await asyncio.sleep(left)
            await host.limiter.acquire()
            yield host

    def _paced(self, url: httpx.URL, per_minute: float) -> Host:
        """The host of an address; of the feeds that share one, the slowest sets the pace."""
        name = f"{url.host}:{url.port or ''}"
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = Host(AsyncLimiter(1, 60 / per_minute), per_minute)
        elif per_minute < host.per_minute:
            host.limiter, host.per_minute = AsyncLimiter(1, 60 / per_minute), per_minute
        return host
