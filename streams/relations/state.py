"""The state of the join on one partition: facts in, the ids whose answers may change out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from streams.facts.court import Order
from streams.facts.flights import Leg
from streams.facts.news import Mention
from streams.facts.received import Progress
from streams.relations.acts import Acts
from streams.relations.coverage import Coverage
from streams.relations.entries import Entries
from streams.relations.flight import Flight
from streams.relations.flights import Flights
from streams.relations.following import Following
from streams.relations.horizon import WEEK_MS, Watermark, latest_of
from streams.relations.policy import EVIDENCE, Scope
from streams.relations.press import Press
from streams.relations.published import Published

_decode_progress = msgspec.msgpack.Decoder(Progress).decode
_decode_swept = msgspec.msgpack.Decoder(tuple[int, int]).decode
_encode = msgspec.msgpack.Encoder().encode
_WATERMARK, _SWEPT = "watermark:", "swept:"
_NEVER = -(2**62)
_MOST = 64
"""So many of a kind are put to rest with one record: more than come, and no batch is long."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Orders, flights and events told of by mentions whose outputs may have changed."""

    orders: set[str] = field(default_factory=set)
    flights: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)


class State:
    """All that the join holds, with the state entries that changed since they were asked for.

    Entries: ``leg:``, ``order:``, ``mention:``, ``progress:``, ``link:``, ``event:``, ``followed:``
    and an id; ``watermark:``; ``swept:``, how far eviction has come; ``notes:`` and an index, what
    that has put to rest. What is past the horizon is at rest in the table and read when a fact or a
    question needs it.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.entries = Entries()
        self.flights = Flights(self.entries)
        self.press = Press(scope, self.entries)
        self.acts = Acts(self.press, self.entries)
        self.coverage = Coverage()
        self.published = Published(self.entries)
        self.following = Following(scope, self.entries, self.flights, self.press)
        self.watermark = Watermark()
        self._swept_to, self._forgotten_week = _NEVER, _NEVER
        self._indices = {
            "missions": self.flights.by_time,
            "retracted-legs": self.flights.retracted,
            "mentions": self.press.by_time,
            "retracted-mentions": self.press.retracted,
            "orders": self.acts.orders.by_clock,
            "moments": self.acts.by_moment,
            "clusters": self.acts.clusters.by_time,
            "followed": self.following.by_time,
        }
        self.late: Counter[str] = Counter()
        """How many records came too late since the start, by their kind."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up what ``changes`` gave earlier, but for what is at rest."""
        kinds: dict[str, list[tuple[str, bytes]]] = {}
        for key, value in entries:
            kind, _, name = key.partition(":")
            kinds.setdefault(kind, []).append((name, value))
        for name, value in kinds.get("notes", ()):
            self._indices[name].load(value)
        for name, value in kinds.get("followed", ()):
            self.following.load(name, value)
        for name, value in kinds.get("progress", ()):
            self.coverage.take(name, _decode_progress(value))
        self.flights.load(value for _, value in kinds.get("leg", ()))
        self.press.load(value for _, value in kinds.get("mention", ()))
        self.acts.load(value for _, value in kinds.get("order", ()))
        for name, value in kinds.get("link", ()):
            self.published.load("link", name, value)
        for name, value in kinds.get("event", ()):
            self.published.load("event", name, value)
        for _, value in kinds.get("watermark", ()):
            self.watermark.at = msgspec.msgpack.decode(value)
        for _, value in kinds.get("swept", ()):
            self._swept_to, self._forgotten_week = _decode_swept(value)
        if "swept" not in kinds:  # nothing was ever at rest, nor followed by an entry
            self.following.judge_all()

    def changes(self) -> dict[str, bytes | None]:
        """State entries changed since the last call."""
        return self.entries.changes()

    def __len__(self) -> int:
        """How many entries are in memory."""
        facts = len(self.flights) + len(self.press) + len(self.acts) + len(self.acts.clusters)
        return facts + len(self.published) + len(self.following.by_time)

    def is_late(self, record: Any) -> bool:
        """Whether a record is about facts that were let go of for good."""
        latest = latest_of(record)
        return latest is not None and latest < self.watermark.at - self.scope.keep_ms

    def take(self, key: str, record: Any) -> Touched | None:
        """Take a record in; None if it says nothing new. Raises TypeError for what is no input."""
        match record:
            case Leg():
                return self._take_leg(record)
            case Order():
                held = self.acts.orders.get(record.order_id)
                if held is not None and held.revision >= record.revision:
                    return None
                changed = self.acts.hold(record)
                return Touched(changed.orders, set(), changed.clusters)
            case Mention():
                return self._take_mention(record)
            case Progress():
                return self._take_progress(key, record)
        raise TypeError(f"{type(record).__name__} is no input of relate")

    def pass_time(self, record: Any) -> None:
        """Let the watermark move on by a record; put to rest what is past the horizon by it."""
        if self.watermark.advance(record):
            self.entries.note(_WATERMARK, _encode(self.watermark.at))
        if self._swept_to < self.watermark.at:
            self._sweep()

    def flights_to_ask(self, earliest: int, latest: int) -> set[str]:
        """Missions that an order with a clock in this interval may have a stored answer about."""
        horizon, reach = self.scope.horizon_ms, EVIDENCE.reach_ms
        found = set(self.following.overlapping(earliest - horizon, latest + horizon))
        for mission_id in found:
            self.flights.wake(mission_id)
        near = reach if self.coverage.outages(earliest, latest) else EVIDENCE.reported_margin_ms
        return found.union(self.flights.near(earliest - near, latest + near))

    def orders_to_ask(self, flight: Flight) -> list[str]:
        """Orders that a flight may have a stored answer about, by id."""
        begins, ends = flight.span
        if self.following.has(flight):
            horizon = self.scope.horizon_ms
            return self.acts.near(begins - horizon, ends + horizon)
        margin = EVIDENCE.reported_margin_ms
        found = set(self.acts.near(begins - margin, ends + margin))
        since, until = begins - EVIDENCE.reach_ms, ends + EVIDENCE.reach_ms
        for outage in self.coverage.outages(since, until):
            if outage.outage_from is not None and outage.outage_to is not None:
                found.update(
                    self.acts.near(max(outage.outage_from, since), min(outage.outage_to, until))
                )
        for edge in (since, until):  # a long moment may reach from an outage beyond to here
            for order_id in self.acts.near(edge, edge):
                moments = self.acts.moments(order_id)
                if moments is not None and self.coverage.outages(*moments):
                    found.add(order_id)
        return sorted(found)

    def _take_leg(self, leg: Leg) -> Touched | None:
        known = self.flights.legs.get(leg.leg_id)
        if known is not None and known.revision >= leg.revision:
            return None
        touched = {leg.mission_id} | ({known.mission_id} if known else set())
        for mission_id in touched:
            self.following.recall(mission_id)
        self.flights.hold(leg, known)
        for mission_id in touched:
            self.following.judge(mission_id)
        return Touched(flights=touched)

    def _take_mention(self, mention: Mention) -> Touched | None:
        before = self.press.mention(mention.mention_id)
        if before is not None:
            if before.revision >= mention.revision:
                return None
            self.acts.recall(mention.mention_id)
        self.press.hold(mention, before)
        changed = self.acts.hear(mention)
        flights = {
            name
            for one in (before, mention)
            if one is not None
            for name in self.following.named_by(one)
        }
        for mission_id in flights:
            self.following.judge(mission_id)
        return Touched(changed.orders, flights, changed.clusters)

    def _take_progress(self, key: str, progress: Progress) -> Touched | None:
        if progress.outage_from is not None:
            key = f"{key}/{progress.outage_from}"
        stretch = self.coverage.take(key, progress)
        if stretch is None:
            return None
        self.entries.note(f"progress:{key}", _encode(progress))
        return Touched(orders=set(self.acts.near(*stretch)))

    def _sweep(self) -> None:
        """What a record within the horizon may ask for stays: twice that for the few."""
        at, horizon = self.watermark.at, self.scope.horizon_ms
        forgotten = at - self.scope.keep_ms
        recent = max(at - horizon - 2 * EVIDENCE.reach_ms, forgotten)
        older = max(at - 2 * horizon, forgotten)
        flights = self.flights.evict(recent, _MOST)
        mentions = self.press.evict(older, _MOST)
        orders = self.acts.evict(older, _MOST)
        for subject in (*flights.gone, *orders.gone):
            self.published.rest(subject)
        self.acts.unhear(mentions.gone)
        is_all = self.following.evict(recent, _MOST)
        if not (is_all and flights.is_all and mentions.is_all and orders.is_all):
            return  # the next record goes on
        self._swept_to = at
        if forgotten // WEEK_MS > self._forgotten_week:
            self._forget(forgotten)
            self._forgotten_week = forgotten // WEEK_MS
        self.entries.note(_SWEPT, _encode((self._swept_to, self._forgotten_week)))

    def _forget(self, limit: int) -> None:
        self.following.forget(limit)
        for mission_id in self.flights.forget(limit):
            self.following.drop(mission_id)
            self.published.forget(mission_id)
        unheard = self.press.forget(limit)
        for name in self.acts.forget(limit, unheard):
            self.published.forget(name)
