"""Cuts a sentence's words into clauses.

A clause knows what it hangs on: a main clause, one that goes on with its subject ('and said
that'), one that another subject begins, what somebody said ('that no plane left'), a relative
clause, or one of time or condition ('after', 'if'). Rough grammar, made for news English.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.words import Word

_BEFORE_THAN = word_set("before_than")

_STANDS_FOR = word_set("stands_for")
_TAKES_THAT = word_set("takes_that") | VERBS.said
_DEMONSTRATES = VERBS.triggers - _TAKES_THAT
_SAID_SUBJECTS = frozenset(["he", "she", "it", "they", "the", "no", "his", "her", "its", "their"])
_NO_GERUNDS = word_set("no_gerunds")

_SUBJECT_OPENERS = word_set("subject_openers")

Kind = Literal["main", "shared", "said", "relative", "when", "if", "part"]

_THAT_VERBS = VERBS.saying | VERBS.court_words | {"so", "claim", "statement", "report", "reports"}

_RELATIVE = word_set("relatives")

_WHEN = word_set("time_openers")

_IF = word_set("condition_openers")

_AND = word_set("conjunctions")

_PRONOUNS = word_set("pronouns")

_DETERMINERS = word_set("determiners")

AUXILIARIES = word_set("auxiliaries")

_MAY_OPEN = {"that"} | _RELATIVE | _IF | _WHEN | _AND | _SAID_SUBJECTS
"""Words that may open a clause."""

_NO_CHAIN = AUXILIARIES | {"and", "or", "but", "not"}


_FINITE = AUXILIARIES | VERBS.finite


@dataclass(slots=True)
class Clause:
    """Words of one clause, by their places in the sentence, and what it hangs on."""

    kind: Kind
    words: list[int] = field(default_factory=list)
    opener: str = ""
    parent: int = -1
    fronted: bool = False
    """A clause of time that stands before its main clause."""


def clauses(words: list[Word]) -> list[Clause]:
    """The clauses of a sentence, in the order of their first words."""
    for word in words:
        low = word.low
        word.verb = (
            word.kind == "word"
            and not word.adjective
            and (low in _FINITE or (low.endswith("ed") and len(low) > 4 and "-" not in low))
        )
    made: list[Clause] = [Clause("main")]
    current = 0
    base = 0
    count = len(words)
    for index, word in enumerate(words):
        low = word.low
        clause = made[current]
        if (
            index
            and word.kind != "mark"
            and (word.kind != "word" or (low not in _MAY_OPEN and clause.kind != "relative"))
        ):
            clause.words.append(index)  # it goes on with the clause, as most words do
            continue
        following = words[index + 1] if index + 1 < count else None
        if word.kind == "mark" and low in (";", "\u2014", "\u2013", "--", ":"):
            made.append(Clause("main"))
            current = base = len(made) - 1
            continue
        if word.kind == "mark" and low == ",":
            if (
                clause.kind == "part"
                and not clause.fronted
                and _starts_verb(words, index + 1)
                and not _has_verb(words, made[base])
            ):
                current = base
                continue
            nested = clause.kind in ("relative", "when", "if") or (
                clause.kind == "part" and clause.fronted
            )
            if nested and (
                clause.kind == "relative" or _begins_subject(words, index + 1) or clause.fronted
            ):
                if (
                    clause.fronted
                    and not _begins_subject(words, index + 1)
                    and following is not None
                ):
                    clause.words.append(index)
                    continue
                if not clause.fronted and _is_tail(words, index, made[base]):
                    made.append(Clause("main", opener="attribution"))
                    base = len(made) - 1
                current = base
                made[current].words.append(index)
                continue
            if following is not None and _is_gerund(following):
                made.append(Clause("part", parent=current))
                current = len(made) - 1
                continue
            if (
                following is not None
                and following.low not in _AND
                and _is_attribution(words, index + 1)
                and _has_verb(words, clause)
            ):
                quoted = not any(words[i].verb for i in clause.words)
                made.append(Clause("main", opener="" if quoted else "attribution"))
                current = base = len(made) - 1
                continue
            clause.words.append(index)
            continue
        if (
            clause.kind == "relative"
            and word.kind == "word"
            and word.low in VERBS.finite
            and not word.adjective
            and _has_finite(words, clause)
            and not _has_verb(words, made[base])
            and words[index - 1].low not in _NO_CHAIN
            and not words[index - 1].low.endswith("ly")
            and words[index - 1].kind in ("day", "clock", "name", "word", "stranger")
        ):
            # 'Two planes that took off on Saturday landed': the second verb is the main clause's
            current = base
        if word.kind == "word" and low in _MAY_OPEN:
            begun = _begun(words, index, made, current, base) or _unmarked(words, index, clause)
            if begun is not None:
                if begun.parent == -2:
                    begun.parent = current
                made.append(begun)
                current = len(made) - 1
                if begun.kind in ("main", "shared"):
                    base = current
                if low not in _AND:
                    continue
                continue
        if index == 0 and _is_gerund(word) and _comma_then_subject(words, index):
            made.append(Clause("part", [0], parent=0, fronted=True))
            current = len(made) - 1
            continue
        made[current].words.append(index)
    return made


def _begun(
    words: list[Word], index: int, made: list[Clause], current: int, base: int
) -> Clause | None:
    """The clause that a word opens; None where it opens none."""
    word, clause = words[index], made[current]
    low = word.low
    following = words[index + 1] if index + 1 < len(words) else None
    if low == "that":
        if following is None or following.kind == "mark" or following.kind == "day":
            return None
        if not _has_later_verb(words, index):
            return None
        before = words[index - 1] if index else None
        describes = following.kind == "word" and following.verb  # 'a ruling that ordered'
        if before is not None and before.low in _DEMONSTRATES and not describes:
            return None  # 'withdrew that statement'
        told = before is not None and (before.verb or before.kind in ("day", "mark"))
        if not told and following.kind == "word" and following.verb:
            return Clause("relative", opener="that", parent=current)  # 'a plane that landed'
        said = any(words[i].low in _THAT_VERBS for i in clause.words[-8:])
        if said and clause.kind != "said":
            return Clause("said", opener="that", parent=current)
        before = words[clause.words[-1]] if clause.words else None
        if said or (before is not None and before.verb):
            return Clause("said", opener="that", parent=current)
        if following.kind == "word" and following.verb:
            return Clause("relative", opener="that", parent=current)
        return (
            Clause("said", opener="that", parent=current) if _has_later_verb(words, index) else None
        )
    if low in _RELATIVE and index > 0:
        if low == "who" and following is not None and following.kind == "mark":
            return None
        return Clause("relative", opener=low, parent=current)
    if low in _IF and (low in ("if", "unless", "whether") or index == 0):
        if low in ("had", "were", "should") and not _begins_subject(words, index + 1):
            return None
        return Clause("if", opener=low, parent=base, fronted=index == 0)
    if low == "than" and index and words[index - 1].low in _BEFORE_THAN:
        return None
    if low in _WHEN and _verb_before_comma(words, index + 1):
        fronted = _is_fronted(words, index)
        return Clause("when", opener=low, parent=base if fronted else current, fronted=fronted)
    if low in _AND and index > 0 and following is not None and _has_verb(words, clause):
        if following.low in ("that",) and clause.kind == "said":
            return None
        if _starts_verb(words, index + 1):
            kind: Kind = (
                clause.kind if clause.kind in ("said", "relative", "if", "when") else "shared"
            )
            after_comma = words[index - 1].low == ","
            if after_comma and clause.kind in ("said", "relative", "when"):
                kind = "shared"
                return Clause(kind, parent=base)
            return Clause(kind, parent=current, opener=clause.opener if kind != "shared" else "")
        lists = index + 3 < len(words) and words[index + 2].low == "," and words[index + 3].verb
        if not lists and _begins_subject(words, index + 1) and _verb_soon(words, index + 1):
            if clause.kind == "said" and words[index - 1].low != ",":
                return Clause("said", parent=clause.parent, opener="that")
            return Clause("main", parent=base, opener="and")
    return None


def _unmarked(words: list[Word], index: int, clause: Clause) -> Clause | None:
    """'said she would go': what is said without 'that'. The clause takes the word itself."""
    at = index - 1
    while at >= 0 and words[at].kind in ("day", "clock"):
        at -= 1
    if at < 0 or words[at].low not in ("said", "says") or at not in clause.words[-4:]:
        return None
    if words[index].low not in _SAID_SUBJECTS or not _verb_soon(words, index):
        return None
    return Clause("said", [index], opener="that", parent=-2)


def _is_fronted(words: list[Word], index: int) -> bool:
    return index <= 3 and all(w.kind in ("word", "day") and not w.verb for w in words[:index])


def _is_gerund(word: Word) -> bool:
    low = word.low
    return word.kind == "word" and low.endswith("ing") and len(low) > 5 and low not in _NO_GERUNDS


def _is_attribution(words: list[Word], index: int) -> bool:
    """Whether ', the department said' or ', said Mayor Roe' begins."""
    for step in range(9):
        if index + step >= len(words):
            return False
        word = words[index + step]
        if word.kind == "mark":
            last = words[index + step - 1]
            beside = last.low in _STANDS_FOR or (step > 1 and last.kind == "name")
            named = index > 1 and words[index - 2].kind == "name"
            if word.low == "," and beside and not named:
                continue
            return False
        if word.kind == "word" and word.low in VERBS.attributing:
            follows = words[index + 1] if index + 1 < len(words) else None
            return step > 0 or (
                follows is not None
                and (follows.kind in ("name", "stranger") or follows.low in ("the", "a", "an"))
            )
        if word.kind == "word" and word.verb:
            return False
    return False


def _is_tail(words: list[Word], index: int, main: Clause) -> bool:
    """Whether behind a comma it only says who told: ', when he visits, a diplomat said'."""
    return (
        index + 1 < len(words)
        and words[index + 1].low not in _AND
        and any(words[i].verb for i in main.words)
        and _is_attribution(words, index + 1)
    )


def _has_verb(words: list[Word], clause: Clause) -> bool:
    if clause.kind == "said":
        return True
    for index in clause.words:
        word = words[index]
        if word.verb or word.kind == "quote":
            return True
    return False


def _has_finite(words: list[Word], clause: Clause) -> bool:
    return any(words[index].verb for index in clause.words)


def _starts_verb(words: list[Word], index: int) -> bool:
    """Whether a finite verb begins here, perhaps behind an adverb or a day."""
    for step in range(3):
        if index + step >= len(words):
            return False
        word = words[index + step]
        if word.kind in ("day", "clock"):
            continue
        if word.kind == "word" and word.verb and word.low not in ("released", "sealed"):
            return True
        if not (
            word.kind == "word"
            and (word.low.endswith("ly") or word.low in ("then", "later", "also"))
        ):
            return False
    return False


def _begins_subject(words: list[Word], index: int) -> bool:
    if index >= len(words):
        return False
    word = words[index]
    if word.kind in ("day",) and index + 1 < len(words):
        return _begins_subject(words, index + 1)
    behind = words[index + 1 : index + 3]
    return (
        word.kind in ("name", "stranger", "quote")
        or (word.kind == "word" and not word.verb and any(one.verb for one in behind[:1]))
        or word.low in _PRONOUNS
        or word.low in _DETERMINERS
        or word.low in _SUBJECT_OPENERS
    )


def _verb_soon(words: list[Word], index: int) -> bool:
    for word in words[index + 1 : index + 12]:
        if word.kind == "mark" and word.low == ",":
            continue
        if word.kind == "mark":
            return False
        if word.verb:
            return True
    return False


def _verb_before_comma(words: list[Word], index: int) -> bool:
    for step, word in enumerate(words[index : index + 14]):
        if word.kind == "mark":
            return False
        if word.verb or (step == 0 and _is_gerund(word)):
            return True
        if word.low in ("that", "which", "who"):
            return False
    return False


def _has_later_verb(words: list[Word], index: int) -> bool:
    return any(word.verb for word in words[index + 1 : index + 14])


def _comma_then_subject(words: list[Word], index: int) -> bool:
    for at in range(index + 1, min(len(words), index + 20)):
        if words[at].low == "," and _begins_subject(words, at + 1):
            return True
    return False
