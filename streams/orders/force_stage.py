"""Stage ``force``: court orders go in by case family, the stretches of their lives come out.

State: one key per order, its value msgpack. What was published follows from the orders. A stretch's
revision is that of the order that last changed it; each order is applied by itself, so that batch
cuts change nothing. An order whose case proves to be an appeal arrives in its old family's
partition as well, which lets it go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from streams.facts.court import Order, OrderState
from streams.facts.identity import Revision
from streams.orders.family import Family
from streams.stages import Arrived, Emit, Outcome, Refused, Route

TOPIC = "court.order-states"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Order)


class ForceStage:
    """The case families of one partition of ``court.orders``."""

    def __init__(self, at_home: Callable[[str], bool] = lambda _family: True) -> None:
        """``at_home`` says whether a family belongs to this partition."""
        self._at_home = at_home
        self._families: dict[str, Family] = {}
        self._family_of: dict[str, str] = {}
        self._shown: dict[str, tuple[OrderState, ...]] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the orders that earlier changes described."""
        orders: dict[str, list[Order]] = {}
        for _, value in entries:
            order = _DECODER.decode(value)
            orders.setdefault(order.case_family, []).append(order)
            self._family_of[order.order_id] = order.case_family
        self._families = {name: Family(members) for name, members in orders.items()}
        for family in self._families.values():
            for order_id in family.orders:
                self._shown[order_id] = family.shown(order_id)

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Advance by court orders, in offset order.

        Of each stretch the last of the batch is published; the ``.changes`` twin gets all.
        """
        emits: dict[str, Emit] = {}
        every: list[Emit] = []
        changes: dict[str, bytes | None] = {}
        refused: list[Refused] = []
        for arrived in batch:
            order = arrived.record
            if not isinstance(order, Order):
                reason = f"expected an order, found {type(order).__name__}"
                refused.append(Refused(arrived, reason))
                continue
            stays = not order.is_deleted and self._at_home(order.case_family)
            changes[order.order_id] = _ENCODER.encode(order) if stays else None
            for state in self._taken(order, arrived.revision, stays=stays):
                emit = Emit(
                    TOPIC, state.state_id, state, Route.BY_KEY, partition_by=state.case_family
                )
                emits.pop(state.state_id, None)
                emits[state.state_id] = emit
                every.append(replace(emit, topic=f"{TOPIC}.changes"))
        return Outcome((*emits.values(), *every), changes, tuple(refused))

    def _taken(self, order: Order, revision: Revision, *, stays: bool) -> Iterator[OrderState]:
        """What an order changes, retractions first."""
        touched: set[str] = set()
        held_in = self._family_of.pop(order.order_id, None)
        if held_in is not None and (held_in != order.case_family or not stays):
            touched |= self._families[held_in].drop(order.order_id)
        if stays:
            family = self._families.setdefault(order.case_family, Family())
            touched |= family.put(order)
            self._family_of[order.order_id] = order.case_family
        gone: list[OrderState] = []
        made: list[OrderState] = []
        for order_id in sorted(touched):
            before = {one.state_id: one for one in self._shown.pop(order_id, ())}
            home = self._family_of.get(order_id)
            states = self._families[home].shown(order_id) if home else ()
            if states:
                self._shown[order_id] = states
            made += [one for one in states if before.get(one.state_id) != one]
            gone += [one for key, one in before.items() if key not in {s.state_id for s in states}]
        for state in gone:
            times = [time for time in (state.known_at, order.known_at) if time is not None]
            yield replace(
                state, revision=revision, is_deleted=True, known_at=max(times, default=None)
            )
        for state in made:
            yield replace(state, revision=revision)
