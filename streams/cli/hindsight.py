"""``airborne`` on the running stack: a question goes in, answers and their evidence come out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deploy.errors import StackError
from sinks.queries import run_query, worked_queries
from streams import addresses
from streams.answers import QUERY, OrderAnswer, answers
from streams.bootstrap import join_scope
from streams.facts.instants import Instant, rfc3339
from streams.hindsight import warehouse
from streams.hindsight.answers import answers_from
from streams.hindsight.warehouse import Asked
from streams.moments import AtMoment, Which, at_moment
from streams.relations.coverage import outage_words
from streams.relations.policy import Scope, WatchList
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: about a moment or an order, now or in hindsight, of which flights."""

    at: Instant | None
    order: str | None
    as_of: Instant | None
    known_at: Instant | None
    which: Which
    watch_list: Path | None
    every: bool

    def as_json(self) -> dict[str, Any]:
        """The question as a bundle's manifest states it."""
        times = {"at": self.at, "as_of": self.as_of, "known_at": self.known_at}
        said = {name: None if one is None else rfc3339(one) for name, one in times.items()}
        return {**said, "order": self.order, "scope": self.which.value, "all": self.every}


@dataclass
class Found:
    """The answer, by flight at a moment or by order; what it rests on is fetched when asked for."""

    question: Question
    asker: Asker
    flights: list[AtMoment] = field(default_factory=list)
    orders: list[OrderAnswer] | None = None
    outages: tuple[str, ...] = ()
    """Outages at the moment asked about: flights that nobody saw may be missing."""


class Asker:
    """Asks ClickHouse as a user who may only read."""

    def __init__(self, settings: Settings, question: Question) -> None:
        self.settings, self._question = settings, question
        self._url = addresses.find(settings).clickhouse_readonly
        given = question.watch_list or settings.watch_list
        self.scope: Scope = join_scope(settings.model_copy(update={"watch_list": given}))
        self.queries: dict[str, str] = {}
        """Numbers by SQL, in the order in which it was asked."""

    def ask(self, sql: str, parameters: dict[str, Any]) -> tuple[list[str], Sequence[Any]]:
        """Run SQL; it becomes part of the evidence."""
        self.queries.setdefault(sql, f"{len(self.queries) + 1:02}")
        return run_query(self._url, self.settings.database, sql, parameters)

    def found(self) -> Found:
        """The answer to the question."""
        question = self._question
        if question.order is not None:
            orders = list(self._narrowed(self._orders(question.order)))
            return Found(question, self, orders=orders)
        if question.at is None:
            raise ValueError("neither a moment nor an order is asked about")
        flights = self._flights(question.at)
        return Found(question, self, flights, None, self._outages(question.at, question.at))

    def _orders(self, order_id: str) -> list[OrderAnswer]:
        question = self._question
        if question.known_at is not None:
            standing, _ = warehouse.supported_by(
                self.ask, self.moments(order_id), question.known_at, self.scope
            )
            found = answers_from(standing.links.values(), standing.events.values())
        elif question.as_of is not None:
            found = answers_from(*warehouse.published_by(self.ask, question.as_of))
        else:
            found = answers(*self.ask(worked_queries()[QUERY].sql, {}))
        mine = [one for one in found if one.order_id == order_id]
        if not mine:
            when = question.as_of or question.known_at
            then = "" if when is None else f" by {rfc3339(when)}"
            raise StackError(
                f"there is no order {order_id}{then}: `policy-events query orders` lists them"
            )
        return mine

    def _narrowed(self, found: Iterable[OrderAnswer]) -> Iterator[OrderAnswer]:
        for one in found:
            scoped = one.only(
                lambda flight: _is_in_scope(flight, self._question.which, self._watch)
            )
            yield replace(scoped, outages=self._outages(one.at_earliest, one.at_latest))

    def _outages(self, earliest: Instant, latest: Instant) -> tuple[str, ...]:
        """What the feeds had said by then of outages over a stretch, in words."""
        by = self._question.known_at or self._question.as_of or now()
        arrived = self._question.known_at is not None
        coverage = warehouse.coverage(self.ask, by, by_arrival=arrived)
        return tuple(outage_words(one) for one in coverage.outages(earliest, latest))

    @property
    def _watch(self) -> WatchList:
        return self.scope.watch_list

    def _flights(self, at: Instant) -> list[AtMoment]:
        question = self._question
        by = question.known_at or question.as_of
        if by is None:
            legs = warehouse.legs_near(self.ask, at, every=question.every)
            claims: dict[str, list[str]] = warehouse.claims(self.ask)
            coverage = warehouse.coverage(self.ask, now())
        else:
            # Of moments alone nothing is published: 'as of' goes by what was logged by then.
            standing, evidence = warehouse.supported_by(
                self.ask, Asked(at, at), by, self.scope, by_arrival=question.known_at is not None
            )
            legs, claims = list(standing.legs.values()), {}
            for link in standing.links.values():
                if link.relation == "claims_about":
                    claims.setdefault(link.object_id, []).extend(link.claimed_by)
            coverage = warehouse.coverage_of(evidence.progress)
        return list(
            at_moment(
                legs,
                at,
                coverage=coverage,
                claims=claims,
                which=question.which,
                watch=self._watch,
                every=question.every,
            )
        )

    def moments(self, order_id: str) -> Asked:
        """All moments that any source ever gave for an order. Raises StackError if none is."""
        found = warehouse.moments_of(self.ask, order_id)
        if found is None:
            raise StackError(f"there is no order {order_id}: `policy-events query orders`")
        return found


def ask(question: Question) -> Found:
    """Ask the running stack. Raises StackError where it cannot answer."""
    return Asker(Settings(), question).found()


def _is_in_scope(flight: Any, which: Which, watch: WatchList) -> bool:
    if which is Which.CLAIMED:
        return bool(flight.claimed_by)
    if which is Which.WATCHED:
        return (
            flight.registration in watch.registrations
            or flight.mission_id in watch.missions
            or (flight.callsign or "")[:3] in watch.operators
        )
    return True


def now() -> Instant:
    """The present, for questions that name no other time."""
    return Instant(round(time.time() * 1000))
