"""Words of a sentence, with names, days, clock times and quotes as one word each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from streams.mentions.dates import DayMention
from streams.mentions.names import Name

Kind = Literal["word", "name", "day", "clock", "quote", "mark", "stranger"]

_WORD = re.compile(
    r"(?P<quote>\u201c[^\u201d]*(?:\u201d|$)|\"[^\"]*(?:\"|$))"
    r"|(?P<clock>(?:about )?\d{1,2}(?::\d{2})? ?[ap]\.?m\.?(?!\w)(?: (?:Eastern|Central|Mountain|Pacific)(?: [Tt]ime)?)?|\bnoon\b)"
    r"|(?P<word>(?:[A-Z]\.){2,}|[$\w][\w'\u2019&./-]*)"
    r"|(?P<mark>[,;:?!()\u2014\u2013\u2026]|-{2})"
)
_STRANGER = re.compile(r"[A-ZÀ-Þ][\w'\u2019-]+")


@dataclass(slots=True)
class Word:
    """One word: its text, lower case, where it stands in the sentence, and what it is."""

    text: str
    low: str
    start: int
    end: int
    kind: Kind
    name: Name | None = None
    day: DayMention | None = None


@dataclass(slots=True)
class Words:
    """The words of one sentence."""

    text: str
    all: list[Word] = field(default_factory=list)

    def find(self, phrase: str) -> bool:
        """Whether the sentence has a phrase, case ignored."""
        return phrase in self.text.lower()


def words(text: str, offset: int, names: list[Name], days: list[DayMention]) -> Words:
    """Cut a sentence that begins at an offset of the article's text."""
    spans: dict[int, tuple[int, Word]] = {}
    for name in names:
        start, end = name.start - offset, name.end - offset
        piece = text[start:end]
        spans[start] = (end, Word(piece, piece.lower(), start, end, "name", name=name))
    for day in days:
        piece = text[day.start : day.end]
        spans[day.start] = (day.end, Word(piece, piece.lower(), day.start, day.end, "day", day=day))
    made = Words(text)
    at = 0
    while at < len(text):
        found = spans.get(at)
        if found is not None:
            made.all.append(found[1])
            at = found[0]
            continue
        match = _WORD.match(text, at)
        if match is None:
            at += 1
            continue
        end = match.end()
        kind = match.lastgroup
        if kind == "word":
            inner = [one for one in spans if at < one < end]
            if inner:
                end = min(inner)
            piece = text[at:end]
            low = piece.lower().rstrip(".")
            if piece[:2] in ("'s", "\u2019s"):
                at = end
                continue
            is_cap = _STRANGER.match(piece) is not None
            made.all.append(Word(piece, low, at, end, "stranger" if is_cap else "word"))
        elif kind == "quote":
            made.all.append(Word(match[0], match[0].lower(), at, end, "quote"))
        else:
            made.all.append(
                Word(match[0], match[0].lower(), at, end, "clock" if kind == "clock" else "mark")
            )
        at = end
    if made.all and made.all[0].kind == "stranger":
        made.all[0].kind = "word"
    return made
