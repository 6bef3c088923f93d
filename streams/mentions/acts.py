"""Court acts and appeals that a sentence tells of: rulings, stays, extensions, entries, filings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.facts.derived import EventType
from streams.mentions.clauses import is_verb
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.reading import Reading, Verb
from streams.mentions.subjects import NOBODY, Subject, _as_subject, _named
from streams.mentions.timing import Day

_APPEALED_THINGS = word_set("appealed_things")
_BENCH_VERBS = word_set("bench_verbs")
_ENTERED_NOUNS = word_set("entered_nouns")
_FILING_ROLES = word_set("filing_roles")
_FINDING_VERBS = word_set("finding_verbs")
_GIVING_VERBS = word_set("giving_verbs")
_MAY_BE_PROCEDURE = word_set("may_be_procedure")
_NEEDS_PARTICLE = word_set("needs_particle")
_NO_RULING = word_set("no_ruling")
_OBJECT_ENDS = word_set("object_ends")
_PAPERS_RELEASED = word_set("papers_released")
_UNDONE_OR_DONE = word_set("undone_or_done")

_ORDER_NOUNS = word_set("order_nouns")  # fmt: skip
_SEPARATE = re.compile(r"\b(?:separate|separately|another|second|also)\b", re.I)
_IN_RULING = re.compile(
    r"\b[Ii]n (?:a|an|his|her|the|its) (?:[\w-]+ ){0,3}(?:ruling|opinion|order|decision|judgment)\b"
)
_COULD_RULE = VERBS.court.heads | VERBS.entered.heads | VERBS.said | {"read", "gave"}
_COULD_FILE = VERBS.filed.heads | VERBS.asked.heads | {"filed", "lodged", "submitted"}
_OWN = {"his", "her", "own", "its"}
_FILERS = word_set("filers")
_NEAR = 9


def court_acts(reading: Reading) -> Iterator[Found]:
    """Acts of judges and courts, in the order of their verbs."""
    bench = None if _bench_negated(reading) else VERBS.bench.search(reading.text)
    for verb in reading.verbs():
        if verb.low not in _COULD_RULE:
            continue
        found = _entry(reading, verb) or _act(reading, verb, has_bench=bench is not None)
        found = found or _passive(reading, verb, has_bench=bench is not None)
        if found is not None:
            yield found
    if bench is not None:
        lone = _bench_alone(reading)
        if lone is not None:
            yield lone


def _act(reading: Reading, verb: Verb, *, has_bench: bool) -> Found | None:
    end = VERBS.court.match(reading.words, verb.index)
    if end is None and verb.low in VERBS.said and verb.subject.role == "court":
        return _said_at_hearing(reading, verb)
    if end is None and not (has_bench and verb.low in VERBS.said | {"read", "gave"}):
        return _said_at_hearing(reading, verb)
    usage, subject = verb.usage, verb.subject
    if not usage.happened or usage.passive or subject.negated:
        return None
    if subject.role == "order":
        subject = _owner(reading, verb)
    if subject.role not in ("judge", "court"):
        return None
    if verb.clause.kind in ("if",) or (verb.low in VERBS.court_now and usage.perfect):
        return None
    if end is None:
        end = verb.index
    if not has_bench and not _is_act(reading, verb, end):
        return _said_at_hearing(reading, verb)
    day = reading.day(verb)
    if day is None:
        return None
    kind = _kind(reading, verb, end, subject, has_bench=has_bench)
    return _made(reading, verb, kind, subject, day)


def _is_act(reading: Reading, verb: Verb, end: int) -> bool:
    """Whether verb and object make an act: 'set a hearing', 'told reporters' do not."""
    after = reading.after(end, 10)
    lows = [w.low for w in after]
    near = " ".join(lows[:6])
    low = verb.low
    if low in _MAY_BE_PROCEDURE and any(
        re.search(rf"\b{re.escape(one)}\b", " ".join(lows[:4])) for one in VERBS.not_acts
    ):
        return False
    if low in VERBS.weak:
        wanted = VERBS.weak[low]
        text = " ".join(lows)
        return any(re.search(rf"\b{re.escape(one)}\b", text) for one in wanted)
    if low in ("told", "telling"):
        return False
    if low in _NEEDS_PARTICLE and end == verb.index:
        return low == "let"
    if low in _FINDING_VERBS and verb.usage.gerund:
        return False
    if low in ("found",) and not re.search(
        r"\b(?:that|contempt|probable|violated|had|unlawful|unconstitutional|liable|guilty|was|were)\b",
        near,
    ):
        return False
    if low in ("refused", "declined") and "to" in lows[:2]:
        follow = lows[lows.index("to") + 1 : lows.index("to") + 2]
        return not set(follow) & _NO_RULING or "take up" in near
    if low == "released" and set(lows[:5]) & _PAPERS_RELEASED:
        return False
    if low == "delayed" and "hearing" in near:
        return False
    return True


def _kind(
    reading: Reading, verb: Verb, end: int, subject: Subject, *, has_bench: bool
) -> EventType:
    words, level = reading.words, subject.level
    if level == "appeals":
        return "appeal.ruled"
    if has_bench and not _bench_negated(reading):
        return "order.pronounced"
    clause_text = reading.clause_text(verb.clause)
    if VERBS.written.search(clause_text) and verb.low not in VERBS.extend.heads:
        return "order.entered"
    if VERBS.refuse.match(words, verb.index) is not None:
        return "order.issued"
    judicial = _judicial_object(reading, end, own_only=False)
    if VERBS.extend.match(words, verb.index) is not None and _has(reading, end, VERBS.extendable):
        return "order.extended"
    hedged = bool(VERBS.hedge.search(reading.text))
    if VERBS.undo.match(words, verb.index) is not None and judicial:
        return "order.stayed" if level == "supreme" and hedged else "order.vacated"
    if level == "supreme" or subject.court_id == "scotus":
        if VERBS.allow.match(words, verb.index) is not None and not _has(
            reading, end, {"hear", "review", "certiorari", "case"}, 5
        ):
            return "order.stayed"
        if VERBS.hold.match(words, verb.index) is not None and (
            judicial or "on hold" in reading.text
        ):
            return "order.stayed"
        if "administrative stay" in reading.text:
            return "order.stayed"
    if VERBS.hold.match(words, verb.index) is not None and judicial:
        firm = verb.low in ("stayed", "staying") or end > verb.index
        if firm or _judicial_object(reading, end, own_only=True):
            return "order.stayed"
    if verb.low in _GIVING_VERBS and re.search(
        r"\b(?:administrative stay|a (?:temporary )?stay|stay pending)\b", clause_text
    ):
        return "order.stayed"
    if verb.low in ("entered", "entering", "docketed", "posted"):
        return "order.entered"
    return "order.issued"


def _bench_negated(reading: Reading) -> bool:
    if "words from the bench" in reading.text or "remarks from the bench" in reading.text:
        return True
    return bool(re.search(r"\b(?:not|never)\b.{0,20}(?:from the bench|orally)", reading.text))


def _has(reading: Reading, end: int, wanted: frozenset[str] | set[str], count: int = _NEAR) -> bool:
    return any(
        w.low.removesuffix("'s").removesuffix("\u2019s") in wanted
        for w in reading.after(end, count)
    )


def _judicial_object(reading: Reading, end: int, *, own_only: bool) -> bool:
    """Whether what the verb is done to is an order of a court."""
    start = end
    while reading.words[start].low not in VERBS.court.heads and start > 0:
        start -= 1
    after = reading.words[start + 1 : end] + reading.after(end, _NEAR + 2)
    for at, word in enumerate(after):
        if word.low in _OBJECT_ENDS and at > 0 and own_only is False:
            return False
        if word.low in ("judge's", "judge\u2019s", "court's", "court\u2019s") or (
            word.name is not None
            and word.name.possessive
            and (word.name.is_judge or word.name.kind == "court")
        ):
            return True
        if word.low not in VERBS.judicial:
            continue
        before = after[max(0, at - 4) : at]
        lows = [w.low for w in before]
        if any(low in VERBS.not_judicial for low in lows):
            return False
        owner = next((w.name for w in reversed(before) if w.kind == "name" and w.name), None)
        if (
            owner is not None
            and owner.kind in ("agency", "person", "company")
            and not owner.is_judge
        ):
            return False
        if any("president" in low or "trump" in low for low in lows):
            return False
        if own_only:
            return any(
                low in _OWN
                or (word.low not in ("order", "orders") and low in ("the", "that", "this"))
                for low in lows[-3:]
            ) or bool(owner is not None and owner.is_judge)
        if word.low in ("it", "them", "itself") and at > 1:
            return False
        return True
    return False


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
        kind, verb.index, day, subject.names[:2] if subject.role == "judge" else subject.names[:1],
        court_id=subject.court_id, confidence=0.85, clocked=clocked, clause=verb.clause,
        separate=bool(_SEPARATE.search(reading.clause_text(verb.clause))), indefinite=which,
    )  # fmt: skip


def _entry(reading: Reading, verb: Verb) -> Found | None:
    """'The order was entered at 7:25 p.m.', 'a written order followed', 'entered an injunction'."""
    end = VERBS.entered.match(reading.words, verb.index)
    if end is None or not verb.usage.happened or verb.clause.kind == "if":
        return None
    subject = verb.subject
    low = verb.low
    if low in ("entered", "docketed", "posted") and not verb.usage.passive:
        if subject.role in ("judge", "court") and subject.level != "appeals":
            if not _has(
                reading,
                end,
                _ENTERED_NOUNS,
                7,
            ):
                return None
            return _entered(reading, verb, subject)
        previous = reading.words[verb.index - 1] if verb.index else None
        if previous is None or previous.low not in _ORDER_NOUNS:
            return None
        return _entered(reading, verb, _judge_of(reading, verb.index))
    nouns = [w.low for w in reading.words[max(0, verb.index - 14) : verb.index]]
    if low == "followed":
        if "written" not in nouns or not set(nouns) & _ORDER_NOUNS:
            return None
    elif subject.role != "order" and not set(nouns[-8:]) & _ORDER_NOUNS:
        return None
    if subject.role in ("judge", "court", "person", "company") and not verb.usage.passive:
        return None
    return _entered(reading, verb, _judge_of(reading, verb.index))


def _entered(reading: Reading, verb: Verb, subject: Subject) -> Found | None:
    day = reading.day(verb)
    if day is None and any(w.kind == "clock" for w in reading.words) and reading.context.day:
        day = Day(reading.context.day, explicit=False)
    return None if day is None else _made(reading, verb, "order.entered", subject, day)


def _judge_of(reading: Reading, index: int) -> Subject:
    """Whose order it is: a judge named before it, or the last that the article named."""
    for word in reversed(reading.words[:index]):
        if word.kind == "name" and word.name is not None:
            if word.name.is_judge:
                return _named(word.name, index)
            if word.name.kind == "court" and word.name.level != "appeals":
                return _named(word.name, index)
            if word.name.kind == "court":
                return Subject("judge", level="trial")
    judge = reading.context.judge
    return (
        _named(judge, index)
        if judge is not None
        else Subject("judge", level="trial", indefinite=True)
    )


def _passive(reading: Reading, verb: Verb, *, has_bench: bool) -> Found | None:
    """'The order was stayed by a panel of the Ninth Circuit', 'issued by Judge Roe on Friday'."""
    end = VERBS.court.match(reading.words, verb.index)
    participle = verb.usage.passive or verb.subject.role == "order"
    if end is None or not participle or not verb.usage.happened or verb.clause.kind == "if":
        return None
    agent = _agent(reading, end)
    if agent.role not in ("judge", "court"):
        if verb.subject.role != "order" or not verb.usage.passive:
            return None
        owner = verb.subject.first
        agent = _named(owner, verb.index) if owner is not None and owner.is_judge else NOBODY
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


def _agent(reading: Reading, end: int) -> Subject:
    """Who stands behind 'by'."""
    for at in range(end + 1, min(len(reading.words), end + 8)):
        word = reading.words[at]
        if word.low == "by":
            for index in range(at + 1, min(len(reading.words), at + 8)):
                other = reading.words[index]
                if other.name is not None and other.kind == "name" and not other.name.possessive:
                    follow = reading.words[index + 1] if index + 1 < len(reading.words) else other
                    if (
                        other.name.kind == "place"
                        and follow.name is not None
                        and follow.kind == "name"
                    ):
                        return _named(follow.name, index + 1)
                    return _named(other.name, index)
                if other.low in ("judge", "court", "panel", "justices", "magistrate"):
                    return _as_subject(reading.words, index, [], reading.context)
                if other.kind == "mark" or is_verb(other):
                    return NOBODY
            return NOBODY
        if word.kind == "mark":
            return NOBODY
    return NOBODY


def _owner(reading: Reading, verb: Verb) -> Subject:
    """'The Fourth Circuit's decision', 'a ruling on Friday by Judge Roe': whose it is."""
    owner = verb.subject.first
    if owner is not None and (owner.is_judge or owner.kind == "court"):
        return _named(owner, verb.index)
    for at in range(verb.subject.index + 1, verb.index):
        word = reading.words[at]
        if word.low in ("by", "from") and at > 0:
            for other in reading.words[at + 1 : verb.index]:
                if other.name is not None and (other.name.is_judge or other.name.kind == "court"):
                    return _named(other.name, verb.index)
    return NOBODY


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
    ruled = _IN_RULING.search(reading.clause_text(verb.clause)) or verb.subject.role == "court"
    if ruled and verb.low in ("said", "wrote", "declared", "announced"):
        day = reading.day(verb)
        if day is None or verb.clause.opener == "attribution":
            return None
        kind = _kind(reading, verb, verb.index, verb.subject, has_bench=False)
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
    if context.judge is None or _bench_negated(reading):
        return None
    for verb in reading.verbs():
        if verb.low not in _BENCH_VERBS:
            continue
        if verb.usage.negated or verb.usage.modal or verb.usage.future:
            return None
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
            else _named(context.judge, verb.index)
        )
        return _made(reading, verb, "order.pronounced", judge, day)
    return None


def appeals_filed(reading: Reading) -> Iterator[Found]:
    """Appeals that somebody files, and requests to a higher court."""
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
        if subject.role in ("judge", "court", "order", "plane", "none") or subject.negated:
            if not (subject.role == "none" and verb.usage.gerund):
                continue
        courts = _higher(reading, verb, reading.words[verb.index : verb.index + 14])
        if filed is None:
            if courts is None or _keeps(reading, verb):
                continue
        elif (verb.low in ("petitioned",) and courts is None) or (
            verb.low.startswith("appeal") and courts is None and not _appeals_ruling(reading, verb)
        ):
            continue
        day = reading.day(verb)
        if day is None:
            continue
        actors = subject.names[:1] if subject.role in _FILING_ROLES else ()
        yield reading.event(
            "appeal.filed", verb.index, day, actors, recipients=courts or (), confidence=0.85, clause=verb.clause,
        )  # fmt: skip


def _appeals_ruling(reading: Reading, verb: Verb) -> bool:
    after = [w.low for w in reading.after(verb.index, 8)]
    return bool(set(after) & (_ORDER_NOUNS | _APPEALED_THINGS)) or not after or after[0] in (
        ",", "the", "that",
    ) or (bool(reading.words[min(verb.index + 1, len(reading.words) - 1)].kind == "day") and "for" not in after[:3])  # fmt: skip


def _keeps(reading: Reading, verb: Verb) -> bool:
    """'asked the justices to leave the ruling alone': the other side's brief."""
    after = [w.low for w in reading.after(verb.index, 16)]
    if "to" in after:
        at = after.index("to")
        following = after[at + 1 : at + 2]
        if following and following[0] in VERBS.to_keep:
            return True
    return False


def _higher(reading: Reading, verb: Verb, words: list[object]) -> tuple[str, ...] | None:
    """The higher court that words name; None where they name none."""
    del words
    for word in reading.words[verb.index + 1 : verb.index + 14]:
        if word.kind == "name" and word.name is not None and word.name.kind == "court":
            if word.name.level in ("appeals", "supreme", "high"):
                return (word.name.name,)
        if word.low in ("justices",):
            return ("Supreme Court",)
        if word.low in ("that", "which", "after", "who"):
            return None
    text = " ".join(w.low for w in reading.words[verb.index + 1 : verb.index + 10])
    if (
        "appeals court" in text
        or "court of appeals" in text
        or "full court" in text
        or "higher court" in text
    ):
        court = reading.context.court
        return (court.name,) if court is not None and court.level == "appeals" else ()
    if "for it" in text[:8] or text.startswith("for a stay"):
        return ()
    return None


def _filed_passive(reading: Reading, verb: Verb) -> Iterator[Found]:
    """'the application was filed on Friday by Solicitor General Roe'."""
    if verb.low not in ("filed", "lodged", "submitted") or not verb.usage.passive:
        return
    before = [w.low for w in reading.words[max(0, verb.index - 8) : verb.index]]
    if not set(before) & {"appeal", "application", "petition"}:
        return
    day = reading.day(verb)
    if day is None:
        return
    agent = _agent(reading, verb.index)
    actors = agent.names if agent.role in _FILING_ROLES else ()
    yield reading.event("appeal.filed", verb.index, day, actors, confidence=0.8, clause=verb.clause)
