"""A merged entry goes in; what it says of appeals comes out.

An appeal's docket says which case it comes from, by fields (``original_court_info`` and
``appeal_from``) or in words and caption; a case's docket names its appeals in words (``USCA Case
Number 25-5067``). What each says is kept apart: ``lineage`` decides what to believe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from streams.feeds.court.court_names import CIRCUITS, circuit_named, district_named
from streams.feeds.court.courts import circuit_of, is_appellate, level, only_district
from streams.feeds.court.docket_numbers import leading
from streams.orders.entries import Entry
from streams.orders.evidence import Evidence, Preference

Basis = Literal["field", "words"]

_DISTRICT = r"(?P<number>(?:\d{1,2}:)?\d{2}-[a-z]{2,4}-\d{1,6}\b)"
_PLAIN = r"\d{2}-\d{3,5}(?!\d)"
_ORIGIN = re.compile(
    r"\b(?:originat\w+ (?:case|court)|appeal(?:ed|s|ing)?|petitions?|review (?:of|from)"
    r"|district court|from (?:USDC|the United States District Court)|lower court|USDC"
    rf"|D\.C\. No|(?:orders?|judgments?) of the)\b[^\[\]]{{0,80}}?{_DISTRICT}",
    re.IGNORECASE,
)
_IN_A_CAPTION = re.compile(_DISTRICT, re.IGNORECASE)
_FROM_A_CIRCUIT = re.compile(rf"\bCir(?:cuit|\.)[^\[\]]{{0,40}}?\b(?P<number>{_PLAIN})")
_ABOVE = re.compile(
    r"\b(?P<above>USCA|court of appeals|(?P<circuit>\w+) circuit)\b[^\[\]]{0,60}?"
    r"\(?(?:case|docket|appeal)?\s*(?:numbers?|nos?\.?)?[.:#]?\s*"
    rf"(?P<numbers>{_PLAIN}(?:(?:,|;| and)\s*{_PLAIN})*)",
    re.IGNORECASE,
)
_DOCKETS_IT = re.compile(
    r"^\W*(?:USCA|(?:appeal|case) (?:docketed|number)|notice of (?:docketing|appeal)"
    r"|(?:appellate|appeal) case number"
    r"|(?:certified |true )*(?:copy of )?(?:the )?(?:order|mandate|judgment|opinion)s? (?:of|from)"
    r" (?:the )?USCA)\b|\bnotice of (?:\w+ ){0,2}appeal\b",
    re.IGNORECASE,
)
_CITED = re.compile(
    r"\b(?:pending|see|citing|cf\.|in light of|following|pursuant to|related to"
    r"|(?:decision|ruling|opinion) (?:in|of|by|from))\b[^.;]{0,80}$",
    re.IGNORECASE,
)
"""Words before a number by which a court cites the appeal of another case."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One docket's word that one case is an appeal of another."""

    said_by: Literal["appeal", "case"]
    appeal: str
    """``court/docket``, as ``below``."""
    below: str
    """Without its office where the words leave it out and the court has several."""
    basis: Basis
    preference: Preference
    """How good the evidence is."""


def appeals_named(court: str, text: str) -> Iterator[str]:
    """Appeals that a trial court's entry names, as ``court/docket``."""
    if is_appellate(court) and not court.startswith("bap"):
        return  # its own number, as a rule
    home = circuit_of(court)
    found: dict[str, None] = {}
    for match in _ABOVE.finditer(text):
        if "bap" in match[0].lower():  # a bankruptcy appellate panel's number
            continue
        if _CITED.search(text, 0, match.start()):
            continue
        named = re.findall(r"(\w+)[\s-]+circuit\b", match[0].lower())
        above = CIRCUITS.get(named[0], home) if named else home
        if above is not None:
            found |= dict.fromkeys(
                f"{above}/{one[0]}"
                for piece in re.split(r",|;|\band\b", match["numbers"])
                if (one := leading(piece, above))
            )
    yield from found


def sayings(entry: Entry) -> Iterator[Saying]:
    """What an entry says of the case it belongs to: at most one origin by each basis, and appeals.

    An appeal that is only cited, in an order that follows a court of appeals in another case, is
    none of this case's: only what the clerk docketed as an appeal counts.
    """
    here = f"{entry.court_id}/{entry.docket_number}"
    if is_appellate(entry.court_id):
        best: dict[Basis, Saying] = {}
        for one in entry.evidence:
            found = _origin(one)
            if found:
                below, basis = found
                best.setdefault(basis, Saying("appeal", here, below, basis, one.preference))
        yield from best.values()
    text = entry.words.value if entry.words else ""
    if _DOCKETS_IT.search(text):
        for appeal in appeals_named(entry.court_id, text):
            yield Saying("case", appeal, here, "words", entry.evidence[0].preference)


def _origin(evidence: Evidence) -> tuple[str, Basis] | None:
    """The case that this one comes from, and whether fields or only words say so."""
    record = evidence.record
    court = record.appeal_from_court_id or only_district(record.court_id)
    below = record.appeal_from_docket_number
    if below and court and level(court) < level(record.court_id) and _fits(below, court):
        return f"{court}/{below}", "field"
    texts = (record.description, record.short_description, record.case_name or "")
    named = next((match for text in texts[:2] if (match := _ORIGIN.search(text))), None)
    named = named or _IN_A_CAPTION.search(texts[2])
    if named:
        district = court if court and level(court) <= 1 else district_named(named.string)
        found = leading(named["number"], district) if district else None
        return (f"{district}/{found[0]}", "words") if found else None
    if record.court_id == "scotus":
        for text in texts:
            match = _FROM_A_CIRCUIT.search(text)
            circuit = circuit_named(text[: match.end()]) if match else None
            if match and circuit:
                return f"{circuit}/{match['number']}", "words"
    return None


def _fits(number: str, court: str) -> bool:
    """Whether a number is of the kind that the court gives: a district's has a type (cv, cr)."""
    typed = bool(re.search(r"\d-[a-z]+-\d", number))
    return typed or level(court) != 1 if level(court) < 2 else not typed
