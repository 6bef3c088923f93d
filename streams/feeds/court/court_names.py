"""A federal court as dockets name it goes in, its id comes out.

Dockets of appeals say where a case comes from in words: ``Eastern District of Tennessee at
Knoxville``, ``U.S. District Court for Hawaii, Honolulu``, ``S.D.N.Y.``. (The package courts-db
knows official names only: of fifteen such forms it resolved one, and that one to two courts.)
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from streams.feeds.court.courts import court_id

_PARTS = {"northern": "n", "southern": "s", "eastern": "e", "western": "w", "middle": "m",
          "central": "c"}  # fmt: skip


CIRCUITS = {
    "federal": "cafc", "dc": "cadc", "districtofcolumbia": "cadc", "c": "cadc",
    **dict(zip(("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
                "ninth", "tenth", "eleventh"), (f"ca{n}" for n in range(1, 12)), strict=True)),
    **{f"{n}{end}": f"ca{n}" for n in range(1, 12) for end in ("st", "nd", "rd", "th", "d")},
}  # fmt: skip
"""Courts of appeals by the first word of their name, letters only."""
_CIRCUIT = re.compile(
    r"\b(?P<name>District of Columbia|D\.?\s?C\.?|Federal|\w+(?:th|st|nd|rd|d))"
    r"\s+(?:Circuit|Cir\.)",
    re.IGNORECASE,
)


def circuit_named(text: str) -> str | None:
    """The id of the court of appeals that a text names, the first if several; None if none."""
    for match in _CIRCUIT.finditer(text):
        found = CIRCUITS.get(re.sub(r"[\W_]", "", match["name"].lower()))
        if found:
            return found
    return None


@cache
def _districts() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "court_names.yaml").read_text()
    districts: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return districts


@cache
def _named() -> re.Pattern[str]:
    names = "|".join(sorted(_districts(), key=lambda name: (-len(name), name)))
    return re.compile(
        rf"\b(?:(?P<part>{'|'.join(_PARTS)})\s+)?(?:(?:judicial\s+)?district\s+of\s+)?"
        rf"(?P<name>{names})\b",
        re.IGNORECASE,
    )


@cache
def _cited() -> dict[str, str]:
    """Ids by citation, letters only: ``sdny``, ``dmd``, ``edva``."""
    return {
        f"{part}d{one['cited']}".lower(): f"{one['id']}{part}d"
        for one in _districts().values()
        for part in one["parts"] or ("",)
    }


def district_named(text: str) -> str | None:
    """The id of the district court that a text names, the first if several; None if none.

    A state of several districts, named without its part, is none.
    """
    for match in _named().finditer(text):
        one = _districts()[re.sub(r"\s+", " ", match["name"].lower())]
        part = _PARTS[match["part"].lower()] if match["part"] else ""
        if part in one["parts"] if part else not one["parts"]:
            return court_id(f"{one['id']}{part}d")
    for match in re.finditer(r"\b(?:[NSEWMC]\.?\s?)?D\.\s?(?:[A-Z][A-Za-z]*\.?\s?){1,3}", text):
        found = _cited().get(re.sub(r"[^a-z]", "", match[0].lower()))
        if found:
            return court_id(found)
    return None
