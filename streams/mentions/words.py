"""Words of a sentence, with names, days, clock times and quotes as one word each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from streams.mentions.dates import DayMention
from streams.mentions.grammar import word_set
from streams.mentions.persons import Name

_BEFORE_PARTICIPLE = word_set("before_participle")

Kind = Literal["word", "name", "day", "clock", "quote", "mark", "stranger"]

_WORD = re.compile(
    # most words are plain small letters: asked first
    r"(?P<plain>(?!about \d|noon\b)[a-z]+(?![\w'\u2019&./-]))"
    r"|(?P<clock>(?=[\dan])(?:(?:about )?\d{1,2}(?::\d{2})? ?[ap]\.?m\.?(?!\w)"
    r"(?: (?:Eastern|Central|Mountain|Pacific)(?: [Tt]ime)?)?|\bnoon\b))"
    r"|(?P<word>(?:[A-Z]\.){2,}|\d:\d\d-[\w-]+|\d{1,2}:\d\d(?!\d)|[$\w][\w'\u2019&./-]*)"
    r"|(?P<mark>[,;:?!()\u2014\u2013\u2026]|-{2})"
)
_QUOTE = re.compile(r"\u201c[^\u201d]*(?:\u201d|$)|\"[^\"]*(?:\"|$)")


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

    @property
    def past(self) -> date | None:
        """The day that it names, as something past."""
        return None if self.day is None else self.day.past


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
    spans: list[Word] = []
    for name in names:
        start, end = name.start - offset, name.end - offset
        piece = text[start:end]
        spans.append(Word(piece, piece.lower(), start, end, "name", name=name))
    for day in days:
        piece = text[day.start : day.end]
        spans.append(Word(piece, piece.lower(), day.start, day.end, "day", day=day))
    spans.sort(key=lambda one: one.start)
    made = Words(text)
    quotes = (
        [match.span() for match in _QUOTE.finditer(text)] if "\u201c" in text or '"' in text else []
    )
    at = 0
    for span in spans:
        if span.start < at:
            continue
        at = _plain(text, at, span.start, quotes, made.all)
        if at > span.start:  # a quote runs over it
            continue
        made.all.append(span)
        at = span.end
        if text[at : at + 2] in ("'s", "\u2019s"):
            at += 2
    _plain(text, at, len(text), quotes, made.all)
    if made.all and made.all[0].kind == "stranger":
        made.all[0].kind = "word"
    made.all = _without_asides(made.all)
    return made


def is_adjective(before: Word) -> bool:
    """Whether a participle only describes a noun: 'a divided panel', 'Trump's proposed ban'."""
    return (
        before.low in _ARTICLES
        or before.adjective
        or before.low[-2:] in _OWNS
        or (before.name is not None and before.name.possessive)
    )


def _plain(text: str, at: int, end: int, quotes: list[tuple[int, int]], made: list[Word]) -> int:
    """Cut what lies between names and days; a quote is one word, whatever it names."""
    for start, stop in quotes:
        if stop <= at:
            continue
        if start >= end:
            break
        _cut(text, at, max(at, start), made)
        piece = text[start:stop]
        made.append(Word(piece, piece.lower(), start, stop, "quote"))
        if piece[-2:-1] == ",":
            # the comma inside the quote is the sentence's
            made.append(Word(",", ",", stop, stop, "mark"))
        at = stop
    _cut(text, at, end, made)
    return max(at, end)


def _cut(text: str, at: int, end: int, made: list[Word]) -> None:
    if at >= end:
        return
    add = made.append
    for match in _WORD.finditer(text, at, end):
        piece = match[0]
        start, stop = match.span()
        group = match.lastgroup
        if group == "plain":
            add(Word(piece, piece, start, stop, "word"))
        elif group == "word":
            low = piece.lower()
            if low[-1] == ".":
                low = low.rstrip(".")
            kind: Kind = "stranger" if low != piece and _is_cap(piece) else "word"
            add(Word(piece, low, start, stop, kind))
        elif group == "mark":
            add(Word(piece, piece, start, stop, "mark"))
        else:
            add(Word(piece, piece.lower(), start, stop, "clock"))


def _is_cap(piece: str) -> bool:
    return len(piece) > 1 and piece[0].isupper() and (piece[1].isalnum() or piece[1] in "'\u2019-")


_OWNS = ("'s", "\u2019s")
_NAMED = ("name", "stranger")
_ARTICLES = frozenset(_BEFORE_PARTICIPLE)
_STATES = re.compile(
    r"(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|"
    r"Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)\.|(?:N\.H|N\.J|N\.M|N\.Y|N\.C|N\.D|R\.I|S\.C|S\.D|W\.Va|D\.C)\.?"
)


def _without_asides(words: list[Word]) -> list[Word]:
    """Without ', Texas,' and ', Md.,' behind a place: the commas are no clause's."""
    for index in range(1, len(words) - 1):
        if (
            words[index].low == ","
            and words[index - 1].kind in _NAMED
            and _is_region(words[index + 1])
        ):
            break
    else:
        return words
    kept: list[Word] = []
    at, count = 0, len(words)
    while at < count:
        word = words[at]
        if (
            word.low == ","
            and kept
            and kept[-1].kind in ("name", "stranger")
            and at + 1 < len(words)
            and (
                at + 2 == len(words)
                or words[at + 2].kind == "mark"
                or words[at + 2].kind == "day"
                or words[at + 2].low == "to"
            )
            and _is_region(words[at + 1])
            and not _is_country(kept[-1])
        ):
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
    return word.name is not None and (
        word.name.kind != "place" or word.name.country == word.name.name
    )
