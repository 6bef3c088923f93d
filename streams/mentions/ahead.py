"""What begins at a place of a sentence, as far as the words ahead tell."""

from __future__ import annotations

from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.words import Word

_STANDS_FOR = word_set("stands_for")


_NO_GERUNDS = word_set("no_gerunds")


_SUBJECT_OPENERS = word_set("subject_openers")


_PRONOUNS = word_set("pronouns")


_DETERMINERS = word_set("determiners")


def is_gerund(word: Word) -> bool:
    """Whether a word is a verb in -ing, as far as its form tells."""
    low = word.low
    return word.kind == "word" and low.endswith("ing") and len(low) > 5 and low not in _NO_GERUNDS


def is_attribution(words: list[Word], index: int) -> bool:
    """Whether ', the department said' or ', said Mayor Roe' begins."""
    for step in range(9):
        if index + step >= len(words):
            return False
        word = words[index + step]
        if word.kind == "mark":
            last = words[index + step - 1]
            beside = last.low in _STANDS_FOR or (step > 1 and last.kind == "name")
            named = index > 1 and words[index - 2].kind == "name"
            if step and word.low == "," and _says_behind(words, index + step + 1):
                return True
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


def _says_behind(words: list[Word], index: int) -> bool:
    """Whether 'an officer of the agency, said' begins: who speaks is told of before it is said."""
    if index >= len(words) or words[index].low not in _DETERMINERS:
        return False
    for at in range(index + 1, min(index + 12, len(words) - 1)):
        word = words[at]
        if word.kind == "mark":
            return word.low == "," and words[at + 1].low in VERBS.attributing
        if word.kind == "word" and word.verb:
            return False
    return False


def starts_verb(words: list[Word], index: int) -> bool:
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


def begins_subject(words: list[Word], index: int) -> bool:
    """Whether a subject begins here."""
    if index >= len(words):
        return False
    word = words[index]
    if word.kind in ("day",) and index + 1 < len(words):
        return begins_subject(words, index + 1)
    behind = words[index + 1 : index + 3]
    return (
        word.kind in ("name", "stranger", "quote")
        or (word.kind == "word" and not word.verb and any(one.verb for one in behind[:1]))
        or word.low in _PRONOUNS
        or word.low in _DETERMINERS
        or word.low in _SUBJECT_OPENERS
    )


def verb_soon(words: list[Word], index: int) -> bool:
    """Whether a verb follows before any mark but a comma."""
    for word in words[index + 1 : index + 12]:
        if word.kind == "mark" and word.low == ",":
            continue
        if word.kind == "mark":
            return False
        if word.verb:
            return True
    return False


def verb_before_comma(words: list[Word], index: int) -> bool:
    """Whether what opens here has a verb of its own."""
    for step, word in enumerate(words[index : index + 14]):
        if word.kind == "mark":
            return False
        if word.verb or (step == 0 and is_gerund(word)):
            return True
        if word.low in ("that", "which", "who"):
            return False
    return False


def has_later_verb(words: list[Word], index: int) -> bool:
    """Whether a verb follows within a clause's length."""
    return any(word.verb for word in words[index + 1 : index + 14])


def comma_then_subject(words: list[Word], index: int) -> bool:
    """Whether what begins here ends at a comma, and a subject begins behind."""
    for at in range(index + 1, min(len(words), index + 20)):
        if words[at].low == "," and begins_subject(words, at + 1):
            return True
    return False
