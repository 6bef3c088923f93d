"""Finds what an article says happened: an article in, found events out. Pure rules, no clock.

Sentence by sentence: a question or a condition yields nothing, a correction stands alone; each verb
that could tell of an event is asked for its subject and its day. What has no day that the words
give, and whoever has no office, is left out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from streams.facts.instants import to_datetime
from streams.facts.received import Article
from streams.mentions.acts import court_acts
from streams.mentions.appeals import appeals_filed
from streams.mentions.clauses import clauses
from streams.mentions.context import NOBODY, Context
from streams.mentions.dates import dateline_day, day_mentions
from streams.mentions.flights import flights
from streams.mentions.found import Found
from streams.mentions.lexicon import VERBS
from streams.mentions.memory import note_in_order, remember, remember_reading
from streams.mentions.names import Names, names
from streams.mentions.occasions import TO_THEM
from streams.mentions.outings import outings
from streams.mentions.own_days import is_bound
from streams.mentions.persons import Name
from streams.mentions.reading import Reading
from streams.mentions.repeats import without_repeats
from streams.mentions.retractions import correction, taken_back
from streams.mentions.sentences import Sentence, sentences
from streams.mentions.setting import country_of, government, zone_of
from streams.mentions.signals import (
    BENCH,
    CLOCK,
    CORRECTS,
    COUNTS,
    DAY,
    OFFICE,
    POST,
    RETRACTS,
    Signals,
)
from streams.mentions.speech import posted, words_said
from streams.mentions.stand_ins import office_in_passing
from streams.mentions.turns import by_answer, by_infinitive
from streams.mentions.visits import visits
from streams.mentions.words import words

_QUESTION = re.compile(r"\?[)\"]?$")
_GOES_ON = re.compile(
    r"\b(?=[HhSsIiOoAatb])(?:[Hh]e|[Ss]he|[Ii]t|[Oo]ne|[Aa]nother|[Aa]lso|there|separate(?:ly)?|bench)\b"
)
"""What lets a sentence without a day take up that of the one before."""
_NO_NAMES: list[Name] = []
_TRIGGER = re.compile(r"[a-z]+")


def events_found(article: Article) -> list[Found]:
    """The events, in the order of the text, without repeats."""
    text = article.text
    zone = zone_of(article)
    today = to_datetime(article.published_at).astimezone(ZoneInfo(zone)).date()
    signals = Signals(text)
    if not signals:
        return []
    named = names(text, signals.names)
    context = Context(named, today, government(today))
    found: list[Found] = []
    at = 0
    spans = named.spans
    count = len(spans)
    for sentence in sentences(text):
        begins, ends = sentence.start, sentence.end
        while at < count and spans[at].start < begins:
            at += 1
        end = at
        while end < count and spans[end].end <= ends:
            end += 1
        mine = spans[at:end] if end > at else _NO_NAMES
        at = end
        found += _of_sentence(text, sentence, signals.within(begins, ends), mine, context, zone)
    return without_repeats(_with_next_named(found, named)) if found else []


def _of_sentence(
    text: str, sentence: Sentence, signs: int, mine: list[Name], context: Context, zone: str
) -> list[Found]:
    if sentence.paragraph != context.paragraph:
        context.paragraph, context.day, context.spoken = sentence.paragraph, None, False
    undated = not signs and context.day is None and not sentence.dateline_date
    if undated and context.last_type != "visit.occurred":
        if mine:  # as most sentences are: nothing dates what they tell
            remember(mine, context, None)
        return []
    piece = text[sentence.start : sentence.end]
    days = day_mentions(piece, context.today) if signs & DAY else []
    dated = dateline_day(sentence.dateline_date, context.today) if sentence.dateline_date else None
    worth = (
        bool(days)
        or dated is not None
        or bool(signs & (CLOCK | CORRECTS))
        or (context.last_day is not None and bool(signs & (BENCH | COUNTS)))
        or (context.day is not None and bool(_GOES_ON.search(piece)))
    )
    worth = worth or (
        context.last_type == "visit.occurred" and "told " in piece and bool(TO_THEM.search(piece))
    )
    shows_post = bool(signs & POST)
    tells = worth and (shows_post or bool(signs & RETRACTS) or _has_trigger(piece.lower()))
    if not tells:
        passing = None
        if signs & OFFICE and not any(one.kind == "person" for one in mine):
            passing = office_in_passing(piece, context)
        remember(mine, context, passing)
        named_days = [one.past for one in days if one.past is not None and not one.owns]
        if named_days:
            context.day = context.last_day = named_days[0]
        return []
    read = words(piece, sentence.start, mine, days).all
    parts = clauses(read)
    context.country = country_of(sentence.dateline)
    reading = Reading(piece, sentence.start, read, parts, context, zone, sentence.dateline, dated)
    if signs & RETRACTS:
        rest = text[sentence.end : sentence.end + 200].partition("\n")[0]
        corrected = correction(reading, rest)
        if corrected is not None:
            return [corrected]
    post = posted(reading) if shows_post else None
    if post is not None:
        return [post]
    note_in_order(mine, context)
    found: list[Found] = []
    if not _QUESTION.search(piece):
        found += court_acts(reading)
        found += by_infinitive(reading)
        found += appeals_filed(reading)
        found += flights(reading, text)
        back = list(taken_back(reading))
        found += back
        told = bool(found)
        journeys = [*visits(reading), *outings(reading)]
        found += journeys
        context.found_plan = any(one.type == "visit.planned" for one in journeys)
        told = told or context.found_plan
        if not back:
            found += words_said(reading, told=told)
            found += by_answer(reading)
    if found:
        context.last_type = found[-1].type
    visited = [one.actors for one in found if one.type.startswith("visit.")]
    if visited:
        for verb in reading.verbs():
            if verb.subject.names in visited:
                context.visitor = verb.subject
                break
    remember_reading(mine, context, reading)
    apart = {
        index
        for clause in (parts if days else ())
        if clause.kind == "when" and clause.opener in ("since", "until", "before")
        for index in clause.words
    }
    past = [
        one.past
        for at, one in enumerate(read if days else ())
        if one.day is not None
        and one.past is not None
        and not one.day.owns
        and at not in apart
        # 'until Saturday' is not when anything happened, and a quote's days are its speaker's
        and not is_bound(read, at)
    ]
    happened = [one.when.day for one in found if one.type != "visit.planned" and one.explicit]
    if happened:
        context.day = context.last_day = max(happened)
    elif past:
        context.day = context.last_day = past[0]
    elif found:
        context.day = context.last_day = (
            found[-1].when.day if found[-1].type != "visit.planned" else context.day
        )
    return found


def _has_trigger(low: str) -> bool:
    triggers = VERBS.triggers  # most stand between spaces: asked first
    return not (triggers.isdisjoint(low.split()) and triggers.isdisjoint(_TRIGGER.findall(low)))


def _with_next_named(found: list[Found], named: Names) -> list[Found]:
    """'A federal judge' is the judge whom the article names next, where it names one."""
    made: list[Found] = []
    for one in found:
        if one.indefinite and not one.actors:
            name = _next(one, named)
            if name is not None:
                one = replace(one, actors=(name.name,), court_id=one.court_id or name.court_id)
        made.append(one)
    return made


def _next(one: Found, named: Names) -> Name | None:
    before = {n.name for n in named.spans if n.end <= one.quote_start}
    ahead = [n for n in named.spans if n.start >= one.quote_start]
    if one.indefinite == "judge":
        fitting = [
            n
            for n in ahead
            if n.kind == "person"
            and n.is_judge
            and n.name not in before
            and "Justice" not in n.title
        ]
    elif one.indefinite == "appeals":
        fitting = [n for n in ahead if n.kind == "court" and n.level == "appeals"]
    else:
        return None
    if not fitting:
        return None
    first = fitting[0]
    return first if first.start - one.quote_start < 700 else None


__all__ = ["NOBODY", "events_found", "zone_of"]
