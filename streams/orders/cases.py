"""Docket entries go in; their case comes out: its name, and what it is an appeal of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from streams.feeds.court.courts import is_appellate, only_district
from streams.feeds.court.docket_numbers import leading
from streams.orders.evidence import Evidence

_ORIGIN = re.compile(
    r"\b(?:originating (?:case|court)|(?:appeal(?:ed|s|ing)?|petition) (?:of|from)|district court"
    r"|from (?:USDC|the United States District Court)|lower court|USDC|D\.C\. No)\b[^\[\]]{0,80}?"
    r"(?P<number>\d:\d{2}-[a-z]{2}-\d{3,5}\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """What the evidence of one docket says of its case."""

    court_id: str
    docket_number: str
    case_name: str | None
    appeal_of: str | None
    """``court/docket`` of the district case."""

    @property
    def family(self) -> str:
        """``court/docket`` of the district case, which its appeals share."""
        return self.appeal_of or f"{self.court_id}/{self.docket_number}"


def case_of(evidence: Iterable[Evidence]) -> Case:
    """The case of a docket's evidence, of which there must be some."""
    ordered = sorted(evidence, key=lambda one: one.preference)
    record = ordered[0].record
    names = [one.record.case_name for one in ordered if one.record.case_name]
    origins = [origin for one in ordered if (origin := _origin(one))]
    return Case(
        record.court_id,
        record.docket_number,
        names[0] if names else None,
        origins[0] if origins else None,
    )


def says_more(evidence: Evidence, case: Case) -> bool:
    """Whether a piece of evidence may change what is known of its case."""
    return evidence.record.case_name != case.case_name or _origin(evidence) != case.appeal_of


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
