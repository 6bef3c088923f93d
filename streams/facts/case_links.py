"""What dockets say of each other's appeals: between the stages ``orders`` and ``cases``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from streams.facts.identity import Revision
from streams.facts.instants import Instant


@dataclass(frozen=True, slots=True)
class CaseLink:
    """One docket's word that one case is an appeal of another.

    Topic ``cases.inputs``, key ``case_link_id``, a copy to every partition.
    """

    case_link_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    """Arrival of the first evidence that says so."""
    appeal: str
    """``court/docket``."""
    below: str
    """``court/docket``; without its office where the words leave it out and the court has
    several: then it may be any of them."""
    said_by: Literal["appeal", "case"]
    """Whose docket says so."""
    basis: Literal["field", "words"]


_WITHOUT_OFFICE = re.compile(r"/\d{2}-[a-z]+-\d+$")


def names_one_docket(case: str) -> bool:
    """Whether ``court/docket`` is one docket.

    A number of a court of several offices without its office may be a case of any of them.
    """
    return _WITHOUT_OFFICE.search(case) is None


def may_be(case: str, docket: str) -> bool:
    """Whether ``court/docket``, its office perhaps left out, may name this docket."""
    court, _, number = case.partition("/")
    if names_one_docket(case):
        return case == docket
    return docket.startswith(f"{court}/") and docket.endswith(f":{number}")
