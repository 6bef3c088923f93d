"""One module a source: a feed's table goes in, its lanes' sources come out."""

from __future__ import annotations

from collections.abc import Iterator

from streams.connectors import configuration
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


def sources(feed: configuration.Polled) -> Iterator[Source]:
    """A source for each lane of a polled feed. Raises StackError for a secret that is missing."""
    match feed:
        case configuration.CmecfRss():
            yield from cmecf_rss.sources(feed)
        case configuration.CourtListener():
            yield from courtlistener.sources(feed)
        case configuration.OpenSky():
            yield from opensky.sources(feed)
        case configuration.Aircraft():
            yield from aircraft.sources(feed)
        case configuration.Traces():
            yield from traces.sources(feed)
        case configuration.NewsRss():
            yield from news_rss.sources(feed)
        case configuration.Gdelt():
            yield from gdelt.sources(feed)
