"""The words of ``lexicon/verbs.yaml``, ready to be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from streams.mentions.gazetteer import load
from streams.mentions.grammar import word_set
from streams.mentions.words import Word

_ATTRIBUTING = word_set("attributing")
_OTHER_FINITE = word_set("other_finite")
_OTHER_TRIGGERS = word_set("other_triggers")

_RAW: dict[str, Any] = load("verbs")
_TAIL_WITHIN = 10
_BREAKS = (";", ":")
_TIMES = ("day", "clock")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Verbs, some with a particle: 'lifted', 'took off', 'put .. on hold'."""

    tails: dict[str, tuple[tuple[bool, tuple[str, ...]], ...]]

    @classmethod
    def of(cls, forms: Iterable[str]) -> Phrases:
        """Phrases from the file's lines."""
        tails: dict[str, list[tuple[bool, tuple[str, ...]]]] = {}
        for form in forms:
            head, *tail = form.lower().split()
            apart = bool(tail) and tail[0] == ".."
            tails.setdefault(head, []).append((apart, tuple(tail[1:] if apart else tail)))
        return cls(
            {head: tuple(sorted(one, key=lambda t: -len(t[1]))) for head, one in tails.items()}
        )

    @property
    def heads(self) -> frozenset[str]:
        """First words."""
        return frozenset(self.tails)

    def match(self, words: list[Word], index: int) -> int | None:
        """Where a phrase that begins at this word ends (index of its last word); None if none."""
        options = self.tails.get(words[index].low)
        if options is None:
            return None
        for apart, tail in options:
            if not tail:
                return index
            end = _tail(words, index, tail, _TAIL_WITHIN if apart else 1)
            if end is not None:
                return end
        return None


def _tail(words: list[Word], index: int, tail: tuple[str, ...], within: int) -> int | None:
    steps = 0
    first, count = tail[0], len(tail)
    for at in range(index + 1, len(words)):
        word = words[at]
        low = word.low
        if low == first and (
            count == 1 or tail == tuple([one.low for one in words[at : at + count]])
        ):
            return at + count - 1
        if low in _BREAKS:
            return None
        if word.kind not in _TIMES:
            steps += 1
            if steps >= within:
                return None
    return None


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)


class Cues:
    """Phrases of which one must stand in a text, as whole words, case ignored."""

    def __init__(self, forms: Iterable[str]) -> None:
        forms = [form.lower() for form in forms]
        self._forms = forms
        self._whole = re.compile(r"\b(?:" + "|".join(map(re.escape, forms)) + r")\b")

    def search(self, text: str) -> re.Match[str] | None:
        """The first of them; places are those of the text."""
        low = text.lower()
        for form in self._forms:
            if form in low:
                return self._whole.search(low)
        return None


def _words(forms: Iterable[str]) -> Cues:
    return Cues(forms)


class _Verbs:
    """Everything the rules look up, by name."""

    def __init__(self) -> None:
        court, appeal, visit = _RAW["court"], _RAW["appeal"], _RAW["visit"]
        speech, flight, back = _RAW["speech"], _RAW["flight"], _RAW["retraction"]
        objects = _RAW["objects"]
        self.court = Phrases.of(
            [
                *court["issue"],
                *court["extend"],
                *court["hold"],
                *court["undo"],
                *court["allow"],
                *court["refuse"],
                *court["issue_now"],
            ]
        )
        self.extend = Phrases.of(court["extend"])
        self.hold = Phrases.of(court["hold"])
        self.undo = Phrases.of(court["undo"])
        self.allow = Phrases.of(court["allow"])
        self.refuse = Phrases.of(court["refuse"])
        self.court_now = frozenset(court["issue_now"])
        self.weak: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in court["weak"].items() if v}
        self.not_acts = frozenset(court["not_acts"])
        self.bench = _words(court["bench"])
        self.bench_said = _words(court["bench_said"])
        self.bench_where = _words(court["bench_where"])
        self.written = _words(court["written"])
        self.entered = Phrases.of(court["entered"])
        self.hedge = _words(court["hedge"])
        self.judicial = frozenset(w.lower() for w in objects["judicial"])
        self.extendable = frozenset(w.lower() for w in objects["extendable"])
        self.not_judicial = frozenset(w.lower() for w in objects["not_judicial"])
        self.filed = Phrases.of(appeal["filed"])
        self.asked = Phrases.of(appeal["asked"])
        self.to_keep = frozenset(appeal["to_keep"])
        self.visited = Phrases.of(visit["direct"])
        self.moved = Phrases.of(visit["moved"])
        self.met = Phrases.of(visit["met"])
        self.hosts = frozenset(visit["hosts"])
        self.present = frozenset(visit["present"])
        self.base = frozenset(visit["base"])
        self.planned = frozenset(visit["planned"])
        self.called_off = _words(visit["called_off"])
        self.venues = frozenset(visit["venues"])
        self.said = frozenset(speech["said"])
        self.said_phrases = Phrases.of(speech["phrases"])
        self.weak_said = frozenset(speech["weak"])
        self.asserting = frozenset(speech["asserting"])
        self.denying = frozenset(speech["denying"])
        self.no_speech = frozenset(speech["no_speech"])
        self.claim_topics = _any(_RAW["claim_topics"])
        self.claim_not = _any(_RAW["claim_not"])
        self.claim_fact = re.compile(_RAW["claim_fact"], re.IGNORECASE)
        self.planes = frozenset(w.lower() for w in flight["plane"])
        self.carried_people = frozenset(w.lower() for w in flight["people"])
        self.departed = Phrases.of(flight["departed"])
        self.landed = Phrases.of(flight["landed"])
        self.not_custody = re.compile(flight["not_custody"], re.IGNORECASE)
        self.custody = re.compile(flight["custody"], re.IGNORECASE)
        self.removal = re.compile(flight["removal"], re.IGNORECASE)
        self.outlet_retracts = re.compile(back["outlet"])
        self.retracts_about = re.compile(back["about"], re.IGNORECASE)
        self.retracts_trifle = re.compile(back["not_about"], re.IGNORECASE)
        self.took_back = Phrases.of(back["took_back"])
        self.taken_back = frozenset(back["what"])
        self.acknowledged = re.compile(back["acknowledged"], re.IGNORECASE)
        self.saying = self.said | {"say", "saying", "tell", "telling"}
        self.court_words = self.court.heads
        self.attributing = frozenset(_ATTRIBUTING)
        past = [
            self.court,
            self.filed,
            self.asked,
            self.visited,
            self.moved,
            self.met,
            self.departed,
            self.landed,
            self.took_back,
            self.entered,
            self.said_phrases,
        ]
        self.finite = frozenset(
            word
            for word in frozenset().union(*(p.heads for p in past), self.said)
            if not word.endswith("ing") and word not in ("frozen", "backed")
        ) | _OTHER_FINITE  # fmt: skip
        self.triggers = frozenset().union(
            self.court.heads,
            self.entered.heads,
            self.filed.heads,
            self.asked.heads,
            self.visited.heads,
            self.moved.heads,
            self.met.heads,
            self.present,
            self.planned,
            self.said,
            self.departed.heads,
            self.landed.heads,
            self.took_back.heads,
            self.said_phrases.heads,
            self.base,
            _OTHER_TRIGGERS,
        )


VERBS = _Verbs()
