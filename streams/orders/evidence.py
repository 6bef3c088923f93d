"""Evidence: a docket entry as received goes in, one piece of evidence comes out, doubles as one.

The same words fetched twice are one piece of evidence, first and last seen at two times. That makes
everything computed from a docket's evidence a function of a set, whatever the order of arrival.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from streams.facts.instants import Instant
from streams.facts.received import DocketEntry

_ENCODER = msgspec.msgpack.Encoder()

Preference = tuple[int, int, str]
"""Sorts better evidence first: by source, then newer, then by content."""


@cache
def ranks() -> dict[str, Any]:
    """``sources.yaml``."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "sources.yaml").read_text())
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record, and when we first and last fetched these very words."""

    name: str
    """What two deliveries of the same words share: a digest of the record but for its fetch."""
    record: DocketEntry
    """Its own ``fetched_at`` is None: the two times below stand for it."""
    first_fetched: Instant | None
    last_fetched: Instant | None

    @classmethod
    def of(cls, record: DocketEntry) -> Evidence:
        """Evidence of one delivery."""
        words = replace(record, fetched_at=None)
        name = hashlib.sha256(_ENCODER.encode(words)).hexdigest()[:24]
        return cls(name, words, record.fetched_at, record.fetched_at)

    def and_again(self, other: Evidence) -> Evidence:
        """The same words, delivered twice."""
        times = (self.first_fetched, self.last_fetched, other.first_fetched, other.last_fetched)
        known = [time for time in times if time is not None]
        if not known:
            return self
        return Evidence(self.name, self.record, min(known), max(known))

    @property
    def rank(self) -> int:
        """How good the source is for an entry's fields: 1 is best."""
        return int(ranks()["fields"].get(self.record.kind, 9))

    @property
    def preference(self) -> Preference:
        """Sorts better evidence first: by source, then newer, then by content."""
        last = -1 if self.last_fetched is None else self.last_fetched
        return (self.rank, -last, self.name)

    @property
    def courtlistener_id(self) -> str | None:
        """CourtListener's id of the entry, which REST and webhook share."""
        if self.rank > 1 or not self.record.source_entry_id:
            return None
        return self.record.source_entry_id.partition("/")[0] or None

    @property
    def recap_sequence(self) -> str | None:
        """CourtListener's place of the entry in its docket, ``2022-10-11.001``."""
        if self.rank > 1 or not self.record.source_entry_id:
            return None
        return self.record.source_entry_id.partition("/")[2] or None

    @property
    def number(self) -> str | None:
        """The number the entry bears on the docket; None for minute orders."""
        record = self.record
        if record.entry_number is not None:
            return str(record.entry_number)
        number = record.document_number
        return number if number and number.isdigit() and number != record.pacer_doc_id else None

    @property
    def documented(self) -> bool:
        """Whether the entry has a number or a document."""
        return self.number is not None or self.record.pacer_doc_id is not None
