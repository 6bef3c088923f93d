"""PLOVER codes of an event: its type and words in, event, mode and contexts out, by a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from streams.facts.derived import EventType
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
    told = {name for name, pattern in _contexts() if pattern.search(words)}
    for name, prefixes in _table()["by_type"].items():
        if kind.startswith(tuple(prefixes)):
            told.add(name)
    return Plover(row["event"], row["mode"], tuple(sorted(told)))


def _table() -> Any:
    return load("plover")


@cache
def _contexts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile("|".join(map(_word, words)), re.IGNORECASE))
        for name, words in _table()["contexts"].items()
    )


def _word(word: str) -> str:
    stem = re.escape(word.removesuffix("*"))
    return rf"\b{stem}\w*" if word.endswith("*") else rf"\b{stem}\b"
