"""Docket entries go in; their case comes out: its name, and what it is an appeal of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from streams.feeds.court.courts import is_appellate, only_district
from streams.feeds.court.docket_numbers import leading
from streams.orders.evidence import Evidence

_ORIGIN = re.compile(
    r"\b(?:originating (?:case|court)|(?:appeal(?:ed|s|ing)?|petition) (?:of|from)|district court"
    r"|from (?:USDC|the United States District Court)|lower court|USDC|D\.C\. No)\b[^\[\]]{0,80}?"
    r"(?P<number>\d:\d{2}-[a-z]{2}-\d{3,5}\b)",
    re.IGNORECASE,
)


Preference = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Case:
    """What the evidence of one docket says of its case, by the best source of each fact."""

    court_id: str
    docket_number: str
    case_name: str | None = None
    appeal_of: str | None = None
    """``court/docket`` of the district case."""
    name_from: Preference | None = field(default=None, compare=False)
    """How good the evidence is that each fact was taken from."""
    origin_from: Preference | None = field(default=None, compare=False)

    @property
    def family(self) -> str:
        """``court/docket`` of the district case, which its appeals share."""
        return self.appeal_of or f"{self.court_id}/{self.docket_number}"

    def knowing(self, evidence: Evidence) -> Case:
        """The case with one more piece of evidence. Pieces may come in any order, and again."""
        case, preference = self, evidence.preference
        name, origin = evidence.record.case_name, _origin(evidence)
        if name and (case.name_from is None or preference < case.name_from):
            case = replace(case, case_name=name, name_from=preference)
        if origin and (case.origin_from is None or preference < case.origin_from):
            case = replace(case, appeal_of=origin, origin_from=preference)
        return case


def case_of(evidence: Iterable[Evidence]) -> Case:
    """The case of a docket's evidence, of which there must be some."""
    pieces = iter(evidence)
    first = next(pieces)
    case = Case(first.record.court_id, first.record.docket_number).knowing(first)
    for one in pieces:
        case = case.knowing(one)
    return case


def _origin(evidence: Evidence) -> str | None:
    """The district case that this one appeals from: by fields, else by number in the text."""
    record = evidence.record
    if not is_appellate(record.court_id):
        return None
    court = record.appeal_from_court_id or only_district(record.court_id)
    number = record.appeal_from_docket_number
    if number is None:
        match = _ORIGIN.search(record.description)
        found = leading(match["number"], court) if match else None
        number = str(found[0]) if found else None
    return f"{court}/{number}" if court and number else None
