"""KIND ``flights.adsb-v2``: an answer of the v2 API in, positions out.

``now`` is in milliseconds; servers that run readsb's own API give seconds, told by the size.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import aircraft, readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.adsb-v2"
_FIRST_MILLISECONDS = 1e11
"""As seconds this is the year 5138, as milliseconds 1973."""


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Positions of all aircraft. Raises BadDocument if it is no v2 answer."""
    document = readings.load(data, received)
    # A server with no aircraft in reach may say null for the list.
    found = document.get("ac", 0) if isinstance(document, dict) else 0
    if found is not None and not isinstance(found, list):
        raise BadDocument(f"{received.name}: expected an object with a list called ac")
    try:
        head = readings.whole(document, "the document")
        now = readings.required(readings.number(head.get("now"), "now"), "now")
        at = readings.instant(now / 1000 if now >= _FIRST_MILLISECONDS else now, "now")
    except FieldError as error:
        raise BadDocument(str(error.of(received, "the document"))) from error
    yield from aircraft.positions(received, KIND, at, found or [])
