"""The readings of one aircraft, kept as a set: positions in any order in, a thinned sequence out.

What is kept depends on which readings came, never on their order: of each stretch of time (10 s
low or on the ground, 60 s high up) the first and the last reading are kept, for each state of the
ground flag; of the same reading twice, the one that came first in the log.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from streams.facts.received import Position
from streams.legs.policy import POLICY

_HIGH_M = 1500.0
_LOW_STRETCH_MS, _HIGH_STRETCH_MS = 10_000, 60_000
_EARTH_M = 6_371_008.8


class Reading(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What the segmenter needs of a position. Sorts by time, then by content."""

    at: int
    latitude: float
    longitude: float
    on_ground: bool | None
    altitude_m: float | None
    ground_speed_mps: float | None
    vertical_rate_mps: float | None
    uncertainty_s: float | None
    bound: str | None
    reconstructed: bool
    masked: bool
    callsign: str | None
    registration: str | None
    source: str
    cites: str | None
    fetched_at: int | None
    revision: int

    @property
    def identity(self) -> tuple[int, float, float]:
        """What makes two reports the same reading, whichever feed brought them."""
        return self.at, round(self.latitude, 4), round(self.longitude, 4)

    @property
    def airborne(self) -> bool | None:
        """What the reading says by itself; None where it does not say."""
        if self.on_ground is not None:
            return not self.on_ground
        if self.altitude_m is not None and self.altitude_m > _HIGH_M:
            return True
        speed = self.ground_speed_mps
        return True if speed is not None and speed > 60 else None


def reading(position: Position, revision: int) -> Reading:
    """Make the reading of a position."""
    altitude = position.altitude_m
    return Reading(
        position.observed_at,
        position.latitude,
        position.longitude,
        position.on_ground,
        position.geometric_altitude_m if altitude is None else altitude,
        position.ground_speed_mps,
        position.vertical_rate_mps,
        position.uncertainty_s,
        position.bound,
        position.reconstructed,
        position.masked,
        position.callsign,
        position.registration,
        position.source,
        position.cites,
        position.fetched_at,
        revision,
    )


def usable(position: Position) -> bool:
    """Whether a position can be used at all: not a repeat, not stamped after it was fetched."""
    if position.stale:
        return False
    fetched = position.fetched_at
    return fetched is None or position.observed_at <= fetched + POLICY.future_s * 1000


def thinned(readings: Iterable[Reading]) -> list[Reading]:
    """Keep what the segmenter needs, sorted by time.

    Thinning what was thinned before together with what came since is thinning all of it.
    """
    first_come: dict[tuple[int, float, float], Reading] = {}
    for one in readings:
        known = first_come.get(one.identity)
        if known is None or (one.revision, one) < (known.revision, known):
            first_come[one.identity] = one
    ends: dict[tuple[object, ...], tuple[Reading, Reading]] = {}
    for one in first_come.values():
        low = one.altitude_m is None or one.altitude_m < _HIGH_M
        stretch = _LOW_STRETCH_MS if low else _HIGH_STRETCH_MS
        place = (low, one.on_ground, one.at // stretch)
        first, last = ends.get(place, (one, one))
        ends[place] = (min(first, one), max(last, one))
    return sorted({one for pair in ends.values() for one in pair})


def plausible(readings: list[Reading]) -> tuple[list[Reading], list[tuple[Reading, str]]]:
    """Set aside readings that no aircraft can have flown; say why. Order in: by time."""
    kept: list[Reading] = []
    aside: list[tuple[Reading, str]] = []
    for index, one in enumerate(readings):
        if kept and (why := _impossible(kept[-1], one)):
            following = readings[index + 1] if index + 1 < len(readings) else None
            # Of two that cannot both be true, the one that the next reading bears out stays.
            lone = len(kept) == 1 or _impossible(kept[-2], one) is None
            if (
                following
                and lone
                and _impossible(kept[-1], following)
                and not _impossible(one, following)
            ):
                aside.append((kept.pop(), why))
                kept.append(one)
            else:
                aside.append((one, why))
            continue
        kept.append(one)
    return kept, aside


def _impossible(a: Reading, b: Reading) -> str | None:
    seconds = max((b.at - a.at) / 1000, 1.0)
    distance = distance_m(a.latitude, a.longitude, b.latitude, b.longitude)
    if distance > 2000 and distance / seconds > POLICY.impossible_speed_mps:
        return f"{distance / 1000:.0f} km in {seconds:.0f} s"
    if a.altitude_m is not None and b.altitude_m is not None:
        climb = abs(b.altitude_m - a.altitude_m)
        if climb > 600 and climb / seconds > POLICY.impossible_climb_mps:
            return f"{climb:.0f} m of altitude in {seconds:.0f} s"
    return None


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in metres (haversine)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(h)))
