"""Stage ``orders``: docket entries go in by docket, court orders come out.

State: one key per piece of evidence, ``court/docket|fingerprint``, its value msgpack. What has been
published follows from the evidence, so nothing else is kept. An order's revision is that of the
input that last changed it; each record is applied by itself, so that batch cuts change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from streams.facts.derived import Order
from streams.facts.identity import Revision
from streams.facts.received import DocketEntry
from streams.orders.docket import Docket
from streams.orders.evidence import Evidence
from streams.stages import Arrived, Emit, Outcome, Refused, Route

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Evidence)


class OrdersStage:
    """The dockets of one input partition of ``court.docket-entries``."""

    def __init__(self) -> None:
        self._dockets: dict[str, Docket] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the evidence that earlier changes described."""
        evidence: dict[str, list[Evidence]] = {}
        for key, value in entries:
            evidence.setdefault(key.rpartition("|")[0], []).append(_DECODER.decode(value))
        self._dockets = {name: Docket(pieces) for name, pieces in evidence.items()}

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Advance by docket entries, in offset order."""
        emits: dict[tuple[str, str], Emit] = {}
        changes: dict[str, bytes | None] = {}
        refused: list[Refused] = []
        for arrived in batch:
            record = arrived.record
            if not isinstance(record, DocketEntry):
                reason = f"expected a docket entry, found {type(record).__name__}"
                refused.append(Refused(arrived, reason))
                continue
            name = f"{record.court_id}/{record.docket_number}"
            result = self._dockets.setdefault(name, Docket()).add(Evidence.of(record))
            if result is None:
                continue
            held, changed, gone = result
            changes[f"{name}|{held.name}"] = _ENCODER.encode(held)
            for order in _revised(changed, gone, arrived.revision, record):
                for emit in _published(order):
                    emits.pop((emit.topic, emit.key), None)
                    emits[emit.topic, emit.key] = emit
        return Outcome(tuple(emits.values()), changes, tuple(refused))


def _revised(
    changed: dict[str, Order], gone: dict[str, Order], revision: Revision, record: DocketEntry
) -> Iterator[Order]:
    """What an input caused, retractions first, in the order of ids."""
    for _, order in sorted(gone.items()):
        times = [time for time in (order.known_at, record.fetched_at) if time is not None]
        known_at = max(times) if times else None
        yield replace(order, revision=revision, is_deleted=True, known_at=known_at)
    for _, order in sorted(changed.items()):
        yield replace(order, revision=revision)


def _published(order: Order) -> tuple[Emit, Emit]:
    key = order.order_id
    return (
        Emit("court.orders", key, order, Route.BY_KEY, partition_by=order.case_family),
        Emit("relate.inputs", key, order, Route.ALL),
    )
