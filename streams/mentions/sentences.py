"""Cuts a text into sentences and clauses: text in, pieces with their places out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Gov|Sen|Rep|Gen|Col|St|vs|v|No|Inc|Co|Jr|Sr|Jan|Feb|Aug|Sept|Oct|Nov|Dec)"
    r"|\b[A-Z]|\b[ap]\.m|\bU\.S|\bD\.C|\be\.g|\bi\.e)$"
)
_END = re.compile(r"([.!?])([”\"')]*)(\s+)(?=[A-ZÀ-Þ“\"'(0-9])")
_CLAUSE = re.compile(r";\s+|\s+—\s+(?=[a-z])")
_DATELINE = re.compile(
    r"^([A-ZÀ-Þ][A-ZÀ-Þ .'-]{2,}(?:, [A-Z][\w. ]+)?) (?:\([A-Z]+\) )?[\u2014\u2013-]+ "
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, and that of its paragraph's dateline if it has one."""

    text: str
    dateline: str | None
    paragraph: int


def sentences(text: str) -> Iterator[Sentence]:
    """Sentences in their order. A dateline belongs to the whole article that follows it."""
    dateline: str | None = None
    for number, paragraph in enumerate(text.split("\n")):
        body = paragraph.strip()
        match = _DATELINE.match(body)
        if match:
            dateline = match[1]
            body = body[match.end() :]
        for piece in _split(body):
            yield Sentence(piece, dateline, number)


def _split(paragraph: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(paragraph):
        if match[1] == "." and _ABBREVIATED.search(paragraph[: match.start(1)]):
            # 'at 7:25 p.m. The judge': a time of day can end a sentence.
            words = paragraph[match.end() :].split(maxsplit=1)
            ends_in_time = re.search(r"\b[ap]\.m$", paragraph[: match.start(1)])
            zones = ("Eastern", "Central", "Mountain", "Pacific", "EDT", "EST")
            weekday = words[0].rstrip(",.").endswith("day") if words else True
            if not ends_in_time or weekday or words[0].rstrip(".,") in zones:
                continue
        yield paragraph[start : match.end(2)].strip()
        start = match.end(3)
    if paragraph[start:].strip():
        yield paragraph[start:].strip()


def clauses(sentence: str) -> list[str]:
    """Parts of a sentence that can each tell of an event of their own."""
    return [part for part in _CLAUSE.split(sentence) if part]
