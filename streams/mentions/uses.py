"""How a verb is used: the words before it in, whether it happened out."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from streams.mentions.grammar import word_set
from streams.mentions.openers import Clause
from streams.mentions.words import Word

_PASSIVE_AUXILIARIES = word_set("passive_auxiliaries")

_MODALS = word_set("modals")

_NEGATIONS = {"not", "never", "hardly", "nor", "neither"}

_ADVERBS = word_set("adverbs")


class Use(NamedTuple):
    """How a verb is used."""

    negated: bool = False
    modal: bool = False
    future: bool = False
    infinitive: bool = False
    passive: bool = False
    perfect: bool = False
    past_perfect: bool = False
    gerund: bool = False
    group_start: int = 0
    """Index, within the clause's words, of the verb group's first word."""

    @property
    def happened(self) -> bool:
        """Whether the words say that it took place."""
        return not (self.negated or self.modal or self.future or self.infinitive)


_use = lru_cache(maxsize=4096)(Use)
"""Few uses differ."""


def use(words: list[Word], clause: Clause, place: int) -> Use:
    """How the verb at a place of the clause's words is used; its auxiliaries stand before it."""
    negated = modal = future = passive = perfect = past_perfect = infinitive = False
    start = place
    at = place - 1
    while at >= 0:
        word = words[clause.words[at]]
        low = word.low
        if word.kind in ("day", "clock") or low == ",":
            if low == "," and not (at > 0 and words[clause.words[at - 1]].kind == "day"):
                break
        elif low in _NEGATIONS or low.endswith(("n't", "n\u2019t")):
            negated = True
            start = at
            if low.endswith(("n't", "n\u2019t")):
                modal = modal or low[:2] in ("wo", "ca")
        elif low == "to":
            infinitive = True
            start = at
            break
        elif low in ("will", "won't", "shall", "'ll"):
            future = True
            start = at
        elif low in _MODALS:
            modal = True
            start = at
        elif low in ("has", "have"):
            perfect = True
            start = at
        elif low == "had":
            past_perfect = True
            start = at
        elif low in _PASSIVE_AUXILIARIES:
            passive = True
            start = at
        elif low in ("did", "do", "does"):
            start = at
        elif low.endswith("ly") or low in _ADVERBS:
            pass
        else:
            break
        at -= 1
    verb = words[clause.words[place]].low
    gerund = verb.endswith("ing")
    return _use(
        negated,
        modal,
        future,
        infinitive,
        passive and not gerund,
        perfect,
        past_perfect,
        gerund,
        start,
    )
