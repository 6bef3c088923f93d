"""The join as one function: the state and a record go in, what changed because of it comes out.

``step(state, record)``: no clock, no I/O. After it, what is published equals what a join of all
facts held gives; what did not change is not published again, what vanished is retracted. The state
is one object that the step brings forward.

One state holds one partition: its own aircraft, and every order, mention and progress record,
which come to all partitions. Links about a flight come from the partition that holds it; what is
about orders and mentions alone comes from the one partition that its id hashes to. So an identity
always comes from one partition, and its revisions are offsets of one log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.relations.acts import Act
from streams.relations.events import cluster_event, order_event
from streams.relations.flight import Flight
from streams.relations.links import (
    appeal_link,
    claim_links,
    mission_links,
    order_links,
    report_links,
)
from streams.relations.published import Output, name_of
from streams.relations.state import State, Touched
from streams.stages import Arrived

_NO_REVISION = Revision(0)


@dataclass(frozen=True, slots=True)
class Late:
    """A record about facts that were let go of for good."""

    record: Any


@dataclass(frozen=True, slots=True)
class Share:
    """Which of how many partitions this is."""

    partition: int
    partitions: int

    def has(self, name: str) -> bool:
        """Whether what is about no single flight comes from here, by its id."""
        digest = hashlib.sha256(name.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.partitions == self.partition


def step(state: State, arrived: Arrived, share: Share) -> Iterator[Output | Late]:
    """Take in one record; give what is to be published because of it, in the order of ids."""
    record = arrived.record
    if state.is_late(record):
        if isinstance(record, Leg) or share.has(arrived.key):  # others come to all partitions
            state.late[type(record).__name__] += 1
            yield Late(record)
        return
    touched = state.take(arrived.key, record)
    if touched is not None:
        yield from _recomputed(state, arrived, touched, share)
    state.pass_time(record)


def _recomputed(state: State, arrived: Arrived, touched: Touched, share: Share) -> Iterator[Output]:
    wanted: dict[str, Output] = {}
    scope: set[str] = set()
    for subject in (*touched.orders, *touched.flights, *touched.clusters):
        state.published.wake(subject)
    for order_id in touched.orders:
        scope.update(state.published.about(order_id))
        wanted |= {name_of(one): one for one in _of_order(state, order_id, share)}
    for mission_id in touched.flights:
        scope.update(state.published.about(mission_id))
        wanted |= {name_of(one): one for one in _of_flight(state, mission_id)}
    for event_id in touched.clusters:
        scope.update(state.published.about(event_id))
        wanted |= {name_of(one): one for one in _of_cluster(state, event_id, share)}
    learned = getattr(arrived.record, "known_at", None) or getattr(
        arrived.record, "fetched_at", None
    )
    for name in sorted(scope | wanted.keys()):
        old, new = state.published.get(name), wanted.get(name)
        if new is None:
            if old is None or old.is_deleted:
                continue
            times = [one for one in (old.known_at, learned) if one is not None]
            known_at = max(times, default=None)
            new = replace(old, is_deleted=True, known_at=known_at)
        elif old is not None and replace(old, revision=_NO_REVISION) == new:
            continue
        record = replace(new, revision=arrived.revision)
        state.published.put(record)
        yield record


def _of_order(state: State, order_id: str, share: Share) -> Iterator[Output]:
    """All that is about an order, as the facts stand."""
    act = state.acts.act(order_id)
    if act is None:
        return
    asked: set[str] = set()
    for chosen in act.asked:
        asked |= state.flights_to_ask(chosen.at_earliest, chosen.at_latest)
    for mission_id in asked:
        flight = state.flights.mission(mission_id)
        if flight is not None:
            yield from _pair(state, act, flight)
    if share.has(order_id):
        yield order_event(act.order, act.chosen, act.reported)
        yield from report_links(act.order, act.reported)
        appeal = appeal_link(act.order)
        if appeal is not None:
            yield appeal


def _of_flight(state: State, mission_id: str) -> Iterator[Output]:
    """All that is about a flight, as the facts stand."""
    flight = state.flights.mission(mission_id)
    if flight is None:
        return
    claims = state.press.claims(flight)
    yield from claim_links(flight, claims)
    if state.following.has(flight):
        yield from mission_links(flight, claims)
    for order_id in state.orders_to_ask(flight):
        act = state.acts.act(order_id)
        if act is not None:
            yield from _pair(state, act, flight)


def _pair(state: State, act: Act, flight: Flight) -> Iterator[Output]:
    claims = state.press.claims(flight)
    horizon, (begins, ends) = state.scope.horizon_ms, flight.span
    for chosen in act.asked:
        followed = state.following.has(flight) and (
            begins - horizon <= chosen.at_latest and chosen.at_earliest <= ends + horizon
        )
        yield from order_links(act.order, chosen, flight, claims, state.coverage, whole=followed)


def _of_cluster(state: State, event_id: str, share: Share) -> Iterator[Output]:
    mentions = state.acts.cluster(event_id) if share.has(event_id) else []
    if mentions:
        yield cluster_event(event_id, mentions)
