"""Visits without a verb of going: 'Meloni's day in Tirana on Wednesday', 'At a school in Yuma'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from streams.mentions.context import named_subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.itineraries import noun_ahead, taken
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb
from streams.mentions.visitors import is_away, visitors
from streams.mentions.whereabouts import TOWARDS, is_place, place_at, place_behind
from streams.mentions.words import Word

_NOUNS = word_set("outing_nouns")
_FRONT = frozenset(["at", "in", "outside", "inside", "aboard"])
_TO_COME = re.compile(
    r"\b(?:will|would|ahead of|before|upcoming|planned|scheduled|expected|due|cancel\w+"
    r"|postpone\w*|dropped|scrapped|shelved|put off|plan|plans|preparations?|prepar\w+|hopes?"
    r"|talk of|is set|called off|possible|proposed|invit\w+|if|next|could|may|might|until)\b"
)
_FINDS = frozenset(["saw", "found"])
_NEAR = 9


def outings(reading: Reading) -> Iterator[Found]:
    """Visits that a noun or the place in front of a deed tells of."""
    days = reading.days
    if not days:
        return
    if not _NOUNS.isdisjoint(reading.lows):
        if not _TO_COME.search(reading.text):
            yield from _by_noun(reading)
        if any(one.day.planned is not None for one in days if one.day is not None):
            yield from noun_ahead(reading)
    yield from taken(reading)
    if reading.words[0].past is not None and not _FINDS.isdisjoint(reading.heads):
        yield from _found_there(reading)
    if reading.words[0].low == "it" and len(reading.words) > 5:
        yield from _it_was_there(reading)
    if reading.words[0].low in _FRONT:
        yield from _place_in_front(reading)


def _by_noun(reading: Reading) -> Iterator[Found]:
    words = reading.words
    for index, word in enumerate(words):
        if word.low not in _NOUNS or word.kind != "word" or word.verb:
            continue
        place = place_behind(words, index)
        day = _day_beside(words, index)
        if place is None or day is None:
            continue
        for one in visitors(reading, index, place):
            verb = reading.verb(reading.clauses[0], 0, one)
            yield reading.event(
                "visit.occurred",
                index,
                Day(day, explicit=True),
                one.names,
                place=place,
                confidence=0.65,
                clause=verb.clause,
            )
            break


def _day_beside(words: list[Word], index: int) -> date | None:
    """'her Wednesday tour', 'Tuesday's talks', 'a visit to Lima on Monday'."""
    for at in range(index - 1, max(-1, index - 3), -1):
        if words[at].past is not None:
            return words[at].past
    for at in range(index + 1, min(index + _NEAR, len(words))):
        word = words[at]
        if word.verb or word.kind in ("mark", "quote"):
            return None
        if word.past is not None and word.day is not None and not word.day.owns:
            return word.past
    return None


def _found_there(reading: Reading) -> Iterator[Found]:
    """'Tuesday found Roe in Lima': the day is the sentence's subject."""
    words = reading.words
    day = words[0].past
    if len(words) < 5 or words[1].low not in _FINDS or day is None:
        return
    name = next((w.name for w in words[2:4] if w.name is not None), None)
    if name is None or name.kind != "person":
        return
    one, place = named_subject(name, 2), place_behind(words, 2)
    if place is not None and is_away(place, one, reading):
        when = Day(day, explicit=True)
        yield reading.event("visit.occurred", 1, when, one.names, place=place, confidence=0.65)


def _it_was_there(reading: Reading) -> Iterator[Found]:
    """'It was in Lima on Tuesday that Roe first said so'."""
    words = reading.words
    if words[1].low != "was" or words[2].low not in _FRONT:
        return
    that = next((at for at in range(4, min(12, len(words) - 1)) if words[at].low == "that"), None)
    if that is None:
        return
    day = next((w.past for w in words[3:that] if w.past is not None), None)
    place, name = place_behind(words, 1), words[that + 1].name
    if day is None or place is None or name is None or name.kind != "person":
        return
    one = named_subject(name, that + 1)
    if is_away(place, one, reading):
        when = Day(day, explicit=True)
        yield reading.event("visit.occurred", 1, when, one.names, place=place, confidence=0.65)


def _place_in_front(reading: Reading) -> Iterator[Found]:
    """'At a fire station in Yuma on Friday, the governor signed a measure': any deed will do."""
    words, main = reading.words, reading.clauses[0]
    deed = next((p for p, i in enumerate(main.words) if words[i].verb), None)
    if deed is None or main.words[deed] < 3:
        return
    verb: Verb = reading.verb(main, deed)
    subject = verb.subject
    if subject.role != "person" or not subject.names or subject.at < 2 or not verb.usage.happened:
        return
    if verb.usage.passive or verb.usage.perfect or verb.usage.past_perfect:
        return
    front = words[: subject.at]
    place = next(
        (
            w.name.name if is_place(w) and w.name is not None else place_at(words, at)
            for at, w in enumerate(front)
            if at
            and front[at - 1].low in TOWARDS
            and (is_place(w) or w.kind == "stranger")
            and not (w.name is not None and w.name.possessive)
        ),
        None,
    )
    day = next((w.past for w in front if w.past is not None), None)
    if place is None or day is None or not is_away(place, subject, reading):
        return
    yield reading.event(
        "visit.occurred",
        verb.index,
        Day(day, explicit=True),
        subject.names,
        place=place,
        confidence=0.65,
        clause=main,
    )
