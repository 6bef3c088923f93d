"""A page at one address, asked for conditionally: most feeds are no more than that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from streams.connectors.answers import Answer, Limits, NotModified, server_time
from streams.connectors.entries import Document
from streams.connectors.fetching import Fetcher
from streams.connectors.polled import Polled
from streams.connectors.progress import Memory, Stream
from streams.connectors.source import Unchanged
from streams.facts.instants import Instant
from streams.feeds.kinds import topic_of_kind

Clock = Callable[[Answer], Instant | None]
"""The source's own clock, from an answer."""
Ask = Callable[[Fetcher, str, Limits, Mapping[str, str]], Awaitable[Answer | NotModified]]
"""A GET with these validators."""


async def plain(
    fetcher: Fetcher, url: str, limits: Limits, validators: Mapping[str, str]
) -> Answer | NotModified:
    """A GET without credentials."""
    return await fetcher.get(url, limits=limits, validators=validators)


@dataclass(frozen=True, slots=True)
class Page:
    """One address."""

    name: str
    stream: Stream
    kind: str
    source: str
    url: str
    limits: Limits
    clock: Clock
    ask: Ask = plain
    current_if_unchanged: bool = False
    """Whether 304 says that nothing has happened until now, by the server's Date."""

    async def turn(
        self, position: Mapping[str, Any], fetcher: Fetcher
    ) -> AsyncIterator[Document | Unchanged]:
        """The page, if it has changed. Raises FetchError."""
        answer = await self.ask(fetcher, self.url, self.limits, position.get("validators") or {})
        if isinstance(answer, NotModified):
            through = server_time(answer.headers) if self.current_if_unchanged else None
            yield Unchanged(answer.fetched_at, through)
        else:
            yield Document(
                kind=self.kind,
                source=self.source,
                url=answer.url,
                fetched_at=answer.fetched_at,
                data=answer.data,
                headers=answer.headers,
                position={"validators": answer.validators},
                complete_through=self.clock(answer),
            )


def limits_of(feed: Polled) -> Limits:
    """The bounds that a feed's table sets."""
    return Limits(
        feed.request_timeout_s,
        feed.max_body_bytes,
        feed.max_unpacked_bytes,
        feed.requests_per_minute,
    )


def stream_of(feed: Polled, kind: str, memory: Memory, *, name: str, scope: str = "*") -> Stream:
    """What a feed's progress speaks of."""
    return Stream(name, topic_of_kind(kind), scope, memory, round(feed.silent_after_s * 1000))
