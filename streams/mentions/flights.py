"""Flights that a sentence tells of: only those that carry officials or people in custody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from streams.mentions.context import Subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb
from streams.mentions.times import says_after_midnight
from streams.mentions.timing import day_in_front
from streams.mentions.whereabouts import dateline_place, place_after, place_at
from streams.mentions.words import Word

_BESIDE_PLANE_ROLES = word_set("beside_plane_roles")
_CARRIER_ROLES = word_set("carrier_roles")

_COULD_FLY = VERBS.departed.heads | VERBS.landed.heads

_CARRIED = re.compile(
    r"\b(?:aboard|on (?:a|the|an) (?:[\w.-]+ ){0,3}(?:plane|jet|flight|aircraft|charter)"
    r"|chartered plane|charter)\b",
    re.I,
)
_OF_OFFICIALS = re.compile(r"\bAir Force (?:One|Two)\b")
_AIRPORT = re.compile(r"\bairport|airfield|air base\b", re.I)


def flights(reading: Reading, article_text: str) -> Iterator[Found]:
    """Departures and landings in the order of their verbs."""
    if _COULD_FLY.isdisjoint(reading.heads):
        return
    for verb in reading.verbs():
        if verb.low not in _COULD_FLY:
            continue
        departed = VERBS.departed.match(reading.words, verb.index)
        landed = VERBS.landed.match(reading.words, verb.index)
        if departed is None and landed is None:
            continue
        usage = verb.usage
        carried = verb.low == "flown" and usage.passive  # 'were flown from El Paso to Lima'
        if not usage.happened or usage.passive != carried or verb.clause.kind == "if":
            continue
        subject = _flyer(reading, verb)
        if subject is None or subject.negated or not _counts(reading, article_text):
            continue
        end = next(one for one in (departed, landed) if one is not None)
        day = reading.day(verb)
        told = day_in_front(reading.words, verb.clause) is not None
        if (
            day is not None
            and verb.clause.kind == "when"
            and not (told or _names_day(reading, verb))
        ):
            continue  # 'would not say when the planes left'
        if day is None:
            day = _by_clock(reading, verb)
        if day is None:
            continue
        reading.context.tells_of_planes = True
        yield from _made(reading, verb, end, day, departs=departed is not None, subject=subject)


def _made(
    reading: Reading, verb: Verb, end: int, day: Day, *, departs: bool, subject: Subject
) -> Iterator[Found]:
    after = reading.text[reading.words[verb.index].start :]
    removal = bool(VERBS.removal.search(reading.text))
    company = tuple(
        w.name.name
        for w in reading.words[: verb.index]
        if w.name is not None and w.name.kind == "company" and w.low not in VERBS.planes
    )[:1]
    if departs:
        if verb.low in ("flew", "flown"):
            place = _after_word(reading, verb.index, "from")
            if place is None and reading.words[verb.index + 1].low == "out":
                place = _after_word(reading, verb.index, "of")
            if place is None:
                return
        elif verb.low in ("left", "leaving", "departed"):
            place = _direct_place(reading, end) or _after_word(reading, verb.index, "from")
        else:
            place = _after_word(reading, verb.index, "from") or place_after(reading, end)
            if place is not None and re.search(rf"\b(?:for|to) (?:the )?{re.escape(place)}", after):
                place = _after_word(reading, verb.index, "from")
        yield reading.event(
            "flight.departed",
            verb.index,
            day,
            company,
            place=place,
            clocked=True,
            confidence=0.8,
            claims_removal=removal,
            clause=verb.clause,
        )
        return
    place = place_after(reading, end)
    if place is None and (
        re.search(r"\bhere\b", after) or "airport" in after or subject.role == "people"
    ):
        place = dateline_place(reading)
    if says_after_midnight(after) and not _names_day(reading, verb):
        day = Day(day.day + timedelta(days=1), explicit=day.explicit, mention=day.mention)
    yield reading.event(
        "flight.landed",
        verb.index,
        day,
        company,
        place=place,
        clocked=True,
        confidence=0.8,
        claims_removal=removal,
        clause=verb.clause,
    )


def _names_day(reading: Reading, verb: Verb) -> bool:
    """Whether the verb's own clause names the day, so that 'after midnight' is of that day."""
    return any(reading.words[i].kind == "day" for i in verb.clause.words)


def _by_clock(reading: Reading, verb: Verb) -> Day | None:
    """'The third took off at 7:37 p.m.': the day that the article spoke of last."""
    context = reading.context
    if context.day is not None and any(reading.words[i].kind == "clock" for i in verb.clause.words):
        return Day(context.day, explicit=False)
    days = [
        w.day
        for w in reading.words
        if w.kind == "day" and w.day is not None and w.day.past is not None
    ]
    after = reading.text[reading.words[verb.index].start :]
    if says_after_midnight(after) and days and days[0].past is not None:
        return Day(days[0].past, explicit=True)
    return None


def _flyer(reading: Reading, verb: Verb) -> Subject | None:
    """A plane, or people in custody who are said to be on one."""
    subject = verb.subject
    if verb.low == "flew" and subject.role in _CARRIER_ROLES:
        carried = {w.low for w in reading.after(verb.index, 6)}
        if carried & VERBS.carried_people:
            return Subject("plane", word="plane", at=subject.at)
    if subject.word == "it" and subject.role == "thing":
        earlier = any(w.low in VERBS.planes for w in reading.words[: verb.index])
        if earlier or reading.context.tells_of_planes:
            return Subject("plane", word="it", at=subject.at)
    lows = [reading.words[i].low for i in verb.clause.words[: verb.place]]
    if subject.role == "plane":
        return subject
    if _OF_OFFICIALS.search(
        reading.clause_text(verb.clause)[: reading.words[verb.index].start]
    ) and subject.role in ("stranger", "thing", "none"):
        return Subject("plane", word="plane", at=subject.at)
    if subject.role in ("people", "thing") and subject.role == "people":
        return (
            subject
            if _CARRIED.search(reading.text) and not re.search(r"\bofficials?\b", subject.word)
            else None
        )
    if set(lows) & VERBS.planes and subject.role in _BESIDE_PLANE_ROLES:
        return Subject("plane", word="plane", at=subject.at)
    return None


def _counts(reading: Reading, article_text: str) -> bool:
    """Whether it carries officials or people in custody, as far as the words tell."""
    text = reading.text
    if VERBS.not_custody.search(text) and not re.search(
        r"\b(?:deport\w*|migrants|detainees|custody|Secretary|President)\b", text
    ):
        return False
    if VERBS.custody.search(text):
        return True
    return bool(
        VERBS.removal.search(article_text) or VERBS.custody.search(article_text)
    ) or not VERBS.not_custody.search(article_text)


def _direct_place(reading: Reading, end: int) -> str | None:
    return place_at(reading.words, end + 1)


def _after_word(reading: Reading, index: int, word: str) -> str | None:
    words: list[Word] = reading.words
    for at in range(index + 1, min(len(words), index + 14)):
        if words[at].low == word and at + 1 < len(words):
            return place_at(words, at + 1)
        if words[at].verb:
            return None
    return None
