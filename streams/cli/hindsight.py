"""``airborne`` on the running stack: a question goes in, answers and their evidence come out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deploy.errors import StackError
from sinks.queries import run_query, worked_queries
from streams import addresses, recording
from streams.answers import QUERY, OrderAnswer, answers, answers_from
from streams.bootstrap import join_scope
from streams.bundle import RawDocument, fetch_of, write_bundle
from streams.cli.output import as_json
from streams.facts.derived import Leg, Mention, Order
from streams.facts.instants import Instant, rfc3339
from streams.hindsight import warehouse
from streams.hindsight.warehouse import Asked, Evidence
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

    def write_evidence(self, folder: Path) -> Path:
        """Write the bundle that backs the answer; the path of its manifest."""
        return self.asker.write(self, folder)


class Asker:
    """Asks ClickHouse as a user who may only read."""

    def __init__(self, settings: Settings, question: Question) -> None:
        self._settings, self._question = settings, question
        self._url = addresses.find(settings).clickhouse_readonly
        given = question.watch_list or settings.watch_list
        self._scope: Scope = join_scope(settings.model_copy(update={"watch_list": given}))
        self._asked: dict[str, str] = {}

    def ask(self, sql: str, parameters: dict[str, Any]) -> tuple[list[str], Sequence[Any]]:
        """Run SQL; it becomes part of the evidence."""
        self._asked.setdefault(sql, f"{len(self._asked) + 1:02}")
        return run_query(self._url, self._settings.database, sql, parameters)

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
                self.ask, self._moments(order_id), question.known_at, self._scope
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
        by = self._question.known_at or self._question.as_of or _now()
        arrived = self._question.known_at is not None
        coverage = warehouse.coverage(self.ask, by, by_arrival=arrived)
        return tuple(outage_words(one) for one in coverage.outages(earliest, latest))

    @property
    def _watch(self) -> WatchList:
        return self._scope.watch_list

    def _flights(self, at: Instant) -> list[AtMoment]:
        question = self._question
        by = question.known_at or question.as_of
        if by is None:
            legs = warehouse.legs_near(self.ask, at, every=question.every)
            claims: dict[str, list[str]] = warehouse.claims(self.ask)
            coverage = warehouse.coverage(self.ask, _now())
        else:
            # Of moments alone nothing is published: 'as of' goes by what was logged by then.
            standing, evidence = warehouse.supported_by(
                self.ask, Asked(at, at), by, self._scope, by_arrival=question.known_at is not None
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

    def _moments(self, order_id: str) -> Asked:
        found = warehouse.moments_of(self.ask, order_id)
        if found is None:
            raise StackError(f"there is no order {order_id}: `policy-events query orders`")
        return found

    def write(self, found: Found, folder: Path) -> Path:
        """Write the bundle: the answer, the facts and feed records behind it, the documents."""
        from streams.cli.airborne import moment_as_json

        question = self._question
        asked = (
            self._moments(question.order)
            if question.order is not None
            else Asked(question.at or Instant(0), question.at or Instant(0))
        )
        by = question.known_at or question.as_of or _now()
        standing, evidence = warehouse.supported_by(
            self.ask, asked, by, self._scope, by_arrival=question.known_at is not None
        )
        if found.orders is None:
            answer: Any = [moment_as_json(one) for one in found.flights]
            missions = {one.flight.mission_id for one in found.flights}
        else:
            answer = [one.as_json() for one in found.orders]
            missions = {one.mission_id for order in found.orders for one in order.flights}
        legs = [one for one in standing.legs.values() if one.mission_id in missions]
        order_ids = {question.order} - {None}
        links = [
            one
            for one in standing.links.values()
            if one.object_id in order_ids | missions or one.subject_id in order_ids
        ]
        spoken = {one for link in links for one in (*link.evidence, link.subject_id)}
        spoken |= {link.object_id for link in links if link.object_type == "article"}
        mentions = [
            one
            for one in standing.mentions.values()
            if one.mention_id in spoken or one.article_id in spoken
        ]
        orders = [one for one in standing.orders.values() if one.order_id in order_ids]
        records = _received(evidence, legs, orders, mentions)
        wanted = {fetch_of(one) for group in records.values() for one in group}
        return write_bundle(
            folder,
            question=question.as_json(),
            answer=answer,
            facts={
                "links": [as_json(one) for one in links],
                "legs": [as_json(one) for one in legs],
                "orders": [as_json(one) for one in orders],
                "mentions": [as_json(one) for one in mentions],
                **records,
            },
            queries={name: sql for sql, name in self._asked.items()},
            documents=self._documents(wanted),
        )

    def _documents(self, wanted: set[tuple[str, str, str] | None]) -> Iterator[RawDocument]:
        """Documents as they were received, where they are at hand."""
        if self._settings.namespace == recording.NAMESPACE:
            for one in recording.documents():
                fetched = one.received.fetched_at
                key = (one.kind, one.received.source, "" if fetched is None else rfc3339(fetched))
                if key in wanted:
                    yield RawDocument(*key, one.received.name, one.data)


def ask(question: Question) -> Found:
    """Ask the running stack. Raises StackError where it cannot answer."""
    return Asker(Settings(), question).found()


def _received(
    evidence: Evidence, legs: list[Leg], orders: list[Order], mentions: list[Mention]
) -> dict[str, list[dict[str, Any]]]:
    """The feed records that these facts were made from."""
    aircraft = {leg.icao24 for leg in legs}
    dockets = {(one.court_id, one.docket_number) for one in orders}
    articles = {one.article_id for one in mentions}
    return {
        "received/flights.positions": [
            as_json(one) for one in evidence.positions if one.icao24 in aircraft
        ],
        "received/court.docket-entries": [
            as_json(one) for one in evidence.entries if (one.court_id, one.docket_number) in dockets
        ],
        "received/news.articles": [
            as_json(one) for one in evidence.articles if one.article_id in articles
        ],
        "received/feed.progress": [as_json(one) for one in evidence.progress],
    }


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


def _now() -> Instant:
    return Instant(round(time.time() * 1000))
