"""Stage ``cases``: entries and orders of dockets go in, the same with their case families come out.

A docket's own evidence need not say what it is an appeal of: the docket of the case may, or another
court's. So what dockets say of appeals comes to every partition, and the facts of each docket to
one. Where a docket's family changes, its facts are published anew; an order then goes to the
partition of the family that it left as well, which lets it go.

State: what came in, one key a fact or link, its value msgpack. What was published follows from it.
A revision is that of the input that last changed the fact or its family; each record is applied by
itself, so that batch cuts change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from streams.facts.case_links import CaseLink
from streams.facts.court import DocketedEntry, Order
from streams.facts.identity import Revision
from streams.orders.lineage import Lineage, Place
from streams.stages import Arrived, Emit, Outcome, Refused, Route

Docketed = Order | DocketedEntry

_ENCODER = msgspec.msgpack.Encoder()
_LINK = "link"
_DECODERS: dict[str, msgspec.msgpack.Decoder[Any]] = {
    _LINK: msgspec.msgpack.Decoder(CaseLink),
    "order": msgspec.msgpack.Decoder(Order),
    "entry": msgspec.msgpack.Decoder(DocketedEntry),
}


class CasesStage:
    """The dockets of one partition of ``cases.inputs``, and all that is said of appeals."""

    def __init__(self) -> None:
        self._lineage = Lineage()
        self._facts: dict[str, dict[str, Docketed]] = defaultdict(dict)

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the facts and links that earlier changes described."""
        for key, value in entries:
            kind, _, fact_id = key.partition("|")
            fact = _DECODERS[kind].decode(value)
            if isinstance(fact, CaseLink):
                self._lineage.take(fact)
            else:
                self._facts[_docket(fact)][fact_id] = fact

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Advance by facts and links, in offset order."""
        emits: dict[tuple[str, str, str | None], Emit] = {}
        changes: dict[str, bytes | None] = {}
        refused: list[Refused] = []
        for arrived in batch:
            fact = arrived.record
            if isinstance(fact, CaseLink):
                key, caused = f"{_LINK}|{fact.case_link_id}", self._linked(fact, arrived.revision)
            elif isinstance(fact, Order):
                key, caused = f"order|{fact.order_id}", self._docketed(fact, arrived.revision)
            elif isinstance(fact, DocketedEntry):
                key, caused = f"entry|{fact.entry_id}", self._docketed(fact, arrived.revision)
            else:
                found = type(fact).__name__
                reason = f"expected an entry, an order or a case link, found {found}"
                refused.append(Refused(arrived, reason))
                continue
            changes[key] = None if fact.is_deleted else _ENCODER.encode(fact)
            for emit in caused:
                place = (emit.topic, emit.key, emit.partition_by)
                emits.pop(place, None)
                emits[place] = emit
        return Outcome(tuple(emits.values()), changes, tuple(refused))

    def _docketed(self, fact: Docketed, revision: Revision) -> Iterator[Emit]:
        docket, fact_id = _docket(fact), _fact_id(fact)
        if fact.is_deleted:
            self._facts[docket].pop(fact_id, None)
        else:
            self._facts[docket][fact_id] = fact
        place = self._lineage.place(docket)
        yield from _published(_placed(fact, place, revision), {place.family})

    def _linked(self, link: CaseLink, revision: Revision) -> Iterator[Emit]:
        appeals = self._lineage.concerned(link)
        before = {docket: self._lineage.place(docket) for docket in appeals & self._facts.keys()}
        self._lineage.take(link)
        for docket, place in sorted(before.items()):
            now = self._lineage.place(docket)
            if now != place:
                for _, fact in sorted(self._facts[docket].items()):
                    yield from _published(_placed(fact, now, revision), {place.family, now.family})


def _placed(fact: Docketed, place: Place, revision: Revision) -> Docketed:
    times = [time for time in (fact.known_at, place.known_at) if time is not None]
    return replace(
        fact,
        case_family=place.family,
        appeal_of=place.appeal_of,
        known_at=max(times, default=None),
        revision=revision,
    )


def _published(fact: Docketed, families: set[str]) -> Iterator[Emit]:
    if isinstance(fact, DocketedEntry):
        docket = _docket(fact)
        yield Emit("court.entries", fact.entry_id, fact, Route.BY_KEY, partition_by=docket)
        return
    for family in sorted(families):
        yield Emit("court.orders", fact.order_id, fact, Route.BY_KEY, partition_by=family)
    yield Emit("relate.inputs", fact.order_id, fact, Route.ALL)


def _docket(fact: Docketed) -> str:
    return f"{fact.court_id}/{fact.docket_number}"


def _fact_id(fact: Docketed) -> str:
    return fact.order_id if isinstance(fact, Order) else fact.entry_id
