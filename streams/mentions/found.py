"""Finds what an article says happened: an article in, found events out. Pure rules, no clock.

Sentence by sentence: a retraction stands alone; conditionals, questions and denials yield nothing;
each clause yields at most one court act, and what the other rules find. What has no date that the
words give is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from streams.facts.derived import EventType
from streams.facts.received import Article
from streams.mentions import rules, times
from streams.mentions.names import Name, names
from streams.mentions.rules import Rule
from streams.mentions.sentences import Sentence, clauses, sentences
from streams.mentions.times import When

_PRONOUN = re.compile(r"^(?:She|He|They|The secretary|The president|The judge|The minister)\b")
_BASES = {"washington"}
_OBJECT_WITHIN = 45


@dataclass(frozen=True, slots=True)
class Found:
    """One event that an article tells of."""

    type: EventType
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    place: str | None
    when: When
    quote: str
    court_id: str | None
    claims_removal: bool
    confidence: float


@dataclass
class _Context:
    """What earlier sentences leave to later ones."""

    article: Article
    day: date | None = None
    paragraph: int = -1
    official: str | None = None
    judge: str | None = None


def events_found(article: Article) -> list[Found]:
    """The events, in the order of the text, without repeats."""
    context = _Context(article)
    found: list[Found] = []
    for sentence in sentences(article.text):
        found.extend(_of_sentence(sentence, context))
    return _without_repeats(found)


def _of_sentence(sentence: Sentence, context: _Context) -> Iterator[Found]:
    text = sentence.text
    if rules.RETRACTION.search(text):
        zone_day = times.days("today", context.article.published_at)[0][1]
        when = times.when("", zone_day, 0)
        yield Found("claim.retracted", (), (), None, when, text, None, False, 0.9)
        return
    if any(pattern.search(text) for pattern in rules.NOTHING):
        return
    if sentence.paragraph != context.paragraph:
        context.paragraph, context.day = sentence.paragraph, None
    inherited = context.day
    for clause in clauses(text):
        named = names(clause)
        dated = times.days(clause, context.article.published_at) or times.days(
            text, context.article.published_at
        )
        if dated:
            context.day = inherited = dated[0][1]
        day = dated[0][1] if dated else inherited if times.has_clock(clause) else None
        yield from _of_clause(clause, text, named, day, sentence, context)
        _remember(named, context)


def _remember(named: list[Name], context: _Context) -> None:
    """Keep who a later 'she' or 'the judge' is: the first that a clause names, as its subject."""
    persons = [one for one in named if one.kind == "person"]
    judges = [one for one in persons if one.is_judge or one.name == context.judge]
    others = [one for one in persons if one not in judges]
    if judges:
        context.judge = judges[0].name
    if others:
        context.official = others[0].name


def _of_clause(
    clause: str,
    text: str,
    named: list[Name],
    day: date | None,
    sentence: Sentence,
    context: _Context,
) -> Iterator[Found]:
    claimed = _first(rules.OTHERS[:1], clause, named, context)
    if day is not None and claimed is None:
        act = _first(rules.COURT_ACTS, clause, named, context)
        if act is not None:
            rule, at = act
            yield _court_act(rule, at, clause, text, named, day, context)
            return
    for rule in rules.OTHERS:
        match = rule.words.search(clause)
        if match is None or not _subject(rule, clause, named, match.start(), context):
            continue
        if rule.type == "visit.planned":
            yield from _plans(rule, clause, text, named, context)
            return
        if day is None:
            continue
        yield _other(rule, match.start(), clause, text, named, day, sentence, context)
        if rule.type == "claim.asserted":
            return


def _first(
    candidates: tuple[Rule, ...], clause: str, named: list[Name], context: _Context
) -> tuple[Rule, int] | None:
    for rule in candidates:
        match = rule.words.search(clause)
        if match is not None and _subject(rule, clause, named, match.start(), context):
            return rule, match.start()
    return None


def _subject(rule: Rule, clause: str, named: list[Name], at: int, context: _Context) -> bool:
    """Whether the rule's kind of subject stands before its words."""
    before = clause[:at]
    persons = [one for one in named if one.kind == "person" and one.start < at]
    match rule.subject:
        case "court":
            is_judge = any(one.is_judge or one.name == context.judge for one in persons)
            return bool(rules.COURT.search(before)) or is_judge or _is_known_judge(persons, context)
        case "appeals_court":
            return bool(rules.APPEALS_COURT.search(before)) and "Supreme Court" not in before
        case "official":
            officials = [one for one in persons if not one.is_judge]
            if officials or (_PRONOUN.match(clause) and context.official is not None):
                return True
            following = [one for one in named if one.kind == "person" and one.start < at + 80]
            return rule.type == "statement.made" and bool(following)
        case "speaker":
            agencies = [one for one in named if one.kind == "agency" and one.start < at]
            return bool(agencies or [one for one in persons if not one.is_judge])
        case "plane":
            return bool(rules.PLANE.search(before))
    return True


def _is_known_judge(persons: list[Name], context: _Context) -> bool:
    text = context.article.text
    return any(
        re.search(rf"\b[Jj]udge[^.;]{{0,40}}{re.escape(one.name.split()[-1])}", text)
        or re.search(rf"{re.escape(one.name.split()[-1])}, (?:the|a) [^.;]{{0,20}}judge", text)
        for one in persons
    )


def _court_act(
    rule: Rule, at: int, clause: str, text: str, named: list[Name], day: date, context: _Context
) -> Found:
    court = next((one for one in named if one.kind == "court"), None)
    actors: tuple[str, ...]
    if rule.subject == "appeals_court" or (court is not None and court.start < at):
        actors = (court.name,) if court is not None else ()
    elif rule.type == "appeal.filed":
        actors = tuple(one.name for one in named if one.kind == "agency")[:1]
    else:
        judges = [
            one.name
            for one in named
            if one.kind == "person" and (one.is_judge or _is_known_judge([one], context))
        ]
        actors = tuple(judges[:1]) or ((context.judge,) if context.judge else ())
    if rule.type == "appeal.filed" or court is None or court.start > at:
        court_id = None
    else:
        court_id = court.court_id
    recipients = (
        tuple(one.name for one in named if one.kind == "court")
        if rule.type == "appeal.filed"
        else ()
    )
    return Found(
        rule.type, actors, recipients, None, times.when(clause, day, at), text, court_id, False, 0.8
    )


def _other(
    rule: Rule,
    at: int,
    clause: str,
    text: str,
    named: list[Name],
    day: date,
    sentence: Sentence,
    context: _Context,
) -> Found:
    places = [one.name for one in named if one.kind == "place"]
    place: str | None = None
    actors: tuple[str, ...] = ()
    removal = False
    if rule.subject == "plane":
        after = [one.name for one in named if one.kind == "place" and one.start > at]
        place = next(iter([*after, *places]), None)
        removal = bool(rules.REMOVAL.search(text))
        if rule.type == "flight.landed" and times.says_after_midnight(clause[at:]):
            day += timedelta(days=1)
    else:
        persons = [one.name for one in named if one.kind == "person" and not one.is_judge]
        agencies = [one.name for one in named if one.kind == "agency"]
        if rule.subject == "speaker":
            actors = tuple((agencies or persons)[:1])
        else:
            pronoun = _PRONOUN.match(clause) and context.official
            actors = tuple(persons[:1]) or ((context.official,) if pronoun else ())  # type: ignore[assignment]
        if rule.type == "visit.occurred":
            visited = [one for one in named if one.kind == "place" and _is_object(one, at)]
            place = next((one.name for one in visited if one.name.lower() not in _BASES), None)
            if place is None and sentence.dateline:
                place = sentence.dateline.title()
    clocked = rule.subject == "plane"
    when = times.when(clause, day, at, clocked=clocked)
    return Found(rule.type, actors, (), place, when, text, None, removal, 0.7)


def _is_object(place: Name, verb_at: int) -> bool:
    """Whether a place stands close enough behind a verb to be what was visited."""
    return 0 < place.start - verb_at <= _OBJECT_WITHIN


def _plans(
    rule: Rule, clause: str, text: str, named: list[Name], context: _Context
) -> Iterator[Found]:
    """Each place with the day named after it."""
    persons = [one.name for one in named if one.kind == "person"]
    who = tuple(persons[:1]) or ((context.official,) if context.official else ())
    dated = times.days(clause, context.article.published_at, planned=True)
    places = [one for one in named if one.kind == "place"]
    for index, place in enumerate(places):
        end = places[index + 1].start if index + 1 < len(places) else len(clause)
        after = [day for at, day in dated if place.end <= at <= end]
        if after:
            when = times.when(clause, after[0], place.start, clocked=False)
            yield Found(rule.type, who, (), place.name, when, text, None, False, 0.7)


def _without_repeats(found: list[Found]) -> list[Found]:
    """Leave out what was told twice, and 'ordered' where the same act is told more exactly."""
    exact = ("order.pronounced", "order.entered", "order.extended", "order.vacated", "order.stayed")
    told = {(one.actors, one.when.day) for one in found if one.type in exact}
    days = {day for _, day in told}
    kept: list[Found] = []
    seen: set[tuple[object, ...]] = set()
    for one in found:
        if one.type == "order.issued" and one.when.precision == "day":
            same_actor = (one.actors, one.when.day) in told
            nameless = not one.actors and one.when.day in days
            if same_actor or nameless:
                continue
        words = one.quote if one.type.startswith("flight.") else None
        key = (one.type, one.actors, one.place, one.when.valid_from, one.when.valid_to, words)
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept
