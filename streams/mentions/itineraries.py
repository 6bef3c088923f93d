"""Visits to come that a noun or a day tells of: 'Friday takes the secretary to Lima'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from streams.mentions.context import Subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading
from streams.mentions.roles import as_subject
from streams.mentions.visitors import is_away, visitors
from streams.mentions.whereabouts import place_at, place_behind

_NOUNS = word_set("outing_nouns")
_DOUBTFUL = re.compile(
    r"\b(?:cancel\w+|postpone\w*|called off|put off|scrapped|shelved|dropped|could|may|might"
    r"|possible|not)\b"
)


_SET = frozenset(["planned", "scheduled", "set", "slated", "due", "expected", "begins", "starts"])
_TAKES = frozenset(["take", "takes", "bring", "brings"])


def noun_ahead(reading: Reading) -> Iterator[Found]:
    """'Rubio's visit to Lima is set for Friday', 'has a stop in Lima planned for Friday'."""
    words = reading.words
    if _DOUBTFUL.search(reading.text) or any(one.kind == "if" for one in reading.clauses):
        return
    for index, word in enumerate(words):
        if word.low not in _NOUNS or word.kind != "word" or word.verb:
            continue
        place = place_behind(words, index)
        at = next(
            (i for i in range(index + 1, min(index + 14, len(words))) if words[i].low in _SET), None
        )
        if place is None or at is None:
            continue
        day = next(
            (
                one.day.planned
                for one in words[at + 1 : at + 6]
                if one.day is not None and not one.day.owns and one.day.planned is not None
            ),
            None,
        )
        main = reading.clauses[0]
        has = next((p for p, i in enumerate(main.words) if i < index and words[i].low == "has"), 0)
        owners = [reading.subject(main, has)] if has else []
        if day is None:
            continue
        for one in owners or visitors(reading, index, place):
            if one.role == "person" and one.names and is_away(place, one, reading):
                yield _plan(reading, index, one, place, day)
                break


def taken(reading: Reading) -> Iterator[Found]:
    """'Friday takes the secretary to Lima', 'the trip will take Rubio to Lima on Friday'."""
    words = reading.words
    if _TAKES.isdisjoint(reading.heads) or _DOUBTFUL.search(reading.text):
        return
    if any(one.kind == "if" for one in reading.clauses):
        return
    for verb in reading.verbs():
        if verb.low not in _TAKES or not (verb.usage.future or verb.low in ("takes", "brings")):
            continue
        subject = verb.subject.word
        dated = any(w.kind == "day" for w in words[max(0, verb.index - 2) : verb.index])
        if not dated and subject not in _NOUNS:
            continue
        behind = range(verb.index + 1, min(verb.index + 4, len(words)))
        whom = [as_subject(words, at, reading.context) for at in behind if words[at].low != "the"]
        if words[verb.index + 1].low in ("him", "her") and reading.context.speaker.names:
            whom = [reading.context.speaker]
        who = next((one for one in whom if one.role == "person" and one.names), None)
        if who is None:
            continue
        ahead = words[verb.index - 1].day if dated else None
        for at in range(verb.index + 2, len(words) - 1):
            if words[at].low in (";", "\u2014") or words[at].low == "who":
                break
            if words[at].day is not None:
                ahead = words[at].day
            place = place_at(words, at + 1) if words[at].low in ("to", "in") else None
            behind_it = next((w.day for w in words[at + 2 : at + 5] if w.day is not None), None)
            day = ahead if dated else behind_it or ahead
            if place is not None and day is not None and day.planned is not None:
                yield _plan(reading, verb.index, who, place, day.planned)


def _plan(reading: Reading, index: int, who: Subject, place: str, day: date) -> Found:
    reading.context.planned_day = day
    when = Day(day, explicit=True)
    return reading.event("visit.planned", index, when, who.names, place=place, confidence=0.65)
