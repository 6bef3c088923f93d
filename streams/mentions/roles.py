"""What a noun stands for: a word in, the kind of actor out, with 'the judge' and 'she' resolved.

What an article has told so far is kept in ``Context``: who spoke last, which judge, court or agency
it named last, and the day it spoke of.
"""

from __future__ import annotations

from streams.mentions import geography
from streams.mentions.context import Context, Role, Subject, named_subject
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.stand_ins import (
    ANONYMOUS,
    DESCRIBED,
    GOVERNMENT,
    by_office,
    court,
    described,
    government,
    speaking_for,
)
from streams.mentions.words import Word

_COUNTING_PRONOUNS = word_set("counting_pronouns")

_JUDGE_WORDS = word_set("judge_nouns")

_COURT_WORDS = word_set("court_nouns")

_ORDER_WORDS = word_set("order_words")

_AGENCY_WORDS = word_set("agency_nouns")

_COMPANY_WORDS = word_set("company_words")

_SPEAKERS_FOR = word_set("speakers_for")

_OFFICES = word_set("office_nouns")

_SINGULAR = {"he", "she"}


_TELLING = (
    _SINGULAR
    | {"it", "nobody", "none", "state", "general"}
    | _COUNTING_PRONOUNS
    | _JUDGE_WORDS
    | _COURT_WORDS
    | _ORDER_WORDS
    | VERBS.planes
    | GOVERNMENT
    | _SPEAKERS_FOR
    | ANONYMOUS
    | _AGENCY_WORDS
    | _COMPANY_WORDS
    | _OFFICES
    | VERBS.carried_people
    | DESCRIBED
)
"""Words that stand for more than themselves; of any other the kind alone counts."""


def is_thing(word: Word) -> bool:
    """Whether a word is a plain noun, of which nothing more is to be found out."""
    if word.kind != "word":
        return False
    low = word.low
    return low not in _TELLING and low[-2:] not in ("'s", "\u2019s")


def as_subject(words: list[Word], index: int, context: Context) -> Subject:
    """What the word at a place of the sentence stands for."""
    word = words[index]
    if word.kind == "name" and word.name is not None:
        return named_subject(word.name, index)
    low = word.low.removesuffix("'s").removesuffix("\u2019s")
    if low not in _TELLING:
        if word.kind == "stranger":
            return Subject("stranger", word=low, at=index)
        negated = any(one.low in ("no", "neither") for one in words[max(0, index - 3) : index])
        return Subject("thing", word=low, at=index, negated=negated)
    before = words[max(0, index - 6) : index]
    lows = [one.low for one in before]
    negated = "no" in lows[-3:] or "neither" in lows[-3:] or low in ("nobody", "none")
    modifier = before[-1].name if before and before[-1].kind == "name" else None
    if low in _SINGULAR:
        one = context.speaker
        return Subject(
            one.role, one.names, one.first, one.level, one.court_id, True, word=low, at=index
        )
    if low == "it":
        one = context.speaker
        if one.role in ("court", "agency", "company", "government", "plane"):
            return Subject(
                one.role, one.names, one.first, one.level, one.court_id, True, word=low, at=index
            )
        if context.organisation is not None:
            return named_subject(context.organisation, index)._replace(pronoun=True, word=low)
        return Subject("thing", word=low, at=index, pronoun=True)
    if low in _COUNTING_PRONOUNS:
        of = [one.low for one in words[index + 1 : index + 5]]
        planes = context.tells_of_planes or (of[:1] == ["of"] and bool(set(of) & VERBS.planes))
        planes = planes and low not in ("both", "they", "all")
        if low == "they" and context.speaker.role == "court" and context.speaker.word == "justices":
            return context.speaker._replace(pronoun=True, word=low, at=index)
        role: Role = "plane" if planes or context.speaker.role == "plane" else "thing"
        return Subject(role, word=low, at=index, pronoun=True)
    if low in _JUDGE_WORDS:
        if low in ("judges", "justices"):
            return Subject("judge", level="trial", negated=negated, word=low, at=index)
        definite = "the" in lows[-3:] or "her" in lows[-1:]
        appeals = "appeals" in lows[-3:] or "circuit" in lows[-2:]
        judge = context.judge if definite else None
        return Subject(
            "judge",
            (judge.name,) if judge else (),
            judge,
            "appeals" if appeals else "trial",
            indefinite=judge is None,
            negated=negated,
            word=low,
            at=index,
        )
    if low in _COURT_WORDS:
        return court(words, index, lows, modifier, context, negated=negated)
    if low in _ORDER_WORDS:
        owner = next((w.name for w in reversed(before[-5:]) if w.name and w.name.possessive), None)
        return Subject("order", first=owner or modifier, word=low, at=index, negated=negated)
    if low in VERBS.planes:
        return Subject("plane", word=low, at=index, negated=negated)
    if low in GOVERNMENT:
        if any(p in geography.countries() for p in (one.text for one in before[-2:])):
            return Subject("thing", word=low, at=index)
        return government(low, index, context)
    if low == "state" and "the" in lows[-1:] and context.state is not None:
        return named_subject(context.state, index)
    if low in _SPEAKERS_FOR or low in ANONYMOUS:
        return speaking_for(words, index, low, lows, modifier, context)
    if low in _AGENCY_WORDS and "the" in lows[-2:] and context.agency is not None:
        return named_subject(context.agency, index)
    if low in _COMPANY_WORDS and "the" in lows[-2:]:
        return (
            named_subject(context.company, index)
            if context.company
            else Subject("thing", word=low, at=index)
        )
    if low in _OFFICES or low == "general":
        return by_office(low, lows, index, context)
    if low in DESCRIBED:
        return described(words, index, low, lows, context)
    if low in VERBS.carried_people:
        return Subject("people", word=low, at=index, negated=negated)
    if word.kind == "stranger":
        return Subject("stranger", word=low, at=index)
    return Subject("thing", word=low, at=index, negated=negated)
