"""Visits that are announced: each place with the day named for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from streams.mentions.bases import is_base, is_from_elsewhere
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb
from streams.mentions.whereabouts import dateline_place, place_at, written_place

_BEFORE_PLANNED_PLACE = word_set("before_planned_place")
_BEFORE_UNLISTED_PLACE = word_set("before_unlisted_place")
_MEETING_FORMS = word_set("meeting_forms")
_PLAN_ENDS = word_set("plan_ends")
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
