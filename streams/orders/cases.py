"""Docket entries go in; the name of their case comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from streams.orders.evidence import Evidence, Preference


@dataclass(frozen=True, slots=True)
class Case:
    """What the evidence of one docket says of its case, by the best source of each fact.

    What it is an appeal of is not known here: other dockets have a say in it (``lineage``).
    """

    court_id: str
    docket_number: str
    case_name: str | None = None
    name_from: Preference | None = field(default=None, compare=False)
    """How good the evidence is that the name was taken from."""

    @property
    def alone(self) -> str:
        """``court/docket``: the family of a case that is no appeal."""
        return f"{self.court_id}/{self.docket_number}"

    def knowing(self, evidence: Evidence) -> Case:
        """The case with one more piece of evidence. Pieces may come in any order, and again."""
        name, preference = evidence.record.case_name, evidence.preference
        if name and (self.name_from is None or preference < self.name_from):
            return replace(self, case_name=name, name_from=preference)
        return self


def case_of(evidence: Iterable[Evidence]) -> Case:
    """The case of a docket's evidence, of which there must be some."""
    pieces = iter(evidence)
    first = next(pieces)
    case = Case(first.record.court_id, first.record.docket_number).knowing(first)
    for one in pieces:
        case = case.knowing(one)
    return case
