"""When the wheels left the ground and touched it again: a segment in, intervals with a basis out.

The ground flag flips while the aircraft still rolls, 16-31 s early on take-off and 6-29 s late on
landing in the samples, so an interval runs from the last reading on the ground to the first that
is clearly up, and back. An end last seen low near a runway is carried on by minutes. A
reconstructed end is the reported instant, as wide as it was reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from streams.facts.flights import EndBasis
from streams.facts.instants import Instant, Interval
from streams.facts.sphere import METRES_A_DEGREE
from streams.legs.policy import POLICY
from streams.legs.readings import Reading
from streams.legs.segments import Segment, height_near_a_field, vertical_trend

_NEVER = Interval(None, None)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a leg: when, how known, where, and whether that place is the airport's."""

    when: Interval
    basis: EndBasis
    latitude: float
    longitude: float
    sure_of_place: bool
    altitude_m: float | None = None
    """How low it was seen there, at most."""

    @classmethod
    def at(cls, when: Interval, basis: EndBasis, place: Reading, *, sure: bool) -> End:
        """An end at a reading's place."""
        return cls(when, basis, place.latitude, place.longitude, sure)


def takeoff(segment: Segment) -> End:
    """Find the interval of wheels off."""
    end = _takeoff(segment)
    return replace(end, altitude_m=_known(segment.air[0])) if segment.air else end


def _takeoff(segment: Segment) -> End:
    ground, air = segment.ground_before, segment.air
    if ground is not None and ground.said.uncertainty_s is not None:
        return _reported(ground)
    if not air:
        return _between_grounds(segment, ground)
    up = _first_clearly_up(air, ground)
    earliest = _carried(air[0], vertical_trend(list(air), at_end=False), -1)
    if ground is not None and air[0].at - ground.at <= POLICY.gap_s * 1000:
        floor = ground.at if earliest is None else max(ground.at, earliest)
        return End.at(_interval(floor, up.at), "observed", ground, sure=True)
    known = ground or segment.air_before
    if earliest is not None:
        floor = earliest if known is None else max(earliest, known.at)
        return End(_interval(floor, up.at), "extrapolated", *_ahead(air[1::-1]), sure_of_place=True)
    where = _beyond(air[::-1])
    if ground is not None:
        sure = air[0].at - ground.at <= POLICY.parked_s * 1000
        return End.at(_interval(ground.at, air[0].at), "gap", ground, sure=sure)
    if known is not None:
        return End(_interval(known.at, air[0].at), "gap", *where, sure_of_place=False)
    return End(Interval(None, Instant(air[0].at)), "unseen", *where, sure_of_place=False)


def landing(segment: Segment) -> End:
    """Find the interval of wheels on; both ends None while the leg is open."""
    air = segment.air
    if not air:
        return _landing(segment)
    edge = air[-1]
    if segment.ground_after is segment.air_after is None and height_near_a_field(edge) is None:
        return unseen(edge)
    return replace(_landing(segment), altitude_m=_known(edge))


def _known(edge: Reading) -> float | None:
    """An altitude; some sources give 0 on the ground, however high the field."""
    return edge.altitude_m or None


def unseen(edge: Reading) -> End:
    """The landing of a leg whose last reading is high up."""
    return End(_NEVER, "unseen", edge.latitude, edge.longitude, False, edge.altitude_m)


def _landing(segment: Segment) -> End:
    ground, air = segment.ground_after, segment.air
    if ground is not None and ground.said.uncertainty_s is not None:
        return _reported(ground)
    if not air:
        return _between_grounds(segment, ground)
    up = _last_clearly_up(air, ground)
    latest = _carried(air[-1], -vertical_trend(list(air), at_end=True), 1)
    if ground is not None and ground.at - air[-1].at <= POLICY.gap_s * 1000:
        ceiling = ground.at if latest is None else min(ground.at, latest)
        return End.at(_interval(up.at, ceiling), "observed", ground, sure=True)
    known = ground or segment.air_after
    if latest is not None:
        ceiling = latest if known is None else min(latest, known.at)
        return End(_interval(up.at, ceiling), "extrapolated", *_ahead(air[-2:]), sure_of_place=True)
    where = _beyond(air)
    if ground is not None:
        sure = ground.at - air[-1].at <= POLICY.parked_s * 1000
        return End.at(_interval(air[-1].at, ground.at), "gap", ground, sure=sure)
    if known is not None:
        return End(_interval(air[-1].at, known.at), "gap", *where, sure_of_place=False)
    return End(_NEVER, "unseen", *where, sure_of_place=False)


def first_clearly_up(segment: Segment) -> Reading:
    """The reading by which the wheels are off for sure, as far as readings go."""
    return _first_clearly_up(segment.air, segment.ground_before)


def told_by(air: Sequence[Reading], ground: Reading | None) -> bool:
    """Whether these last readings of a leg tell its landing as all of them would."""
    up = _last_clearly_up(air, ground)
    floor = next((one.altitude_m for one in reversed(air) if one.altitude_m is not None), None)
    if up is air[-1] and up.altitude_m is not None and _high(up):
        return True
    return floor is not None and _above(up, floor)


def _reported(ground: Reading) -> End:
    half = round((ground.said.uncertainty_s or 0) * 1000)
    basis: EndBasis = "reported" if ground.said.bound is None else "reported_bound"
    return End.at(_interval(ground.at - half, ground.at + half), basis, ground, sure=True)


def _between_grounds(segment: Segment, place: Reading | None) -> End:
    """Only ground readings show the leg: it left after the one and landed before the other."""
    before, after = segment.ground_before, segment.ground_after
    if before is None or after is None or place is None:
        raise ValueError("a segment without readings in the air needs ground readings around it")
    return End.at(_interval(before.at, after.at), "gap", place, sure=True)


def _carried(edge: Reading, climb_away: float, sign: int) -> int | None:
    """The furthest instant of wheels on or off of an aircraft seen low near a runway.

    None where it was not low near one, or not on its way from or to it.
    """
    height = height_near_a_field(edge)
    if height is None or climb_away < 0:
        return None
    seconds = POLICY.extrapolate_base_s + max(height, 0.0) / POLICY.extrapolate_mps
    return edge.at + sign * round(seconds * 1000)


def _ahead(pair: Sequence[Reading]) -> tuple[float, float]:
    """Where a line through two readings meets the ground, on a common approach slope."""
    height = height_near_a_field(pair[-1]) or 0.0
    return _along(pair[0], pair[-1], min(height / POLICY.approach_slope, POLICY.near_runway_m))


def _beyond(air: Sequence[Reading]) -> tuple[float, float]:
    """About where a run comes down after its end, if it comes down; else where it ends.

    For the ends of runs seen from behind it is where they came up.
    """
    behind, edge = air[max(0, len(air) - 4)], air[-1]
    if behind.altitude_m is None or edge.altitude_m is None or edge.altitude_m >= behind.altitude_m:
        return edge.latitude, edge.longitude
    return _along(behind, edge, min(edge.altitude_m / POLICY.approach_slope, POLICY.descent_m))


def _along(behind: Reading, edge: Reading, metres: float) -> tuple[float, float]:
    """The place so many metres on from edge, on the line from behind through edge."""
    narrow = math.cos(math.radians(edge.latitude))
    north = (edge.latitude - behind.latitude) * METRES_A_DEGREE
    east = (edge.longitude - behind.longitude) * METRES_A_DEGREE * narrow
    length = math.hypot(north, east)
    if length < 1 or metres <= 0:
        return edge.latitude, edge.longitude
    share = metres / length
    latitude = edge.latitude + (edge.latitude - behind.latitude) * share
    return latitude, edge.longitude + (edge.longitude - behind.longitude) * share


def _first_clearly_up(air: Sequence[Reading], ground: Reading | None) -> Reading:
    """The first reading above the height at which the run begins; it may begin high up."""
    if air[0].altitude_m is not None and _high(air[0]):
        return air[0]
    floor = next((one.altitude_m for one in air if one.altitude_m is not None), None)
    if floor is None:
        return air[-1] if ground is None else air[0]
    return next((one for one in air if _above(one, floor)), air[-1])


def _last_clearly_up(air: Sequence[Reading], ground: Reading | None) -> Reading:
    return _first_clearly_up(air[::-1], ground)


def _high(one: Reading) -> bool:
    return one.on_ground is False and height_near_a_field(one) is None


def _above(one: Reading, floor: float) -> bool:
    return one.altitude_m is not None and one.altitude_m - floor >= POLICY.clearly_up_m


def _interval(earliest: int, latest: int) -> Interval:
    return Interval(Instant(min(earliest, latest)), Instant(latest))
