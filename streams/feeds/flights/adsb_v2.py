"""KIND ``flights.adsb-v2``: an answer of the v2 API in, positions out. ``now`` is in ms."""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import aircraft, readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.adsb-v2"


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Positions of all aircraft. Raises BadDocument if it is no v2 answer."""
    document = readings.load(data, received)
    if not isinstance(document, dict) or not isinstance(document.get("ac"), list):
        raise BadDocument(f"{received.name}: expected an object with a list called ac")
    try:
        milliseconds = readings.required(readings.number(document.get("now"), "now"), "now")
        now = readings.instant(milliseconds / 1000, "now")
    except FieldError as error:
        raise BadDocument(str(error.of(received, "the document"))) from error
    yield from aircraft.positions(received, KIND, now, document["ac"])
