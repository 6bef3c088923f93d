"""The court acts that are held: orders go in, orders with their reports and their clocks come out.

Which mention is about which order is decided anew only where a fact came near in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.facts.court import Order
from streams.facts.news import Mention
from streams.relations.choosing import Chosen, answered
from streams.relations.cluster_index import Clusters
from streams.relations.entries import Entries
from streams.relations.held_orders import HeldOrders
from streams.relations.horizon import Evicted, Span, TimeIndex
from streams.relations.matches import Matches
from streams.relations.matching import best_match, speaks_of_an_order, spoken_of
from streams.relations.press import Press
from streams.relations.reports import Reported, clocks_of


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
    """Orders, which mentions of the press speak of them, and the moments asked about by both."""

    def __init__(self, press: Press, entries: Entries) -> None:
        self._press = press
        self.orders = HeldOrders(entries)
        self._matches = Matches()
        self.clusters = Clusters(entries, press.wake)
        """Reports of things that are about no order."""
        self.by_moment = TimeIndex("moments", entries, self._woken)
        self._acts: dict[str, Act | None] = {}

    def __len__(self) -> int:
        """How many orders are in memory."""
        return len(self.orders)

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
        spans = [self.orders.spoken_of(order.order_id)]
        spans.append(None if order.is_deleted else spoken_of(order))
        near = {one for span in spans if span for one in self._press.near(*span)}
        for mention_id in near:
            self.recall(mention_id)
        self.orders.put(order)
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
            self.orders.load(value)
        for mention_id in list(self._press.ids()):
            self._match(mention_id, Changed())
        for order_id in list(self.orders):
            self._index_moments(order_id)

    def evict(self, limit: int, most: int) -> Evicted:
        """Put orders and clusters to rest that were over before an instant, at most so many."""
        by_clock = self.orders.by_clock.evict(limit, most)
        by_moment = self.by_moment.evict(limit, most)
        gone = [
            one
            for one in sorted({*by_clock, *by_moment})
            if one not in self.orders.by_clock and one not in self.by_moment
        ]
        for order_id in gone:
            self.orders.rest(order_id)
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
                self._matches.put(name, None)
                self._press.rest(name)

    def forget(self, limit: int, unheard: Iterable[Mention]) -> list[str]:
        """Let go for good of orders over before an instant, and of mentions.

        Ids of the orders, and of the events that no mention tells of any more.
        """
        regrouped: set[str] = set()
        for mention in unheard:
            self._matches.put(mention.mention_id, None)
            self.clusters.recall(mention)
            regrouped |= self.clusters.drop(mention.mention_id)
        gone = sorted(name for name in regrouped if not self.clusters.members(name))
        self.clusters.forget(limit)
        asked = self.by_moment.sift(limit, lambda order_id: self.orders.is_over(order_id, limit))
        for order_id in sorted(self.orders.sift(limit).union(asked)):
            self.by_moment.drop(order_id)
            self.orders.drop(order_id)
            self._acts.pop(order_id, None)
            gone.append(order_id)
        return gone

    def _match(self, mention_id: str, changed: Changed) -> None:
        """Match a mention anew; note the orders and clusters whose reports change by it."""
        mention = self._press.mention(mention_id)
        if mention is not None:
            self.clusters.recall(mention)
        new = None
        if mention is not None and not mention.is_deleted and speaks_of_an_order(mention):
            new = best_match(mention, self.orders.near(mention.valid_from, mention.valid_to))
        old = self._matches.put(mention_id, new)
        if old != new:
            changed.orders.update(one.order_id for one in (old, new) if one is not None)
        if new is None and mention is not None and not mention.is_deleted:
            changed.clusters.update(self.clusters.hold(mention))
        else:
            changed.clusters.update(self.clusters.drop(mention_id))

    def _is_heard(self, mention_id: str) -> bool:
        return mention_id in self._matches or self.clusters.event_of(mention_id) is not None

    def _refreshed(self, changed: Changed) -> Changed:
        for order_id in changed.orders:
            self._index_moments(order_id)
        return changed

    def _index_moments(self, order_id: str) -> None:
        self._acts.pop(order_id, None)
        self.orders.wake(order_id)
        span = self.moments(order_id)
        if span is None:
            self.by_moment.drop(order_id)
        else:
            self.by_moment.put(order_id, span)

    def _worked_out(self, order_id: str) -> Act | None:
        order = self.orders.get(order_id)
        if order is None or order.is_deleted:
            return None
        span = self.orders.spoken_of(order_id)
        for mention_id in self._press.near(*span) if span else ():
            self.recall(mention_id)
        said = (
            (self._press.mention(name), match) for name, match in self._matches.reports(order_id)
        )
        reported = tuple(Reported(one, match) for one, match in said if one is not None)
        chosen = clocks_of(order, reported)
        return Act(order, reported, tuple(chosen)) if chosen else None

    def _woken(self, order_id: str) -> Span | None:
        self.orders.wake(order_id)
        return self.moments(order_id)
