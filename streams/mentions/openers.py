"""A clause, and which words open one: 'that', 'who', 'after', 'if', 'and', or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from streams.mentions.ahead import (
    begins_subject,
    has_later_verb,
    starts_verb,
    verb_before_comma,
    verb_soon,
)
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.words import Word

_BEFORE_THAN = word_set("before_than")


_TAKES_THAT = word_set("takes_that") | VERBS.said


_DEMONSTRATES = VERBS.triggers - _TAKES_THAT


_SAID_SUBJECTS = frozenset(["he", "she", "it", "they", "the", "no", "his", "her", "its", "their"])


Kind = Literal["main", "shared", "said", "relative", "when", "if", "part"]


_THAT_VERBS = VERBS.saying | VERBS.court_words | {"so", "claim", "statement", "report", "reports"}


_TELL_SOMEBODY = VERBS.saying | _TAKES_THAT | {"so", "claim", "statement", "report", "reports"}


_RELATIVE = word_set("relatives")


_HOLDS_WORDS = word_set("nouns_of_words")
"""Nouns whose 'that' tells what is meant, not which one: 'the fact that'."""


_DEGREES = word_set("degrees")


_WHEN = word_set("time_openers")


_IF = word_set("condition_openers")


CONJUNCTIONS = word_set("conjunctions")


MAY_OPEN = {"that"} | _RELATIVE | _IF | _WHEN | CONJUNCTIONS | _SAID_SUBJECTS
"""Words that may open a clause."""


@dataclass(slots=True)
class Clause:
    """Words of one clause, by their places in the sentence, and what it hangs on."""

    kind: Kind
    words: list[int] = field(default_factory=list)
    opener: str = ""
    parent: int = -1
    fronted: bool = False
    """A clause of time that stands before its main clause."""


def begun(
    words: list[Word], index: int, made: list[Clause], current: int, base: int
) -> Clause | None:
    """The clause that a word opens; None where it opens none."""
    word, clause = words[index], made[current]
    low = word.low
    following = words[index + 1] if index + 1 < len(words) else None
    if low == "that":
        if following is None or following.kind == "mark" or following.kind == "day":
            return None
        if not has_later_verb(words, index):
            return None
        if index < 10 and words[0].low == "it" and words[1].low in ("was", "is"):
            return Clause("main", opener="and", parent=0)  # 'It was in Lima that Roe said'
        before = words[index - 1] if index else None
        describes = following.kind == "word" and following.verb  # 'a ruling that ordered'
        if before is not None and before.low in _DEMONSTRATES and not describes:
            return None  # 'withdrew that statement'
        told = before is not None and (before.verb or before.kind in ("day", "mark"))
        if not told and following.kind == "word" and following.verb:
            return Clause("relative", opener="that", parent=current)  # 'a plane that landed'
        noun = before is not None and before.kind == "word" and before.low not in _HOLDS_WORDS
        telling = _TELL_SOMEBODY if noun and not told else _THAT_VERBS
        said = any(words[i].low in telling for i in clause.words[-8:])
        if said and clause.kind != "said":
            return Clause("said", opener="that", parent=current)
        before = words[clause.words[-1]] if clause.words else None
        if said or (before is not None and before.verb):
            return Clause("said", opener="that", parent=current)
        if following.kind == "word" and following.verb:
            return Clause("relative", opener="that", parent=current)
        if noun:
            return Clause("relative", opener="that", parent=current)  # 'a town that a road cut'
        return Clause("said", opener="that", parent=current)
    if low in _RELATIVE and index > 0:
        if low == "who" and following is not None and following.low in ("?", ".", ";"):
            return None
        return Clause("relative", opener=low, parent=current)
    if low in _IF and (low in ("if", "unless", "whether") or index == 0):
        if low in ("had", "were", "should") and not begins_subject(words, index + 1):
            return None
        if index and low == "if" and not verb_before_comma(words, index + 1):
            return None  # ', if only for a week,'
        return Clause("if", opener=low, parent=base, fronted=index == 0)
    if low == "than" and index and words[index - 1].low in _BEFORE_THAN:
        return None
    if low in _WHEN and verb_before_comma(words, index + 1):
        fronted = _is_fronted(words, index)
        return Clause("when", opener=low, parent=base if fronted else current, fronted=fronted)
    if low in ("so", "yet") and following is not None and following.low in _DEGREES:
        return None  # 'has so far yielded'
    if low in CONJUNCTIONS and index > 0 and following is not None and has_verb(words, clause):
        if following.low in ("that",) and clause.kind == "said":
            return None
        if starts_verb(words, index + 1):
            kind: Kind = (
                clause.kind if clause.kind in ("said", "relative", "if", "when") else "shared"
            )
            if clause.kind == "relative" and _says_itself(words, clause, index):
                return Clause("shared", parent=base)
            after_comma = words[index - 1].low == ","
            if after_comma and clause.kind in ("said", "relative", "when"):
                kind = "shared"
                return Clause(kind, parent=base)
            return Clause(kind, parent=current, opener=clause.opener if kind != "shared" else "")
        lists = index + 3 < len(words) and words[index + 2].low == "," and words[index + 3].verb
        if not lists and begins_subject(words, index + 1) and verb_soon(words, index + 1):
            if clause.kind == "said" and words[index - 1].low != ",":
                return Clause("said", parent=clause.parent, opener="that")
            return Clause("main", parent=base, opener="and")
    return None


def unmarked(words: list[Word], index: int, clause: Clause) -> Clause | None:
    """'said she would go': what is said without 'that'. The clause takes the word itself."""
    at = index - 1
    while at >= 0 and words[at].kind in ("day", "clock"):
        at -= 1
    if at < 0 or words[at].low not in ("said", "says") or at not in clause.words[-4:]:
        return None
    if words[index].low not in _SAID_SUBJECTS or not verb_soon(words, index):
        return None
    return Clause("said", [index], opener="that", parent=-2)


def _is_fronted(words: list[Word], index: int) -> bool:
    return index <= 3 and all(w.kind in ("word", "day") and not w.verb for w in words[:index])


def _says_itself(words: list[Word], clause: Clause, index: int) -> bool:
    """'came to a town that a road cut in two and said': whoever came said it, not the road."""
    first = words[clause.words[0]] if clause.words else None
    spoken = next((w for w in words[index + 1 : index + 4] if w.verb), None)
    own = first is not None and not first.verb
    return own and spoken is not None and spoken.low in VERBS.said


def has_verb(words: list[Word], clause: Clause) -> bool:
    """Whether a clause has its verb already; a quote stands for one."""
    if clause.kind == "said":
        return True
    for index in clause.words:
        word = words[index]
        if word.verb or word.kind == "quote":
            return True
    return False
