"""Who says what of an order or a flight: mentions in, clocks and claims out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streams.facts.derived import Mention, Order
from streams.relations.choosing import Chosen, Claim, choose
from streams.relations.flight import Flight
from streams.relations.matching import Match
from streams.relations.memory import Memory
from streams.relations.policy import CLOCKS, MATCHING, SCOPE

_PRESS_RANK = 5
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Reported:
    """One mention that is about an order."""

    mention: Mention
    match: Match


def live_mentions(memory: Memory) -> Iterator[Mention]:
    """Mentions that were not retracted, by id."""
    for mention_id in sorted(memory.mentions):
        mention = memory.mentions[mention_id]
        if not mention.is_deleted:
            yield mention


def clocks_of(order: Order, reported: list[Reported]) -> list[Chosen]:
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
                    mention.quote,
                )
            )
    return [choose(claims[clock]) for clock in sorted(claims)]


def claims_of_removal(memory: Memory, flight: Flight) -> list[Mention]:
    """Mentions that say that this flight carried people removed, by time of publication."""
    return sorted(
        (one for one in live_mentions(memory) if _claims(one, flight)),
        key=lambda one: (one.published_at, one.mention_id),
    )


def _claims(mention: Mention, flight: Flight) -> bool:
    within = SCOPE.claim_within_days * _DAY_MS
    if not mention.claims_removal:
        return False
    if mention.valid_to < flight.begins - within or mention.valid_from > flight.ends + within:
        return False
    if flight.registration is not None and flight.registration in mention.registrations:
        return True
    named = {flight.number, flight.callsign} - {None}
    return bool(named & set(mention.flight_numbers))


def watched(flight: Flight) -> bool:
    """Whether the flight is on the watch-list."""
    watch = SCOPE.watch_list
    return (
        flight.registration in watch.registrations
        or flight.mission_id in watch.missions
        or (flight.callsign or "")[:3] in watch.operators
    )
