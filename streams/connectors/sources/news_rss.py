"""An outlet's RSS or Atom: its latest articles; the clock is that of its server."""

from __future__ import annotations

from collections.abc import Iterator

from streams.connectors.polled import NewsRss
from streams.connectors.source import Source
from streams.connectors.sources.page import Page, limits_of, stream_of

KIND = "news.rss"


def sources(feed: NewsRss) -> Iterator[Source]:
    """One lane."""
    yield Page(
        name=feed.name,
        stream=stream_of(feed, KIND, "window", name=feed.name),
        kind=KIND,
        source=feed.source_name,
        url=feed.url,
        limits=limits_of(feed),
        clock=lambda answer: answer.server_time,
        current_if_unchanged=True,
    )
