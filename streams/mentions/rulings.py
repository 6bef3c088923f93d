"""The event that a court's act makes: who ruled, when, and whether it is another of its kind."""

from __future__ import annotations

import re

from streams.facts.news import EventType
from streams.mentions.context import Subject
from streams.mentions.found import Found
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb

_SEPARATE = re.compile(r"\b(?:separate|separately|another|second|also)\b", re.I)


def made(reading: Reading, verb: Verb, kind: EventType, subject: Subject, day: Day) -> Found:
    """A ruling of a day by a judge or court."""
    unresolved = not subject.names
    which = ""
    if unresolved and subject.indefinite:
        which = (
            "appeals"
            if subject.level == "appeals"
            else "judge"
            if subject.role == "judge"
            else "court"
        )
    clocked = kind in ("order.pronounced", "order.entered", "order.issued")
    return reading.event(
        kind,
        verb.index,
        day,
        subject.names[:2] if subject.role == "judge" else subject.names[:1],
        court_id=subject.court_id,
        confidence=0.85,
        clocked=clocked,
        clause=verb.clause,
        separate=bool(_SEPARATE.search(reading.clause_text(verb.clause))),
        indefinite=which,
    )
