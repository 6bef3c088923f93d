"""What stands in an article at all: its text in, listed names and marks out, in one pass.

One automaton (Aho-Corasick) runs over the text once. It finds every name of the gazetteer, and
which sentences name a day, a clock time, the bench, a correction or a post: only those are cut into
words and read, and an article that has none is not read at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import ahocorasick

from streams.mentions import gazetteer
from streams.mentions.dates import COMMONEST, DAY_WORDS
from streams.mentions.gazetteer import Entry

DAY, CLOCK, BENCH, CORRECTS, POST, RETRACTS, COUNTS, OFFICE = (1 << bit for bit in range(8))

_MARKS: tuple[tuple[int, Iterable[str]], ...] = (
    (DAY, DAY_WORDS),
    (CLOCK, ("a.m.", "p.m.", "midnight", "noon", " am", " pm")),
    (BENCH, ("bench", "orally", "oral order", "oral ruling", "aloud")),
    (COUNTS, ("day after", "days after", "day before", "days before", "hours after")),
    (COUNTS, ("same meeting", "same hearing", "same event", "same news conference")),
    (OFFICE, (" the president", "The president", " the secretary", "The secretary")),
    (OFFICE, (" the justices", "The justices")),
    (OFFICE, (" the governor", "The governor", " the minister", "The minister")),
    (OFFICE, (" the prime minister", "The prime minister", " the senator", "The senator")),
    (OFFICE, (" the mayor", "The mayor", " the chancellor", "The chancellor")),
    (CORRECTS, ("arlier version", "orrect", "this article")),
    (POST, ("(@",)),
    # one of these is in every correction
    (RETRACTS, ("version of this", "orrection", "CORRECTION", "larification", "CLARIFICATION")),
    (RETRACTS, ("ditor", "misstated", "incorrectly", "wrongly", "corrected", "amended")),
    (RETRACTS, ("retracted", "withdrew", "took back")),
)


Listed = tuple[int, int, tuple[Entry, ...]]
"""A name of the gazetteer: where it starts and ends, and what it may stand for."""


@cache
def automaton() -> ahocorasick.Automaton:
    """Finds all names and marks; values are (length, entries, marks)."""
    marks: dict[str, int] = {}
    for mark, forms in _MARKS:
        for form in forms:
            marks[form] = marks.get(form, 0) | mark
    entries = gazetteer.forms()
    made = ahocorasick.Automaton()
    for letter in COMMONEST:
        made.add_word(f"{letter}\0", (0, (), 0))
    for form in marks.keys() | entries.keys():
        made.add_word(form, (len(form), entries.get(form, ()), marks.get(form, 0)))
    made.make_automaton()
    return made


class Signals:
    """What one article has; its sentences are asked for in the order of the text."""

    def __init__(self, text: str) -> None:
        self.names: list[Listed] = []
        """Every place where a form of the gazetteer stands, be it part of a longer word."""
        self._hits: list[tuple[int, int, int]] = []
        self._at = 0
        for last, (length, entries, marks) in automaton().iter(text):
            end = last + 1
            if marks:
                self._hits.append((end - length, end, marks))
            if entries:
                self.names.append((end - length, end, entries))

    def __bool__(self) -> bool:
        """Whether anything stands there that can date an event."""
        return bool(self._hits)

    def within(self, start: int, end: int) -> int:
        """The marks of what stands wholly between two places, together; 0 for none."""
        marks, at, hits = 0, self._at, self._hits
        while at < len(hits) and hits[at][1] <= end:
            if hits[at][0] >= start:
                marks |= hits[at][2]
            at += 1
        self._at = at
        return marks
