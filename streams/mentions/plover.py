"""PLOVER codes of an event: its type and words in, event, mode and contexts out, by a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from streams.facts.news import EventType
from streams.mentions.gazetteer import load


@dataclass(frozen=True, slots=True)
class Plover:
    """Codes of ``lexicon/plover.yaml``."""

    event: str
    mode: str | None
    contexts: tuple[str, ...]


def plover(kind: EventType, words: str) -> Plover:
    """The codes of an event of this type that rests on these words."""
    row = _table()["types"][kind]
    if kind in ("statement.made", "claim.asserted"):
        row = next((line for line, pattern in _stances() if pattern.search(words)), row)
    told = {name for name, pattern in _contexts() if pattern.search(words)}
    for name, prefixes in _table()["by_type"].items():
        if kind.startswith(tuple(prefixes)):
            told.add(name)
    return Plover(row["event"], row["mode"], tuple(sorted(told)))


def _table() -> Any:
    return load("plover")


@cache
def _stances() -> tuple[tuple[dict[str, Any], re.Pattern[str]], ...]:
    return tuple((row, _any_of(row["words"])) for row in _table()["words"])


@cache
def _contexts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, _any_of(words)) for name, words in _table()["contexts"].items())


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_word, words)), re.IGNORECASE)


def _word(word: str) -> str:
    stem = re.escape(word.removesuffix("*"))
    return rf"\b{stem}\w*" if word.endswith("*") else rf"\b{stem}\b"
