"""Stage ``orders``: docket entries go in by docket, merged entries and court orders come out.

They go to the stage ``cases``, by docket, which knows what family the docket belongs to; what the
docket says of appeals goes to every partition of it.

State: one key per piece of evidence, ``court/docket|fingerprint``, its value msgpack. What has been
published follows from the evidence, so nothing else is kept. A fact's revision is that of the
input that last changed it; each record is applied by itself, so that batch cuts change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from streams.facts.case_links import CaseLink
from streams.facts.identity import Revision
from streams.facts.received import DocketEntry
from streams.orders.docket import Change, Docket, Fact
from streams.orders.evidence import Evidence
from streams.stages import Arrived, Emit, Outcome, Refused, Route

TOPIC = "cases.inputs"
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
        emits: dict[str, Emit] = {}
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
            for key, fact in _revised(change, arrived.revision, record):
                emits.pop(key, None)
                emits[key] = _published(key, fact)
        return Outcome(tuple(emits.values()), changes, tuple(refused))


def _revised(change: Change, revision: Revision, record: DocketEntry) -> Iterator[tuple[str, Fact]]:
    """What an input caused, retractions first, in the order of ids."""
    for key, fact in sorted(change.gone.items()):
        times = [time for time in (fact.known_at, record.fetched_at) if time is not None]
        known_at = max(times) if times else None
        yield key, replace(fact, revision=revision, is_deleted=True, known_at=known_at)
    for key, fact in sorted(change.changed.items()):
        yield key, replace(fact, revision=revision)


def _published(key: str, fact: Fact) -> Emit:
    if isinstance(fact, CaseLink):
        return Emit(TOPIC, key, fact, Route.ALL)
    docket = f"{fact.court_id}/{fact.docket_number}"
    return Emit(TOPIC, key, fact, Route.BY_KEY, partition_by=docket)
