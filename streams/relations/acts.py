"""The court acts that are held: orders and mentions go in, orders with their reports come out.

Which mention is about which order is decided anew only where a fact came near in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from streams.facts.derived import Mention, Order
from streams.relations.choosing import Chosen, answered
from streams.relations.events import cluster_of
from streams.relations.flight import Flight, flight_number
from streams.relations.flights import Note, names_of
from streams.relations.horizon import Span, TimeIndex
from streams.relations.matching import Match, best_match, speaks_of_an_order, spoken_of
from streams.relations.policy import Scope
from streams.relations.reports import Reported, clocks_of
from streams.relations.timeline import in_the_air

_decode_order = msgspec.msgpack.Decoder(Order).decode
_decode_mention = msgspec.msgpack.Decoder(Mention).decode
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Act:
    """An order with its reports and the time that was chosen for each of its clocks."""

    order: Order
    reported: tuple[Reported, ...]
    chosen: tuple[Chosen, ...]

    @property
    def asked(self) -> list[Chosen]:
        """The clocks that answers are given on."""
        return answered(self.chosen)


class Acts:
    """Orders and mentions by id, as bytes, and which speaks of which."""

    def __init__(self, scope: Scope, note: Note) -> None:
        self._scope, self._note = scope, note
        self._orders: dict[str, bytes] = {}
        self._mentions: dict[str, bytes] = {}
        self._matches: dict[str, Match] = {}
        self._reports: dict[str, set[str]] = {}
        self._clusters: dict[str, set[str]] = {}
        self._claims: dict[str, set[str]] = {}
        self._by_moment = TimeIndex(self._moments)
        self._by_clock = TimeIndex(self._clocks)
        self._mentioned = TimeIndex(self._valid)
        self._acts: dict[str, Act | None] = {}
        self._retracted: set[str] = set()
        """Ids that no index holds: retracted facts, and orders without a clock."""

    @property
    def indexed(self) -> int:
        """How many orders and mentions are found by time without being recalled."""
        return len(self._by_clock) + len(self._mentioned)

    def order(self, order_id: str) -> Order | None:
        """The order of an id, retracted ones too."""
        found = self._orders.get(order_id)
        return None if found is None else _decode_order(found)

    def mention(self, mention_id: str) -> Mention | None:
        """The mention of an id, retracted ones too."""
        found = self._mentions.get(mention_id)
        return None if found is None else _decode_mention(found)

    def act(self, order_id: str) -> Act | None:
        """An order with its reports; None where it is retracted or has no clock."""
        if order_id not in self._acts:
            self._acts[order_id] = self._worked_out(order_id)
        return self._acts[order_id]

    def near(self, earliest: int, latest: int) -> list[str]:
        """Orders asked about a moment of a stretch, in the order of their ids."""
        return self._by_moment.overlapping(earliest, latest)

    def cluster(self, event_id: str) -> list[Mention]:
        """Mentions of one thing that are about no order."""
        names = sorted(self._clusters.get(event_id, ()))
        found = (self.mention(name) for name in names if name not in self._matches)
        return [one for one in found if one is not None and not one.is_deleted]

    def claims(self, flight: Flight) -> list[Mention]:
        """Mentions that say that this flight carried people removed, by time of publication."""
        names = {name for leg in flight.legs for name in names_of(leg)}
        ids = {one for name in names for one in self._claims.get(name, ())}
        found = [one for one in map(self.mention, ids) if one and self._is_about(one, flight)]
        return sorted(found, key=lambda one: (one.published_at, one.mention_id))

    def claiming(self) -> Iterator[Mention]:
        """Mentions that claim that flights carried people removed."""
        for mention_id in sorted(set[str]().union(*self._claims.values())):
            mention = self.mention(mention_id)
            if mention is not None and not mention.is_deleted:
                yield mention

    def hold_order(self, order: Order) -> Changed:
        """Take an order in the place of its earlier revision; what it changed."""
        before = self._clocks(order.order_id)
        value = _encode(order)
        self._note(f"order:{order.order_id}", value)
        self._load_order(order, value)
        changed = Changed({order.order_id}, set())
        for span in (before, self._clocks(order.order_id)):
            if span is not None:
                for mention_id in self._mentioned.overlapping(*span):
                    self._match(mention_id, changed)
        return self._refreshed(changed)

    def hold_mention(self, mention: Mention, before: Mention | None) -> Changed:
        """Take a mention in the place of its earlier revision; what it changed."""
        value = _encode(mention)
        self._note(f"mention:{mention.mention_id}", value)
        changed = Changed(set(), {cluster_of(one) for one in (before, mention) if one is not None})
        if before is not None:
            self._let_go(before)
        self._load_mention(mention, value)
        self._match(mention.mention_id, changed)
        known = self._matches.get(mention.mention_id)
        if known is not None:
            changed.orders.add(known.order_id)
        return self._refreshed(changed)

    def load(
        self, orders: Iterable[tuple[str, bytes]], mentions: Iterable[tuple[str, bytes]]
    ) -> None:
        """Take state entries up, all at once."""
        for _, value in orders:
            self._load_order(_decode_order(value), value)
        for _, value in mentions:
            self._load_mention(_decode_mention(value), value)
        changed = Changed(set(), set())
        for mention_id in self._mentions:
            self._match(mention_id, changed)
        for order_id in self._orders:
            self._index_moments(order_id)

    def evict(self, limit: int) -> None:
        """Let the indices go of what was over before an instant."""
        self._by_clock.evict(limit)
        self._mentioned.evict(limit)
        for order_id in self._by_moment.evict(limit):
            self._acts.pop(order_id, None)

    def forget(self, limit: int) -> list[str]:
        """Let go for good of what was over before an instant; ids of orders and events."""
        gone: list[str] = []
        for order_id in {*self._by_clock.over(limit), *self._retracted}:
            order = self.order(order_id)
            # What has no clock at all has no time to be over by; such orders are few and stay.
            last = max((one.at_latest for one in order.clocks), default=limit) if order else limit
            if order is not None and last < limit:
                self._by_clock.drop(order_id)
                self._by_moment.drop(order_id)
                self._retracted.discard(order_id)
                del self._orders[order_id]
                self._acts.pop(order_id, None)
                self._note(f"order:{order_id}", None)
                gone.append(order_id)
        for mention_id in {*self._mentioned.over(limit), *self._retracted}:
            mention = self.mention(mention_id)
            if mention is not None and max(mention.valid_to, mention.published_at) < limit:
                self._let_go(mention)
                self._unmatch(mention_id)
                del self._mentions[mention_id]
                self._note(f"mention:{mention_id}", None)
                if not self._clusters.get(cluster_of(mention)):
                    gone.append(cluster_of(mention))
        return gone

    def _load_order(self, order: Order, value: bytes) -> None:
        self._orders[order.order_id] = value
        self._retracted.discard(order.order_id)
        span = self._clocks(order.order_id)
        if span is None:
            self._retracted.add(order.order_id)
            self._by_clock.drop(order.order_id)
        else:
            self._by_clock.put(order.order_id, span)

    def _load_mention(self, mention: Mention, value: bytes) -> None:
        name = mention.mention_id
        self._mentions[name] = value
        if mention.is_deleted:
            self._retracted.add(name)
            return
        self._clusters.setdefault(cluster_of(mention), set()).add(name)
        if mention.claims_removal:
            for one in (*mention.flight_numbers, *mention.registrations):
                self._claims.setdefault(one, set()).add(name)
        self._mentioned.put(name, (mention.valid_from, mention.valid_to))

    def _let_go(self, mention: Mention) -> None:
        name = mention.mention_id
        self._retracted.discard(name)
        self._mentioned.drop(name)
        _discard(self._clusters, cluster_of(mention), name)
        for one in (*mention.flight_numbers, *mention.registrations):
            _discard(self._claims, one, name)

    def _match(self, mention_id: str, changed: Changed) -> None:
        """Match a mention anew; note the orders and clusters whose reports change by it."""
        mention = self.mention(mention_id)
        new = None
        if mention is not None and not mention.is_deleted and speaks_of_an_order(mention):
            near = self._by_clock.overlapping(mention.valid_from, mention.valid_to)
            new = best_match(mention, [_decode_order(self._orders[one]) for one in near])
        old = self._unmatch(mention_id)
        if new is not None:
            self._matches[mention_id] = new
            self._reports.setdefault(new.order_id, set()).add(mention_id)
        if old != new:
            changed.orders.update(one.order_id for one in (old, new) if one is not None)
            if mention is not None:
                changed.clusters.add(cluster_of(mention))

    def _unmatch(self, mention_id: str) -> Match | None:
        old = self._matches.pop(mention_id, None)
        if old is not None:
            _discard(self._reports, old.order_id, mention_id)
        return old

    def _refreshed(self, changed: Changed) -> Changed:
        for order_id in changed.orders:
            self._index_moments(order_id)
        return changed

    def _index_moments(self, order_id: str) -> None:
        self._acts.pop(order_id, None)
        span = self._moments(order_id)
        if span is None:
            self._by_moment.drop(order_id)
        else:
            self._by_moment.put(order_id, span)

    def _worked_out(self, order_id: str) -> Act | None:
        order = self.order(order_id)
        if order is None or order.is_deleted:
            return None
        reported = tuple(self._reported(order_id))
        chosen = clocks_of(order, reported)
        return Act(order, reported, tuple(chosen)) if chosen else None

    def _reported(self, order_id: str) -> Iterator[Reported]:
        for mention_id in sorted(self._reports.get(order_id, ())):
            mention = self.mention(mention_id)
            if mention is not None:
                yield Reported(mention, self._matches[mention_id])

    def _moments(self, order_id: str) -> Span | None:
        """From the earliest to the latest instant that flights are asked about."""
        act = self.act(order_id)
        if act is None:
            return None
        return min(one.at_earliest for one in act.asked), max(one.at_latest for one in act.asked)

    def _clocks(self, order_id: str) -> Span | None:
        """From the earliest to the latest instant at which a report may speak of an order."""
        order = self.order(order_id)
        return None if order is None or order.is_deleted else spoken_of(order)

    def _valid(self, mention_id: str) -> Span | None:
        mention = self.mention(mention_id)
        if mention is None or mention.is_deleted:
            return None
        return mention.valid_from, mention.valid_to

    def _is_about(self, mention: Mention, flight: Flight) -> bool:
        within = self._scope.claim_within_ms
        for leg in flight.legs:
            off, on = in_the_air(leg)
            if (
                off - within <= mention.valid_to
                and mention.valid_from <= on + within
                and (
                    leg.registration in mention.registrations
                    or {leg.callsign, flight_number(leg.callsign)} & set(mention.flight_numbers)
                )
            ):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Changed:
    """Orders and clusters whose outputs may have changed."""

    orders: set[str]
    clusters: set[str]


def _discard(index: dict[str, set[str]], key: str, name: str) -> None:
    """Take a name out of an index that keeps no empty sets."""
    found = index.get(key)
    if found is not None:
        found.discard(name)
        if not found:
            del index[key]
