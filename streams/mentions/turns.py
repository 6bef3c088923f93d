"""Words and rulings told by a turn of phrase: 'It took Judge Roe a minute to deny the request'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from streams.facts.news import EventType
from streams.mentions.context import NOBODY, Subject, named_subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.own_days import Day, is_bound
from streams.mentions.reading import Reading, Verb
from streams.mentions.rulings import made
from streams.mentions.words import Word

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
_QUOTED = (": \u201c", ': "')
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
    text = reading.text
    if not reading.days:
        return
    if not _ANSWERS.isdisjoint(reading.lows):
        told = _answer(reading) if any(mark in text for mark in _TOLD) else None
        if told is not None:
            yield told
            return
    if ":" in text and any(mark in text for mark in _QUOTED):
        told = _before_quote(reading)
        if told is not None:
            yield told


def _answer(reading: Reading) -> Found | None:
    """'Roe's answer on Friday was that': the noun behind its owner."""
    words = reading.words
    for index, word in enumerate(words):
        owner = words[index - 1].name if index and word.low in _ANSWERS else None
        if owner is None or not owner.possessive:
            continue
        who, day = named_subject(owner, index - 1), _only_day(reading)
        if who.role in _TELLERS and day is not None:
            return _words(reading, index, who, Day(day, explicit=True))
    return None


def _before_quote(reading: Reading) -> Found | None:
    """'Roe was blunt on Friday: “No”': whoever stands before a colon says the quote behind it."""
    words, main = reading.words, reading.clauses[0]
    at = next((i for i, (one, two) in enumerate(pairwise(words)) if _opens(one, two)), None)
    place = next((p for p, i in enumerate(main.words) if words[i].verb), None)
    if at is None or place is None or main.words[place] > at:
        return None
    verb = reading.verb(main, place)
    day, who = reading.day(verb), verb.subject
    told = who.role in _TELLERS and bool(who.names) and verb.usage.happened and not who.negated
    return _words(reading, verb.index, who, day) if told and day and day.explicit else None


def _opens(colon: Word, quote: Word) -> bool:
    return colon.low == ":" and quote.kind == "quote"


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
