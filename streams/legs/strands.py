"""Readings strung into what one aircraft can have flown: a sequence in, strands out.

The bounds of what is possible stand in ``policy.yaml``.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.legs.policy import POLICY
from streams.legs.readings import Reading, apart_m

Aside = tuple[Reading, str]

_RECENT = 8
_GAP_MS = round(POLICY.gap_s * 1000)


def strands(readings: Iterable[Reading]) -> tuple[list[list[Reading]], list[Aside]]:
    """String readings, in order of time; those that repeat old positions go aside."""
    found: list[_Strand] = []
    aside: list[Aside] = []
    for one in readings:
        recent = sorted(found, key=lambda strand: -strand.last.at)[:_RECENT]
        possible = [strand for strand in recent if strand.leads_to(one)]
        if not possible:
            found.append(_Strand([one], one, one.at))
            continue
        strand = possible[0]
        if possible[1:]:
            strand = min(possible, key=lambda strand: (strand.strain(one), -len(strand.readings)))
        strand.heard = one.at
        if _repeats(strand.last, one):
            aside.append((one, "repeats an old position"))
        else:
            strand.readings.append(one)
            if one.altitude_m is not None and not one.on_ground:
                strand.level = one
    return [strand.readings for strand in found], aside


@dataclass(slots=True)
class _Strand:
    """Readings that one aircraft can have made, and the last of them that has an altitude."""

    readings: list[Reading]
    level: Reading
    heard: int

    @property
    def last(self) -> Reading:
        return self.readings[-1]

    def leads_to(self, one: Reading) -> bool:
        if one.at - self.heard > POLICY.hiding_gap_s * 1000:
            return False  # what comes after a pause is judged by itself
        return _jump(self.last, one) is None and _climb(self.level, one) is None

    def strain(self, one: Reading) -> float:
        """How far from what it says of its speed it flew to get there, in m/s.

        Metres up or down count ten times.
        """
        climb = excess = 0.0
        if one.altitude_m is not None and self.level.altitude_m is not None:
            climb = abs(one.altitude_m - self.level.altitude_m) / max(one.at - self.level.at, 1000)
        if one.ground_speed_mps is not None:
            flown = 1000 * apart_m(self.last, one) / max(one.at - self.last.at, 1000)
            excess = abs(flown - one.ground_speed_mps)
        return excess + 10_000 * climb


def _repeats(a: Reading, b: Reading) -> bool:
    """Whether b is a's position again though the aircraft was moving."""
    if (a.latitude, a.longitude) != (b.latitude, b.longitude) or b.on_ground:
        return False
    speed = b.ground_speed_mps
    moving = b.said.stale or (speed is not None and speed > POLICY.rolling_mps)
    return moving and b.at - a.at > POLICY.repeat_s * 1000


def woven(kept: list[Reading], strand: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Add a strand to what is kept, where it can be; what can't goes aside.

    Where one begins as the other ends, bad readings at the seam go, from the shorter side.
    """
    if not kept:
        return strand, []
    first = bisect.bisect_left(kept, strand[0].at, key=lambda one: one.at)
    after = bisect.bisect_right(kept, strand[-1].at, key=lambda one: one.at)
    if first != after:
        why = impossible(kept[max(first - 1, 0)], strand[0]) or impossible(strand[-1], kept[first])
        return kept, [(one, why or "elsewhere at the same time") for one in strand]
    before, later = kept[:first], kept[first:]
    aside: list[Aside] = []
    middle = list(strand)
    while before and middle and (why := impossible(before[-1], middle[0])):
        aside.append((middle.pop(0) if _shorter(middle, before) else before.pop(), why))
    while middle and later and (why := impossible(middle[-1], later[0])):
        aside.append((middle.pop() if _shorter(middle, later) else later.pop(0), why))
    return [*before, *middle, *later], aside


def _shorter(strand: list[Reading], kept: list[Reading]) -> bool:
    return len(strand) <= len(kept)


def in_order(rows: Sequence[Reading]) -> bool:
    """Whether one aircraft made all readings, each but once, and nothing is hidden between them."""
    for a, b in itertools.pairwise(rows):
        if a.on_ground and b.on_ground:
            hidden = apart_m(a, b) > POLICY.hop_m
        else:
            still = (a.latitude, a.longitude) == (b.latitude, b.longitude)
            hidden = still or b.at - a.at > _GAP_MS
        if hidden or a.at == b.at or impossible(a, b):
            return False
    return True


def impossible(a: Reading, b: Reading) -> str | None:
    """Why no aircraft can have been at a and then at b; None where one can."""
    return _jump(a, b) or _climb(a, b)


def _jump(a: Reading, b: Reading) -> str | None:
    seconds = max((b.at - a.at) / 1000, 1.0)
    if abs(a.latitude - b.latitude) + abs(a.longitude - b.longitude) > 0.02:  # 0.02 deg < jump_m
        distance = apart_m(a, b)
        if distance > POLICY.jump_m and distance / seconds > POLICY.impossible_speed_mps:
            return f"{distance / 1000:.0f} km in {seconds:.0f} s"
    return None


def _climb(a: Reading, b: Reading) -> str | None:
    if (
        a.on_ground or b.on_ground
    ):  # what a parked aircraft is heard to say of altitude is no height
        return None
    seconds = max((b.at - a.at) / 1000, 1.0)
    if a.altitude_m is not None and b.altitude_m is not None:
        climb = abs(b.altitude_m - a.altitude_m)
        if climb > POLICY.altitude_jump_m and climb / seconds > POLICY.impossible_climb_mps:
            return f"{climb:.0f} m of altitude in {seconds:.0f} s"
    return None
