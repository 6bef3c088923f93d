"""Ground flags that are not to be believed: a sequence of readings in, two out.

A flag is doubted at flying speed, and where the aircraft is up just before and after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.legs.airports import near
from streams.legs.policy import POLICY
from streams.legs.readings import Reading
from streams.legs.strands import Aside

_AROUND = 60


def believable(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Set aside ground flags at flying speed, or with the aircraft high up just before or after."""
    kept: list[Reading] = []
    aside: list[Aside] = []
    for index, one in enumerate(readings):
        if not one.on_ground or one.said.reconstructed:
            kept.append(one)
            continue
        if (one.ground_speed_mps or 0) > POLICY.ground_flag_too_fast_mps:
            aside.append((one, f"on the ground at {one.ground_speed_mps:.0f} m/s"))
        elif _high_around(readings, index) or _flies_through(readings, index):
            aside.append((one, "on the ground with the aircraft up just then"))
        else:
            kept.append(one)
    return kept, aside


def _high_around(readings: list[Reading], index: int) -> bool:
    one = readings[index]
    reach = int(POLICY.flicker_s * 1000)
    before = _in_air(readings[max(0, index - 20) : index][::-1], one.at - reach)
    after = _in_air(readings[index + 1 : index + 21], one.at - reach)
    if before is None or after is None or after.at > one.at + reach:
        return False
    fields = near(one.latitude, one.longitude, POLICY.airport_within_m)
    floor = (fields[0].elevation_m if fields else 0.0) + 2 * POLICY.low_m
    return (before.altitude_m or 0) > floor and (after.altitude_m or 0) > floor


def _flies_through(readings: list[Reading], index: int) -> bool:
    """Whether a flag stands between two readings in the air, seconds away, that pass it by.

    They are at other heights, or well above the lowest the aircraft came in the minute around.
    """
    one = readings[index]
    reach = int(POLICY.blink_s * 1000)
    before = _in_air(readings[max(0, index - 3) : index][::-1], one.at - reach)
    after = _in_air(readings[index + 1 : index + 4], one.at - reach)
    if before is None or after is None or after.at > one.at + reach:
        return False
    ends = before.altitude_m or 0.0, after.altitude_m or 0.0
    if abs(ends[0] - ends[1]) >= POLICY.pass_by_m:
        return True
    around = readings[max(0, index - _AROUND) : index + _AROUND]
    heights = [
        near_it.altitude_m
        for near_it in around
        if near_it.altitude_m is not None and abs(near_it.at - one.at) <= 4 * reach
    ]
    return min(ends) - min(heights) >= POLICY.pass_by_m


def _in_air(readings: Iterable[Reading], not_before: int) -> Reading | None:
    for one in readings:
        if one.at < not_before:
            return None
        if not one.on_ground and one.altitude_m is not None:
            return one
    return None
