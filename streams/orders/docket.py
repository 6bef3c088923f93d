"""Evidence of one docket goes in piece by piece, what changes comes out: entries, orders, links.

After any sequence of pieces what is held is what the whole set gives at once: a new piece
recomputes only the entries that it could be part of, or all where it says more of the case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from streams.facts.case_links import CaseLink
from streams.facts.court import DocketedEntry, Order
from streams.orders.appeals import sayings
from streams.orders.cases import Case, case_of
from streams.orders.docketed import docketed
from streams.orders.entries import merged
from streams.orders.evidence import Evidence
from streams.orders.joining import blocks
from streams.orders.orders import orders_of
from streams.orders.sayings import Sayings

Fact = DocketedEntry | Order | CaseLink


@dataclass(frozen=True, slots=True)
class Change:
    """What a piece of evidence changed: facts by id."""

    held: Evidence
    """The piece as it is now held."""
    changed: dict[str, Fact] = field(default_factory=dict)
    """Facts that are new or changed."""
    gone: dict[str, Fact] = field(default_factory=dict)


class Docket:
    """Everything received about one docket, and the entries and orders it gives."""

    def __init__(self, evidence: Iterable[Evidence] = ()) -> None:
        self.evidence: dict[str, Evidence] = {}
        self.facts: dict[str, Fact] = {}
        self._sayings = Sayings()
        self.links: dict[str, CaseLink] = {}
        self._members: dict[Hashable, set[str]] = defaultdict(set)
        self._made: dict[str, frozenset[str]] = {}
        self.case: Case | None = None
        for one in evidence:
            self._index(one)
        if self.evidence:
            self.case = case_of(self.evidence.values())
            self.facts = self._recomputed(set(self.evidence), self.case)
            self.links = self._sayings.links()
            self.facts |= self.links

    @property
    def orders(self) -> dict[str, Order]:
        """The orders among the facts."""
        return {key: fact for key, fact in self.facts.items() if isinstance(fact, Order)}

    def add(self, delivered: Evidence) -> Change | None:
        """Take up a piece of evidence; None where it was known already."""
        known = self.evidence.get(delivered.name)
        held = known.and_again(delivered) if known else delivered
        if held == known:
            return None
        self._index(held)
        case = case_of([held]) if self.case is None else self.case.knowing(held)
        touched = self._near(held.name) if case == self.case else set(self.evidence)
        self.case = case
        old = {fact for one in touched for fact in self._made.get(one, ())}
        new = self._recomputed(touched, case)
        for fact_id in old - set(new):
            self._sayings.put(fact_id, (), None)
        old |= set(self.links)
        self.links = self._sayings.links()
        new |= self.links
        changed = {key: fact for key, fact in new.items() if self.facts.get(key) != fact}
        gone = {key: self.facts.pop(key) for key in sorted(old - set(new))}
        self.facts.update(changed)
        return Change(held, changed, gone)

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

    def _recomputed(self, names: set[str], case: Case) -> dict[str, Fact]:
        """The facts of this evidence, which shares no block with other evidence."""
        for name in names:
            self._made.pop(name, None)
        facts: dict[str, Fact] = {}
        for entry in merged(self.evidence[name] for name in sorted(names)):
            orders = tuple(orders_of(entry, case))
            whole = docketed(entry, case, orders)
            made: dict[str, Fact] = {order.order_id: order for order in orders}
            made[whole.entry_id] = whole
            facts |= made
            self._sayings.put(whole.entry_id, sayings(entry), entry.known_at)
            for one in entry.evidence:
                self._made[one.name] = frozenset(made)
        return facts
