"""Where a flight was at a moment, and whether it had left the United States: its legs go in."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from streams.facts.flights import Leg
from streams.facts.sphere import between
from streams.legs.territory import inside_us
from streams.relations.timeline import takeoff

_PLACES = 2  # a kilometre; the boundary itself is right to two

Left = Literal["yes", "no", "unknown"]


def position_at(leg: Leg, at: int) -> tuple[float, float] | None:
    """Latitude and longitude at an instant, along the great circle between points of the track.

    None outside the track, and where the leg has no readings: a gap is not drawn over.
    """
    track = leg.track
    if not track or not track[0].at <= at <= track[-1].at:
        return None
    if any(gap.gap_from < at < gap.gap_to for gap in leg.gaps):
        return None
    after = bisect.bisect_left(track, at, key=lambda point: point.at)
    b = track[after]
    if b.at == at:
        return b.latitude, b.longitude
    a = track[after - 1]
    share = (at - a.at) / (b.at - a.at)
    return between((a.latitude, a.longitude), (b.latitude, b.longitude), share)


def had_left_us(legs: Sequence[Leg], earliest: int, latest: int) -> Left:
    """Whether a flight had left US territory and its 12 nautical miles by a moment.

    The moment lies within [earliest, latest]. Only an exit that was seen counts as 'yes'; 'no'
    means that none had been and that every leg so far began inside.
    """
    answer: Left = "no"
    for leg in legs:
        if takeoff(leg).earliest > latest:
            break
        exits = leg.left_us == "yes"
        if exits and leg.left_us_latest is not None and leg.left_us_latest <= earliest:
            return "yes"
        if exits and leg.left_us_earliest is not None and leg.left_us_earliest > latest:
            break
        if exits or leg.left_us == "unknown" or not _began_inside(leg):
            answer = "unknown"
    return answer


def _began_inside(leg: Leg) -> bool:
    """A leg that never crossed the boundary was inside only if it began there."""
    if not leg.track:
        return False
    first = leg.track[0]
    return _may_be_inside(round(first.latitude, _PLACES), round(first.longitude, _PLACES))


@lru_cache(maxsize=16_384)
def _may_be_inside(latitude: float, longitude: float) -> bool:
    return inside_us(latitude, longitude) is not False
