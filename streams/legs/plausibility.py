"""Readings that no aircraft can have made are set aside with a reason: a sequence in, two out.

Readings are strung into tracks that one aircraft can have flown. Where tracks exclude each other
the one with more readings stays, so that neither a lone bad position nor a spell of spoofed ones
moves the aircraft. The result is a function of the sequence sorted by time.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from streams.legs.airports import near
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, apart_m

Aside = tuple[Reading, str]

_TRACKS = 8
_FEW = 4
"""So many readings alone in time are no evidence of a flight."""
_AROUND = 60


def plausible(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Sort readings, in order of time, into those to use and those set aside with the reason."""
    received, aside = _received_first(distinct(readings))
    tracks, repeated = _tracks(received)
    aside += repeated
    kept: list[Reading] = []
    for track in sorted(tracks, key=lambda one: (-len(one), one[0].at)):
        accepted, refused = _woven(kept, track)
        kept = accepted
        aside += refused
    kept, still = _moving(kept)
    kept, lone = _accompanied(kept)
    kept, flags = _believable_flags(kept)
    return kept, sorted([*aside, *still, *lone, *flags], key=lambda one: one[0].order)


def distinct(readings: list[Reading]) -> list[Reading]:
    """One reading for each instant and place, whichever feeds brought it; the real before stale."""
    seen: dict[tuple[int, float, float], Reading] = {}
    for one in readings:
        seen.setdefault((one.at, round(one.latitude, 4), round(one.longitude, 4)), one)
    return list(seen.values())


def _received_first(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    times = [one.at for one in readings if not one.said.reconstructed]
    if not times or len(times) == len(readings):
        return readings, []
    kept: list[Reading] = []
    aside: list[Aside] = []
    reach = int(POLICY.received_near_s * 1000)
    for one in readings:
        index = bisect.bisect_left(times, one.at - reach)
        if one.said.reconstructed and index < len(times) and times[index] <= one.at + reach:
            aside.append((one, "reported, where positions were received"))
        else:
            kept.append(one)
    return kept, aside


def _tracks(readings: Iterable[Reading]) -> tuple[list[list[Reading]], list[Aside]]:
    tracks: list[_Track] = []
    aside: list[Aside] = []
    for one in readings:
        recent = sorted(tracks, key=lambda track: -track.last.at)[:_TRACKS]
        possible = [track for track in recent if track.leads_to(one)]
        if not possible:
            tracks.append(_Track([one], one, one.at))
            continue
        track = possible[0]
        if possible[1:]:
            track = min(possible, key=lambda track: (track.strain(one), -len(track.readings)))
        track.heard = one.at
        if _repeats(track.last, one):
            aside.append((one, "repeats an old position"))
        else:
            track.readings.append(one)
            if one.altitude_m is not None and not one.on_ground:
                track.level = one
    return [track.readings for track in tracks], aside


@dataclass(slots=True)
class _Track:
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


def _woven(kept: list[Reading], track: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Add a track to what is kept, where it can be; what can't goes aside.

    Where one begins as the other ends, bad readings at the seam go, from the shorter side.
    """
    if not kept:
        return track, []
    first = bisect.bisect_left(kept, track[0].at, key=lambda one: one.at)
    after = bisect.bisect_right(kept, track[-1].at, key=lambda one: one.at)
    if first != after:
        why = impossible(kept[max(first - 1, 0)], track[0]) or impossible(track[-1], kept[first])
        return kept, [(one, why or "elsewhere at the same time") for one in track]
    before, later = kept[:first], kept[first:]
    aside: list[Aside] = []
    middle = list(track)
    while before and middle and (why := impossible(before[-1], middle[0])):
        aside.append((middle.pop(0) if _shorter(middle, before) else before.pop(), why))
    while middle and later and (why := impossible(middle[-1], later[0])):
        aside.append((middle.pop() if _shorter(middle, later) else later.pop(0), why))
    return [*before, *middle, *later], aside


def _shorter(track: list[Reading], kept: list[Reading]) -> bool:
    return len(track) <= len(kept)


def _moving(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Set aside readings high above a field that stays where it is: another aircraft's altitude."""
    kept: list[Reading] = []
    aside: list[Aside] = []
    for index, one in enumerate(readings):
        up = not one.on_ground and (one.altitude_m or 0) > POLICY.too_high_m
        if up and _stands_still(readings, index) and _over_a_field(one):
            aside.append((one, f"standing still at {one.altitude_m:.0f} m"))
        else:
            kept.append(one)
    return kept, aside


def _stands_still(readings: list[Reading], index: int) -> bool:
    one = readings[index]
    if (one.ground_speed_mps or 0) >= POLICY.rolling_mps or one.said.reconstructed:
        return False
    near_it = readings[max(0, index - 20) : index + 21]
    around = [other for other in near_it if abs(other.at - one.at) <= POLICY.flicker_s * 1000]
    seconds = (around[-1].at - around[0].at) / 1000
    if seconds < POLICY.blink_s:
        return False
    return apart_m(around[0], around[-1]) < POLICY.creeping_mps * seconds


def _over_a_field(one: Reading) -> bool:
    """Whether it is so far above a field near it that it can't have just left it."""
    fields = near(one.latitude, one.longitude, POLICY.airport_within_m)
    return bool(fields) and (one.altitude_m or 0) > fields[0].elevation_m + 4 * POLICY.low_m


def _accompanied(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Set aside readings in the air, a few at most, far in time from all others: stamps astray."""
    reach = POLICY.lone_s * 1000
    groups: list[list[Reading]] = []
    for one in readings:
        if groups and one.at - groups[-1][-1].at <= reach:
            groups[-1].append(one)
        else:
            groups.append([one])
    if len(groups) < 2:
        return readings, []
    kept: list[Reading] = []
    aside: list[Aside] = []
    for group in groups:
        if _astray(group):
            aside += [(one, "no other reading near it in time") for one in group]
        else:
            kept += group
    return kept, aside


def _astray(group: list[Reading]) -> bool:
    brief = group[-1].at - group[0].at <= POLICY.lone_spell_s * 1000
    return (
        brief
        and len(group) <= _FEW
        and not any(one.on_ground or one.said.reconstructed for one in group)
    )


def _believable_flags(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
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
