"""Whether a verb tells of a journey to come: 'is due in Lima', 'plans a visit', 'will fly'."""

from __future__ import annotations

import re
from datetime import timedelta

from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.reading import Reading, Verb
from streams.mentions.words import Word

_AT_WORDS = word_set("at_words")
_EXPECTING = word_set("expecting")
_JOURNEY_VERBS = word_set("journey_verbs")
_TO_PLACES = word_set("to_places")
_TRAVELLING = word_set("travelling")
_OUTINGS = frozenset(["visit", "trip", "tour", "stop", "journey"])
_ANNOUNCED = frozenset(["said", "announced", "confirmed"])


def is_plan(reading: Reading, verb: Verb) -> bool:
    """Whether the verb tells of a journey to come."""
    words, usage, low = reading.words, verb.usage, verb.low
    if not reading.days or not (
        usage.future or usage.modal or low in VERBS.present or low in VERBS.planned
    ):
        return False  # a plan without a day is none
    following = [w.low for w in words[verb.index + 1 : verb.index + 6]]
    if usage.future or (usage.modal and _announces(reading, verb)):
        return (
            low in VERBS.base
            and (low != "be" or _be_somewhere(words, verb.index))
            and _is_journey(reading, verb)
        )
    if low in VERBS.present and (
        verb.clause.kind in ("main", "shared")
        or (verb.clause.opener == "when" and any(w.low == "will" for w in words[: verb.index]))
    ):
        return _has_planned_day(reading, verb)
    if low in VERBS.planned:
        before = words[verb.index - 1].low if verb.index else ""
        if low == "to":
            due = before in ("is", "are") or (
                before in ("was", "were") and _has_day_ahead(reading, verb)
            )
            return due and bool(set(following[:2]) & VERBS.base)
        be = usage.passive or any(
            w.low in ("is", "are") for w in words[max(0, verb.index - 3) : verb.index]
        )
        if low in ("plans", "planning") and set(following) & _OUTINGS:
            return low == "plans" or be
        if low == "scheduled" and usage.perfect and set(following) & _OUTINGS:
            return True
        if low in ("plans", "intends", "plan", "hopes", "expects", "promised", "agreed", "booked"):
            if low in ("booked", "promised", "agreed") and not (
                usage.perfect or usage.passive or any(w.kind == "day" for w in words)
            ):
                return False
            return "to" in following[:2] and bool(set(following) & VERBS.base)
        if low in _TRAVELLING:
            return be and any(
                w.low in ("is", "are") for w in words[max(0, verb.index - 3) : verb.index]
            )
        if low in _EXPECTING:
            present = any(
                w.low in ("is", "are") for w in words[max(0, verb.index - 4) : verb.index]
            )
            was = (
                any(w.low in ("was", "were") for w in words[max(0, verb.index - 3) : verb.index])
                and low in ("due", "scheduled", "expected", "set")
                and _has_planned_day(reading, verb)
                and not _past_only(reading)
            )
            apposed = low == "due" and before == ","  # 'Noem, due in Lima on Friday, has'
            return (present or was or apposed) and (
                bool(following[:1])
                and following[0] in _TO_PLACES
                and (following[0] != "to" or bool(set(following[1:3]) & VERBS.base))
            )
    return False


def _past_only(reading: Reading) -> bool:
    return bool(re.search(r"\b(?:but|canceled|cancelled|last week|put off)\b", reading.text))


def _announces(reading: Reading, verb: Verb) -> bool:
    """'announced that she would visit Panama on Friday'."""
    if " if " in reading.text or "unless" in reading.text or "could" in reading.text:
        return False
    return (
        verb.low in VERBS.base
        and verb.clause.kind in ("said", "main", "shared")
        and not _ANNOUNCED.isdisjoint(reading.lows)
        and any(w.low == "would" for w in reading.words[max(0, verb.index - 3) : verb.index])
        and verb.low in ("visit", "travel", "tour", "fly", "go", "head", "return")
    )


def _be_somewhere(words: list[Word], index: int) -> bool:
    return index + 1 < len(words) and words[index + 1].low in _AT_WORDS


def _is_journey(reading: Reading, verb: Verb) -> bool:
    """Not every 'will make' is a journey: a place or somebody to meet must be named."""
    if verb.low == "spend":
        behind = reading.words[verb.index + 1 : verb.index + 2]
        return bool(behind) and (behind[0].kind == "day" or behind[0].low in ("part", "most"))
    if verb.low in _JOURNEY_VERBS:
        return any(
            w.kind in ("name", "stranger") or w.low == "here" for w in reading.after(verb.index, 14)
        )
    return True


def _has_day_ahead(reading: Reading, verb: Verb) -> bool:
    """'was to meet them on Tuesday', told on Monday: the journey is still to come."""
    if _past_only(reading):
        return False
    today = reading.context.today
    return any(
        w.day is not None
        and not w.day.owns
        and w.day.planned is not None
        and w.day.planned > today
        and w.day.past != today - timedelta(days=1)
        for w in reading.words[verb.index + 1 : verb.index + 18]
    )


def _has_planned_day(reading: Reading, verb: Verb) -> bool:
    return any(
        w.kind == "day" and w.day is not None and w.day.planned is not None and not w.day.owns
        for w in reading.words[verb.index + 1 : verb.index + 18]
    ) or any(
        w.kind == "day" and w.day is not None and w.day.past is None and w.day.planned
        for w in reading.words[: verb.index]
    )
