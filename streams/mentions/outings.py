"""Visits without a verb of going: 'Meloni's day in Tirana on Wednesday', 'At a school in Yuma'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from streams.mentions import gazetteer
from streams.mentions.context import Subject, named_subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.reading import Reading, Verb
from streams.mentions.roles import as_subject
from streams.mentions.timing import Day
from streams.mentions.whereabouts import (
    TOWARDS,
    dateline_place,
    is_base,
    is_from_elsewhere,
    is_place,
    place_at,
    place_behind,
)
from streams.mentions.words import Word

_NOUNS = word_set("outing_nouns")
_FRONT = frozenset(["at", "in", "outside", "inside", "aboard"])
_TO_COME = re.compile(
    r"\b(?:will|would|ahead of|before|upcoming|planned|plans|scheduled|expected|due|cancel\w+"
    r"|postpone\w*|called off|possible|proposed|invit\w+|if|next|could|may|might|until)\b"
)
_DOUBTFUL = re.compile(
    r"\b(?:cancel\w+|postpone\w*|called off|put off|scrapped|shelved|dropped|could|may|might"
    r"|possible|not)\b"
)
_SET = frozenset(["planned", "scheduled", "set", "slated", "due", "expected", "begins", "starts"])
_FINDS = frozenset(["saw", "found"])
_TAKES = frozenset(["take", "takes", "bring", "brings"])
_OTHERS = frozenset(["his", "her"])
_NEAR = 9
_LOCAL = ("mayor", "host", "spokes", "sheriff", "commissioner", "police")
_OF_STATES = ("gov", "sen.", "senator", "rep.", "representative", "congress")


def outings(reading: Reading) -> Iterator[Found]:
    """Visits that a noun or the place in front of a deed tells of."""
    days = reading.days
    if not days:
        return
    if not _NOUNS.isdisjoint(reading.lows):
        if not _TO_COME.search(reading.text):
            yield from _by_noun(reading)
        elif any(one.day.planned is not None for one in days if one.day is not None):
            yield from _noun_ahead(reading)
    if not _TAKES.isdisjoint(reading.heads):
        yield from _taken(reading)
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
        for one in _visitors(reading, index, place):
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


def _noun_ahead(reading: Reading) -> Iterator[Found]:
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
        for one in owners or _visitors(reading, index, place):
            if one.role == "person" and one.names and _is_away(place, one, reading):
                yield _plan(reading, index, one, place, day)
                break


def _taken(reading: Reading) -> Iterator[Found]:
    """'Friday takes the secretary to Lima', 'the trip will take Rubio to Lima on Friday'."""
    words = reading.words
    if _DOUBTFUL.search(reading.text) or any(one.kind == "if" for one in reading.clauses):
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


def _visitors(reading: Reading, index: int, place: str) -> Iterator[Subject]:
    """Whose visit it is: an owner in front, or somebody behind 'by', 'with' or 'between'."""
    words, context = reading.words, reading.context
    candidates: list[Subject] = []
    for at in range(index - 1, max(-1, index - 6), -1):
        word = words[at]
        if word.kind == "mark" or word.verb:
            break
        if word.name is not None and word.name.kind == "person" and word.name.possessive:
            candidates.append(named_subject(word.name, at))
            break
        if word.low in _OTHERS:
            named = [w for w in words[:at] if w.name is not None and w.name.kind == "person"]
            if named and named[-1].name is not None:
                candidates.append(named_subject(named[-1].name, at))
            elif context.speaker.role == "person":
                candidates.append(context.speaker)
            break
    if not candidates:
        candidates = [
            named_subject(word.name, at)
            for at, word in enumerate(words)
            if index < at < index + 16
            and word.name is not None
            and word.name.kind == "person"
            and any(w.low in ("by", "between", "that") for w in words[index:at])
        ]
    for one in candidates:
        if one.role == "person" and one.names and _is_away(place, one, reading):
            yield one


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
    if place is not None and _is_away(place, one, reading):
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
    if _is_away(place, one, reading):
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
    if place is None or day is None or not _is_away(place, subject, reading):
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


def _is_away(place: str, subject: Subject, reading: Reading) -> bool:
    """Whether the place is surely not where the official works."""
    first, here = subject.first, reading.context.country
    if first is None or is_base(place, subject, reading) or place in gazetteer.states():
        return False
    if first.base is not None:
        return True
    person = reading.context.names.people.get(first.name)
    title = " ".join(sorted(person.titles)) if person else first.title.lower()
    if place == dateline_place(reading) or any(one in title for one in _LOCAL):
        return False
    seat = next((land for land, cities in gazetteer.seats().items() if place in cities), None)
    if seat is not None:
        return here is not None and here != seat
    if any(one in title for one in _OF_STATES):
        return place not in gazetteer.state_capitals() and place != "Washington"
    return is_from_elsewhere(subject._replace(first=first._replace(title=title)))
