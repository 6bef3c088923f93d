"""Retractions: an outlet's correction, or a source that takes its word back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb

_ADMITTED = ("acknowledged", "conceded", "admitted")
_COULD_TAKE_BACK = VERBS.took_back.heads.union(_ADMITTED)
_OWN = re.compile(
    r"^(?:C(?:orrection|ORRECTION|larification)|Editor)|\b[Tt]his (?:article|story)\b"
)
_OUTLETS = word_set("outlet_nouns")


def correction(reading: Reading, rest: str) -> Found | None:
    """An outlet's own correction of what it said of an order, a removal or a flight."""
    if not VERBS.outlet_retracts.search(reading.text):
        return None
    if VERBS.retracts_trifle.search(reading.text) or not VERBS.retracts_about.search(
        f"{reading.text} {rest}"
    ):
        return None
    if (
        not _OWN.search(reading.text)
        and "earlier" not in reading.text
        and "previous" not in reading.text
        and any(w.low in _OUTLETS for w in reading.words)
    ):
        # another outlet's retraction has a day of its own
        for word in reading.words:
            if word.kind == "day" and word.day is not None and word.day.past is not None:
                return reading.event(
                    "claim.retracted", 0, Day(word.day.past, explicit=True), (), confidence=0.9
                )
    return reading.event(
        "claim.retracted", 0, Day(reading.context.today, explicit=True), (), confidence=0.9
    )


def taken_back(reading: Reading) -> Iterator[Found]:
    """A named source that takes back what it said."""
    if _COULD_TAKE_BACK.isdisjoint(reading.heads):
        return
    for verb in reading.verbs():
        if VERBS.took_back.match(reading.words, verb.index) is None or not verb.usage.happened:
            continue
        subject = verb.subject
        known = subject.role in ("agency", "company", "government", "person")
        outlet = subject.role in ("stranger", "thing")
        if verb.clause.kind == "if" or not (
            known or (outlet and VERBS.retracts_about.search(reading.text))
        ):
            continue
        after = [w.low for w in reading.after(verb.index, 8)]
        if not set(after) & VERBS.taken_back and not _takes_claim_back(reading, verb):
            continue
        day = reading.day(verb)
        if day is not None:
            actors = subject.names[:1] if known else ()
            yield reading.event("claim.retracted", verb.index, day, actors, confidence=0.85)
    topical = VERBS.retracts_about.search(reading.text) is not None
    topical = topical or reading.context.last_type == "claim.asserted"
    if topical and " was " in reading.text and VERBS.acknowledged.search(reading.text):
        for verb in reading.verbs():
            if verb.low in _ADMITTED and verb.subject.names and verb.usage.happened:
                day = reading.day(verb)
                if day is not None:
                    yield reading.event(
                        "claim.retracted", verb.index, day, verb.subject.names[:1], confidence=0.8
                    )


def _takes_claim_back(reading: Reading, verb: Verb) -> bool:
    """'took it back', where the article told a claim last."""
    return verb.low in ("took", "taken") and reading.context.last_type == "claim.asserted"
