"""When the wheels left the ground and touched it again: a segment in, intervals with a basis out.

The ground flag flips while the aircraft still rolls, 16-31 s early on take-off and 6-29 s late on
landing in the samples, so an interval runs from the last reading on the ground to the first that
is clearly up, and back. A reconstructed end is the reported instant, as wide as it was reported.
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.facts.derived import EndBasis
from streams.facts.instants import Instant, Interval
from streams.legs.policy import POLICY
from streams.legs.readings import Reading
from streams.legs.segments import Segment, low_near_a_field, vertical_trend


@dataclass(frozen=True, slots=True)
class End:
    """One end of a leg: when, how known, and the reading that says where."""

    when: Interval
    basis: EndBasis
    place: Reading
    sure_of_place: bool


def takeoff(segment: Segment) -> End:
    """Find the interval of wheels off."""
    ground, air = segment.ground_before, segment.air
    if ground is not None and ground.uncertainty_s is not None:
        return _reported(ground)
    if not air:
        # Only ground readings: it left after the one and before the other.
        assert ground is not None and segment.ground_after is not None  # noqa: S101, PT018
        return End(_between(ground, segment.ground_after), "gap", ground, sure_of_place=True)
    up = _first_clearly_up(air)
    if ground is not None:
        seen = (air[0].at - ground.at) / 1000 <= POLICY.gap_s
        if seen:
            return End(_between(ground, up), "observed", ground, sure_of_place=True)
    if low_near_a_field(air[0]) and vertical_trend(list(air), at_end=False) >= 0:
        earliest = air[0].at - int(POLICY.extrapolate_s * 1000)
        known = _latest_before(segment)
        when = _interval(max(earliest, known.at) if known else earliest, up.at)
        return End(when, "extrapolated", air[0], sure_of_place=True)
    known = _latest_before(segment)
    if known is not None:
        where = ground or air[0]
        return End(_interval(known.at, air[0].at), "gap", where, sure_of_place=ground is not None)
    return End(Interval(None, Instant(air[0].at)), "unseen", air[0], sure_of_place=False)


def landing(segment: Segment) -> End:
    """Find the interval of wheels on; both ends None while the leg is open."""
    ground, air = segment.ground_after, segment.air
    if ground is not None and ground.uncertainty_s is not None:
        return _reported(ground)
    if not air:
        assert ground is not None and segment.ground_before is not None  # noqa: S101, PT018
        return End(_between(segment.ground_before, ground), "gap", ground, sure_of_place=True)
    up = _last_clearly_up(air)
    if ground is not None and (ground.at - air[-1].at) / 1000 <= POLICY.gap_s:
        return End(_between(up, ground), "observed", ground, sure_of_place=True)
    known = ground or segment.air_after
    if low_near_a_field(air[-1]) and vertical_trend(list(air), at_end=True) <= 0:
        latest = air[-1].at + int(POLICY.extrapolate_s * 1000)
        if known is not None:
            when = _interval(up.at, min(latest, known.at))
            return End(when, "extrapolated", air[-1], sure_of_place=True)
    if known is not None:
        where = ground or air[-1]
        return End(_interval(air[-1].at, known.at), "gap", where, sure_of_place=ground is not None)
    return End(Interval(None, None), "unseen", air[-1], sure_of_place=False)


def _reported(ground: Reading) -> End:
    half = round((ground.uncertainty_s or 0) * 1000)
    basis: EndBasis = "reported" if ground.bound is None else "reported_bound"
    return End(_interval(ground.at - half, ground.at + half), basis, ground, sure_of_place=True)


def _latest_before(segment: Segment) -> Reading | None:
    return segment.ground_before or segment.air_before


def _first_clearly_up(air: tuple[Reading, ...]) -> Reading:
    floor = next((one.altitude_m for one in air if one.altitude_m is not None), None)
    if floor is None:
        return air[0]
    return next((one for one in air if _above(one, floor)), air[-1])


def _last_clearly_up(air: tuple[Reading, ...]) -> Reading:
    floor = next((one.altitude_m for one in reversed(air) if one.altitude_m is not None), None)
    if floor is None:
        return air[-1]
    return next((one for one in reversed(air) if _above(one, floor)), air[0])


def _above(one: Reading, floor: float) -> bool:
    return one.altitude_m is not None and one.altitude_m - floor >= POLICY.clearly_up_m


def _between(a: Reading, b: Reading) -> Interval:
    return _interval(a.at, b.at)


def _interval(earliest: int, latest: int) -> Interval:
    return Interval(Instant(earliest), Instant(latest))
