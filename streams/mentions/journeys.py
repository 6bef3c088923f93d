"""Visits that are announced: each place with the day named for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.reading import Reading, Verb
from streams.mentions.timing import Day
from streams.mentions.whereabouts import (
    dateline_place,
    is_base,
    is_from_elsewhere,
    place_at,
    written_place,
)
from streams.mentions.words import Word

_AT_WORDS = word_set("at_words")

_BEFORE_PLANNED_PLACE = word_set("before_planned_place")

_BEFORE_UNLISTED_PLACE = word_set("before_unlisted_place")

_EXPECTING = word_set("expecting")

_JOURNEY_VERBS = word_set("journey_verbs")

_MEETING_FORMS = word_set("meeting_forms")

_PLAN_ENDS = word_set("plan_ends")

_TO_PLACES = word_set("to_places")

_TRAVELLING = word_set("travelling")

_OUTINGS = frozenset(["visit", "trip", "tour", "stop", "journey"])

_ANNOUNCED = frozenset(["said", "announced", "confirmed"])

_FOR_SOMEBODY = frozenset(["host", "hold", "make", "deliver", "open", "sign"])
"""With these 'for' names no goal: 'will host a conference for Ukraine'."""

_TOWARDS = word_set("at_prepositions") | {"for", "of", "through"}


def planned_visits(reading: Reading, verb: Verb) -> Iterator[Found]:
    """Each place of a plan with its day: 'due in Colombia on Thursday, in Mexico on Friday'."""
    if VERBS.called_off.search(reading.text[: reading.words[verb.index].end]):
        return
    if any(one.kind == "if" and one.opener != "whether" for one in reading.clauses):
        return  # 'If the talks go well, Rubio will fly to Kyiv'
    words = reading.words
    limit = len(words)
    places: list[tuple[int, str]] = []
    at = verb.index + 1
    while at < limit:
        word = words[at]
        if word.low in (";", "\u2014") or word.low in _PLAN_ENDS:
            break
        given = word.low == "for" and verb.low in _FOR_SOMEBODY
        if word.kind == "word" and word.low in _TOWARDS and not given and at + 1 < limit:
            name = place_at(words, at + 1)
            if name is not None:
                places.append((at + 1, name))
        elif (
            word.kind == "name"
            and word.name is not None
            and word.name.kind == "place"
            and words[at - 1].low in _BEFORE_PLANNED_PLACE
        ):
            places.append((at, word.name.name))
        elif word.kind == "stranger" and words[at - 1].low in _BEFORE_UNLISTED_PLACE:
            places.append((at, written_place(words, at)))
        at += 1
    stop = at
    days = _days_ahead(reading, stop)
    if not days and at < limit and words[at].low == "where":
        # 'goes on to Islamabad, where he is due on Thursday'
        stop = next((i for i in range(at, limit) if words[i].low in (";", "\u2014")), limit)
        due = {w.low for w in words[at:stop]} & {"due", "expected", "scheduled", "will"}
        days = _days_ahead(reading, stop) if due else []
    if not days:
        return
    reading.context.planned_day = days[-1][1]
    made: set[date] = set()
    subject = reading.context.visitor_or(verb.subject)
    for number, (index, place) in enumerate(places):
        day = _day_for(verb, index, days)
        if day is None or (is_base(place, subject, reading) and not is_from_elsewhere(subject)):
            continue
        before = words[places[number - 1][0] : index] if number else []
        if day in made and not any(word.low == "and" for word in before):
            continue  # 'Windsor, Ontario': one place, twice named
        made.add(day)
        yield reading.event(
            "visit.planned",
            verb.index,
            Day(day, explicit=True),
            subject.names,
            place=place,
            confidence=0.75,
        )
    if not made:
        here = any(w.low == "here" for w in words[verb.index : stop])
        person = any(
            w.kind == "name" and w.name and w.name.kind == "person"
            for w in words[verb.index + 1 : stop]
        )
        meets = any(w.low in _MEETING_FORMS for w in words[verb.index : verb.index + 5])
        home = dateline_place(reading)
        if (
            home is not None
            and (here or (meets and (person or "counterpart" in reading.text)))
            and not is_base(home, subject, reading)
        ):
            last = days[-1][1]
            yield reading.event(
                "visit.planned",
                verb.index,
                Day(last, explicit=True),
                subject.names,
                place=home,
                confidence=0.65,
                from_dateline=True,
            )


def _days_ahead(reading: Reading, stop: int) -> list[tuple[int, date]]:
    """Days to come that are named before a place; 'the same day' is that of the plan before."""
    found: list[tuple[int, date]] = []
    for index, word in enumerate(reading.words[:stop]):
        day = word.day
        if word.kind != "day" or day is None or day.owns:
            continue
        if day.planned is not None:
            found.append((index, day.planned))
        elif day.shift is not None and day.past is None:
            base = found[-1][1] if found else reading.context.planned_day
            if base is not None:
                found.append((index, base + timedelta(days=day.shift)))
    return found


def _day_for(verb: Verb, place: int, days: list[tuple[int, date]]) -> date | None:
    """The day named behind a place, else before it: behind the verb, or in front of the clause."""
    behind = [day for at, day in days if at > place]
    before = [day for at, day in days if verb.index < at < place]
    front = [day for at, day in days if at in verb.clause.words[: verb.place]]
    return next(iter([*behind[:1], *reversed(before), *front]), None)


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
