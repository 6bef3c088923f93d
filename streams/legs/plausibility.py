"""Readings that no aircraft can have made are set aside with a reason: a sequence in, two out.

Readings are strung into what one aircraft can have flown. Where two strands exclude each other
the one with more readings stays, so that neither a lone bad position nor a spell of spoofed ones
moves the aircraft. The result is a function of the sequence sorted by time.
"""

from __future__ import annotations

import bisect

from streams.legs.airports import near
from streams.legs.flags import believable
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, apart_m
from streams.legs.strands import Aside, strands, woven

_FEW = 4
"""So many readings alone in time are no evidence of a flight."""


def plausible(readings: list[Reading]) -> tuple[list[Reading], list[Aside]]:
    """Sort readings, in order of time, into those to use and those set aside with the reason."""
    received, aside = _received_first(distinct(readings))
    found, repeated = strands(received)
    aside += repeated
    kept: list[Reading] = []
    for strand in sorted(found, key=lambda one: (-len(one), one[0].at)):
        accepted, refused = woven(kept, strand)
        kept = accepted
        aside += refused
    kept, still = _moving(kept)
    kept, lone = _accompanied(kept)
    kept, flags = believable(kept)
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
