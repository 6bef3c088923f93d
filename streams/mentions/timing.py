"""Which day a verb's event took place: a clause in, a day out, or none that the words give."""

from __future__ import annotations

from datetime import date, timedelta

from streams.mentions.context import Context, Subject
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.occasions import SAME_OCCASION, TO_THEM, is_vague, reacts_today
from streams.mentions.openers import Clause
from streams.mentions.own_days import Day, is_bound, own_day
from streams.mentions.uses import Use
from streams.mentions.words import Word

_SOON = word_set("soon")
_ORDERS = word_set("order_words")
_COMES = frozenset(["came", "comes", "follows", "followed"])


def day_of(
    words: list[Word],
    all_clauses: list[Clause],
    clause: Clause,
    place: int,
    usage: Use,
    subject: Subject,
    context: Context,
    dateline: date | None,
    *,
    planned: bool = False,
    lenient: bool = True,
) -> Day | None:
    """The day of a verb. ``lenient``: a pronoun may take up the day of the sentence before."""
    verb = clause.words[place]
    own = own_day(words, clause, verb, context, planned=planned)
    if own is not None:
        return own
    related = _related(words, all_clauses, clause, context, planned=planned)
    if related is not None:
        return related
    if planned or usage.perfect:
        return None
    said = _day_of_words(words, all_clauses, clause, usage, context)
    if said is not None:
        return said
    if reacts_today(words, usage, subject, context):
        return Day(context.today, explicit=True)
    if clause.kind not in ("main", "shared", "part"):
        return None
    if clause.opener == "attribution":
        return None
    if clause.kind in ("main", "shared") and any(words[i].kind == "clock" for i in clause.words):
        first = clause.words[0]
        earlier = [
            w.day.past for w in words[:first] if w.day is not None and w.day.past is not None
        ]
        if earlier and earlier[-1] is not None:
            return Day(earlier[-1], explicit=False)
    if any(one.kind == "day" and not is_bound(words, i) for i, one in enumerate(words)):
        others = [
            c for c in all_clauses if c is not clause and c.kind == "main" and _unbound(words, c)
        ]
        if others or clause.kind != "main":
            return None
    has_own_clock = any(words[i].kind == "clock" for i in clause.words)
    if clause.opener == ":" and usage.happened and clause.words:
        # words behind a colon are of the day of the deed before it
        at = max(i for i, one in enumerate(all_clauses) if one is clause)
        before = [one for one in all_clauses[:at] if one.words and one.kind == "main"]
        if before:
            day = own_day(words, before[-1], before[-1].words[-1], context, planned=False)
            if day is not None:
                return Day(day.day, explicit=False)
    if is_vague(words, all_clauses, clause):
        return None  # 'ruled against it in the summer': not on the day of the dateline
    if context.last_day is not None and clause.kind in ("main", "shared"):
        text = " ".join([words[i].low for i in clause.words])
        visitor = context.visitor.names and context.visitor.names == subject.names
        if SAME_OCCASION.search(text) or (
            visitor and context.last_type == "visit.occurred" and TO_THEM.search(text)
        ):
            return Day(context.last_day, explicit=False)
    if context.day is None and context.last_day is not None and clause.kind == "main":
        again = any(words[i].low in ("also", "separate", "separately") for i in clause.words)
        dayless = not any(words[i].kind == "day" for i in clause.words)
        if (has_own_clock and dayless) or (again and subject.role in ("judge", "court")):
            return Day(context.last_day, explicit=False)
    if context.day is not None and not usage.past_perfect:
        has_clock = any(words[i].kind == "clock" for i in clause.words)
        also = any(words[i].low == "also" for i in clause.words)
        there = any(words[i].low in ("there",) for i in clause.words)
        same = subject.first is not None and context.speaker.names[:1] == (subject.first.name,)
        if has_clock or (lenient and (subject.pronoun or also or there or same)):
            return Day(context.day, explicit=False)
    if dateline is not None and not usage.past_perfect:
        return Day(dateline, explicit=False)
    return None


def _day_of_words(
    words: list[Word], all_clauses: list[Clause], clause: Clause, usage: Use, context: Context
) -> Day | None:
    """'came to a school and said Wednesday': the day of the words is that of the deed before."""
    if clause.kind != "main" or usage.past_perfect or is_vague(words, all_clauses, clause):
        return None
    for other in all_clauses:
        goes_on = other.kind == "shared" and other.parent >= 0
        if not goes_on or all_clauses[other.parent] is not clause:
            continue
        verb = next((i for i in other.words if words[i].verb), None)
        if verb is None or words[verb].low not in VERBS.said:
            return None
        day = own_day(words, other, verb, context, planned=False)
        return None if day is None else Day(day.day, explicit=True, mention=day.mention)
    return None


def day_in_front(words: list[Word], clause: Clause) -> date | None:
    """'since Saturday night, when it left': the day that a clause of 'when' tells more of."""
    if clause.kind != "when" or clause.opener != "when" or not clause.words:
        return None
    at = clause.words[0] - 2
    while at >= 0 and words[at].low == ",":
        at -= 1
    return words[at].past if at >= 0 else None


def _unbound(words: list[Word], clause: Clause) -> bool:
    return any(words[i].kind == "day" and not is_bound(words, i) for i in clause.words)


def _related(
    words: list[Word], all_clauses: list[Clause], clause: Clause, context: Context, *, planned: bool
) -> Day | None:
    """The day of the clause that this one goes on from, or stands in time to."""
    if (
        clause.kind in ("shared", "part", "main")
        and clause.parent >= 0
        and clause.opener != "attribution"
    ):
        parent = all_clauses[clause.parent]
        verb = next(
            (i for i in parent.words if words[i].verb), parent.words[0] if parent.words else 0
        )
        day = own_day(words, parent, verb, context, planned=planned)
        if day is not None:
            return Day(day.day, explicit=True, mention=day.mention)
        if (
            parent.kind in ("shared", "main", "part")
            and parent is not clause
            and parent.parent >= 0
        ):
            return _related(words, all_clauses, parent, context, planned=planned)
    if clause.kind in ("main", "shared"):
        for other in all_clauses:
            if (
                other.kind == "part"
                and 0 <= other.parent < len(all_clauses)
                and all_clauses[other.parent] is clause
                and other.words
            ):
                day = own_day(words, other, other.words[0], context, planned=planned)
                if day is not None and not planned:
                    return day
            asked = other.kind == "when" and other.opener == "when" and not other.fronted
            if asked and other.words and words[other.words[0]].low == "asked":
                day = own_day(words, other, other.words[0], context, planned=planned)
                if day is not None:
                    return day
            told = (
                bool(clause.words)
                and other.opener in ("before", "after")
                and _speaks(words, clause)
            )
            if other.kind == "when" and other.words and (told or _is_close(words, other)):
                days = [i for i in other.words if words[i].kind == "day" and not is_bound(words, i)]
                for index in days:
                    mention = words[index].day
                    if mention is not None and mention.past is not None:
                        return Day(mention.past, explicit=True, mention=mention)
    if clause.kind == "when" and clause.words:
        first = clause.words[0]
        before = [w.low for w in words[max(0, first - 4) : first]]
        parent = all_clauses[clause.parent] if clause.parent >= 0 else clause
        if parent.kind in ("said", "if", "relative"):
            return None
        fronting = day_in_front(words, clause)
        if fronting is not None:
            return Day(fronting, explicit=True)
        base = next((past for i in parent.words if (past := words[i].past) is not None), None)
        if base is None and any(words[i].low in _COMES for i in parent.words):
            # 'The order came a day after Roe toured'
            ruled = any(words[i].low in _ORDERS for i in parent.words)
            if not ruled or context.last_type.startswith(("order.", "appeal.")):
                base = context.day or context.last_day
        if base is None:
            return None
        if clause.opener in ("as", "while", "when") or any(one in _SOON for one in before):
            return Day(base, explicit=True)
        if clause.opener in ("after", "before"):
            sign = -1 if clause.opener == "after" else 1
            text = " ".join(before)
            for phrase, count in (
                ("a day", 1),
                ("one day", 1),
                ("two days", 2),
                ("three days", 3),
                ("the day", 1),
                ("days", 0),
            ):
                if (
                    text.endswith((f"{phrase} after", f"{phrase} before"))
                    or f"{phrase} {clause.opener}" in text
                ):
                    return (
                        Day(base + timedelta(days=sign * count), explicit=True) if count else None
                    )
    return None


def _speaks(words: list[Word], clause: Clause) -> bool:
    """'said before the roll was called on Tuesday': words are told close to what they are about."""
    verb = next((i for i in clause.words if words[i].verb), None)
    return verb is not None and words[verb].low in VERBS.said


def _is_close(words: list[Word], clause: Clause) -> bool:
    """'Hours after Harvard sued on Friday,': the main clause is of that day."""
    first = clause.words[0]
    before = [w.low for w in words[max(0, first - 4) : first]]
    if clause.opener in ("as", "when", "while"):
        return clause.fronted
    if clause.fronted and clause.opener in ("before", "after") and words[first].low.endswith("ing"):
        return True
    return any(one in _SOON for one in before)
