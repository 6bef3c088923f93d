"""Court acts and appeals that a sentence tells of: rulings, stays, extensions, entries, filings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.facts.derived import EventType
from streams.mentions.agents import agent_of, judge_of, owner_of
from streams.mentions.context import NOBODY, Subject, named_subject
from streams.mentions.effects import act_type, has_near, is_act, is_bench_denied
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.openers import Clause
from streams.mentions.reading import Reading, Verb
from streams.mentions.timing import Day, is_bound

_BENCH_VERBS = word_set("bench_verbs")

_ENTERED_NOUNS = word_set("entered_nouns")

_UNDONE_OR_DONE = word_set("undone_or_done")

_ORDER_NOUNS = word_set("order_nouns")

_SEPARATE = re.compile(r"\b(?:separate|separately|another|second|also)\b", re.I)

_IN_RULING = re.compile(
    r"\b[Ii]n (?:a|an|his|her|the|its) (?:[\w-]+ ){0,3}(?:ruling|opinion|order|decision|judgment)\b"
)

_TOLD_FROM_BENCH = VERBS.said | {"read", "gave", "came"}

_COULD_RULE = VERBS.court.heads | VERBS.entered.heads | _TOLD_FROM_BENCH


def court_acts(reading: Reading) -> Iterator[Found]:
    """Acts of judges and courts, in the order of their verbs."""
    bench = None if is_bench_denied(reading) else VERBS.bench.search(reading.text)
    acts = [verb for verb in reading.verbs() if verb.low in _COULD_RULE]
    # 'extended her order, and told them from the bench': only what stands beside it is from there
    beside = [v for v in acts if bench is not None and _covers(reading, v.clause, bench.start())]
    for verb in acts:
        has_bench = bench is not None and (not beside or verb in beside)
        found = _entry(reading, verb) if verb.low in VERBS.entered.tails else None
        found = found or _act(reading, verb, has_bench=has_bench)
        if found is None and verb.low in VERBS.court.tails:
            found = _passive(reading, verb, has_bench=has_bench)
        if found is None and verb.low == "came":
            found = _came_from(reading, verb)
        if found is not None:
            yield found
    yield from _told_by_noun(reading)
    if bench is not None:
        lone = _bench_alone(reading)
        if lone is not None:
            yield lone


def _covers(reading: Reading, clause: Clause, place: int) -> bool:
    """Whether a place of the sentence's text lies within a clause."""
    words = reading.words
    return words[clause.words[0]].start <= place <= words[clause.words[-1]].end


def _came_from(reading: Reading, verb: Verb) -> Found | None:
    """An order that 'came down Tuesday evening from Judge Roe'."""
    if verb.subject.role != "order" or not verb.usage.happened:
        return None
    day = reading.day(verb)
    source = agent_of(reading, verb.index, "from")
    if day is None or source.role not in ("judge", "court"):
        return None
    kind: EventType = "appeal.ruled" if source.level == "appeals" else "order.issued"
    return _made(reading, verb, kind, source, day)


def _told_by_noun(reading: Reading) -> Iterator[Found]:
    """'The Supreme Court's decision on Friday curbs injunctions': the noun tells of the act."""
    words, main = reading.words, reading.clauses[0]
    for place, index in enumerate(main.words[:-1]):
        word, behind = words[index], words[index + 1]
        if word.verb:
            return
        if word.low not in _ORDER_NOUNS:
            continue
        owner: Subject = NOBODY
        day = None
        if behind.past is not None and not is_bound(words, index + 1):
            name = next(
                (w.name for w in reversed(words[max(0, index - 4) : index]) if w.name), None
            )
            if name is not None and name.possessive and (name.is_judge or name.kind == "court"):
                owner, day = named_subject(name, index), behind.past
        elif index and words[index - 1].day is not None and words[index - 1].past is not None:
            # 'Tuesday's ruling by the Tenth Circuit'
            owner, day = agent_of(reading, index, "by"), words[index - 1].past
        if owner.role in ("judge", "court") and day is not None:
            kind: EventType = "appeal.ruled" if owner.level == "appeals" else "order.issued"
            verb = reading.verb(main, place)
            yield _made(reading, verb, kind, owner, Day(day, explicit=True))
        return


def _act(reading: Reading, verb: Verb, *, has_bench: bool) -> Found | None:
    end = VERBS.court.match(reading.words, verb.index)
    if end is None and verb.low in VERBS.said and verb.subject.role == "court":
        return _said_at_hearing(reading, verb)
    if end is None and not (has_bench and verb.low in _TOLD_FROM_BENCH):
        return _said_at_hearing(reading, verb)
    usage, subject = verb.usage, verb.subject
    if not usage.happened or usage.passive or subject.negated:
        return None
    if usage.gerund and not reading.is_deed(verb):
        return None
    if subject.role == "order":
        subject = owner_of(reading, verb)
    if subject.role not in ("judge", "court"):
        return None
    if verb.clause.kind in ("if",) or (verb.low in VERBS.court_now and usage.perfect):
        return None
    if end is None:
        end = verb.index
    if not has_bench and not is_act(reading, verb, end):
        return _said_at_hearing(reading, verb)
    day = reading.day(verb)
    if day is None:
        return None
    kind = act_type(reading, verb, end, subject, has_bench=has_bench)
    return _made(reading, verb, kind, subject, day)


def _made(reading: Reading, verb: Verb, kind: EventType, subject: Subject, day: Day) -> Found:
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


def _entry(reading: Reading, verb: Verb) -> Found | None:
    """'The order was entered at 7:25 p.m.', 'a written order followed', 'entered an injunction'."""
    end = VERBS.entered.match(reading.words, verb.index)
    if end is None or not verb.usage.happened or verb.clause.kind == "if":
        return None
    low = verb.low
    nouns = [w.low for w in reading.words[max(0, verb.index - 14) : verb.index]]
    if low == "followed" and ("written" not in nouns or not set(nouns) & _ORDER_NOUNS):
        return None
    subject = verb.subject
    if low in ("entered", "docketed", "posted") and not verb.usage.passive:
        if subject.role in ("judge", "court") and subject.level != "appeals":
            if not has_near(
                reading,
                end,
                _ENTERED_NOUNS,
                7,
            ):
                return None
            return _entered(reading, verb, subject)
        before = [w.low for w in reading.words[max(0, verb.index - 2) : verb.index]]
        if before[-1:] == [","]:
            before.pop()  # 'Her order, entered on Monday, gives'
        if not before or before[-1] not in _ORDER_NOUNS:
            return None
        return _entered(reading, verb, judge_of(reading, verb.index))
    written = "written" in nouns[-8:] and "version" in nouns[-8:]
    ordered = subject.role == "order" or written or bool(set(nouns[-8:]) & _ORDER_NOUNS)
    if low != "followed" and not ordered:
        return None
    if subject.role in ("judge", "court", "person", "company") and not verb.usage.passive:
        return None
    return _entered(reading, verb, judge_of(reading, verb.index))


def _entered(reading: Reading, verb: Verb, subject: Subject) -> Found | None:
    day = reading.day(verb)
    clocked = any(reading.words[i].kind == "clock" for i in verb.clause.words)
    if day is None and clocked and reading.context.day:
        day = Day(reading.context.day, explicit=False)
    return None if day is None else _made(reading, verb, "order.entered", subject, day)


def _passive(reading: Reading, verb: Verb, *, has_bench: bool) -> Found | None:
    """'The order was stayed by a panel of the Ninth Circuit', 'issued by Judge Roe on Friday'."""
    end = VERBS.court.match(reading.words, verb.index)
    participle = verb.usage.passive or verb.subject.role == "order"
    if end is None or not participle or not verb.usage.happened or verb.clause.kind == "if":
        return None
    agent = agent_of(reading, end)
    if agent.role not in ("judge", "court"):
        if verb.subject.role != "order" or not verb.usage.passive:
            return None
        owner = verb.subject.first
        agent = named_subject(owner, verb.index) if owner is not None and owner.is_judge else NOBODY
        if verb.low not in _UNDONE_OR_DONE:
            return None
    day = reading.day(verb)
    if day is None:
        return None
    kind: EventType
    if agent.level == "appeals":
        kind = "appeal.ruled"
    elif (
        verb.subject.role == "order" and verb.low in ("stayed", "paused", "frozen")
    ) or "on hold" in reading.text[: reading.words[end].end]:
        kind = "order.stayed"
    elif verb.subject.role == "order" and VERBS.undo.match(reading.words, verb.index) is not None:
        kind = "order.vacated"
    elif verb.subject.role == "order" and verb.low == "extended":
        kind = "order.extended"
    else:
        kind = "order.pronounced" if has_bench else "order.issued"
    return _made(reading, verb, kind, agent, day)


def _said_at_hearing(reading: Reading, verb: Verb) -> Found | None:
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
        return _made(reading, verb, kind, verb.subject, day)
    if verb.subject.role != "judge":
        return None
    if not (VERBS.bench_said.search(reading.text) and VERBS.bench_where.search(reading.text)):
        return None
    day = reading.day(verb)
    return None if day is None else _made(reading, verb, "order.pronounced", verb.subject, day)


def _bench_alone(reading: Reading) -> Found | None:
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
        return _made(reading, verb, "order.pronounced", judge, day)
    return None
