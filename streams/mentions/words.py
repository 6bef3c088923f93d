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
    adjective: bool = False
    """A participle before its noun: 'a divided panel'."""
    verb: bool = False
    """Whether it looks like a finite verb; ``clauses`` sets it."""


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
        if text[at] in "'\u2019" and text[at + 1 : at + 2] == "s":
            at += 2
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
    made.all = _without_asides(made.all)
    for before, one in zip(made.all, made.all[1:], strict=False):
        if one.low.endswith("ed") and (
            before.low in _ARTICLES or before.adjective or before.low.endswith(("'s", "\u2019s"))
            or (before.name is not None and before.name.possessive)
        ):  # fmt: skip
            one.adjective = True
    return made


_ARTICLES = frozenset("a an the his her its their no some several two three many most newly recently".split())
_STATES = re.compile(
    r"(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|"
    r"Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)\.|(?:N\.H|N\.J|N\.M|N\.Y|N\.C|N\.D|R\.I|S\.C|S\.D|W\.Va|D\.C)\.?"
)


def _without_asides(words: list[Word]) -> list[Word]:
    """Without ', Texas,' and ', Md.,' behind a place: the commas are no clause's."""
    kept: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        if (
            word.low == "," and kept and kept[-1].kind in ("name", "stranger") and at + 1 < len(words)
            and (at + 2 == len(words) or words[at + 2].kind == "mark" or words[at + 2].kind == "day" or words[at + 2].low == "to")
            and _is_region(words[at + 1]) and not _is_country(kept[-1])
        ):  # fmt: skip
            at += 3 if at + 2 < len(words) and words[at + 2].low == "," else 2
            continue
        kept.append(word)
        at += 1
    return kept


def _is_region(word: Word) -> bool:
    if word.kind == "name" and word.name is not None:
        return word.name.kind == "place"
    return _STATES.fullmatch(word.text) is not None


def _is_country(word: Word) -> bool:
    return word.name is not None and (word.name.kind != "place" or word.name.country == word.name.name)
