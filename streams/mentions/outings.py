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
from streams.mentions.timing import Day
from streams.mentions.whereabouts import (
    dateline_place,
    is_base,
    is_from_elsewhere,
    is_place,
    place_at,
)
from streams.mentions.words import Word

_NOUNS = word_set("outing_nouns")
_TO = frozenset(["to", "in", "of", "at", "through", "near", "around", "outside"])
_FRONT = frozenset(["at", "in", "outside", "inside", "aboard"])
_TO_COME = re.compile(
    r"\b(?:will|would|ahead of|before|upcoming|planned|plans|scheduled|expected|due|cancel\w+"
    r"|postpone\w*|called off|possible|proposed|invit\w+|if|next|could|may|might|until)\b"
)
_OTHERS = frozenset(["his", "her"])
_NEAR = 9
_LOCAL = ("mayor", "host", "spokes", "sheriff", "commissioner", "police")
_OF_STATES = ("gov", "sen.", "senator", "rep.", "representative", "congress")


def outings(reading: Reading) -> Iterator[Found]:
    """Visits that a noun or the place in front of a deed tells of."""
    if not any(word.past is not None for word in reading.words):
        return
    if any(word.low in _NOUNS for word in reading.words) and not _TO_COME.search(reading.text):
        yield from _by_noun(reading)
    if reading.words[0].low in _FRONT:
        yield from _place_in_front(reading)


def _by_noun(reading: Reading) -> Iterator[Found]:
    words = reading.words
    for index, word in enumerate(words):
        if word.low not in _NOUNS or word.kind != "word" or word.verb:
            continue
        place = _place_behind(words, index)
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


def _place_behind(words: list[Word], index: int) -> str | None:
    """'tour of the port of Haifa': the place close behind a noun."""
    for at in range(index + 1, min(index + 6, len(words) - 1)):
        if words[at].low not in _TO:
            if words[at].verb or words[at].kind in ("mark", "quote"):
                return None
            continue
        place = place_at(words, at + 1)
        if place is not None:
            return place
    return None


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
            if index < at < index + 16 and word.name is not None and word.name.kind == "person"
            and any(w.low in ("by", "between") for w in words[index:at])
        ]
    for one in candidates:
        if one.role == "person" and one.names and _is_away(place, one, reading):
            yield one


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
            if at and front[at - 1].low in _TO | {"in"} and (is_place(w) or w.kind == "stranger")
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
