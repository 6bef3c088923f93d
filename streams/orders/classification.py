"""The words of a docket entry go in; what order they are, if any, comes out, with its reasons.

The rules are in ``rules.yaml``. Nothing is concluded about what an order means in law: kind and
disposition are what its docketed words say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from streams.facts.court import OrderKind
from streams.orders.rules import Act, Rules, rules

Disposition = Literal["granted", "denied", "granted_in_part", "none"]
Effect = Literal["extension", "stay", "vacatur"]
_EFFECTS: tuple[Effect, ...] = ("extension", "stay", "vacatur")

_STUB_CONFIDENCE = 0.7
"""A short description names a docket event, not what the court wrote."""
_SURE, _UNSURE = 0.9, 0.6
"""That an entry is no order: because a rule says so, or because no rule makes it one."""
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b[vJS]r)(?<!\bNo)[.;](?=\s+[A-Z\[(])|$")
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
    effect: Effect | None
    """What it does to another order; kept apart from the kind, which for an appellate order does
    not say so."""
    effect_on: str
    """The sentence that says so, a substring of the words; empty without effect."""
    moved_by: str | None
    judges: tuple[str, ...]
    spoken: Spoken | None


@dataclass(frozen=True, slots=True)
class NoOrder:
    """Why an entry's words are no order."""

    rests_on: str
    """The words that mark a filing or a clerk's note; empty where no rule fits."""
    confidence: float


def no_order(words: str, *, appellate: bool, stub: bool) -> NoOrder:
    """On what it rests that words which ``classified`` makes nothing of are no order."""
    book = rules()
    for pattern in book.not_orders_on_appeal if appellate else book.not_orders:
        match = pattern.search(words)
        if match and match[0].strip():
            return NoOrder(match[0].strip(), _SURE if not stub else _SURE * _STUB_CONFIDENCE)
    return NoOrder("", _UNSURE)


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
    effect, effect_on = _effect(words, effects, book, disposition, appellate=appellate)
    if appellate:
        kind = "appellate_order"
    elif found.form != "appeal":
        for rule in book.effects:
            match = rule.pattern.search(effects) if rule.applies(found.form, disposition) else None
            if match:
                kind, confidence = rule.kind, min(rule.confidence, confidence + 0.1)
                rests_on = words[match.start() : match.end()]
                break
    appeal = kind == "notice_of_appeal"
    return Classification(
        kind,
        "none" if appeal else disposition,
        rests_on.strip(),
        round(confidence * (_STUB_CONFIDENCE if stub else 1), 2),
        None if appeal else effect,
        effect_on,
        None if appeal else _mover(words, book),
        _judges(words),
        None if stub or appellate else _spoken(words, book),
    )


def _effect(
    words: str, effects: str, book: Rules, disposition: Disposition, *, appellate: bool
) -> tuple[Effect | None, str]:
    """What the words do to another order, and the sentence that says so."""
    for rule in (
        *book.effects_declared, *book.effects, *(book.effects_on_appeal if appellate else ()),
    ):  # fmt: skip
        match = rule.pattern.search(effects) if rule.applies(None, disposition) else None
        for effect in _EFFECTS:
            if match and rule.kind == effect:
                return effect, _sentence(words, match.start(), match.end())
    return None, ""


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
            sentence = _sentence(words, match.start(), match.end())
            return Spoken(sentence, match[0].strip(), rule.confidence)
    return None


def _sentence(words: str, first: int, last: int) -> str:
    """The sentence, or sentences, from which to which these places are."""
    starts = [one.end() for one in _SENTENCE_END.finditer(words, 0, first + 1)]
    start = max((at for at in starts if at <= first), default=0)
    end = _SENTENCE_END.search(words, last)
    return words[start : end.end() if end else len(words)].strip()
