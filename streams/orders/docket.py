"""Evidence of one docket goes in piece by piece, the orders that it changes come out.

After any sequence of pieces the orders held are those that the whole set gives at once: a new piece
recomputes only the entries that it could be part of, or all where it says more of the case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

from streams.facts.derived import Order
from streams.orders.cases import Case, case_of
from streams.orders.entries import merged
from streams.orders.evidence import Evidence
from streams.orders.joining import blocks
from streams.orders.orders import orders_of


class Docket:
    """Everything received about one docket, and the orders it gives."""

    def __init__(self, evidence: Iterable[Evidence] = ()) -> None:
        self.evidence: dict[str, Evidence] = {}
        self.orders: dict[str, Order] = {}
        self._members: dict[Hashable, set[str]] = defaultdict(set)
        self._made: dict[str, frozenset[str]] = {}
        self._case: Case | None = None
        for one in evidence:
            self._index(one)
        if self.evidence:
            self._case = case_of(self.evidence.values())
            self.orders = self._recomputed(set(self.evidence), self._case)

    def add(
        self, delivered: Evidence
    ) -> tuple[Evidence, dict[str, Order], dict[str, Order]] | None:
        """Take up a piece of evidence.

        Returns it as now held, the orders that are new or changed and those that are gone; None
        where it was known already.
        """
        known = self.evidence.get(delivered.name)
        held = known.and_again(delivered) if known else delivered
        if held == known:
            return None
        self._index(held)
        case = case_of([held]) if self._case is None else self._case.knowing(held)
        touched = self._near(held.name) if case == self._case else set(self.evidence)
        self._case = case
        old = {order for one in touched for order in self._made.get(one, ())}
        new = self._recomputed(touched, case)
        changed = {key: order for key, order in new.items() if self.orders.get(key) != order}
        gone = {key: self.orders.pop(key) for key in sorted(old - set(new))}
        self.orders.update(changed)
        return held, changed, gone

    def _index(self, one: Evidence) -> None:
        self.evidence[one.name] = one
        for block in blocks(one):
            self._members[block].add(one.name)

    def _near(self, name: str) -> set[str]:
        """All evidence that could belong to one entry with this, directly or through others."""
        found: set[str] = set()
        todo = {name}
        while todo:
            one = todo.pop()
            found.add(one)
            for block in blocks(self.evidence[one]):
                todo |= self._members[block] - found
        return found

    def _recomputed(self, names: set[str], case: Case) -> dict[str, Order]:
        """The orders of this evidence, which shares no block with other evidence."""
        for name in names:
            self._made.pop(name, None)
        orders: dict[str, Order] = {}
        for entry in merged(self.evidence[name] for name in sorted(names)):
            made = {order.order_id: order for order in orders_of(entry, case)}
            orders |= made
            for one in entry.evidence:
                self._made[one.name] = frozenset(made)
        return orders
