"""Docket entries go in; their case comes out: its name, and what it is an appeal of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from streams.feeds.court.court_names import district_named
from streams.feeds.court.courts import is_appellate, only_district
from streams.feeds.court.docket_numbers import leading
from streams.orders.evidence import Evidence

_NUMBER = r"(?P<number>\d{1,2}:\d{2}-[a-z]{2,4}-\d{1,5}\b)"
_ORIGIN = re.compile(
    r"\b(?:originat\w+ (?:case|court)|appeal(?:ed|s|ing)?|petitions?|review (?:of|from)"
    r"|district court|from (?:USDC|the United States District Court)|lower court|USDC"
    rf"|D\.C\. No)\b[^\[\]]{{0,80}}?{_NUMBER}",
    re.IGNORECASE,
)


Preference = tuple[int, int, str]
_BY_FIELDS, _BY_WORDS = 0, 1


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
    origin_from: tuple[int, Preference] | None = field(default=None, compare=False)
    """Fields before words, then as for the name."""
    families: frozenset[str] = field(default=frozenset(), compare=False)
    """Every family that some of the evidence by itself would put the case in."""

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
        if origin:
            below, basis = origin
            if case.origin_from is None or (basis, preference) < case.origin_from:
                case = replace(case, appeal_of=below, origin_from=(basis, preference))
        alone = origin[0] if origin else f"{self.court_id}/{self.docket_number}"
        return replace(case, families=case.families | {alone})


def case_of(evidence: Iterable[Evidence]) -> Case:
    """The case of a docket's evidence, of which there must be some."""
    pieces = iter(evidence)
    first = next(pieces)
    case = Case(first.record.court_id, first.record.docket_number).knowing(first)
    for one in pieces:
        case = case.knowing(one)
    return case


def _origin(evidence: Evidence) -> tuple[str, int] | None:
    """The case that this one appeals from, and whether fields or only words say so."""
    record = evidence.record
    if not is_appellate(record.court_id):
        return None
    named = _ORIGIN.search(record.description)
    court = (
        record.appeal_from_court_id
        or only_district(record.court_id)
        or (district_named(record.description) if named else None)
    )
    if court is None:
        return None
    if record.appeal_from_docket_number:
        return f"{court}/{record.appeal_from_docket_number}", _BY_FIELDS
    found = leading(named["number"], court) if named else None
    return (f"{court}/{found[0]}", _BY_WORDS) if found else None
