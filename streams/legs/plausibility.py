"""Readings that no aircraft can have made are set aside with a reason: a sequence in, two out.

Readings are strung into tracks that one aircraft can have flown. Where tracks exclude each other
the one with more readings stays, so that neither a lone bad position nor a spell of spoofed ones
moves the aircraft. The result is a function of the sequence sorted by time.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable

from streams.legs.airports import near
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, apart_m

Aside = tuple[Reading, str]

_TRACKS = 8


def plausible(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Sort readings, in order of time, into those to use and those set aside with the reason."""
    received, aside = _received_first(_distinct(readings))
    tracks, repeated = _tracks(received)
    aside += repeated
    kept: list[Reading] = []
    for track in sorted(tracks, key=lambda one: (-len(one), one[0].at)):
        accepted, refused = _woven(kept, track)
        kept = accepted
        aside += refused
    kept, lone = _accompanied(kept)
    kept, flags = _believable_flags(kept)
    return kept, sorted([*aside, *lone, *flags], key=lambda one: one[0].order)


def _distinct(readings: list[Reading]) -> list[Reading]:
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
    tracks: list[list[Reading]] = []
    aside: list[Aside] = []
    for one in readings:
        recent = sorted(tracks, key=lambda track: -track[-1].at)[:_TRACKS] if tracks[1:] else tracks
        possible = [track for track in recent if impossible(track[-1], one) is None]
        if not possible:
            tracks.append([one])
            continue
        track = max(possible, key=len)
        if _repeats(track[-1], one):
            aside.append((one, "repeats an old position"))
        else:
            track.append(one)
    return tracks, aside


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


def _accompanied(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Set aside a reading in the air that has no other near in time: a stamp gone astray."""
    reach = POLICY.lone_s * 1000
    kept: list[Reading] = []
    aside: list[Aside] = []
    for index, one in enumerate(readings):
        before = readings[index - 1] if index else None
        after = readings[index + 1] if index + 1 < len(readings) else None
        lone = not one.on_ground and all(
            other is None or abs(one.at - other.at) > reach for other in (before, after)
        )
        if lone and len(readings) > 1 and not one.said.reconstructed:
            aside.append((one, "no other reading near it in time"))
        else:
            kept.append(one)
    return kept, aside


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
        elif _high_around(readings, index):
            aside.append((one, "on the ground with the aircraft high up just then"))
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


def _in_air(readings: Iterable[Reading], not_before: int) -> Reading | None:
    for one in readings:
        if one.at < not_before:
            return None
        if not one.on_ground and one.altitude_m is not None:
            return one
    return None


def impossible(a: Reading, b: Reading) -> str | None:
    """Why no aircraft can have been at a and then at b; None where one can."""
    seconds = max((b.at - a.at) / 1000, 1.0)
    if abs(a.latitude - b.latitude) + abs(a.longitude - b.longitude) > 0.02:  # 0.02 deg < jump_m
        distance = apart_m(a, b)
        if distance > POLICY.jump_m and distance / seconds > POLICY.impossible_speed_mps:
            return f"{distance / 1000:.0f} km in {seconds:.0f} s"
    if a.altitude_m is not None and b.altitude_m is not None:
        climb = abs(b.altitude_m - a.altitude_m)
        if climb > POLICY.altitude_jump_m and climb / seconds > POLICY.impossible_climb_mps:
            return f"{climb:.0f} m of altitude in {seconds:.0f} s"
    return None
