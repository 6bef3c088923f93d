"""KIND ``flights.opensky-states``: OpenSky's /states/all in, positions out. SI units already.

A row is a list by position (OpenSky REST API); older rows lack the last field, the category.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.opensky-states"
_SHORTEST_ROW = 14


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Positions of the aircraft that have one; a position older than 15 s is null and skipped."""
    document = readings.load(data, received)
    states = document.get("states", 0) if isinstance(document, dict) else 0
    if states is not None and not isinstance(states, list):
        raise BadDocument(f"{received.name}: expected an object with a list called states")
    for index, row in enumerate(states or []):
        try:
            if not isinstance(row, list) or len(row) < _SHORTEST_ROW:
                raise FieldError("state", f"a list of at least {_SHORTEST_ROW}", row)
            if row[3] is None or row[5] is None or row[6] is None:
                continue
            at = readings.instant(row[3], "3 (time_position)")
            yield readings.position(received, KIND, at, _values(row))
        except FieldError as error:
            yield error.of(received, f"state {index}")


def _values(row: list[Any]) -> dict[str, Any]:
    return {
        "icao24": readings.address(row[0], "0 (icao24)"),
        "callsign": readings.text(row[1], "1 (callsign)"),
        "longitude": row[5],
        "latitude": row[6],
        "altitude_m": readings.number(row[7], "7 (baro_altitude)"),
        "on_ground": readings.flag(row[8], "8 (on_ground)"),
        "ground_speed_mps": readings.number(row[9], "9 (velocity)"),
        "track_deg": readings.number(row[10], "10 (true_track)", 0, 360),
        "vertical_rate_mps": readings.number(row[11], "11 (vertical_rate)"),
        "geometric_altitude_m": readings.number(row[13], "13 (geo_altitude)"),
    }
