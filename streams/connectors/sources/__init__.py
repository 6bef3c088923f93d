"""One module a source: a feed's table goes in, its lanes' sources come out."""

from __future__ import annotations

from collections.abc import Iterator

from streams.connectors import polled
from streams.connectors.source import Source
from streams.connectors.sources import (
    aircraft,
    cmecf_rss,
    courtlistener,
    gdelt,
    news_rss,
    opensky,
    traces,
)


def sources(feed: polled.Polled) -> Iterator[Source]:
    """A source for each lane of a polled feed. Raises StackError for a secret that is missing."""
    match feed:
        case polled.CmecfRss():
            yield from cmecf_rss.sources(feed)
        case polled.CourtListener():
            yield from courtlistener.sources(feed)
        case polled.OpenSky():
            yield from opensky.sources(feed)
        case polled.Aircraft():
            yield from aircraft.sources(feed)
        case polled.Traces():
            yield from traces.sources(feed)
        case polled.NewsRss():
            yield from news_rss.sources(feed)
        case polled.Gdelt():
            yield from gdelt.sources(feed)
