"""A merged entry, its case and its orders go in, the entry as we publish it comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from streams.facts.court import Clock, DocketedEntry, FieldSource, Order
from streams.facts.identity import Revision, identity
from streams.feeds.court.courts import is_appellate
from streams.feeds.court.docket_numbers import leading
from streams.orders.appeals import appeals_named, sayings
from streams.orders.cases import Case
from streams.orders.classification import classified, no_order
from streams.orders.clocks import effective, written_clocks
from streams.orders.entries import Entry

_FIELDS = (
    "case_name", "pacer_case_id", "entry_number", "document_number", "pacer_doc_id",
    "pacer_seq_no", "filed_on", "short_description", "description",
)  # fmt: skip
_APPEAL = r"\d{2}-\d{3,5}(?!\d)"
_TOGETHER = re.compile(rf"\[(?P<numbers>{_APPEAL}(?:,\s*{_APPEAL})+)\]")
_ASSOCIATED = re.compile(r"\bAssociated Cases?:\s*(?P<numbers>[^()\[\]]+)", re.IGNORECASE)


def docketed(entry: Entry, case: Case, orders: Sequence[Order]) -> DocketedEntry:
    """The entry, with what it is, what it rests on, and the source of each of its fields."""
    words = entry.words
    text = words.value if words else ""
    appellate, stub = is_appellate(entry.court_id), entry.field("description") is None
    found = classified(text, appellate=appellate, stub=stub)
    refusal = no_order(text, appellate=appellate, stub=stub)
    fields = {name: one for name in _FIELDS if (one := entry.field(name))}
    takes_effect = effective(entry.court_id, text) if found else None
    number = fields.get("entry_number")

    def value(name: str) -> str | None:
        return fields[name].value if name in fields else None

    return DocketedEntry(
        entry_id=identity("entry", entry.court_id, entry.docket_number, entry.identity),
        revision=Revision(0),
        is_deleted=False,
        known_at=entry.known_at,
        court_id=entry.court_id,
        docket_number=entry.docket_number,
        case_family=case.alone,
        case_name=case.case_name,
        appeal_of=None,
        says_appeal_of=_says_appeal_of(entry),
        appeals=tuple(appeals_named(entry.court_id, text)),
        also_on=tuple(_also_on(entry.court_id, entry.docket_number, text)),
        pacer_case_id=value("pacer_case_id"),
        entry_number=int(number.value) if number else None,
        document_number=value("document_number"),
        pacer_doc_id=value("pacer_doc_id"),
        pacer_seq_no=value("pacer_seq_no"),
        filed_on=value("filed_on"),
        short_description=value("short_description") or "",
        description=value("description") or "",
        kind=found.kind if found else "no_order",
        disposition=found.disposition if found else "none",
        rests_on=found.rests_on if found else refusal.rests_on,
        confidence=found.confidence if found else refusal.confidence,
        order_ids=tuple(order.order_id for order in orders),
        clocks=_clocks(entry, orders),
        effective_earliest=takes_effect.earliest if takes_effect else None,
        effective_latest=takes_effect.latest if takes_effect else None,
        fields=tuple(FieldSource(name, one.source) for name, one in fields.items()),
        received=len(entry.evidence),
        sealed=any(one.record.sealed for one in entry.evidence),
        sources=entry.sources,
        reconstructed=entry.reconstructed,
    )


def _says_appeal_of(entry: Entry) -> str | None:
    said = {one.basis: one.below for one in sayings(entry) if one.said_by == "appeal"}
    return said.get("field") or said.get("words")


def _clocks(entry: Entry, orders: Sequence[Order]) -> tuple[Clock, ...]:
    for order in orders:
        if order.form == "written":
            return order.clocks
    return written_clocks(entry)


def _also_on(court: str, docket: str, text: str) -> Iterator[str]:
    """Other dockets of the court under which it says it is filed: ``[22-1214, 22-1315]``."""
    match = _TOGETHER.search(text) if is_appellate(court) else _ASSOCIATED.search(text)
    if match:
        numbers = dict.fromkeys(_numbers(match, court))
        yield from (f"{court}/{number}" for number in numbers if number != docket)


def _numbers(match: re.Match[str], court: str) -> Iterator[str]:
    for piece in re.split(r",|;|\band\b", match["numbers"]):
        found = leading(piece, court)
        if found is not None:
            yield str(found[0])
