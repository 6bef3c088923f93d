"""The day that a clause's own words name: words in, the day nearest to the verb out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from streams.mentions.context import Context
from streams.mentions.dates import DayMention
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.openers import Clause
from streams.mentions.words import Word

_SOON = word_set("soon")
_BEFORE_A_DAY = word_set("before_a_day")
_PARTS_OF_DAY = word_set("parts_of_day")
_NOT_ITS_DAY = word_set("bounds")
_BOUNDED = word_set("bounding")
_LATER = word_set("later_deeds")
_HEARINGS = word_set("hearings")
_COUNTS = {"a": 1, "one": 1, "the": 1, "two": 2, "three": 3, "four": 4, "five": 5}


class Day(NamedTuple):
    """A day, and whether the verb's own clause names it."""

    day: date
    explicit: bool
    mention: DayMention | None = None


def _counted(words: list[Word], index: int) -> int | None:
    """'A day after Tuesday's ruling': how many days from it; None where the words count none."""
    if index < 2 or words[index - 1].low not in ("after", "of", "before", "following"):
        return None
    before = [one.low for one in words[max(0, index - 5) : index - 1]]
    if any(one in _SOON for one in before):
        return 0
    if before[-1] in ("day", "days") and len(before) > 1 and before[-2] in _COUNTS:
        sign = -1 if words[index - 1].low == "before" else 1
        return sign * _COUNTS[before[-2]]
    return None


def is_bound(words: list[Word], index: int) -> bool:
    """Whether a day says until, by or since when, or when a hearing is: not when it happened."""
    mention = words[index].day
    if mention is not None and mention.owns:
        # 'said at Wednesday's briefing': then it was said; 'Tuesday's order' is of its own day
        return index == 0 or words[index - 1].low not in ("at", "during", "in")
    at = index - 1
    if at >= 0 and words[at].low == "than" and mention is not None and mention.shift == 0:
        return False  # 'less than an hour afterward'
    clocked = False
    while at >= 0 and (words[at].low in _BEFORE_A_DAY or words[at].kind == "clock"):
        clocked = clocked or words[at].kind == "clock" or words[at].low == "noon"
        at -= 1
    if at < 0 or (clocked and words[at].low in ("before", "after", "since", "than")):
        return False
    if words[at].low in _NOT_ITS_DAY and not (words[at].low in ("for", "from", "by") and at == 0):
        return True
    if words[at].low == "by" and at == 0:
        return False
    if words[at].low in _PARTS_OF_DAY:
        return False
    for step in range(at, max(-1, at - 6), -1):
        word = words[step]
        if word.kind in ("mark", "day", "name") or word.verb:
            return word.low in ("set", "scheduled", "expected") and words[at].low in _HEARINGS
        if word.low in _BOUNDED:
            return True
    return False


def own_day(
    words: list[Word], clause: Clause, verb: int, context: Context, *, planned: bool
) -> Day | None:
    """The day nearest to a verb that the clause's words name; None where they name none."""
    best: tuple[int, Day] | None = None
    for index in clause.words:
        word = words[index]
        if word.kind != "day" or word.day is None:
            continue
        counted = _counted(words, index) if word.day.owns and not planned else None
        if counted is None and not planned and is_bound(words, index):
            continue
        day = _resolved(word.day, words, index, context, planned=planned)
        if day is None:
            continue
        day += timedelta(days=counted or 0)
        distance = abs(index - verb)
        if index > verb:
            between = words[verb + 1 : index]
            for at, one in enumerate(between):
                if one.low == "to" and at + 1 < len(between) and between[at + 1].kind == "word":
                    if (
                        not planned
                        and between[at + 1].low in _LATER
                        and words[verb].low not in VERBS.moved.heads
                    ):
                        distance = 999
                    distance += 20
                elif one.verb:
                    distance += 10
        else:
            distance += sum(
                10
                for one in words[index + 1 : verb]
                if one.verb and one.low not in ("had", "was", "were", "has")
            )
        if distance < 900 and (best is None or distance < best[0]):
            best = distance, Day(day, explicit=True, mention=word.day)
    return best[1] if best else None


def _resolved(
    mention: DayMention, words: list[Word], index: int, context: Context, *, planned: bool
) -> date | None:
    if mention.shift is None:
        return mention.planned if planned else mention.past
    if planned and mention.shift == 0:
        return None
    base = next(
        (
            w.day.past
            for w in reversed(words[:index])
            if w.day is not None and w.day.past is not None
        ),
        context.day or context.last_day,
    )
    if base is None:
        base = next(
            (w.day.past for w in words[index:] if w.day is not None and w.day.past is not None),
            None,
        )
    return None if base is None else base + timedelta(days=mention.shift)
