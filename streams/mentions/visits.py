"""Visits that a sentence tells of: an official at an engagement away from base, or due at one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.mentions.bases import is_base, is_from_elsewhere, receives
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.hosts import hosted_visits, visits_beside, visits_in_passing
from streams.mentions.journeys import planned_visits
from streams.mentions.lexicon import VERBS
from streams.mentions.plans import is_plan
from streams.mentions.reading import Reading, Verb
from streams.mentions.whereabouts import (
    dateline_place,
    goes_about,
    place_after,
    place_at,
    place_before,
    says_here,
    stands_at_place,
)

_COUNTERPARTS = word_set("counterparts")

_MEETING_VERBS = word_set("meeting_verbs")

_NEEDS_DATELINE = word_set("needs_dateline")

_PHRASES = (VERBS.visited, VERBS.moved, VERBS.met)

_BY_HEAD = {
    head: tuple(one for one in _PHRASES if head in one.tails)
    for head in frozenset().union(*(one.heads for one in _PHRASES))
}

_PAST = VERBS.visited.heads | VERBS.moved.heads | VERBS.met.heads | VERBS.said | {"was", "were"}

_COULD_VISIT = _PAST | VERBS.present | VERBS.base | VERBS.planned


_JUDGE_TRAVELS = VERBS.said | {"spoke", "visited", "toured", "will"}


def visits(reading: Reading) -> Iterator[Found]:
    """Visits that took place, then those planned, in the order of their verbs."""
    if _COULD_VISIT.isdisjoint(reading.heads):
        return
    for verb in reading.verbs():
        if verb.low not in _COULD_VISIT:
            continue
        plans, tells = is_plan(reading, verb), _tells_of_past(reading, verb)
        if not plans and not tells:
            continue  # who it is is asked last: that costs most
        subject = verb.subject
        if subject.role not in ("person", "judge") or not subject.names or subject.negated:
            continue
        if subject.role == "judge" and verb.low not in _JUDGE_TRAVELS:
            continue
        if verb.clause.kind == "if" or verb.usage.negated:
            continue
        if plans:
            yield from planned_visits(reading, verb)
        if tells:
            found = _occurred(reading, verb)
            if found is not None:
                yield found
    yield from visits_in_passing(reading)
    yield from visits_beside(reading)
    yield from hosted_visits(reading)


def _tells_of_past(reading: Reading, verb: Verb) -> bool:
    """Whether the verb's form allows a visit that took place."""
    passive = verb.usage.passive and verb.low != "given"  # 'was given a tour'
    if verb.low not in _PAST or not verb.usage.happened or passive:
        return False
    if verb.low in VERBS.said:
        return True
    words, index = reading.words, verb.index
    for phrases in _BY_HEAD.get(verb.low, ()):
        if phrases.match(words, index) is not None:
            return True
    return verb.low in ("was", "were") and stands_at_place(words, index)


def _occurred(reading: Reading, verb: Verb) -> Found | None:
    words = reading.words
    place: str | None
    direct = VERBS.visited.match(words, verb.index)
    moved = None if direct is not None else VERBS.moved.match(words, verb.index)
    met = None if direct is not None or moved is not None else VERBS.met.match(words, verb.index)
    present = verb.low in ("was", "were") and stands_at_place(words, verb.index)
    told = verb.low in VERBS.said
    if direct is None and moved is None and met is None and not present and not told:
        return None
    if verb.usage.infinitive or (verb.clause.kind == "when" and verb.clause.opener == "before"):
        return None
    if verb.usage.gerund and not reading.is_deed(verb):
        return None
    end = next((one for one in (direct, moved, met) if one is not None), verb.index)
    day = reading.day(verb)
    if day is None:
        return None
    place = place_after(reading, end)
    from_dateline = False
    if told:
        place = _venue(reading, verb)
        if place is None:
            return None
    elif place is None:
        nearby = (
            place_before(reading, verb)
            if met is not None or direct is not None or moved is not None
            else None
        )
        if nearby is not None:
            place = nearby
        elif (
            moved is not None
            and verb.low not in ("joined", "appeared", "arrived")
            and not says_here(reading, end)
            and not goes_about(reading, verb, end)
        ) or (direct is not None and verb.low in _NEEDS_DATELINE and reading.dateline is None):
            return None
        elif dateline_place(reading) is not None and (
            says_here(reading, end)
            or met is not None
            or direct is not None
            or verb.low in ("joined", "appeared", "arrived")
            or goes_about(reading, verb, end)
        ):
            place, from_dateline = dateline_place(reading), True
        elif direct is None or verb.low in ("visited", "toured"):
            if direct is None:
                return None
            place = None
        else:
            return None
    if place is not None and is_base(place, verb.subject, reading):
        return None
    if met is not None and place is not None and _has_guest(reading, verb, end, place):
        return None
    first = verb.subject.first
    if (
        verb.low in VERBS.hosts
        and _has_counterpart(reading, end)
        and (from_dateline or first is None or first.country is not None or first.base is None)
    ):
        return None
    if (
        met is not None
        and len(verb.subject.names) < 2
        and not _has_counterpart(reading, end)
        and place is None
    ):
        return None
    if verb.low in _MEETING_VERBS and from_dateline and is_base(place or "", verb.subject, reading):
        return None
    recipients = _met(reading, verb, end)
    return reading.event(
        "visit.occurred",
        verb.index,
        day,
        verb.subject.names,
        recipients=recipients,
        place=place,
        confidence=0.75,
        from_dateline=from_dateline,
        clause=verb.clause,
    )


def _venue(reading: Reading, verb: Verb) -> str | None:
    """'told a forum in Philadelphia', 'at a truck dealership in Indianapolis'."""
    words = reading.words
    lows = [w.low for w in words]
    found: str | None = None
    for at, low in enumerate(lows):
        if low in VERBS.venues and at + 1 < len(words):
            clause_has = at in verb.clause.words or at < verb.clause.words[0]
            if not clause_has or "news" in lows[max(0, at - 1) : at]:
                continue
            follow = words[at + 1 : at + 5]
            if "for" in lows[max(0, at - 4) : at]:
                continue
            for step, one in enumerate(follow):
                if one.low in ("in", "at", "near", "outside") and step + 1 < len(follow):
                    found = place_at(words, at + 2 + step)
                    break
                if one.low == "here" and reading.dateline:
                    found = dateline_place(reading)
                    break
                if one.kind == "mark" or one.verb:
                    break
        if found:
            break
    if found is None:
        found = _said_where(reading, verb)
    if (
        found is None
        and is_from_elsewhere(verb.subject)
        and re.search(
            r"\b(?:at the White House|in the Oval Office)\b", reading.clause_text(verb.clause)
        )
    ):
        found = "White House"
    if found is None or is_base(found, verb.subject, reading):
        return None
    return found


def _said_where(reading: Reading, verb: Verb) -> str | None:
    """'said in Columbus', 'announced here': of somebody who is known to work elsewhere."""
    first, following = verb.subject.first, reading.words[verb.index + 1 : verb.index + 3]
    if first is None or first.base is None or len(following) < 2:
        return None
    if "here" in (following[0].low, following[1].low):
        return dateline_place(reading)
    at = verb.index + (2 if following[0].kind == "day" else 1)
    return place_at(reading.words, at + 1) if reading.words[at].low == "in" else None


def _has_counterpart(reading: Reading, end: int) -> bool:
    return any(
        w.kind in ("name", "stranger") or w.low in _COUNTERPARTS for w in reading.after(end, 8)
    )


def _has_guest(reading: Reading, verb: Verb, end: int, place: str) -> bool:
    """Whether who acts is the host: 'Norway's prime minister met President Roe in Lillehammer'."""
    persons = [w.name for w in reading.after(end, 7) if w.name and w.name.kind == "person"]
    return bool(persons) and receives(place, verb.subject, persons[0], reading)


def _met(reading: Reading, verb: Verb, end: int) -> tuple[str, ...]:
    """Officials whom the visitor met."""
    names: list[str] = []
    for word in reading.after(end, 12):
        if word.kind == "name" and word.name is not None and word.name.kind == "person":
            if word.name.name not in verb.subject.names and word.name.name not in names:
                names.append(word.name.name)
        elif word.kind == "word" and word.verb:
            break
    return tuple(names[:3])
