"""The state of the join on one partition: facts in, the ids whose answers may change out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from streams.facts.derived import Leg, Mention, Order
from streams.facts.received import Progress
from streams.relations.acts import Acts
from streams.relations.coverage import Coverage
from streams.relations.flight import Flight
from streams.relations.flights import Flights
from streams.relations.horizon import Watermark, latest_of
from streams.relations.intervals import Intervals
from streams.relations.policy import EVIDENCE, Scope
from streams.relations.press import Press, speaks_of_removal
from streams.relations.published import Published
from streams.relations.reports import watched

_decode_progress = msgspec.msgpack.Decoder(Progress).decode
_encode = msgspec.msgpack.Encoder().encode
_WATERMARK = "watermark:"


@dataclass(frozen=True, slots=True)
class Touched:
    """Orders, flights and events told of by mentions whose outputs may have changed."""

    orders: set[str] = field(default_factory=set)
    flights: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)


class State:
    """All that the join holds, with the state entries that changed since they were asked for.

    Entries: ``leg:``, ``order:``, ``mention:``, ``progress:``, ``link:``, ``event:`` and an id;
    ``watermark:``. Each stays until it is forgotten for good: eviction is of the indices only, and
    recalls what it let go of from these entries.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._changed: dict[str, bytes | None] = {}
        note = self._changed.__setitem__
        self.flights = Flights(note)
        self.press = Press(scope, note)
        self.acts = Acts(self.press, note)
        self.coverage = Coverage()
        self.published = Published(note)
        self.followed = Intervals()
        """Missions that are claimed or watched: every answer about them is stored."""
        self.watermark = Watermark()
        self.late: Counter[str] = Counter()
        """How many records came too late since the start, by their kind."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up what ``changes`` gave earlier."""
        kinds: dict[str, list[tuple[str, bytes]]] = {}
        for key, value in entries:
            kind, _, name = key.partition(":")
            kinds.setdefault(kind, []).append((name, value))
        self.flights.load(value for _, value in kinds.get("leg", ()))
        self.press.load(value for _, value in kinds.get("mention", ()))
        self.acts.load(value for _, value in kinds.get("order", ()))
        for name, value in kinds.get("progress", ()):
            self.coverage.take(name, _decode_progress(value))
        for name, value in kinds.get("link", ()):
            self.published.load("link", name, value)
        for name, value in kinds.get("event", ()):
            self.published.load("event", name, value)
        for _, value in kinds.get("watermark", ()):
            self.watermark.at = msgspec.msgpack.decode(value)
        for mission_id in self._worth_following():
            self._follow(mission_id)
        self._evict()

    def changes(self) -> dict[str, bytes | None]:
        """State entries changed since the last call."""
        changed = dict(self._changed)
        self._changed.clear()
        return changed

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
                held = self.acts.order(record.order_id)
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
        """Let the watermark move on by a record; evict once a day of it."""
        if self.watermark.advance(record):
            self._changed[_WATERMARK] = _encode(self.watermark.at)
            self._evict()

    def is_followed(self, mission_id: str) -> bool:
        """Whether every answer about a flight is stored."""
        return mission_id in self.followed

    def flights_to_ask(self, earliest: int, latest: int) -> set[str]:
        """Missions that an order with a clock in this interval may have a stored answer about."""
        horizon, reach = self.scope.horizon_ms, EVIDENCE.reach_ms
        found = set(self.followed.overlapping(earliest - horizon, latest + horizon))
        near = reach if self.coverage.outages(earliest, latest) else EVIDENCE.reported_margin_ms
        return found.union(self.flights.near(earliest - near, latest + near))

    def orders_to_ask(self, flight: Flight) -> list[str]:
        """Orders that a flight may have a stored answer about, by id."""
        begins, ends = flight.span
        if self.is_followed(flight.mission_id):
            horizon = self.scope.horizon_ms
            return self.acts.near(begins - horizon, ends + horizon)
        margin = EVIDENCE.reported_margin_ms
        found = set(self.acts.near(begins - margin, ends + margin))
        reach = EVIDENCE.reach_ms
        for outage in self.coverage.outages(begins - reach, ends + reach):
            if outage.outage_from is not None and outage.outage_to is not None:
                since, until = max(outage.outage_from, begins - reach), outage.outage_to
                found.update(self.acts.near(since, min(until, ends + reach)))
        return sorted(found)

    def _take_leg(self, leg: Leg) -> Touched | None:
        known = self.flights.leg(leg.leg_id)
        if known is not None and known.revision >= leg.revision:
            return None
        self.flights.hold(leg, known)
        touched = {leg.mission_id} | ({known.mission_id} if known else set())
        for mission_id in touched:
            self._follow(mission_id)
        return Touched(flights=touched)

    def _take_mention(self, mention: Mention) -> Touched | None:
        before = self.press.mention(mention.mention_id)
        if before is not None and before.revision >= mention.revision:
            return None
        self.press.hold(mention, before)
        changed = self.acts.hear(mention)
        flights = {
            name for one in (before, mention) if one is not None for name in self._named_by(one)
        }
        for mission_id in flights:
            self._follow(mission_id)
        return Touched(changed.orders, flights, changed.clusters)

    def _take_progress(self, key: str, progress: Progress) -> Touched | None:
        if progress.outage_from is not None:
            key = f"{key}/{progress.outage_from}"
        stretch = self.coverage.take(key, progress)
        if stretch is None:
            return None
        self._changed[f"progress:{key}"] = _encode(progress)
        return Touched(orders=set(self.acts.near(*stretch)))

    def _named_by(self, mention: Mention) -> set[str]:
        """Missions whose claims may change with a mention."""
        if not speaks_of_removal(mention):
            return set()
        within = self.scope.claim_within_ms
        names = (*mention.flight_numbers, *mention.registrations)
        return self.flights.named(names, mention.valid_from - within, mention.valid_to + within)

    def _follow(self, mission_id: str) -> None:
        flight = self.flights.mission(mission_id)
        if flight is None or not (
            watched(flight, self.scope.watch_list) or self.press.claims(flight)
        ):
            self.followed.drop(mission_id)
        else:
            self.followed.put(mission_id, *flight.span)

    def _worth_following(self) -> set[str]:
        found = self.flights.watched_missions(self.scope.watch_list)
        for mention in self.press.claiming():
            found |= self._named_by(mention)
        return found

    def _evict(self) -> None:
        """What a record within the horizon may ask for stays: twice that for the few."""
        horizon = self.scope.horizon_ms
        self.flights.evict(self.watermark.at - horizon - 2 * EVIDENCE.reach_ms)
        self.press.evict(self.watermark.at - 2 * horizon)
        self.acts.evict(self.watermark.at - 2 * horizon)
        limit = self.watermark.at - self.scope.keep_ms
        for mission_id in self.flights.forget(limit):
            self.followed.drop(mission_id)
            self.published.forget(mission_id)
        unheard = self.press.forget(limit)
        for name in self.acts.forget(limit, unheard):
            self.published.forget(name)
