"""What sets a deed in time without a day's name: 'the same hearing', 'in the summer'."""

from __future__ import annotations

import re

from streams.mentions.context import Context, Subject
from streams.mentions.openers import Clause
from streams.mentions.uses import Use
from streams.mentions.words import Word

_REACTING = frozenset(["person", "agency", "company", "government", "place"])
_NOT_YET = frozenset(["before", "ahead", "until", "since", "for", "pending", "by"])
_VAGUE = re.compile(
    r"\b(?:(?:in|by|since|during|throughout|as of) (?:early |late |mid-?)?(?:the )?(?:past |last )?"
    r"(?:(?:19|20)\d\d|january|february|march|april|may|june|july|august|september|october|november"
    r"|december|spring|summer|autumn|fall|winter)"
    r"|(?:last|this|that|earlier this|later that|previous|past|recent|few) "
    r"(?:weeks?|months?|years?|spring|summer|autumn|fall|winter|decades?|term)"
    r"|(?:weeks?|months?|years?|decades?|days) (?:ago|earlier|before)"
    r"|(?:first|second) term|over the (?:weekend|summer|years)|long ago|at the time|once)\b"
)
"""Words that put a deed at no day that can be told."""


SAME_OCCASION = re.compile(
    r"\bthe same (?:meeting|hearing|event|news conference|briefing|call|speech|interview|rally"
    r"|appearance|session|ceremony|post|letter)\b"
)


TO_THEM = re.compile(
    r"\btold (?:them|the (?:crowd|group|audience|gathering|residents|troops|workers|families"
    r"|reporters)|residents|workers|troops|reporters there)\b"
)


def reacts_today(words: list[Word], usage: Use, subject: Subject, context: Context) -> bool:
    """'called Thursday's outcome common sense', told on Thursday: neither before nor after it."""
    if usage.past_perfect or not usage.happened or usage.passive:
        return False
    if subject.role not in _REACTING or not subject.names:
        return False
    days = [(at, w) for at, w in enumerate(words) if w.kind == "day" and w.day is not None]
    owned = [(at, w) for at, w in days if w.day is not None and w.day.owns]
    others = [w for _, w in days if w.day is not None and not w.day.owns and w.day.shift != 0]
    if len(owned) != 1 or others or owned[0][1].past != context.today:
        return False
    at = owned[0][0]
    before = {w.low for w in words[max(0, at - 3) : at]}
    return not before & _NOT_YET


def is_vague(words: list[Word], all_clauses: list[Clause], clause: Clause) -> bool:
    """Whether a clause, or the one that it goes on from, is set at no day that can be told."""
    goes_on = clause.kind in ("shared", "part") and clause.parent >= 0
    indexes = [*all_clauses[clause.parent].words, *clause.words] if goes_on else clause.words
    return _VAGUE.search(" ".join([words[i].low for i in indexes])) is not None
