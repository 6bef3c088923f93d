"""Stage ``orders``: docket entries go in by docket, merged entries and court orders come out.

State: one key per piece of evidence, ``court/docket|fingerprint``, its value msgpack. What has been
published follows from the evidence, so nothing else is kept. A fact's revision is that of the
input that last changed it; each record is applied by itself, so that batch cuts change nothing.

An order goes to the partition of its case family. Where some of the evidence does not yet say that
the case is an appeal, or of what, the same record also goes to the families it would then have:
whoever follows one of those sees the order leave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from streams.facts.derived import DocketedEntry
from streams.facts.identity import Revision
from streams.facts.received import DocketEntry
from streams.orders.docket import Change, Docket, Fact
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
        emits: dict[tuple[str, str, str | None], Emit] = {}
        changes: dict[str, bytes | None] = {}
        refused: list[Refused] = []
        for arrived in batch:
            record = arrived.record
            if not isinstance(record, DocketEntry):
                reason = f"expected a docket entry, found {type(record).__name__}"
                refused.append(Refused(arrived, reason))
                continue
            name = f"{record.court_id}/{record.docket_number}"
            docket = self._dockets.setdefault(name, Docket())
            change = docket.add(Evidence.of(record))
            if change is None:
                continue
            changes[f"{name}|{change.held.name}"] = _ENCODER.encode(change.held)
            families = docket.case.families if docket.case else frozenset()
            for fact in _revised(change, arrived.revision, record):
                for emit in _published(fact, families):
                    place = (emit.topic, emit.key, emit.partition_by)
                    emits.pop(place, None)
                    emits[place] = emit
        return Outcome(tuple(emits.values()), changes, tuple(refused))


def _revised(change: Change, revision: Revision, record: DocketEntry) -> Iterator[Fact]:
    """What an input caused, retractions first, in the order of ids."""
    for _, fact in sorted(change.gone.items()):
        times = [time for time in (fact.known_at, record.fetched_at) if time is not None]
        known_at = max(times) if times else None
        yield replace(fact, revision=revision, is_deleted=True, known_at=known_at)
    for _, fact in sorted(change.changed.items()):
        yield replace(fact, revision=revision)


def _published(fact: Fact, families: frozenset[str]) -> Iterator[Emit]:
    if isinstance(fact, DocketedEntry):
        docket = f"{fact.court_id}/{fact.docket_number}"
        yield Emit("court.entries", fact.entry_id, fact, Route.BY_KEY, partition_by=docket)
        return
    for family in sorted({fact.case_family} | families):
        yield Emit("court.orders", fact.order_id, fact, Route.BY_KEY, partition_by=family)
    yield Emit("relate.inputs", fact.order_id, fact, Route.ALL)
