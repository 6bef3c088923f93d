"""What is said from the bench or in a ruling, where no verb of ruling says so."""

from __future__ import annotations

import re

from streams.mentions.context import named_subject
from streams.mentions.effects import act_type, is_bench_denied
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb
from streams.mentions.rulings import made

_BENCH_VERBS = word_set("bench_verbs")


_IN_RULING = re.compile(
    r"\b[Ii]n (?:a|an|his|her|the|its) (?:[\w-]+ ){0,3}(?:ruling|opinion|order|decision|judgment)\b"
)


def said_at_hearing(reading: Reading, verb: Verb) -> Found | None:
    """'said at a hearing that he would enter an order': from the bench."""
    if (
        verb.low not in VERBS.said
        or verb.subject.role not in ("judge", "court")
        or not verb.usage.happened
    ):
        return None
    if verb.usage.perfect or verb.usage.gerund or verb.subject.negated:
        return None
    if verb.clause.kind in ("if", "when"):
        return None
    ruled = _IN_RULING.search(reading.clause_text(verb.clause)) or verb.subject.role == "court"
    if ruled and verb.low in ("said", "wrote", "declared", "announced", "noted"):
        day = reading.day(verb)
        told = verb.clause.opener == "attribution" and verb.subject.role != "court"
        if day is None or told:
            return None
        kind = act_type(reading, verb, verb.index, verb.subject, has_bench=False)
        return made(reading, verb, kind, verb.subject, day)
    if verb.subject.role != "judge":
        return None
    if not (VERBS.bench_said.search(reading.text) and VERBS.bench_where.search(reading.text)):
        return None
    day = reading.day(verb)
    return None if day is None else made(reading, verb, "order.pronounced", verb.subject, day)


def bench_alone(reading: Reading) -> Found | None:
    """'Her stay, announced from the bench, lasts until Monday': who and when come from before."""
    context = reading.context
    if context.judge is None or is_bench_denied(reading):
        return None
    for verb in reading.verbs():
        if verb.low not in _BENCH_VERBS:
            continue
        if verb.usage.negated or verb.usage.modal or verb.usage.future:
            return None
        if verb.subject.role not in ("judge", "none", "order") or (
            verb.low in ("said", "told") and verb.subject.role != "judge"
        ):
            continue
        day = reading.day(verb)
        if (
            day is None
            and context.last_day is not None
            and not any(w.kind == "day" for w in reading.words)
        ):
            day = Day(context.day or context.last_day, explicit=False)
        if day is None:
            return None
        judge = (
            verb.subject
            if verb.subject.role == "judge" and verb.subject.names
            else named_subject(context.judge, verb.index)
        )
        return made(reading, verb, "order.pronounced", judge, day)
    return None
