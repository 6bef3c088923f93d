"""Aircraft objects, as readsb's aircraft.json and the v2 wrappers share them, to positions.

Feet, knots, feet a minute; a key is absent where nothing is known; ``alt_baro`` is "ground" on the
ground; the position is ``seen_pos`` seconds older than ``now``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.feeds.documents import BadItem, Received
from streams.feeds.flights import readings
from streams.feeds.flights.readings import FieldError

_OLDEST_S = 10 * 86_400


def positions(
    received: Received, kind: str, now: Instant, aircraft: list[Any]
) -> Iterator[Position | BadItem]:
    """Positions of those aircraft that have one; those without a position are skipped."""
    for index, one in enumerate(aircraft):
        name = f"aircraft {index}"
        try:
            if isinstance(one, dict):
                name = f"aircraft {one.get('hex', index)}"
            readings.whole(one, "aircraft")
            if one.get("lat") is None or one.get("lon") is None:
                continue
            age = readings.number(one.get("seen_pos"), "seen_pos", 0, _OLDEST_S) or 0.0
            at = Instant(now - round(age * 1000))
            yield readings.position(received, kind, at, _values(one))
        except FieldError as error:
            yield error.of(received, name)


def _values(one: dict[str, Any]) -> dict[str, Any]:
    barometric = one.get("alt_baro")
    on_ground = barometric == "ground"
    flags = int(readings.number(one.get("dbFlags"), "dbFlags", 0, 2**31) or 0)
    rate = one.get("baro_rate", one.get("geom_rate"))
    feet, minute = readings.METRES_A_FOOT, readings.MPS_A_FOOT_A_MINUTE
    return {
        "icao24": readings.address(one.get("hex"), "hex"),
        "callsign": readings.text(one.get("flight"), "flight"),
        "registration": readings.text(one.get("r"), "r"),
        "aircraft_type": readings.text(one.get("t"), "t"),
        "latitude": one["lat"],
        "longitude": one["lon"],
        "altitude_m": None if on_ground else readings.scaled(barometric, "alt_baro", feet),
        "geometric_altitude_m": readings.scaled(one.get("alt_geom"), "alt_geom", feet),
        "ground_speed_mps": readings.scaled(one.get("gs"), "gs", readings.MPS_A_KNOT),
        "track_deg": readings.number(one.get("track"), "track", 0, 360),
        "vertical_rate_mps": readings.scaled(rate, "baro_rate", minute),
        "on_ground": True if on_ground else None if barometric is None else False,
        "masked": bool(flags & (readings.PIA | readings.LADD)),
    }
