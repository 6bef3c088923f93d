"""Flights at a moment: legs, coverage and claims go in, an answer for each flight comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from streams.facts.flights import Leg
from streams.facts.instants import Instant
from streams.relations.airborne import Answer, airborne
from streams.relations.coverage import NOTHING_MISSING, Coverage
from streams.relations.flight import Flight
from streams.relations.policy import WatchList
from streams.relations.reports import watched
from streams.relations.track import Left, had_left_us, position_at


class Which(Enum):
    """Which flights are asked about. None of the three says what a flight was for."""

    ALL = "all"
    WATCHED = "watched"
    """Those on a watch-list."""
    CLAIMED = "claimed"
    """Those that a source claims to be removal flights."""


@dataclass(frozen=True, slots=True)
class AtMoment:
    """One flight at a moment."""

    flight: Flight
    answer: Answer
    position: tuple[float, float] | None
    left_us: Left
    claimed_by: tuple[str, ...]


def at_moment(
    legs: Iterable[Leg],
    moment: Instant,
    *,
    coverage: Coverage = NOTHING_MISSING,
    claims: Mapping[str, Iterable[str]] | None = None,
    which: Which = Which.ALL,
    watch: WatchList | None = None,
    every: bool = False,
) -> Iterator[AtMoment]:
    """Answers by mission, in the order of their ids.

    ``claims``: outlets by mission. ``every``: also flights that were not in the air.
    """
    claims = claims or {}
    missions: dict[str, list[Leg]] = {}
    for leg in legs:
        missions.setdefault(leg.mission_id, []).append(leg)
    for mission_id, mine in sorted(missions.items()):
        flight = Flight(mission_id, tuple(sorted(mine, key=lambda leg: leg.mission_index)))
        claimed_by = tuple(sorted(set(claims.get(mission_id, ()))))
        if which is Which.CLAIMED and not claimed_by:
            continue
        if which is Which.WATCHED and not (watch and watched(flight, watch)):
            continue
        answer = airborne(flight.legs, moment, moment, coverage)
        if not every and (answer.certainty == "no" or answer.is_pending):
            continue
        place = position_at(answer.leg, moment) if answer.phase == "airborne" else None
        if place is not None:
            place = round(place[0], 4), round(place[1], 4)
        left = had_left_us(flight.legs, moment, moment)
        yield AtMoment(flight, answer, place, left, claimed_by)
