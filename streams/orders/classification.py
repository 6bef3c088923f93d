"""The words of a docket entry go in; what order they are, if any, comes out, with its reasons.

The rules are in ``rules.yaml``. Nothing is concluded about what an order means in law: kind and
disposition are what its docketed words say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from streams.facts.derived import OrderKind
from streams.orders.rules import Act, Rules, rules

Disposition = Literal["granted", "denied", "granted_in_part", "none"]

_STUB_CONFIDENCE = 0.7
"""A short description names a docket event, not what the court wrote."""
_SENTENCE_END = re.compile(r"[.;](?=\s+[A-Z\[(])|$")
_NAME = r"[A-Z][\w.'\u2019-]*(?:\s+(?!on\b|and\b)[A-Z][\w.'\u2019-]*){0,4}"
_TITLE = r"(?:(?:Chief|Senior|Magistrate|District|Circuit|Bankruptcy|U\.?S\.?)\s+)*"
_SIGNED_BY = re.compile(
    rf"\b(?:[Ss]igned by|[Bb]y|[Bb]efore):?\s+{_TITLE}(?:Judge|Justice):?\s+({_NAME})"
)
_PANEL = re.compile(r"\b[Bb]efore\s*:?\s*(?:Circuit )?Judges\s*:?\s*([A-Z][^.\[;]*)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """An order that a written entry says was given aloud."""

    description: str
    """The sentence that says so."""
    rests_on: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Classification:
    """What order an entry's words are."""

    kind: OrderKind
    disposition: Disposition
    rests_on: str
    """A substring of the words."""
    confidence: float
    moved_by: str | None
    judges: tuple[str, ...]
    spoken: Spoken | None


@lru_cache(maxsize=65536)
def classified(words: str, *, appellate: bool, stub: bool) -> Classification | None:
    """The order that these docketed words are, or None if they are none.

    ``stub``: the words are a short description only, as RSS has it; several events of one entry
    are joined with AND.
    """
    book = rules()
    if stub and " AND " in words:
        return _of_several(words, appellate=appellate)
    refusals = book.not_orders_on_appeal if appellate else book.not_orders
    act = _act(book.acts_on_appeal if appellate else book.acts, words)
    if act is None or (act[0].form != "appeal" and any(one.search(words) for one in refusals)):
        return None
    found, rests_on = act
    effects = _blotted(words, book)
    disposition = _disposition(effects, book)
    kind, confidence = book.forms.get(found.form, "other_order"), found.confidence
    if appellate:
        kind = "appellate_order"
    elif found.form != "appeal":
        for effect in book.effects:
            if effect.denied is not None and effect.denied != (disposition == "denied"):
                continue
            if effect.form is not None and effect.form != found.form:
                continue
            match = effect.pattern.search(effects)
            if match:
                kind, confidence = effect.kind, min(effect.confidence, confidence + 0.1)
                rests_on = words[match.start() : match.end()]
                break
    return Classification(
        kind,
        "none" if kind == "notice_of_appeal" else disposition,
        rests_on.strip(),
        round(confidence * (_STUB_CONFIDENCE if stub else 1), 2),
        None if kind == "notice_of_appeal" else _mover(words, book),
        _judges(words),
        None if stub or appellate else _spoken(words, book),
    )


def _of_several(words: str, *, appellate: bool) -> Classification | None:
    """An entry of several events is what the most telling of them is."""
    found = [
        one
        for event in words.split(" AND ")
        if (one := classified(event, appellate=appellate, stub=True))
    ]
    telling = [one for one in found if one.kind not in ("other_order", "minute_order")]
    return next(iter(telling or found), None)


def _act(acts: tuple[Act, ...], words: str) -> tuple[Act, str] | None:
    for act in acts:
        match = act.pattern.search(words)
        if match:
            return act, match[0]
    return None


def _blotted(words: str, book: Rules) -> str:
    """The words with everything that only looks like an effect made unreadable, length kept."""
    for pattern in book.not_effects:
        words = pattern.sub(lambda match: "·" * len(match[0]), words)
    return words


def _disposition(words: str, book: Rules) -> Disposition:
    if book.granted_in_part.search(words):
        return "granted_in_part"
    granted, denied = book.granted.search(words), book.denied.search(words)
    if denied and (granted is None or denied.start() < granted.start()):
        return "denied"
    return "granted" if granted else "none"


def _mover(words: str, book: Rules) -> str | None:
    """Who asked for it, as a role; parties' names are left out."""
    for pattern in book.moved_by:
        match = pattern.search(words)
        if match:
            who = re.sub(r"['\u2019]s?$", "", match["who"]).lower()
            return "Court" if who == "sua sponte" else who.title()
    return None


def _judges(words: str) -> tuple[str, ...]:
    names = [match[1].rstrip(".,") for match in _SIGNED_BY.finditer(words)]
    for match in _PANEL.finditer(words):
        names += [one.strip() for one in re.split(r",|\band\b", match[1])]
    return tuple(dict.fromkeys(name for name in names if name))


def _spoken(words: str, book: Rules) -> Spoken | None:
    for rule in book.oral:
        match = rule.pattern.search(words)
        if match:
            starts = [one.end() for one in _SENTENCE_END.finditer(words, 0, match.start() + 1)]
            start = max((at for at in starts if at <= match.start()), default=0)
            end = _SENTENCE_END.search(words, match.end())
            sentence = words[start : end.end() if end else len(words)]
            return Spoken(sentence.strip(), match[0].strip(), rule.confidence)
    return None
