"""The readings of one aircraft, kept as a set: positions in any order in, a thinned sequence out.

What is kept depends on which readings came, never on their order or on copies: of each stretch of
time (10 s low or slow, 60 s in cruise, 300 s parked) the first and the last reading are kept, for
each state of the ground flag, and in cruise for each sixteenth of the compass that it flew in, so
that what is left out lies within 3 km of the line between what is kept. Of copies of one reading
the one that came first in the log stays.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Hashable, Iterable, Sequence

import msgspec

from streams.facts.received import Position
from streams.facts.sphere import distance_m
from streams.legs.policy import POLICY

_HIGH_M = 1500.0
_CRUISE_MPS = 110.0
_PARKED_MPS = 2.0
_LOW_STRETCH_MS, _CRUISE_STRETCH_MS, _PARKED_STRETCH_MS = 10_000, 60_000, 300_000
_UNKNOWN_STRETCH_MS = 20_000
"""In cruise without a course: short, for it may have turned."""
_SECTORS = 16


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a reading says beside where and when; many readings share one."""

    source: str
    callsign: str | None
    registration: str | None
    reconstructed: bool
    masked: bool
    stale: bool
    uncertainty_s: float | None
    bound: str | None
    cites: str | None
    new_leg: bool = False


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the segmenter needs of a position."""

    at: int
    latitude: float
    longitude: float
    on_ground: bool | None
    altitude_m: float | None
    ground_speed_mps: float | None
    vertical_rate_mps: float | None
    said: Said
    fetched_at: int | None
    revision: int
    sector: int | None = None
    """Which sixteenth of the compass it flies in, from north."""

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts by time, then by content, then by place in the log."""
        return (*self.content, self.revision)

    @property
    def content(self) -> tuple[object, ...]:
        """Everything but where in the log it came, in a form that can be sorted."""
        said = self.said
        numbers = (self.altitude_m, self.ground_speed_mps, self.vertical_rate_mps)
        flag = -1 if self.on_ground is None else int(self.on_ground)
        texts = (said.source, said.callsign, said.registration, said.bound, said.cites)
        return (
            self.at,
            said.stale,
            said.reconstructed,
            self.latitude,
            self.longitude,
            flag,
            tuple(-math.inf if one is None else one for one in numbers),
            tuple(one or "" for one in texts),
            -math.inf if said.uncertainty_s is None else said.uncertainty_s,
            said.masked,
            said.new_leg,
            -1 if self.sector is None else self.sector,
        )


def reading(position: Position, revision: int) -> Reading:
    """Make the reading of a position: to a tenth of a metre and of a metre a second."""
    altitude = position.altitude_m
    return Reading(
        position.observed_at,
        round(position.latitude * 1e6) / 1e6,
        round(position.longitude * 1e6) / 1e6,
        position.on_ground,
        _tenths(position.geometric_altitude_m if altitude is None else altitude),
        _tenths(position.ground_speed_mps),
        _tenths(position.vertical_rate_mps),
        Said(
            position.source,
            position.callsign,
            position.registration,
            position.reconstructed,
            position.masked,
            position.stale,
            position.uncertainty_s,
            position.bound,
            position.cites,
            position.new_leg,
        ),
        position.fetched_at,
        revision,
        sector(position.track_deg),
    )


def sector(track_deg: float | None) -> int | None:
    """The sixteenth of the compass of a course."""
    return None if track_deg is None else int(track_deg / 360 * _SECTORS) % _SECTORS


def _tenths(value: float | None) -> float | None:
    # Not round(value, 1): arrays of numbers must come out the same, to the bit.
    return None if value is None else round(value * 10) / 10


def from_the_future(position: Position) -> bool:
    """Whether a position is stamped later than when it was fetched."""
    fetched = position.fetched_at
    return fetched is not None and position.observed_at > fetched + POLICY.future_s * 1000


def thinned(readings: Iterable[Reading]) -> list[Reading]:
    """Keep what the segmenter needs, sorted by time.

    Thinning what was thinned before together with what came since is thinning all of it.
    """
    readings = list(readings)
    times = [one.at for one in readings]
    if all(map(operator.lt, times, times[1:])):
        return _thinned_in_order(readings)
    ends: dict[tuple[object, ...], tuple[Reading, Reading]] = {}
    for one in readings:
        place = _stretch(one)
        held = ends.get(place)
        if held is None:
            ends[place] = (one, one)
            continue
        first, last = held
        if one.at < first.at or (one.at == first.at and one.order < first.order):
            first = one
        if one.at > last.at or (one.at == last.at and _later(one, last)):
            last = one
        ends[place] = (first, last)
    kept = {one.order: one for pair in ends.values() for one in pair}
    return [one for _, one in sorted(kept.items())]


def _thinned_in_order(readings: list[Reading]) -> list[Reading]:
    return _ends_of(map(_stretch, readings), readings)


def _ends_of(stretches: Iterable[Hashable], readings: list[Reading]) -> list[Reading]:
    """The first and the last reading of each stretch; ``stretches`` has that of each reading."""
    first: dict[Hashable, int] = {}
    last: dict[Hashable, int] = {}
    for index, place in enumerate(stretches):
        last[place] = index
        if place not in first:
            first[place] = index
    if len(first) + len(last) >= 2 * len(readings):
        return readings
    return [readings[index] for index in sorted({*first.values(), *last.values()})]


def thinned_up(readings: list[Reading]) -> list[Reading]:
    """As ``thinned``, of readings that are in order of time and say plainly that they are up."""
    places: list[int] = []
    for one in readings:
        at, altitude, speed = one.at, one.altitude_m, one.ground_speed_mps
        if altitude is None or altitude < _HIGH_M or not (speed is None or speed >= _CRUISE_MPS):
            places.append(at // _LOW_STRETCH_MS * _PLACES + _SECTORS)
        elif one.sector is None:
            places.append(at // _UNKNOWN_STRETCH_MS * _PLACES + _SECTORS + 1)
        else:
            places.append(at // _CRUISE_STRETCH_MS * _PLACES + one.sector)
    return _ends_of(places, readings)


_PLACES = _SECTORS + 2
"""So many kinds of stretches may begin at once."""


def _later(one: Reading, last: Reading) -> bool:
    mine, held = one.content, last.content
    return mine > held or (mine == held and one.revision < last.revision)


def _stretch(one: Reading) -> tuple[object, ...]:
    said, sector = one.said, one.sector
    if sector is not None and _cruises(one):
        length, course = _CRUISE_STRETCH_MS, sector
    else:
        length, course = stretch_ms(one), -1
    return one.on_ground, length, one.at // length, course, said.stale, said.reconstructed


def _cruises(one: Reading) -> bool:
    altitude, speed = one.altitude_m, one.ground_speed_mps
    if one.on_ground or altitude is None or altitude < _HIGH_M:
        return False
    return speed is None or speed >= _CRUISE_MPS


def stretch_ms(one: Reading) -> int:
    """How long the stretch is of which the first and last reading are kept."""
    if one.on_ground:
        parked = one.ground_speed_mps is not None and one.ground_speed_mps < _PARKED_MPS
        return _PARKED_STRETCH_MS if parked else _LOW_STRETCH_MS
    if not _cruises(one):
        return _LOW_STRETCH_MS
    return _UNKNOWN_STRETCH_MS if one.sector is None else _CRUISE_STRETCH_MS


def settled_before(air: Sequence[Reading]) -> int:
    """No later reading takes the place of a reading in the air before this time.

    Those kept of a stretch of time give way only to others of that stretch.
    """
    last = air[-1].at
    minute = last // _CRUISE_STRETCH_MS * _CRUISE_STRETCH_MS
    stretch = last // _LOW_STRETCH_MS * _LOW_STRETCH_MS
    for one in reversed(air):
        if one.at < minute:
            break
        if one.at < stretch and stretch_ms(one) > _LOW_STRETCH_MS:
            return minute
    return stretch


def apart_m(a: Reading, b: Reading) -> float:
    """Great-circle distance between two readings in metres."""
    return distance_m(a.latitude, a.longitude, b.latitude, b.longitude)
