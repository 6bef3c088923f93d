"""The orders that are held: by id, as bytes, and by the time at which reports speak of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from streams.facts.court import Order
from streams.relations.entries import Entries, Shelf
from streams.relations.horizon import Span, TimeIndex
from streams.relations.matching import spoken_of

_decode = msgspec.msgpack.Decoder(Order).decode
_encode = msgspec.msgpack.Encoder().encode


class HeldOrders:
    """Orders by id, retracted ones too."""

    def __init__(self, entries: Entries) -> None:
        self._shelf = Shelf("order", entries)
        self.by_clock = TimeIndex("orders", entries, self._woken)
        self._timeless: set[str] = set()
        """Ids that no index holds: retracted orders, and orders without a clock."""

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._shelf)

    def __iter__(self) -> Iterator[str]:
        """Ids of those in memory."""
        return iter(self._shelf)

    def get(self, order_id: str) -> Order | None:
        """The order of an id, read where it is at rest."""
        found = self._shelf.get(order_id)
        return None if found is None else _decode(found)

    def near(self, earliest: int, latest: int) -> list[Order]:
        """Orders that a report of a stretch of time may speak of, by id."""
        found = map(self.get, self.by_clock.overlapping(earliest, latest))
        return [one for one in found if one is not None]

    def spoken_of(self, order_id: str) -> Span | None:
        """From the earliest to the latest instant at which a report may speak of an order."""
        order = self.get(order_id)
        return None if order is None or order.is_deleted else spoken_of(order)

    def put(self, order: Order) -> None:
        """Take an order in the place of its earlier revision."""
        self._shelf.put(order.order_id, _encode(order))
        self._index(order.order_id)

    def load(self, value: bytes) -> None:
        """Take a state entry up."""
        order_id = _decode(value).order_id
        self._shelf.load(order_id, value)
        self._index(order_id)

    def wake(self, order_id: str) -> None:
        """Take an order that is at rest into memory."""
        self._shelf.wake(order_id)

    def rest(self, order_id: str) -> None:
        """Put an order to rest that no index holds."""
        self._shelf.rest(order_id)

    def drop(self, order_id: str) -> None:
        """Let go of an order, wherever it is."""
        self.by_clock.drop(order_id)
        self._timeless.discard(order_id)
        self._shelf.drop(order_id)

    def is_over(self, order_id: str, limit: int) -> bool:
        """Whether all clocks of an order were before an instant, or it is gone."""
        order = self.get(order_id)
        if order is None:
            return True
        # What has no clock at all has no time to be over by; such orders are few and stay.
        return max((one.at_latest for one in order.clocks), default=limit) < limit

    def sift(self, limit: int) -> set[str]:
        """Ids of the orders that are over for good; the index lets go of them."""
        over = self.by_clock.sift(limit, lambda order_id: self.is_over(order_id, limit))
        return {*over, *(one for one in self._timeless if self.is_over(one, limit))}

    def _index(self, order_id: str) -> None:
        span = self.spoken_of(order_id)
        if span is None:
            self._timeless.add(order_id)
            self.by_clock.drop(order_id)
        else:
            self._timeless.discard(order_id)
            self.by_clock.put(order_id, span)

    def _woken(self, order_id: str) -> Span | None:
        self.wake(order_id)
        return self.spoken_of(order_id)
