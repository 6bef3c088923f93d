"""Appeals that somebody files, and what is asked of a higher court."""

from __future__ import annotations

from collections.abc import Iterator

from streams.mentions.agents import agent_of
from streams.mentions.context import named_subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.reading import Reading, Verb

_APPEALED_THINGS = word_set("appealed_things")

_FILING_ROLES = word_set("filing_roles")

_ORDER_NOUNS = word_set("order_nouns")

_COULD_FILE = VERBS.filed.heads | VERBS.asked.heads | {"filed", "lodged", "submitted"}

_NEEDS_COURT = frozenset(["papers with", "request with", "motion with", "brief asking", "review"])
"""Filings that are an appeal only before a higher court."""


def appeals_filed(reading: Reading) -> Iterator[Found]:
    """Appeals that somebody files, and requests to a higher court."""
    if _COULD_FILE.isdisjoint(reading.heads):
        return
    for verb in reading.verbs():
        if verb.low not in _COULD_FILE:
            continue
        usage, subject = verb.usage, verb.subject
        if (
            usage.negated
            or usage.modal
            or usage.future
            or usage.infinitive
            or verb.clause.kind == "if"
        ):
            continue
        filed = VERBS.filed.match(reading.words, verb.index)
        asked = None if filed is not None else VERBS.asked.match(reading.words, verb.index)
        if filed is None and asked is None:
            yield from _filed_passive(reading, verb)
            continue
        nobody = subject.role == "none" and not verb.usage.gerund
        if nobody or subject.negated or subject.role in ("judge", "court", "order", "plane"):
            continue
        courts = _higher(reading, verb)
        if filed is None:
            if courts is None or _keeps(reading, verb):
                continue
        elif (_is_loose(reading, verb, filed) and courts is None) or (
            verb.low.startswith("appeal") and courts is None and not _appeals_ruling(reading, verb)
        ):
            continue
        day = reading.day(verb)
        if day is None:
            continue
        actors = subject.names[:1] if subject.role in _FILING_ROLES else ()
        yield reading.event(
            "appeal.filed",
            verb.index,
            day,
            actors,
            recipients=courts or (),
            confidence=0.85,
            clause=verb.clause,
        )


def _is_loose(reading: Reading, verb: Verb, end: int) -> bool:
    """'petitioned', 'filed a motion with': an appeal only where a higher court is named."""
    tail = " ".join(w.low for w in reading.words[max(verb.index + 1, end - 1) : end + 1])
    return verb.low == "petitioned" or any(tail.endswith(one) for one in _NEEDS_COURT)


def _appeals_ruling(reading: Reading, verb: Verb) -> bool:
    after = [w.low for w in reading.after(verb.index, 8)]
    return (
        bool(set(after) & (_ORDER_NOUNS | _APPEALED_THINGS))
        or not after
        or after[0]
        in (
            ",",
            "the",
            "that",
        )
        or (
            bool(reading.words[min(verb.index + 1, len(reading.words) - 1)].kind == "day")
            and "for" not in after[:3]
        )
    )


def _keeps(reading: Reading, verb: Verb) -> bool:
    """'asked the justices to leave the ruling alone': the other side's brief."""
    after = [w.low for w in reading.after(verb.index, 16)]
    if "to" in after:
        at = after.index("to")
        following = after[at + 1 : at + 2]
        if following and following[0] in VERBS.to_keep:
            return True
    return False


def _higher(reading: Reading, verb: Verb) -> tuple[str, ...] | None:
    """The higher court that words name; None where they name none."""
    stop = verb.index + 14
    for at, word in enumerate(reading.words[verb.index + 1 : stop], verb.index + 1):
        if word.name is not None and word.name.level in ("appeals", "supreme", "high"):
            return (word.name.name,)
        if word.name is not None and word.name.is_judge:
            # 'asked Justice Kagan': what one justice is asked goes to her court
            level = named_subject(word.name, verb.index).level
            return ("Supreme Court",) if level == "supreme" else None
        if word.low == "justices":
            return ("Supreme Court",)
        if word.low in ("that", "which", "after", "who"):
            stop = at
            break
    behind = reading.words[verb.index + 1 : min(stop, verb.index + 10)]
    text = " ".join(w.low for w in behind)
    if (
        "appeals court" in text
        or "court of appeals" in text
        or "full court" in text
        or "higher court" in text
        or "the circuit" in text
        or "appellate court" in text
        or "court of appeal" in text
    ):
        court = reading.context.court
        return (court.name,) if court is not None and court.level == "appeals" else ()
    if "for it" in text[:8] or text.startswith("for a stay"):
        return ()
    return None


def _filed_passive(reading: Reading, verb: Verb) -> Iterator[Found]:
    """'the application was filed on Friday by Solicitor General Roe'."""
    if verb.low not in ("filed", "lodged", "submitted"):
        return
    if not verb.usage.passive:
        if verb.clause.kind == "relative" and verb.clause.words:
            yield from _filed_relative(reading, verb)
        else:
            yield from _filed_apposed(reading, verb)
        return
    before = [w.low for w in reading.words[max(0, verb.index - 8) : verb.index]]
    if not set(before) & {"appeal", "application", "petition"}:
        return
    day = reading.day(verb)
    if day is None:
        return
    agent = agent_of(reading, verb.index)
    actors = agent.names if agent.role in _FILING_ROLES else ()
    yield reading.event("appeal.filed", verb.index, day, actors, confidence=0.8, clause=verb.clause)


def _filed_apposed(reading: Reading, verb: Verb) -> Iterator[Found]:
    """'The state's appeal, filed on Tuesday, says': whose it is stands before the noun."""
    words, at = reading.words, verb.index - 1
    if at > 0 and words[at].low == ",":
        at -= 1
    if at < 1 or words[at].low not in ("appeal", "application", "petition") or verb.usage.gerund:
        return
    owner = words[at - 1].name
    day = reading.day(verb)
    if day is None or not day.explicit or owner is None or not owner.possessive:
        return
    if owner.kind in ("agency", "company", "person", "place") and not owner.is_judge:
        yield reading.event(
            "appeal.filed", verb.index, day, (owner.name,), confidence=0.75, clause=verb.clause
        )


def _filed_relative(reading: Reading, verb: Verb) -> Iterator[Found]:
    """'An appeal that the state filed on Tuesday'."""
    noun = reading.words[max(0, verb.clause.words[0] - 2)].low
    subject = verb.subject
    if noun not in ("appeal", "application", "petition") or subject.role not in _FILING_ROLES:
        return
    day = reading.day(verb)
    if day is not None and day.explicit:
        yield reading.event(
            "appeal.filed", verb.index, day, subject.names[:1], confidence=0.75, clause=verb.clause
        )
