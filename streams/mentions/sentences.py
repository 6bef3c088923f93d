"""Cuts an article into sentences: its text in, pieces with their places out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_STATES = (
    "Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|"
    "Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo"
)
_ALWAYS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Gov|Lt|Sen|Sens|Rep|Reps|Gen|Maj|Brig|Col|Adm|Capt|Sgt|St|vs|v|No|Prof|Rev|"
    r"Ct|Cir|Supp|Rptr|"
    r"Jan|Feb|Aug|Sept|Oct|Nov|Dec)|\b[A-Z]|\be\.g|\bi\.e)$"
)
_SHORT = ("v", "vs")
"""Abbreviations in small letters; any other word in small letters ends its sentence."""
_INITIALS = re.compile(r"\b(?:[A-Z]\.)+[A-Z]$")
_SOMETIMES = re.compile(
    rf"(?:\b(?:Inc|Co|Corp|Jr|Sr|Ltd|{_STATES})|\b[ap]\.m|\b(?:[A-Z]\.)+[A-Z])$"
)
_BEGINS = re.compile(
    r"(?:The|A|An|In|On|He|She|It|They|But|And|His|Her|Its|This|That|At|For|By|When|If|After|As|"
    r"Judge|President|No|Two|Three|Hours|Later|Officials|Lawyers|Both|We|I|You|There|Those|Another|"
    r"Mr|Ms|Mrs|Gov|Sen|Rep|Secretary|Justice|Chief|Attorney|U\.S|\u201c|\"|Then|Their|Our|One|What|While|Since|Once|To|From|Under)\b"
)
_OFFICE = re.compile(r"(?:Judge|President|Secretary|Attorney|Justice|Chief|Sen|Rep|Supreme|No)\b")
_END = re.compile(r"([.!?][\u201d\"'\u2019)]*)\s+(?=[A-ZÀ-Þ\u201c\"'(0-9])")
_ATTRIBUTION = re.compile(
    r"[^.!?\u201c\"\n]{1,60}?\b(?:said|wrote|told|posted|asked|added|shouted|declared|replied)\b"
)
_DATE = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:, \d{4}| \d{4})?"
_DATE_LINE = re.compile(rf"(?:[A-Z][a-z]+day, )?(?P<date>{_DATE})$")  # ends as no sentence does
_DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ.'\u2019 -]*[A-ZÀ-Þ.](?:,(?: [A-Z][\w.-]+){1,3}?)?)"
    rf"(?:, (?P<date>{_DATE}))?(?: \([^)]{{2,20}}\))?(?:, (?P<date2>{_DATE}))? ?[\u2014\u2013-]+ "
)


class Sentence(NamedTuple):
    """One sentence: where it stands, its paragraph, and the dateline that rules it."""

    start: int
    end: int
    paragraph: int
    dateline: str | None
    dateline_date: str | None
    leads: bool
    """Whether it is its paragraph's first."""


def sentences(text: str) -> Iterator[Sentence]:
    """Sentences in their order. A dateline belongs to the whole article that follows it."""
    dateline: str | None = None
    dated: str | None = None
    at = 0
    for number, line in enumerate(text.split("\n")):
        start = at + len(line) - len(line.lstrip())
        end = at + len(line.rstrip())
        at += len(line) + 1
        if start >= end:
            continue
        alone = _DATE_LINE.match(text, start, end) if text[end - 1].isalnum() else None
        if alone:
            dated = alone["date"]
            continue
        match = _DATELINE.match(text[start : min(end, start + 120)])
        if match:
            dateline, dated = match["place"], match["date"] or match["date2"] or dated
            start += match.end()
        leads = True
        for begin, stop in _split(text, start, end):
            yield Sentence(begin, stop, number, dateline, dated, leads)
            leads = False


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        mark, quoted = match.start(), match.end(1)
        closes = quoted - mark > 1
        if closes and text[mark] != "." and _ATTRIBUTION.match(text, match.end(), end):
            continue
        if text[mark] == "." and not closes:
            before = text[max(begin, mark - 24) : mark]
            last = before.rpartition(" ")[2]
            if last.isalpha() and last.islower() and last not in _SHORT:
                yield begin, quoted
                begin = match.end()
                continue
            if _ALWAYS.search(before) and not _INITIALS.search(before):
                continue
            if _SOMETIMES.search(before) and not _BEGINS.match(text, match.end()):
                continue
            if before.endswith("U.S") and _OFFICE.match(text, match.end()):
                continue
        yield begin, quoted
        begin = match.end()
    if begin < end:
        yield begin, end
