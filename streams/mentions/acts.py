"""Court acts and appeals that a sentence tells of: rulings, stays, extensions, entries, filings."""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.news import EventType
from streams.mentions.agents import agent_of, judge_of, owner_of
from streams.mentions.bench import bench_alone, said_at_hearing
from streams.mentions.context import NOBODY, Subject, named_subject
from streams.mentions.effects import act_type, has_near, is_act, is_bench_denied
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.openers import Clause
from streams.mentions.own_days import Day, is_bound
from streams.mentions.reading import Reading, Verb
from streams.mentions.rulings import made

_ENTERED_NOUNS = word_set("entered_nouns")

_UNDONE_OR_DONE = word_set("undone_or_done")

_ORDER_NOUNS = word_set("order_nouns")


_TOLD_FROM_BENCH = VERBS.said | {"read", "gave", "came", "come"}

_ACT_NOUNS = word_set("act_nouns")
_LEFT_ALONE = word_set("left_alone")

_COULD_RULE = VERBS.court.heads | VERBS.entered.heads | _TOLD_FROM_BENCH | {"would"}


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
        if verb.low == "would" and found is None:
            found = _would_not(reading, verb)
        if found is None and verb.low in ("came", "come"):
            found = _came_from(reading, verb)
        if found is not None:
            yield found
    yield from _told_by_noun(reading)
    if bench is not None:
        lone = bench_alone(reading)
        if lone is not None:
            yield lone


def _covers(reading: Reading, clause: Clause, place: int) -> bool:
    """Whether a place of the sentence's text lies within a clause."""
    words = reading.words
    return words[clause.words[0]].start <= place <= words[clause.words[-1]].end


def _came_from(reading: Reading, verb: Verb) -> Found | None:
    """An order that 'came down Tuesday evening from Judge Roe'."""
    noun = verb.subject.role == "order" or verb.subject.word in (_ORDER_NOUNS | _ACT_NOUNS)
    if not noun or not verb.usage.happened:
        return None
    day = reading.day(verb)
    source = agent_of(reading, verb.index, "from")
    if day is None or source.role not in ("judge", "court"):
        return None
    longer = verb.subject.word == "extension"
    kind: EventType = "order.extended" if longer else "order.issued"
    return made(reading, verb, "appeal.ruled" if source.level == "appeals" else kind, source, day)


def _would_not(reading: Reading, verb: Verb) -> Found | None:
    """'The panel would not disturb the ruling': a refusal."""
    following = [w.low for w in reading.words[verb.index + 1 : verb.index + 3]]
    if following[:1] != ["not"] or not _LEFT_ALONE & set(following[1:]):
        return None
    subject = verb.subject
    if subject.role not in ("judge", "court") or verb.clause.kind in ("if", "said", "when"):
        return None
    day = reading.day(verb)
    if day is None or not day.explicit:
        return None
    kind: EventType = "appeal.ruled" if subject.level == "appeals" else "order.issued"
    return made(reading, verb, kind, subject, day)


def _told_by_noun(reading: Reading) -> Iterator[Found]:
    """'The Supreme Court's decision on Friday curbs injunctions': the noun tells of the act."""
    nouns = _ORDER_NOUNS | _ACT_NOUNS
    if not reading.days or nouns.isdisjoint(reading.lows):
        return
    words, main = reading.words, reading.clauses[0]
    for place, index in enumerate(main.words[:-1]):
        word, behind = words[index], words[index + 1]
        if word.verb:
            return
        if word.low not in nouns:
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
            yield made(reading, verb, kind, owner, Day(day, explicit=True))
        return


def _act(reading: Reading, verb: Verb, *, has_bench: bool) -> Found | None:
    end = VERBS.court.match(reading.words, verb.index)
    if end is None and verb.low in VERBS.said and verb.subject.role == "court":
        return said_at_hearing(reading, verb)
    if end is None and not (has_bench and verb.low in _TOLD_FROM_BENCH):
        return said_at_hearing(reading, verb)
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
        return said_at_hearing(reading, verb)
    day = reading.day(verb)
    if day is None:
        return None
    kind = act_type(reading, verb, end, subject, has_bench=has_bench)
    return made(reading, verb, kind, subject, day)


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
        told = reading.words[verb.index - 1].low in _ORDER_NOUNS  # 'in an order docketed on Friday'
        if subject.role in ("judge", "court") and subject.level != "appeals":
            if not told and not has_near(
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
        at = verb.index - 1 - (reading.words[verb.index - 1].low == ",")
        if at > 1 and reading.words[at].name is not None and reading.words[at - 1].low == "by":
            before = [reading.words[at - 2].low]  # 'Friday's order by Judge Roe, entered at noon'
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
    if day is None:
        # 'Friday's order, entered on the docket at noon'
        owned = next(
            (w.past for w in reading.words[: verb.index] if w.day is not None and w.day.owns), None
        )
        day = None if owned is None else Day(owned, explicit=True)
    if day is None and clocked and reading.context.day:
        day = Day(reading.context.day, explicit=False)
    return None if day is None else made(reading, verb, "order.entered", subject, day)


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
    return made(reading, verb, kind, agent, day)
