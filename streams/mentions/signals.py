"""What stands in each sentence of an article at all: its text in, marks out, in one pass.

One automaton runs over the text once (Aho-Corasick) and says which sentences name a day, a clock
time, the bench, a correction or a post; only those are cut into words and read.
"""

from __future__ import annotations

from collections.abc import Iterable

import ahocorasick

from streams.mentions.dates import DAY_WORDS

DAY, CLOCK, BENCH, CORRECTS, POST, RETRACTS = (1 << bit for bit in range(6))

_MARKS: tuple[tuple[int, Iterable[str]], ...] = (
    (DAY, DAY_WORDS),
    (CLOCK, ("a.m.", "p.m.", "midnight", "noon", " am", " pm")),
    (BENCH, ("bench",)),
    (CORRECTS, ("arlier version", "orrect", "this article")),
    (POST, ("(@",)),
    # one of these is in every correction
    (RETRACTS, ("version of this", "orrection", "CORRECTION", "larification", "CLARIFICATION")),
    (RETRACTS, ("ditor", "misstated", "incorrectly", "wrongly", "corrected", "amended")),
    (RETRACTS, ("retracted", "withdrew", "took back")),
)


def _automaton() -> ahocorasick.Automaton:
    marks: dict[str, int] = {}
    for mark, forms in _MARKS:
        for form in forms:
            marks[form] = marks.get(form, 0) | mark
    made = ahocorasick.Automaton()
    for form, mark in marks.items():
        made.add_word(form, (len(form), mark))
    made.make_automaton()
    return made


_AUTOMATON = _automaton()


class Signals:
    """The marks of one article's sentences, asked in the order of the text."""

    def __init__(self, text: str) -> None:
        self._hits = [(last + 1, *found) for last, found in _AUTOMATON.iter(text)]
        self._at = 0

    def within(self, start: int, end: int) -> int:
        """The marks of what stands wholly between two places, together; 0 for none."""
        marks, at, hits = 0, self._at, self._hits
        while at < len(hits) and hits[at][0] <= end:
            stop, length, mark = hits[at]
            if stop - length >= start:
                marks |= mark
            at += 1
        self._at = at
        return marks
