"""Cuts one aircraft's readings into stretches in the air: a sorted sequence in, segments out.

A segment is a run of readings in the air with the ground readings around it. A run is cut where a
gap in it hides a landing and a take-off; a leg that no reading in the air shows is found between
two ground readings far apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from streams.legs import airports
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, distance_m


@dataclass(frozen=True, slots=True)
class Segment:
    """One leg's evidence.

    ``air`` may be empty where only the ground readings around it show that it was flown.
    ``cut_before`` and ``cut_after`` say that the neighbour in time is another segment's.
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


def segments(readings: list[Reading]) -> Iterator[Segment]:
    """Find the segments, in order of time."""
    ground: Reading | None = None
    run: list[Reading] = []
    for one in readings:
        if one.airborne is None:
            continue
        if one.airborne:
            run.append(one)
            continue
        if run:
            yield from _pieces(run, ground, one)
            run = []
        elif ground is not None and _moved(ground, one):
            yield Segment((), ground, one)
        ground = one
    if run:
        yield from _pieces(run, ground, None)


def _moved(a: Reading, b: Reading) -> bool:
    return distance_m(a.latitude, a.longitude, b.latitude, b.longitude) > POLICY.unseen_move_m


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
    distance = distance_m(last.latitude, last.longitude, following.latitude, following.longitude)
    if seconds >= POLICY.slow_gap_at_least_s and distance / seconds < POLICY.slow_gap_mps:
        return True
    came_down = low_near_a_field(last) and vertical_trend(run[:index], at_end=True) <= 0
    went_up = low_near_a_field(following) and vertical_trend(run[index:], at_end=False) >= 0
    return came_down and went_up


def low_near_a_field(one: Reading) -> bool:
    """Whether a reading is under 1,500 ft above a field within 3 nautical miles."""
    if one.altitude_m is None:
        return False
    close = airports.near(one.latitude, one.longitude, POLICY.near_runway_m)
    return any(one.altitude_m - field.elevation_m < POLICY.low_m for field in close)


def vertical_trend(run: list[Reading], *, at_end: bool) -> float:
    """Whether a run climbs (above 0) or descends (below 0) at its end or beginning; 0 unknown."""
    near_edge = run[-4:] if at_end else run[:4]
    heights = [one.altitude_m for one in near_edge if one.altitude_m is not None]
    if len(heights) > 1 and heights[-1] != heights[0]:
        return heights[-1] - heights[0]
    edge = run[-1] if at_end else run[0]
    return edge.vertical_rate_mps or 0.0
