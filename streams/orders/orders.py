"""A merged entry and its case go in, orders come out: the written one, and one spoken before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from streams.facts.court import Order
from streams.facts.identity import Revision, identity
from streams.feeds.court.courts import is_appellate
from streams.orders.cases import Case
from streams.orders.classification import Spoken, classified
from streams.orders.clocks import oral_clocks, written_clocks
from streams.orders.entries import Entry

UNREVISED = Revision(0)
"""Revision of orders before the stage says which input caused them."""


def orders_of(entry: Entry, case: Case) -> Iterator[Order]:
    """The orders that an entry is: none, one, or a written and an oral one."""
    words = entry.words
    if words is None:
        return
    found = classified(
        words.value,
        appellate=is_appellate(entry.court_id),
        stub=entry.field("description") is None,
    )
    if found is None:
        return
    document, case_id = entry.field("document_number"), entry.field("pacer_case_id")
    pacer_doc = entry.field("pacer_doc_id")
    clocks = written_clocks(entry)
    written = Order(
        order_id=_order_id(entry, "written"),
        revision=UNREVISED,
        is_deleted=False,
        known_at=entry.known_at,
        case_family=case.alone,
        court_id=entry.court_id,
        docket_number=entry.docket_number,
        case_name=case.case_name,
        pacer_case_id=case_id.value if case_id else None,
        document_number=document.value if document else None,
        pacer_doc_id=pacer_doc.value if pacer_doc else None,
        kind=found.kind,
        form="written",
        disposition=found.disposition,
        moved_by=found.moved_by,
        judges=found.judges,
        description=words.value,
        rests_on=found.rests_on,
        confidence=found.confidence,
        clocks=clocks,
        appeal_of=None,
        sources=entry.sources,
        reconstructed=entry.reconstructed,
    )
    yield written
    if found.spoken is not None and found.kind != "notice_of_appeal":
        yield _oral(entry, written, found.spoken)


def _oral(entry: Entry, written: Order, spoken: Spoken) -> Order:
    return replace(
        written,
        order_id=_order_id(entry, "oral"),
        kind="oral_order",
        form="oral",
        document_number=None,
        pacer_doc_id=None,
        description=spoken.description,
        rests_on=spoken.rests_on,
        confidence=spoken.confidence,
        clocks=oral_clocks(entry, spoken, written.clocks),
    )


def _order_id(entry: Entry, form: str) -> str:
    return identity("order", entry.court_id, entry.docket_number, entry.identity, form)
