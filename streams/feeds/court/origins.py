"""A docket as CourtListener has it goes in; the case that it was appealed from comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from streams.feeds.court.court_names import circuit_named, district_named
from streams.feeds.court.courts import court_id
from streams.feeds.court.docket_numbers import leading

Json = Mapping[str, Any]

_COURT = re.compile(r"^(?:\S*/courts/)?[a-z][a-z0-9-]{1,15}/?$")
_MAY_BEGIN = re.compile(r"(?<![\w-])\d+[:-]")


def original_court(docket: Json, original: Json) -> str | None:
    """The court a case was appealed from: given by id, by API address or by name."""
    for given in (
        original.get("court_id"), docket.get("appeal_from_id"), docket.get("appeal_from"),
        docket.get("appeal_from_str"),
    ):  # fmt: skip
        text = str(given or "").strip()
        if _COURT.search(text):
            return court_id(text)
        if found := circuit_named(text) or district_named(text):
            return found
    return None


def original_number(original: Json, court: str | None) -> str | None:
    """The first docket number of ``original_court_info``: ``(25-5067)``, ``25-5067, 25-5124``."""
    text = str(original.get("docket_number") or "")
    for start in (0, *(match.start() for match in _MAY_BEGIN.finditer(text))):
        if found := leading(text[start:], court):
            return str(found[0])
    return None
