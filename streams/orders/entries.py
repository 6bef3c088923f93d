"""A group of evidence goes in, one merged docket entry comes out, each field with its source."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from streams.facts.instants import Instant
from streams.facts.received import DocketEntry
from streams.orders.evidence import Evidence
from streams.orders.joining import Group, grouped, seconds


@dataclass(frozen=True, slots=True)
class Sourced:
    """A field's value and the source it was taken from."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one docket, merged from everything received about it."""

    identity: str
    """What the entry is known by on its docket, best name first: document, sequence, number,
    second of entry, CourtListener's id, words, the record itself."""
    evidence: Group
    """Best first."""

    def field(self, name: str) -> Sourced | None:
        """The best source's value of a text field; None where none has it."""
        return best(self.evidence, lambda record: getattr(record, name))

    @property
    def court_id(self) -> str:
        """The court."""
        return self.evidence[0].record.court_id

    @property
    def docket_number(self) -> str:
        """The docket's number."""
        return self.evidence[0].record.docket_number

    @property
    def words(self) -> Sourced | None:
        """The docketed words, or the short description where they are not known."""
        return self.field("description") or self.field("short_description")

    @property
    def known_at(self) -> Instant | None:
        """When the last of its evidence arrived."""
        return max(
            (t for one in self.evidence if (t := one.first_fetched) is not None), default=None
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Feeds that have it."""
        return tuple(sorted({one.record.source for one in self.evidence}))

    @property
    def reconstructed(self) -> bool:
        """Whether any of its evidence is reconstructed."""
        return any(one.record.reconstructed for one in self.evidence)


def best(evidence: Iterable[Evidence], get: Callable[[DocketEntry], object]) -> Sourced | None:
    """The first value there is, evidence being sorted best first."""
    for one in evidence:
        value = get(one.record)
        if value not in (None, ""):
            return Sourced(str(value).strip(), one.record.source)
    return None


def merged(evidence: Iterable[Evidence]) -> list[Entry]:
    """The entries of a docket, or of evidence that shares blocks with no other."""
    groups = sorted(grouped(evidence), key=_naming_order)
    taken: set[str] = set()
    entries: list[Entry] = []
    for group in groups:
        identity = next(name for name in _names(group) if name not in taken)
        taken.add(identity)
        entries.append(Entry(identity, group))
    return entries


def _naming_order(group: Group) -> tuple[bool, tuple[int, int, str]]:
    """RSS says when an entry was entered, so it has the first right to be named by that second."""
    return (all(one.rank == 1 for one in group), group[0].preference)


def _names(group: Group) -> Iterator[str]:
    records = [one.record for one in group]
    case = min((record.pacer_case_id for record in records if record.pacer_case_id), default="")
    yield from _first("document", [record.pacer_doc_id for record in records])
    yield from _first(f"sequence {case}", [record.pacer_seq_no for record in records])
    yield from _first("number", [one.number for one in group])
    entered = sorted(time for one in group for time in seconds(one))
    if entered:
        yield f"entered {case} {entered[0][0]}"
    yield from _first("courtlistener", [one.courtlistener_id for one in group])
    digest = hashlib.sha256()
    for record in records:
        digest.update(repr((record.filed_on, record.entered_raw, record.description)).encode())
    yield f"words {digest.hexdigest()[:20]}"
    yield f"record {min(one.name for one in group)}"  # two entries may differ in a detail only


def _first(kind: str, values: Sequence[str | None]) -> Iterator[str]:
    known = sorted(value for value in values if value)
    if known:
        yield f"{kind} {known[0]}"
