"""The join as plainly as it can be written: all facts at once, every pair, no index, no state."""

from collections.abc import Iterable
from typing import Any

from streams.facts.court import Order
from streams.facts.flights import Leg
from streams.facts.instants import Instant, rfc3339
from streams.facts.news import Mention
from streams.facts.received import Progress
from streams.relations.choosing import answered
from streams.relations.coverage import Missing
from streams.relations.events import cluster_event, order_event
from streams.relations.flight import Flight, flight_number
from streams.relations.links import (
    appeal_link,
    claim_links,
    mission_links,
    order_links,
    report_links,
)
from streams.relations.matching import best_match
from streams.relations.policy import SCOPE, Scope
from streams.relations.published import name_of
from streams.relations.reports import Reported, clocks_of, watched
from tests.streams.relations.batch_clusters import clusters

DAY_MS = 86_400_000


class PlainCoverage:
    """What the feeds said, in a list."""

    def __init__(self, said: list[Progress]) -> None:
        self.said = [one for one in said if one.topic == "flights.positions"]

    def missing(self, icao24: str, earliest: int, latest: int) -> Missing | None:
        mine = [one for one in self.said if one.scope in ("*", icao24)]
        outages: dict[tuple[str, str, int], Progress] = {}
        for one in mine:
            if one.outage_from is not None:
                key = (one.feed, one.scope, one.outage_from)
                if key not in outages or outages[key].outage_to < one.outage_to:
                    outages[key] = one
        over = sorted(
            (one.outage_from, one.feed, one.scope, one)
            for one in outages.values()
            if one.outage_from <= latest and earliest <= one.outage_to
        )
        if over:
            first = over[0][3]
            return Missing(f"outage of {first.feed}: {first.reason}", False, first.fetched_at)
        through: dict[str, int] = {}
        for one in mine:
            if one.complete_through is not None:
                through[one.feed] = max(one.complete_through, through.get(one.feed, 0))
        behind = sorted(feed for feed, at in through.items() if at < latest)
        if behind:
            words = f"unknown so far: {behind[0]} has not come to {rfc3339(Instant(latest))}"
            return Missing(words, True, None)
        return None


def batch_join(inputs: Iterable[Any], scope: Scope = SCOPE) -> dict[str, Any]:
    """All that should stand, by id, without revisions."""
    newest: dict[str, Any] = {}
    said: list[Progress] = []
    for fact in inputs:
        if isinstance(fact, Progress):
            said.append(fact)
            continue
        name = fact_id(fact)
        if name not in newest or newest[name].revision < fact.revision:
            newest[name] = fact
    alive = [newest[name] for name in sorted(newest) if not newest[name].is_deleted]
    orders = [one for one in alive if isinstance(one, Order)]
    mentions = [one for one in alive if isinstance(one, Mention)]
    flights = flights_of(one for one in alive if isinstance(one, Leg))
    coverage: Any = PlainCoverage(said)
    matches = {one.mention_id: best_match(one, orders) for one in mentions}
    found: list[Any] = []
    for order in orders:
        reported = [
            Reported(one, match)
            for one in mentions
            if (match := matches[one.mention_id]) is not None and match.order_id == order.order_id
        ]
        chosen = clocks_of(order, reported)
        if not chosen:
            continue
        found.append(order_event(order, chosen, reported))
        found += report_links(order, reported)
        found += filter(None, [appeal_link(order)])
        for flight in flights:
            claims = claims_about(flight, mentions, scope)
            for clock in answered(chosen):
                begins, ends = flight.span
                near = (
                    begins - scope.horizon_days * DAY_MS <= clock.at_latest
                    and clock.at_earliest <= ends + scope.horizon_days * DAY_MS
                )
                whole = near and (bool(claims) or watched(flight, scope.watch_list))
                found += order_links(order, clock, flight, claims, coverage, whole=whole)
    for flight in flights:
        claims = claims_about(flight, mentions, scope)
        found += claim_links(flight, claims)
        if claims or watched(flight, scope.watch_list):
            found += mission_links(flight, claims)
    told = clusters(one for one in mentions if matches[one.mention_id] is None)
    found += [cluster_event(name, group) for name, group in told.items()]
    return {name_of(one): one for one in found}


def fact_id(fact: Any) -> str:
    """The id of a fact; a feed's progress has its feed and scope."""
    match fact:
        case Leg():
            return fact.leg_id
        case Order():
            return fact.order_id
        case Mention():
            return fact.mention_id
    return f"{fact.feed}/{fact.scope}"


def flights_of(legs: Iterable[Leg]) -> list[Flight]:
    missions: dict[str, list[Leg]] = {}
    for leg in legs:
        missions.setdefault(leg.mission_id, []).append(leg)
    return [
        Flight(
            name,
            tuple(sorted(mine, key=lambda leg: (leg.mission_index, leg.observed_from, leg.leg_id))),
        )
        for name, mine in sorted(missions.items())
    ]


def claims_about(flight: Flight, mentions: Iterable[Mention], scope: Scope) -> list[Mention]:
    within = scope.claim_within_days * DAY_MS
    found = []
    for mention in mentions:
        for leg in flight.legs:
            off, on = Flight(flight.mission_id, (leg,)).span
            near = off - within <= mention.valid_to and mention.valid_from <= on + within
            called = {leg.callsign, flight_number(leg.callsign)} & set(mention.flight_numbers)
            named = leg.registration in mention.registrations or called
            if near and named:
                found.append(mention)
                break
    taken_back = [one for one in found if one.type == "claim.retracted"]
    claims = [
        one
        for one in found
        if one.claims_removal
        and one.type != "claim.retracted"
        and not any(
            later.outlet == one.outlet and later.published_at >= one.published_at
            for later in taken_back
        )
    ]
    return sorted(claims, key=lambda one: (one.published_at, one.mention_id))
