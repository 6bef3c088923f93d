"""The KINDs of documents: a KIND's name goes in, its parser and feed topic come out.

Parsers are imported when first asked for: ``parse court.cmecf-rss`` needs no flight code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from streams.facts.instants import Instant
from streams.feeds.documents import BadDocument, BadItem, Received, unpacked

Parser = Callable[..., Iterator[Any]]

_PARSERS = {
    "court.cmecf-rss": "streams.feeds.court.cmecf_rss",
    "court.courtlistener-entries": "streams.feeds.court.courtlistener_entries",
    "court.courtlistener-webhook": "streams.feeds.court.courtlistener_webhook",
    "flights.opensky-states": "streams.feeds.flights.opensky_states",
    "flights.opensky-tracks": "streams.feeds.flights.opensky_tracks",
    "flights.opensky-flights": "streams.feeds.flights.opensky_flights",
    "flights.readsb": "streams.feeds.flights.readsb",
    "flights.adsb-v2": "streams.feeds.flights.adsb_v2",
    "flights.trace": "streams.feeds.flights.trace",
    "news.rss": "streams.feeds.news.rss",
    "news.ninjs": "streams.feeds.news.ninjs",
    "news.text": "streams.feeds.news.text",
    "news.gdelt-mentions": "streams.feeds.news.gdelt_mentions",
    "news.gdelt-events": "streams.feeds.news.gdelt_events",
}
KINDS = tuple(_PARSERS)

_TOPICS = {
    "court": "court.docket-entries",
    "flights": "flights.positions",
    "news": "news.articles",
}


def topic_of_kind(kind: str) -> str:
    """Feed topic of the records of a KIND."""
    return _TOPICS[kind.partition(".")[0]]


def parse(
    kind: str, data: bytes, received: Received, *, published: Instant | None = None
) -> Iterator[Any | BadItem]:
    """Records and refused items of one document; gzip is recognised.

    ``published`` is what ``news.text`` needs: plain text does not say when it appeared.
    Raises BadDocument for a document that can't be read at all, KeyError for an unknown KIND.
    """
    module = import_module(_PARSERS[kind])
    parser: Parser = module.parse
    document = unpacked(data, received.name)
    if kind != "news.text":
        return parser(document, received)
    if published is None:
        raise BadDocument(f"{received.name}: news.text needs --published: plain text has no date")
    return parser(document, received, published=published)
