"""Cuts one aircraft's readings into stretches in the air: a sorted sequence in, segments out.

A segment is a run of readings in the air with the ground readings around it. A run is cut where a
gap in it hides a landing and a take-off; a leg that no reading in the air shows is found between
two ground readings far apart.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from streams.legs import airports
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, apart_m

_HIGH_M = 1500.0
TREND = 4
"""So many readings tell whether an aircraft climbs or descends."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One leg's evidence.

    ``air`` may be empty where only the ground readings around it show that it was flown.
    ``air_before`` and ``air_after`` are the readings across a gap that hides a stop.
    """

    air: tuple[Reading, ...]
    ground_before: Reading | None
    ground_after: Reading | None
    air_before: Reading | None = None
    air_after: Reading | None = None

    @property
    def evidence(self) -> list[Reading]:
        """Every reading that bounds or fills the segment."""
        around = (self.ground_before, self.air_before, self.air_after, self.ground_after)
        return [*self.air, *(one for one in around if one is not None)]


def segments(readings: list[Reading], *, aeroplane: bool = False) -> Iterator[Segment]:
    """Find the segments, in order of time. ``aeroplane``: it is known to be one."""
    ground: Reading | None = None
    run: list[Reading] = []
    for one, up in said(readings, aeroplane=aeroplane):
        if up:
            run.append(one)
            continue
        if run and flew(run, ground, one):
            yield from _pieces(run, ground, one)
        elif ground is not None and _moved(ground, one):
            yield Segment((), ground, one)
        run = []
        ground = one
    if run and flew(run, ground, None):
        yield from _pieces(run, ground, None)


def said(readings: list[Reading], *, aeroplane: bool) -> Iterator[tuple[Reading, bool]]:
    """The readings that say whether the aircraft is in the air, with what they say.

    The ground flag of an aeroplane flips, or never comes, while it rolls. Where it came, the
    rolling around it says nothing more; where it did not, rolling is being on the ground.
    """
    if all(one.on_ground is False and not _slow(one) for one in readings):
        yield from ((one, True) for one in readings)
        return
    aeroplane = aeroplane or fast(readings)
    telling = [one for one in readings if airborne(one, aeroplane=aeroplane) is not None]
    before: Reading | None = None
    rolls_or_taxies = rolling if aeroplane else taxies
    for rolls, block in itertools.groupby(telling, rolls_or_taxies):
        rows = list(block)
        if rolls:
            index = bisect.bisect_right(telling, rows[-1].at, key=lambda one: one.at)
            after = telling[index] if index < len(telling) else None
            flagged = _flagged_near(before, rows[0]) or _flagged_near(after, rows[-1])
            yield from ((one, False) for one in rows if not flagged)
        else:
            yield from ((one, airborne(one, aeroplane=aeroplane) is True) for one in rows)
            before = rows[-1]


def plainly_up(one: Reading) -> bool:
    """Whether a reading received in its own moment says in every way that it is in the air."""
    old = one.said.stale or one.said.reconstructed
    return one.on_ground is False and one.altitude_m is not None and not (old or _slow(one))


def fast(readings: Iterable[Reading]) -> bool:
    """Whether one of the readings is faster than a helicopter."""
    return any((one.ground_speed_mps or 0) > POLICY.aeroplane_mps for one in readings)


def _flagged_near(ground: Reading | None, one: Reading) -> bool:
    if ground is None or not ground.on_ground:
        return False
    return abs(ground.at - one.at) <= POLICY.gap_s * 1000


def airborne(one: Reading, *, aeroplane: bool) -> bool | None:
    """What a reading says by itself; None where it does not say.

    Without a flag, being low near a field and faster than it rolls may be either, but is no taxi.
    Helicopters, gliders and drones fly as slowly as aeroplanes roll.
    """
    if one.on_ground is not None:
        return not one.on_ground
    speed, altitude = one.ground_speed_mps, one.altitude_m
    if low_near_a_field(one):
        if speed is None:
            return None
        return speed >= POLICY.rolling_mps if aeroplane else not taxies(one)
    least = POLICY.rolling_mps if aeroplane else POLICY.creeping_mps
    if altitude is not None and (altitude > _HIGH_M or (speed or 0) >= least):
        return True
    return True if speed is not None and speed > POLICY.aeroplane_mps else None


def rolling(one: Reading) -> bool:
    """Whether an aeroplane so low and slow rolls, though no flag says that it is on the ground."""
    return not one.on_ground and _slow(one) and low_near_a_field(one)


def _slow(one: Reading) -> bool:
    speed = one.ground_speed_mps
    return speed is not None and speed < POLICY.rolling_mps


def taxies(one: Reading) -> bool:
    """Whether any aircraft that is so low, slow and level is on the ground, and does not hover."""
    speed, climb = one.ground_speed_mps, one.vertical_rate_mps or 0.0
    if one.on_ground or speed is None or speed >= POLICY.creeping_mps:
        return False
    height = height_near_a_field(one)
    return abs(climb) <= POLICY.level_mps and height is not None and height < POLICY.hover_m


def flew(run: list[Reading], before: Reading | None, after: Reading | None) -> bool:
    """Whether a run is more than a flag that flipped while the aircraft rolled."""
    heights = [one.altitude_m for one in run if one.altitude_m is not None]
    if before is None and after is None:
        if len(run) > 1 or run[0].said.reconstructed:
            return not heights or max(heights) - min(heights) >= POLICY.clearly_up_m or _far(run)
        return bool(heights) and not low_near_a_field(run[0])
    if heights and max(heights) - min(heights) >= POLICY.clearly_up_m:
        return True
    if any(height > _HIGH_M and not low_near_a_field(one) for one, height in _with_height(run)):
        return True
    return _far([one for one in (before, *run, after) if one is not None])


def _with_height(run: list[Reading]) -> Iterator[tuple[Reading, float]]:
    return ((one, one.altitude_m) for one in run if one.altitude_m is not None)


def _far(run: list[Reading]) -> bool:
    return any(apart_m(run[0], one) > POLICY.hop_m for one in run)


def _moved(a: Reading, b: Reading) -> bool:
    return apart_m(a, b) > POLICY.unseen_move_m


def _pieces(run: list[Reading], before: Reading | None, after: Reading | None) -> Iterator[Segment]:
    """Cut a run at the gaps that hide a landing and a take-off."""
    cuts = [index for index in range(1, len(run)) if _hides_a_stop(run, index)]
    bounds = [0, *cuts, len(run)]
    for start, end in itertools.pairwise(bounds):
        yield Segment(
            tuple(run[start:end]),
            before if start == 0 else None,
            after if end == len(run) else None,
            run[start - 1] if start else None,
            run[end] if end < len(run) else None,
        )


def _hides_a_stop(run: list[Reading], index: int) -> bool:
    """Whether the gap before ``run[index]`` hides a landing and a take-off."""
    last, following = run[index - 1], run[index]
    seconds = (following.at - last.at) / 1000
    if seconds < POLICY.hiding_gap_s:
        return False
    came_down = low_near_a_field(last) and vertical_trend(run[:index], at_end=True) <= 0
    went_up = low_near_a_field(following) and vertical_trend(run[index:], at_end=False) >= 0
    if came_down and went_up:
        return True
    if (came_down or went_up) and (
        seconds >= POLICY.one_sided_gap_s or following.said.new_leg  # a receiver's own belief helps
    ):
        return True
    if seconds >= POLICY.low_gap_s and _down_and_up(run, index):
        return True
    distance, speed = apart_m(last, following), min(own_speed(last), own_speed(following))
    needed = distance / speed
    return seconds - needed >= POLICY.stop_s and distance / seconds < POLICY.stop_share * speed


def _down_and_up(run: list[Reading], index: int) -> bool:
    """Whether it was coming down to some field before the gap and comes up from one after it.

    The flight between the two must leave time for a stop.
    """
    last, following = run[index - 1], run[index]
    down = vertical_trend(run[:index], at_end=True) < 0 and _above_some_field(last)
    up = vertical_trend(run[index:], at_end=False) > 0 and _above_some_field(following)
    needed = apart_m(last, following) / min(own_speed(last), own_speed(following))
    return down and up and (following.at - last.at) / 1000 >= 2 * needed


def _above_some_field(one: Reading) -> bool:
    if one.altitude_m is None or one.altitude_m > airports.highest_m() + POLICY.low_gap_m:
        return False
    around = airports.near(one.latitude, one.longitude, POLICY.candidates_within_m)
    return any(one.altitude_m - field.elevation_m < POLICY.low_gap_m for field in around)


def own_speed(one: Reading) -> float:
    """How fast the aircraft flies here, m/s."""
    if one.ground_speed_mps is not None and one.ground_speed_mps > POLICY.rolling_mps:
        return one.ground_speed_mps
    high = one.altitude_m is not None and one.altitude_m > 4 * _HIGH_M
    return POLICY.jet_mps if high else POLICY.propeller_mps


def low_near_a_field(one: Reading) -> bool:
    """Whether a reading is under 1,500 ft above a field within 3 nautical miles."""
    return height_near_a_field(one) is not None


def height_near_a_field(one: Reading) -> float | None:
    """Metres above a field within 3 nautical miles, where that is under 1,500 ft; else None."""
    if one.altitude_m is None or one.altitude_m > airports.highest_m() + POLICY.low_m:
        return None
    place, reach = (one.latitude, one.longitude), POLICY.near_runway_m
    if one.altitude_m - airports.highest_around(*place, reach) >= POLICY.low_m:
        return None
    heights = [one.altitude_m - field.elevation_m for field in airports.near(*place, reach)]
    return min((height for height in heights if height < POLICY.low_m), default=None, key=abs)


def vertical_trend(run: list[Reading], *, at_end: bool) -> float:
    """Whether a run climbs (above 0) or descends (below 0) at its end or beginning; 0 unknown."""
    near_edge = run[-TREND:] if at_end else run[:TREND]
    heights = [one.altitude_m for one in near_edge if one.altitude_m is not None]
    if len(heights) > 1 and heights[-1] != heights[0]:
        return heights[-1] - heights[0]
    edge = run[-1] if at_end else run[0]
    return edge.vertical_rate_mps or 0.0
