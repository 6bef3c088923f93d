"""KIND ``flights.readsb``: a receiver's aircraft.json in, positions out. ``now`` is in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import aircraft, readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.readsb"


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Positions of all aircraft. Raises BadDocument if it is no aircraft.json."""
    document = readings.load(data, received)
    if not isinstance(document, dict) or not isinstance(document.get("aircraft"), list):
        raise BadDocument(f"{received.name}: expected an object with a list called aircraft")
    try:
        now = readings.instant(readings.whole(document, "the document").get("now"), "now")
    except FieldError as error:
        raise BadDocument(str(error.of(received, "the document"))) from error
    yield from aircraft.positions(received, KIND, now, document["aircraft"])
