"""Words and rulings told by a turn of phrase: 'It took Judge Roe a minute to deny the request'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from streams.facts.derived import EventType
from streams.mentions.context import NOBODY, Subject, named_subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.reading import Reading, Verb
from streams.mentions.rulings import made
from streams.mentions.timing import Day, is_bound

_NEEDS = frozenset(["took", "needed", "fell", "chose", "used", "rose", "interrupted", "seized"])
_TO_SAY = word_set("to_say")
_TO_RULE = word_set("to_rule")
_ANSWERS = word_set("answer_nouns")
_TELLERS = frozenset(["person", "agency", "company"])
_ACTS: dict[str, EventType] = {
    "stay": "order.stayed", "pause": "order.stayed", "suspend": "order.stayed",
    "extend": "order.extended", "vacate": "order.vacated", "dissolve": "order.vacated",
}  # fmt: skip
_WITHIN = 22
_TOLD = ("\u201c", '"', " that ")


def by_infinitive(reading: Reading) -> Iterator[Found]:
    """'It took Judge Roe a minute on Friday to deny', 'used a speech on Friday to accuse'."""
    if _NEEDS.isdisjoint(reading.heads) or not reading.days:
        return
    words = reading.words
    for verb in reading.verbs():
        if verb.low not in _NEEDS or not verb.usage.happened or verb.usage.passive:
            continue
        if verb.clause.kind == "if":
            continue
        behind = words[verb.index + 1 : verb.index + _WITHIN]
        deed = next(
            (
                two.low
                for one, two in pairwise(behind)
                if one.low == "to" and two.low in (_TO_SAY | _TO_RULE)
            ),
            None,
        )
        who = _who(reading, verb)
        if deed is None or not who.names or who.negated:
            continue
        day = reading.day(verb)
        if day is None or not day.explicit:
            continue
        if who.role in ("judge", "court"):
            if deed in _TO_RULE:
                appeals = who.level == "appeals"
                kind = "appeal.ruled" if appeals else _ACTS.get(deed, "order.issued")
                yield made(reading, verb, kind, who, day)
        elif who.role in _TELLERS and deed in _TO_SAY:
            yield _words(reading, verb.index, who, day)


def _who(reading: Reading, verb: Verb) -> Subject:
    """Who does it; of 'it took Roe' and 'it fell to Roe' whoever stands behind."""
    if verb.subject.word != "it":
        return verb.subject
    for at in range(verb.index + 1, min(verb.index + 4, len(reading.words))):
        name = reading.words[at].name
        if name is not None and name.kind in ("person", "agency", "company", "court"):
            return named_subject(name, at)
    return NOBODY


def by_answer(reading: Reading) -> Iterator[Found]:
    """'Roe's answer on Friday was that', 'Roe was blunt on Friday: “No”'."""
    words = reading.words
    if not reading.days or not any(mark in reading.text for mark in _TOLD):
        return
    if not _ANSWERS.isdisjoint(reading.lows):
        for index, word in enumerate(words):
            if word.low not in _ANSWERS or not index:
                continue
            owner = words[index - 1].name
            if owner is None or not owner.possessive:
                continue
            who = named_subject(owner, index - 1)
            day = _only_day(reading)
            if who.role in _TELLERS and day is not None:
                yield _words(reading, index, who, Day(day, explicit=True))
                return
    for at, word in enumerate(words[:-1]):
        if word.low == ":" and words[at + 1].kind == "quote":
            main = reading.clauses[0]
            verbs = [p for p, i in enumerate(main.words) if words[i].verb and i < at]
            if not verbs:
                return
            verb = reading.verb(main, verbs[0])
            day_of = reading.day(verb)
            who = verb.subject
            told = who.role in _TELLERS and bool(who.names) and verb.usage.happened
            if told and day_of is not None and day_of.explicit and not who.negated:
                yield _words(reading, verb.index, who, day_of)
            return


def _only_day(reading: Reading) -> date | None:
    """The one day that a sentence names, if it does not bound anything."""
    found = {
        word.past
        for index, word in enumerate(reading.words)
        if word.past is not None and word.day is not None and not word.day.owns
        and not is_bound(reading.words, index)
    }  # fmt: skip
    return found.pop() if len(found) == 1 else None


def _words(reading: Reading, index: int, who: Subject, day: Day) -> Found:
    return reading.event("statement.made", index, day, who.names[:2], confidence=0.65)
