"""Who and where a text names: text in, names with their places in the text out.

One pass of Aho-Corasick over the gazetteer; officials that it does not list are found by title
and name. The longest name wins; a private person has no title and is not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import ahocorasick
import yaml

_FILE = Path(__file__).parent / "gazetteer.yaml"
Kind = Literal["person", "agency", "court", "place"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it stands."""

    start: int
    end: int
    kind: Kind
    name: str
    is_judge: bool = False
    court_id: str | None = None


@cache
def _gazetteer() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text())
    return loaded


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    data = _gazetteer()
    kinds: tuple[tuple[Kind, str], ...] = (
        ("person", "people"),
        ("agency", "agencies"),
        ("place", "places"),
    )
    for kind, group in kinds:
        for name, others in data[group].items():
            for words in (name, *others):
                automaton.add_word(words, (kind, name, None, len(words)))
    for name, (court_id, *others) in data["courts"].items():
        for words in (name, *others):
            automaton.add_word(words, ("court", name, court_id, len(words)))
    automaton.make_automaton()
    return automaton


@cache
def _titled() -> re.Pattern[str]:
    titles = "|".join(map(re.escape, sorted(_gazetteer()["titles"], key=len, reverse=True)))
    word = r"[A-ZÀ-Þ][\w'\u2019.-]*\w"
    part = rf"(?:{word}|[A-Z]\.)"
    particle = "(?:de la |de |van |von )?"
    return re.compile(rf"\b({titles})s? ({part}(?: {particle}{part}){{0,3}})")


def names(text: str) -> list[Name]:
    """Names in the text, by place; none overlaps another."""
    found: list[Name] = []
    for last, (kind, name, court_id, length) in _automaton().iter(text):
        start, end = last - length + 1, last + 1
        if _is_whole(text, start, end):
            found.append(Name(start, end, kind, name, court_id=court_id))
    judged: dict[str, bool] = {}
    for match in _titled().finditer(text):
        start, end = match.span(2)
        is_judge = "Judge" in match[1] or match[1] == "Justice"
        listed = [one for one in found if one.kind == "person" and start <= one.start < end]
        if listed:
            judged[listed[0].name] = is_judge
        else:
            found.append(Name(start, end, "person", match[2].rstrip(".,"), is_judge))
    found.sort(key=lambda one: (one.start, -(one.end - one.start)))
    kept: list[Name] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return [_judge(one) if judged.get(one.name) else one for one in kept]


def _judge(one: Name) -> Name:
    return Name(one.start, one.end, one.kind, one.name, is_judge=True, court_id=one.court_id)


def _is_whole(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not before.isalnum() and not after.isalnum()
