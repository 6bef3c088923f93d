"""Who says what of an order: its own clocks and mentions in, the chosen clocks out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streams.facts.court import Order
from streams.facts.news import Mention
from streams.relations.choosing import Chosen, Claim, choose
from streams.relations.flight import Flight
from streams.relations.matching import Match
from streams.relations.policy import CLOCKS, MATCHING, WatchList

_PRESS_RANK = 5


@dataclass(frozen=True, slots=True)
class Reported:
    """One mention that is about an order."""

    mention: Mention
    match: Match


def clocks_of(order: Order, reported: Iterable[Reported]) -> list[Chosen]:
    """Choose a time for each clock of an order, from the docket's claims and the press's."""
    claims: dict[str, list[Claim]] = {}
    for clock in order.clocks:
        if clock.clock != "first_seen":
            claims.setdefault(clock.clock, []).append(
                Claim(
                    clock.clock,
                    clock.at_earliest,
                    clock.at_latest,
                    clock.source,
                    "docket",
                    clock.source_rank,
                    clock.first_seen,
                    order.known_at if clock.first_seen is None else clock.first_seen,
                    clock.evidence,
                )
            )
    for one in reported:
        mention = one.mention
        spoken = MATCHING.types[mention.type].clock
        timed = mention.valid_to - mention.valid_from < CLOCKS.clock_time_within_s * 1000
        if spoken is not None and timed:
            claims.setdefault(spoken, []).append(
                Claim(
                    spoken,
                    mention.valid_from,
                    mention.valid_to,
                    mention.outlet,
                    "press",
                    _PRESS_RANK,
                    mention.published_at,
                    mention.known_at,
                    mention.quote,
                )
            )
    return [choose(claims[clock]) for clock in sorted(claims)]


def watched(flight: Flight, watch: WatchList) -> bool:
    """Whether the flight is on the watch-list."""
    return (
        flight.mission_id in watch.missions
        or any(leg.registration in watch.registrations for leg in flight.legs)
        or any((leg.callsign or "")[:3] in watch.operators for leg in flight.legs)
    )
