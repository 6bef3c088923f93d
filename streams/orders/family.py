"""Orders of one case family come in one by one, the stretches of each one's life come out.

After any sequence of orders the stretches held are those that the whole set gives at once: a new
order recomputes the aims of the acts that come after it, and what those act on, before and now.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator

from streams.facts.court import Dispute, Order, OrderState
from streams.facts.instants import Instant
from streams.orders.force import began, stands, states
from streams.orders.references import Term, term
from streams.orders.targets import (
    BY_GUESS,
    Act,
    Aim,
    Candidate,
    Choice,
    Speech,
    candidate,
    speech,
    targets,
)

_HOLDS = ("stay", "vacatur")
_MERE_ACTS = ("vacatur", "extension")

Aims = tuple[Aim, ...]
"""Orders that an act speaks of."""


class Family:
    """One case with its appeals: its orders, what they do to each other, what stands."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self.orders: dict[str, Order] = {}
        self._states: dict[str, tuple[OrderState, ...]] = {}
        self._candidates: list[Candidate] = []
        self._by_id: dict[str, Candidate] = {}
        self._oral: set[str] = set()
        self._speeches: dict[str, Speech] = {}
        self._aims: dict[str, Aims] = {}
        for order in orders:
            self._take(order)
        for act in sorted(self._speeches, key=lambda one: self._by_id[one].key):
            self._aims[act] = self._aimed(act)
        self._refresh(set(self.orders))

    def put(self, order: Order) -> set[str]:
        """Take up an order, new or changed; ids of all orders whose stretches may have changed."""
        return self._replace(order.order_id, order)

    def drop(self, order_id: str) -> set[str]:
        """Forget an order; ids of all orders whose stretches may have changed."""
        return self._replace(order_id, None)

    def shown(self, order_id: str) -> tuple[OrderState, ...]:
        """The stretches of an order's life: none for one that only acts on others."""
        order = self.orders.get(order_id)
        if order is None:
            return ()
        said = self._speeches.get(order_id)
        only_acts = order.kind == "appellate_order" and said and said.what in _MERE_ACTS
        if self._extends_nothing(order) or (stands(order) and not only_acts):
            return self._states.get(order_id, ())
        return ()

    def _replace(self, order_id: str, order: Order | None) -> set[str]:
        old, dirty = self._by_id.get(order_id), {order_id}
        if order_id in self.orders:
            dirty |= set(self._counterparts(self.orders[order_id]))
        before = dict(self._aims)
        self._leave(order_id)
        if order is not None:
            self._take(order)
            dirty |= set(self._counterparts(order))
        new = self._by_id.get(order_id)
        for act in sorted(self._speeches, key=lambda one: self._by_id[one].key):
            key = self._by_id[act].key
            if act in dirty or any(one is not None and one.key < key for one in (old, new)):
                self._aims[act] = self._aimed(act)
        for act in before.keys() | self._aims:
            if act in dirty or before.get(act) != self._aims.get(act):
                dirty.add(act)
                dirty |= {
                    one.order_id for aims in (before, self._aims) for one in aims.get(act, ())
                }
        return self._refresh(dirty)

    def _take(self, order: Order) -> None:
        self.orders[order.order_id] = order
        moment = began(order)
        if moment is None:
            return
        one = candidate(order, (moment.earliest, moment.latest))
        insort(self._candidates, one, key=lambda candidate: candidate.key)
        self._by_id[order.order_id] = one
        if order.form == "oral":
            self._oral.add(order.order_id)
        said = speech(order)
        if said is not None:
            self._speeches[order.order_id] = said

    def _leave(self, order_id: str) -> None:
        self.orders.pop(order_id, None)
        self._states.pop(order_id, None)
        self._speeches.pop(order_id, None)
        self._aims.pop(order_id, None)
        self._oral.discard(order_id)
        gone = self._by_id.pop(order_id, None)
        if gone is not None:
            self._candidates.remove(gone)

    def _aimed(self, act_id: str) -> Aims:
        act = self._by_id[act_id]
        found = targets(
            act, self._speeches[act_id], self._candidates, lambda one: self._over(one, act)
        )
        aims = {one.order_id: one for one in found}
        for aim in found:
            for oral in self._counterparts(self.orders[aim.order_id]):
                if oral in self._oral and self._by_id[oral].key < act.key:
                    # The words are on the written order: that they mean the spoken one is a guess.
                    choice: Choice = "open" if aim.choice == "open" else "guessed"
                    aims.setdefault(oral, Aim(oral, min(aim.sure, BY_GUESS), choice))
        return tuple(aims[one] for one in sorted(aims))

    def _over(self, one: Candidate, act: Candidate) -> bool:
        """Whether the term an order states, or the last extension in time, was over at the act.

        Aims are found in the order of acts, so those of extensions before the act are known.
        """
        limit = term(one.order.description, one.order.court_id, Instant(one.key[0]))
        for other in self._candidates:
            if not one.key < other.key < act.key or _ended(limit, other.key[0]):
                continue
            said = self._speeches.get(other.order.order_id)
            aims = self._aims.get(other.order.order_id, ())
            if (
                said
                and said.what == "extension"
                and one.order.order_id in {a.order_id for a in aims}
            ):
                limit = term(other.order.description, other.order.court_id, Instant(other.key[0]))
        return _ended(limit, act.key[0])

    def _counterparts(self, order: Order) -> Iterator[str]:
        """The written order that records a spoken one, or the spoken ones that it records."""
        others = self.orders.values() if order.form == "oral" else map(self.orders.get, self._oral)
        for other in others:
            if (
                other is not None
                and (other.form == "oral") != (order.form == "oral")
                and (other.court_id, other.docket_number) == (order.court_id, order.docket_number)
            ):
                spoken, written = (order, other) if order.form == "oral" else (other, order)
                if spoken.description in written.description:
                    yield other.order_id

    def _extends_nothing(self, order: Order) -> bool:
        return order.kind == "extension" and not self._aims.get(order.order_id)

    def _refresh(self, dirty: set[str]) -> set[str]:
        """Compute the stretches of these orders anew, and of all that they hold."""
        acting: dict[str, list[tuple[str, Aim]]] = {}
        for act_id, aims in self._aims.items():
            for aim in aims:
                acting.setdefault(aim.order_id, []).append((act_id, aim))
        todo = list(dirty)
        while todo:
            for aim in self._aims.get(todo.pop(), ()):
                if aim.order_id not in dirty:
                    dirty.add(aim.order_id)
                    todo.append(aim.order_id)
        # Acts come after what they act on: the latest first, so that what holds is known.
        for one in reversed(self._candidates):
            order = one.order
            if order.order_id in dirty:
                acts = [
                    self._act(act_id, aim)
                    for act_id, aim in sorted(acting.get(order.order_id, ()), key=lambda by: by[0])
                ]
                held_by = {
                    act.order.order_id: self._states.get(act.order.order_id, ())
                    for act in acts
                    if act.effect in _HOLDS
                }
                disputes = tuple(self._disputes(order, acts))
                self._states[order.order_id] = states(order, acts, held_by, disputes)
        return dirty

    def _act(self, act_id: str, aim: Aim) -> Act:
        said = self._speeches[act_id]
        return Act(self.orders[act_id], said.what, said.words[:200], aim.sure, aim.choice)

    def _disputes(self, order: Order, acts: Iterable[Act]) -> Iterator[Dispute]:
        for act in acts:
            if act.effect == "appeal":
                yield Dispute("appealed", act.order.order_id, act.words)
            elif act.effect == "denial":
                yield Dispute("kept", act.order.order_id, act.words)
        for other in sorted(self._counterparts(order)):
            yield Dispute("spoken_and_written", other, self.orders[other].rests_on[:200])
        if self._extends_nothing(order):
            yield Dispute("not_on_record", None, order.rests_on[:200])
        yield from _rivals(order)


def _ended(limit: Term | None, at: int) -> bool:
    """Whether a stated term was over at an instant, whichever moment of its end is meant."""
    until = limit.until if limit else None
    return until is not None and until.latest is not None and until.latest < at


def _rivals(order: Order) -> Iterator[Dispute]:
    """Claims of a clock that contradict the best one: their intervals do not meet."""
    best: dict[str, tuple[int, int]] = {}
    for claim in order.clocks:  # best first
        first, last = best.setdefault(claim.clock, (claim.at_earliest, claim.at_latest))
        if claim.at_earliest > last or claim.at_latest < first:
            words = f"{claim.clock}, {claim.source}: {claim.evidence}"[:200]
            yield Dispute("rival_times", None, words)
