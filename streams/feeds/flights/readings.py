"""One raw reading checked and put into canonical units: fields go in, a Position comes out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received

METRES_A_FOOT = 0.3048
MPS_A_KNOT = 1852 / 3600
MPS_A_FOOT_A_MINUTE = METRES_A_FOOT / 60

_ADDRESS = re.compile(r"~?[0-9a-f]{6}")
_LARGEST = 1e300
_LAST_INSTANT = 4_102_444_800_000  # the year 2100: later stamps are not milliseconds
_TWICE = "\0twice"
"""The key that marks an object which gave another key twice."""
_ALTITUDE_M, _SPEED_MPS, _CLIMB_MPS = (-10_000.0, 200_000.0), (0.0, 2_500.0), (-2_000.0, 2_000.0)
"""Beyond these no receiver's noise goes: the field holds something else."""
_RANGES = {
    "altitude_m": _ALTITUDE_M,
    "geometric_altitude_m": _ALTITUDE_M,
    "ground_speed_mps": _SPEED_MPS,
    "vertical_rate_mps": _CLIMB_MPS,
}
PIA, LADD = 4, 8
"""readsb's dbFlags of privacy-masked aircraft."""


class FieldError(ValueError):
    """A field that does not hold what its format says."""

    def __init__(self, field: str, expected: str, found: object) -> None:
        super().__init__(field)
        self.field, self.expected, self.found = field, expected, _shown(found)

    def of(self, received: Received, item: str) -> BadItem:
        """The refused item that this error makes."""
        return BadItem(received.name, item, self.field, self.expected, self.found)


def _shown(found: object) -> str:
    """What was found, in words; a whole number of thousands of digits has none."""
    try:
        return repr(found)
    except ValueError:
        return "a number of thousands of digits"


def load(data: bytes, received: Received) -> Any:
    """The JSON of a document. Raises BadDocument if it is none."""
    try:
        return json.loads(data, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise BadDocument(f"{received.name}: expected JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that gives a key twice is marked, for nobody can say which value is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found[_TWICE] = next(name for name in names if names.count(name) > 1)
    return found


def whole(value: Any, field: str) -> dict[str, Any]:
    """An object that gives each key once. Raises FieldError if it is none."""
    if not isinstance(value, dict):
        raise FieldError(field, "an object", value)
    if _TWICE in value:
        raise FieldError(str(value[_TWICE]), "one value", "two")
    return value


def number(value: Any, field: str, low: float = -math.inf, high: float = math.inf) -> float | None:
    """A finite number in a range, or None where there is none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise FieldError(field, "a number", value)
    # A whole number may be larger than any float: it is compared before it is made one.
    if not max(low, -_LARGEST) <= value <= min(high, _LARGEST):
        within = f" from {low:g} to {high:g}" if math.isfinite(high - low) else ""
        raise FieldError(field, f"a number{within}", value)
    return float(value)


def scaled(value: Any, field: str, factor: float) -> float | None:
    """A number in other units."""
    found = number(value, field)
    return None if found is None else round(found * factor, 3)


def text(value: Any, field: str) -> str | None:
    """Text without padding, or None where there is none."""
    if value is None:
        return None
    if not isinstance(value, str) or any("\ud800" <= one <= "\udfff" for one in value):
        # Half a surrogate pair, which JSON can spell, is no text: UTF-8 has no bytes for it.
        raise FieldError(field, "text", value)
    return value.strip(" \0@") or None


def flag(value: Any, field: str) -> bool | None:
    """True or false, or None where there is neither."""
    if value is not None and not isinstance(value, bool):
        raise FieldError(field, "true or false", value)
    return value


def address(value: Any, field: str) -> str:
    """Six hexadecimal digits, lower case; a leading ``~`` marks an address that is not ICAO's."""
    found = value.strip().lower() if isinstance(value, str) else ""
    if not _ADDRESS.fullmatch(found):
        raise FieldError(field, "six hexadecimal digits", value)
    return found


def instant(seconds: Any, field: str) -> Instant:
    """The instant of Unix seconds."""
    found = number(seconds, field)
    if found is None:
        raise FieldError(field, "seconds since 1970", seconds)
    if not 0 <= found < _LAST_INSTANT / 1000:
        raise FieldError(field, "seconds since 1970, before 2100", seconds)
    return Instant(round(found * 1000))


def required(value: float | None, field: str) -> float:
    """A number that must be there."""
    if value is None:
        raise FieldError(field, "a number", None)
    return value


def position(received: Received, kind: str, at: Instant, values: Mapping[str, Any]) -> Position:
    """A Position from checked values in canonical units; absent ones are None or False.

    An address that is not ICAO's is a receiver's own and for a time: it has no tail, whatever a
    data base says of its digits, and counts as masked.
    """
    lent = values["icao24"].startswith("~")
    if not 0 <= at < _LAST_INSTANT:
        raise FieldError("observed_at", "an instant from 1970 to 2100", at)
    for name, (low, high) in _RANGES.items():
        number(values.get(name), name, low, high)
    latitude = number(values.get("latitude"), "latitude", -90, 90)
    longitude = number(values.get("longitude"), "longitude", -180, 180)
    return Position(
        source=received.source,
        kind=kind,
        fetched_at=received.fetched_at,
        icao24=values["icao24"],
        callsign=values.get("callsign"),
        registration=None if lent else values.get("registration"),
        aircraft_type=values.get("aircraft_type"),
        observed_at=at,
        latitude=required(latitude, "latitude"),
        longitude=required(longitude, "longitude"),
        altitude_m=values.get("altitude_m"),
        geometric_altitude_m=values.get("geometric_altitude_m"),
        ground_speed_mps=values.get("ground_speed_mps"),
        track_deg=values.get("track_deg"),
        vertical_rate_mps=values.get("vertical_rate_mps"),
        on_ground=values.get("on_ground"),
        stale=values.get("stale", False),
        new_leg=values.get("new_leg", False),
        masked=lent or values.get("masked", False),
        reconstructed=values.get("reconstructed", False),
        uncertainty_s=values.get("uncertainty_s"),
        bound=values.get("bound"),
        cites=values.get("cites"),
    )
