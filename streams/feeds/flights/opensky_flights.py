"""KIND ``flights.opensky-flights``: OpenSky's nightly flight list in, first and last sightings out.

A flight names no coordinates, only the airports that OpenSky estimates for its ends: a sighting
is put at the estimated airport, marked ``reconstructed`` and cited as an estimate, with the time
as given. An end without an estimated airport yields nothing: where it was is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import airportsdata

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.opensky-flights"
_CITES = "OpenSky: estimated airport of the flight's {end}"
_UNCERTAINTY_S = 600.0
"""OpenSky estimates airports from sightings up to ten minutes from the field."""
_BOUND = {"departure": "before", "arrival": "after"}
"""It left before it was first seen, and landed after it was last seen."""


@cache
def _airports() -> dict[str, Any]:
    return dict(airportsdata.load("ICAO"))


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Sightings at the estimated airports. Raises BadDocument if it is no list of flights."""
    document = readings.load(data, received)
    if not isinstance(document, list):
        raise BadDocument(f"{received.name}: expected a list of flights")
    for index, flight in enumerate(document):
        try:
            # Both ends before either: a flight that is bad at one end is refused whole.
            found = list(_ends(received, readings.whole(flight, "flight")))
        except FieldError as error:
            yield error.of(received, f"flight {index}")
        else:
            yield from found


def _ends(received: Received, flight: dict[str, Any]) -> Iterator[Position]:
    first = readings.instant(flight.get("firstSeen"), "firstSeen")
    last = readings.instant(flight.get("lastSeen"), "lastSeen")
    if last < first:
        raise FieldError("lastSeen", "an instant not before firstSeen", flight.get("lastSeen"))
    for end, at, code in (
        ("departure", first, "estDepartureAirport"),
        ("arrival", last, "estArrivalAirport"),
    ):
        values = {
            "icao24": readings.address(flight.get("icao24"), "icao24"),
            "callsign": readings.text(flight.get("callsign"), "callsign"),
            "on_ground": True,
            "reconstructed": True,
            "uncertainty_s": _UNCERTAINTY_S,
            "bound": _BOUND[end],
            "cites": _CITES.format(end=end),
        }
        airport = _airports().get(readings.text(flight.get(code), code) or "")
        if airport is not None:
            values |= {"latitude": airport["lat"], "longitude": airport["lon"]}
            yield readings.position(received, KIND, at, values)
