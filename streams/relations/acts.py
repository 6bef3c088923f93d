"""The court acts that are held: orders go in, orders with their reports and their clocks come out.

Which mention is about which order is decided anew only where a fact came near in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from streams.facts.derived import Mention, Order
from streams.relations.choosing import Chosen, answered
from streams.relations.cluster_index import Clusters
from streams.relations.entries import Entries, Shelf
from streams.relations.flights import discard
from streams.relations.horizon import Evicted, Span, TimeIndex
from streams.relations.matching import Match, best_match, speaks_of_an_order, spoken_of
from streams.relations.press import Press
from streams.relations.reports import Reported, clocks_of

_decode = msgspec.msgpack.Decoder(Order).decode
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


@dataclass(frozen=True, slots=True)
class Changed:
    """Orders and clusters whose outputs may have changed."""

    orders: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)


class Acts:
    """Orders by id, as bytes, and which mentions of the press speak of them."""

    def __init__(self, press: Press, entries: Entries) -> None:
        self._press = press
        self._orders = Shelf("order", entries)
        self._matches: dict[str, Match] = {}
        self._reports: dict[str, set[str]] = {}
        self.clusters = Clusters(entries, press.wake)
        """Reports of things that are about no order."""
        self.by_moment = TimeIndex("moments", entries, self._woken_moments)
        self.by_clock = TimeIndex("orders", entries, self._woken_clocks)
        self._acts: dict[str, Act | None] = {}
        self._timeless: set[str] = set()
        """Ids that no index holds: retracted orders, and orders without a clock."""

    def __len__(self) -> int:
        """How many orders are in memory."""
        return len(self._orders)

    def order(self, order_id: str) -> Order | None:
        """The order of an id, retracted ones too."""
        found = self._orders.get(order_id)
        return None if found is None else _decode(found)

    def act(self, order_id: str) -> Act | None:
        """An order with its reports; None where it is retracted or has no clock."""
        if order_id not in self._acts:
            self._acts[order_id] = self._worked_out(order_id)
        return self._acts[order_id]

    def near(self, earliest: int, latest: int) -> list[str]:
        """Orders asked about a moment of a stretch, in the order of their ids."""
        return self.by_moment.overlapping(earliest, latest)

    def moments(self, order_id: str) -> Span | None:
        """From the earliest to the latest instant that flights are asked about, by rivals too."""
        act = self.act(order_id)
        if act is None:
            return None
        spans = [(one.at_earliest, one.at_latest) for one in act.asked]
        spans += [(one.at_earliest, one.at_latest) for each in act.asked for one in each.rivals]
        return min(earliest for earliest, _ in spans), max(latest for _, latest in spans)

    def cluster(self, event_id: str) -> list[Mention]:
        """Reports of one thing that is about no order, the first published first."""
        found = map(self._press.mention, self.clusters.members(event_id))
        return [one for one in found if one is not None]

    def hold(self, order: Order) -> Changed:
        """Take an order in the place of its earlier revision; what it changed."""
        spans = [self._clocks(order.order_id), None if order.is_deleted else spoken_of(order)]
        near = {one for span in spans if span for one in self._press.near(*span)}
        for mention_id in near:
            self.recall(mention_id)
        value = _encode(order)
        self._orders.put(order.order_id, value)
        self._index(order)
        changed = Changed({order.order_id})
        for mention_id in sorted(near):
            self._match(mention_id, changed)
        return self._refreshed(changed)

    def recall(self, mention_id: str) -> None:
        """Match a mention that is held, if that was let go of, as the orders stand."""
        if not self._is_heard(mention_id):
            mention = self._press.mention(mention_id)
            if mention is not None:
                self.clusters.recall(mention)
            if not self._is_heard(mention_id):
                self._match(mention_id, Changed())

    def hear(self, mention: Mention) -> Changed:
        """Take a mention that the press holds now, in the place of an earlier revision."""
        changed = Changed()
        self._match(mention.mention_id, changed)
        event_id = self.clusters.event_of(mention.mention_id)
        if event_id is not None:  # its words may be others, where it is grouped as before
            changed.clusters.add(event_id)
        known = self._matches.get(mention.mention_id)
        if known is not None:
            changed.orders.add(known.order_id)
        return self._refreshed(changed)

    def load(self, values: Iterable[bytes]) -> None:
        """Take state entries up, all at once, when the press has taken up its own."""
        for value in values:
            order = _decode(value)
            self._orders.load(order.order_id, value)
            self._index(order)
        for mention_id in list(self._press.ids()):
            self._match(mention_id, Changed())
        for order_id in list(self._orders):
            self._index_moments(order_id)

    def evict(self, limit: int, most: int) -> Evicted:
        """Put orders and clusters to rest that were over before an instant, at most so many."""
        by_clock, by_moment = self.by_clock.evict(limit, most), self.by_moment.evict(limit, most)
        gone = [
            one
            for one in sorted({*by_clock, *by_moment})
            if one not in self.by_clock and one not in self.by_moment
        ]
        for order_id in gone:
            self._orders.rest(order_id)
            self._acts.pop(order_id, None)
        clusters = self.clusters.evict(limit, most)
        for one in clusters:
            self.unhear(one.reports)
            gone.append(one.event_id)
        return Evicted(gone, is_all=max(len(by_clock), len(by_moment), len(clusters)) < most)

    def unhear(self, mention_ids: Iterable[str]) -> None:
        """Put mentions to rest that the press let go of, but for those of clusters in memory."""
        for name in mention_ids:
            if self.clusters.event_of(name) is None and name not in self._press.by_time:
                self._unmatch(name)
                self._press.rest(name)

    def forget(self, limit: int, unheard: Iterable[Mention]) -> list[str]:
        """Let go for good of orders over before an instant, and of mentions.

        Ids of the orders, and of the events that no mention tells of any more.
        """
        regrouped: set[str] = set()
        for mention in unheard:
            self._unmatch(mention.mention_id)
            self.clusters.recall(mention)
            regrouped |= self.clusters.drop(mention.mention_id)
        gone = sorted(name for name in regrouped if not self.clusters.members(name))
        self.clusters.forget(limit)

        def is_over(order_id: str) -> bool:
            order = self.order(order_id)
            # What has no clock at all has no time to be over by; such orders are few and stay.
            return order is None or max((one.at_latest for one in order.clocks), default=limit) < (
                limit
            )

        over = {*self.by_clock.sift(limit, is_over), *self.by_moment.sift(limit, is_over)}
        for order_id in sorted(over.union(filter(is_over, self._timeless))):
            self.by_clock.drop(order_id)
            self.by_moment.drop(order_id)
            self._timeless.discard(order_id)
            self._orders.drop(order_id)
            self._acts.pop(order_id, None)
            gone.append(order_id)
        return gone

    def _index(self, order: Order) -> None:
        span = self._clocks(order.order_id)
        if span is None:
            self._timeless.add(order.order_id)
            self.by_clock.drop(order.order_id)
        else:
            self._timeless.discard(order.order_id)
            self.by_clock.put(order.order_id, span)

    def _match(self, mention_id: str, changed: Changed) -> None:
        """Match a mention anew; note the orders and clusters whose reports change by it."""
        mention = self._press.mention(mention_id)
        if mention is not None:
            self.clusters.recall(mention)
        new = None
        if mention is not None and not mention.is_deleted and speaks_of_an_order(mention):
            near = self.by_clock.overlapping(mention.valid_from, mention.valid_to)
            orders = map(self.order, near)
            new = best_match(mention, [one for one in orders if one is not None])
        old = self._unmatch(mention_id)
        if new is not None:
            self._matches[mention_id] = new
            self._reports.setdefault(new.order_id, set()).add(mention_id)
        if old != new:
            changed.orders.update(one.order_id for one in (old, new) if one is not None)
        if new is None and mention is not None and not mention.is_deleted:
            changed.clusters.update(self.clusters.hold(mention))
        else:
            changed.clusters.update(self.clusters.drop(mention_id))

    def _is_heard(self, mention_id: str) -> bool:
        return mention_id in self._matches or self.clusters.event_of(mention_id) is not None

    def _unmatch(self, mention_id: str) -> Match | None:
        old = self._matches.pop(mention_id, None)
        if old is not None:
            discard(self._reports, old.order_id, mention_id)
        return old

    def _refreshed(self, changed: Changed) -> Changed:
        for order_id in changed.orders:
            self._index_moments(order_id)
        return changed

    def _index_moments(self, order_id: str) -> None:
        self._acts.pop(order_id, None)
        self._orders.wake(order_id)
        span = self.moments(order_id)
        if span is None:
            self.by_moment.drop(order_id)
        else:
            self.by_moment.put(order_id, span)

    def _worked_out(self, order_id: str) -> Act | None:
        order = self.order(order_id)
        if order is None or order.is_deleted:
            return None
        span = self._clocks(order_id)
        for mention_id in self._press.near(*span) if span else ():
            self.recall(mention_id)
        reported = tuple(self._reported(order_id))
        chosen = clocks_of(order, reported)
        return Act(order, reported, tuple(chosen)) if chosen else None

    def _reported(self, order_id: str) -> Iterator[Reported]:
        for mention_id in sorted(self._reports.get(order_id, ())):
            mention = self._press.mention(mention_id)
            if mention is not None:
                yield Reported(mention, self._matches[mention_id])

    def _clocks(self, order_id: str) -> Span | None:
        """From the earliest to the latest instant at which a report may speak of an order."""
        order = self.order(order_id)
        return None if order is None or order.is_deleted else spoken_of(order)

    def _woken_moments(self, order_id: str) -> Span | None:
        self._orders.wake(order_id)
        return self.moments(order_id)

    def _woken_clocks(self, order_id: str) -> Span | None:
        self._orders.wake(order_id)
        return self._clocks(order_id)
