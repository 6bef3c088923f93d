"""What a noun stands for: a word in, the kind of actor out, with 'the judge' and 'she' resolved.

What an article has told so far is kept in ``Context``: who spoke last, which judge, court or agency
it named last, and the day it spoke of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from streams.mentions import gazetteer
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.names import Names
from streams.mentions.officials import Name, Person
from streams.mentions.words import Word

_COUNTING_PRONOUNS = word_set("counting_pronouns")

_JUDGE_WORDS = word_set("judge_nouns")

_COURT_WORDS = word_set("court_nouns")

_ORDER_WORDS = word_set("order_words")

_GOVERNMENT = {"government", "administration"}

_AGENCY_WORDS = word_set("agency_nouns")

_COMPANY_WORDS = {"company", "airline", "carrier"}

_SPEAKERS_FOR = word_set("speakers_for")

_ANONYMOUS = word_set("anonymous")

_OFFICES = word_set("office_nouns")

_SINGULAR = {"he", "she"}


_TELLING = (
    _SINGULAR
    | {"it", "nobody", "none", "state", "general"}
    | _COUNTING_PRONOUNS
    | _JUDGE_WORDS
    | _COURT_WORDS
    | _ORDER_WORDS
    | VERBS.planes
    | _GOVERNMENT
    | _SPEAKERS_FOR
    | _ANONYMOUS
    | _AGENCY_WORDS
    | _COMPANY_WORDS
    | _OFFICES
    | VERBS.carried_people
)
"""Words that stand for more than themselves; of any other the kind alone counts."""

Role = Literal[
    "person", "judge", "court", "agency", "company", "place", "government", "plane", "order",
    "people", "stranger", "thing", "none",
]  # fmt: skip


Level = gazetteer.Level


_SUPREME = frozenset(
    name
    for name, fields in gazetteer.load("people").items()
    if any(
        "Justice " in office and "Minister" not in office for office in fields.get("offices", ())
    )
)
"""Listed justices of the Supreme Court of the United States."""


class Subject(NamedTuple):
    """Who acts: names (several where they act together), and what kind of actor."""

    role: Role
    names: tuple[str, ...] = ()
    first: Name | None = None
    level: Level | None = None
    court_id: str | None = None
    pronoun: bool = False
    indefinite: bool = False
    """'a federal judge': whoever the article names next."""
    negated: bool = False
    """'No judge'."""
    word: str = ""
    at: int = -1
    """The place of its word in the sentence."""


NOBODY = Subject("none")


@dataclass
class Context:
    """What earlier sentences leave to later ones."""

    names: Names
    today: date
    government: str
    day: date | None = None
    """The day that the article spoke of last, in this paragraph."""
    paragraph: int = -1
    last_day: date | None = None
    """The day it spoke of last, anywhere."""
    speaker: Subject = NOBODY
    judge: Name | None = None
    court: Name | None = None
    agency: Name | None = None
    company: Name | None = None
    country: str | None = None
    """Of the dateline, where it is not the United States."""
    state: Name | None = None
    tells_of_planes: bool = False
    found_plan: bool = False
    """Whether this sentence was found to tell of a visit planned."""
    visitor: Subject = NOBODY
    """Who was last told to visit: the 'he' of a new paragraph."""
    spoken: bool = False
    """Whether this paragraph has named a person yet."""
    seen: list[Name] = field(default_factory=list)

    def visitor_or(self, subject: Subject) -> Subject:
        """Who travels: 'he' at a paragraph's start is the one who travelled before."""
        unnamed = subject.pronoun and subject.word in ("he", "she") and not self.spoken
        return self.visitor if unnamed and self.visitor.names else subject


def is_thing(word: Word) -> bool:
    """Whether a word is a plain noun, of which nothing more is to be found out."""
    if word.kind != "word":
        return False
    low = word.low
    return low not in _TELLING and low[-2:] not in ("'s", "\u2019s")


def as_subject(words: list[Word], index: int, context: Context) -> Subject:
    """What the word at a place of the sentence stands for."""
    word = words[index]
    if word.kind == "name" and word.name is not None:
        return named_subject(word.name, index)
    low = word.low.removesuffix("'s").removesuffix("\u2019s")
    if low not in _TELLING:
        if word.kind == "stranger":
            return Subject("stranger", word=low, at=index)
        negated = any(one.low in ("no", "neither") for one in words[max(0, index - 3) : index])
        return Subject("thing", word=low, at=index, negated=negated)
    before = words[max(0, index - 6) : index]
    lows = [one.low for one in before]
    negated = "no" in lows[-3:] or "neither" in lows[-3:] or low in ("nobody", "none")
    modifier = before[-1].name if before and before[-1].kind == "name" else None
    if low in _SINGULAR:
        one = context.speaker
        return Subject(
            one.role, one.names, one.first, one.level, one.court_id, True, word=low, at=index
        )
    if low == "it":
        one = context.speaker
        if one.role in ("court", "agency", "company", "government", "plane"):
            return Subject(
                one.role, one.names, one.first, one.level, one.court_id, True, word=low, at=index
            )
        return Subject("thing", word=low, at=index, pronoun=True)
    if low in _COUNTING_PRONOUNS:
        of = [one.low for one in words[index + 1 : index + 5]]
        planes = context.tells_of_planes or (of[:1] == ["of"] and bool(set(of) & VERBS.planes))
        planes = planes and low not in ("both", "they", "all")
        role: Role = "plane" if planes or context.speaker.role == "plane" else "thing"
        return Subject(role, word=low, at=index, pronoun=True)
    if low in _JUDGE_WORDS:
        if low in ("judges", "justices"):
            return Subject("judge", level="trial", negated=negated, word=low, at=index)
        definite = "the" in lows[-3:] or "her" in lows[-1:]
        appeals = "appeals" in lows[-3:] or "circuit" in lows[-2:]
        judge = context.judge if definite else None
        return Subject(
            "judge",
            (judge.name,) if judge else (),
            judge,
            "appeals" if appeals else "trial",
            indefinite=judge is None,
            negated=negated,
            word=low,
            at=index,
        )
    if low in _COURT_WORDS:
        return _court(words, index, lows, modifier, context, negated=negated)
    if low in _ORDER_WORDS:
        owner = next((w.name for w in reversed(before[-5:]) if w.name and w.name.possessive), None)
        return Subject("order", first=owner or modifier, word=low, at=index, negated=negated)
    if low in VERBS.planes:
        return Subject("plane", word=low, at=index, negated=negated)
    if low in _GOVERNMENT:
        if any(p in gazetteer.countries() for p in (one.text for one in before[-2:])):
            return Subject("thing", word=low, at=index)
        return _government(low, index, context)
    if low == "state" and "the" in lows[-1:] and context.state is not None:
        return named_subject(context.state, index)
    if low in _SPEAKERS_FOR or low in _ANONYMOUS:
        return _speaking_for(words, index, low, lows, modifier, context)
    if low in _AGENCY_WORDS and "the" in lows[-2:] and context.agency is not None:
        return named_subject(context.agency, index)
    if low in _COMPANY_WORDS and "the" in lows[-2:]:
        return (
            named_subject(context.company, index)
            if context.company
            else Subject("thing", word=low, at=index)
        )
    if low in _OFFICES or low == "general":
        return _by_office(low, lows, index, context)
    if low in VERBS.carried_people:
        return Subject("people", word=low, at=index, negated=negated)
    if word.kind == "stranger":
        return Subject("stranger", word=low, at=index)
    return Subject("thing", word=low, at=index, negated=negated)


def named_subject(name: Name, index: int) -> Subject:
    """The subject that a name makes."""
    if name.kind == "person":
        role: Role = "judge" if name.is_judge else "person"
        level: Level | None = None
        if name.is_judge:
            appeals = "Circuit Judge" in name.title and "Court" not in name.title
            level = "supreme" if name.name in _SUPREME else "appeals" if appeals else "trial"
        return Subject(role, (name.name,), name, level, name.court_id, word=name.name, at=index)
    if name.kind == "court":
        return Subject(
            "court", (name.name,), name, name.level, name.court_id, word=name.name, at=index
        )
    if name.kind in ("agency", "company"):
        role = "agency" if name.kind == "agency" else "company"
        return Subject(role, (name.name,), name, word=name.name, at=index)
    return Subject("place", (name.name,), name, word=name.name, at=index)


def _court(
    words: list[Word],
    index: int,
    lows: list[str],
    modifier: Name | None,
    context: Context,
    *,
    negated: bool,
) -> Subject:
    """'A divided panel of the Ninth Circuit', 'an appeals court in Richmond', 'the justices'."""
    low = words[index].low
    if modifier is not None and modifier.kind == "court":
        return named_subject(modifier, index)
    for step in range(1, 8):
        if index + step >= len(words) or words[index + step].low == ",":
            break
        other = words[index + step]
        if other.kind == "name" and other.name is not None and other.name.kind == "court":
            return named_subject(other.name, index)
        if other.verb:
            break
    appeals = "appeals" in lows or "appellate" in lows or low in ("panel", "circuit")
    if low == "justices" or ("high" in lows[-1:] and "state" not in lows):
        return Subject(
            "court",
            ("Supreme Court",),
            None,
            "supreme",
            "scotus",
            word=low,
            at=index,
            negated=negated,
        )
    if appeals:
        following = " ".join(w.text for w in words[index + 1 : index + 5])
        for city, circuit in gazetteer.circuit_cities():
            if following.startswith((f"in {city}", f"panel in {city}")):
                return Subject("court", (circuit,), None, "appeals", word=low, at=index)
        known = context.court if context.court and context.court.level == "appeals" else None
        if known is not None and ("the" in lows or low == "panel"):
            return named_subject(known, index)
        return Subject(
            "court", (), None, "appeals", indefinite=True, negated=negated, word=low, at=index
        )
    if context.court is not None and ("the" in lows[-3:] or "full" in lows):
        return named_subject(context.court, index)
    return Subject("court", (), None, "trial", indefinite=True, negated=negated, word=low, at=index)


def _speaking_for(
    words: list[Word],
    index: int,
    low: str,
    lows: list[str],
    modifier: Name | None,
    context: Context,
) -> Subject:
    """'Justice Department lawyers', 'a lawyer for the government', 'a White House spokeswoman'."""
    if low in _ANONYMOUS:
        return Subject("people", word=low, at=index)
    if modifier is not None and modifier.kind in ("agency", "company"):
        return named_subject(modifier, index)
    owners = {one.removesuffix("'s").removesuffix("\u2019s") for one in lows[-2:]}
    if owners & _GOVERNMENT:
        return _government(low, index, context)
    following = words[index + 1 : index + 4]
    if following and following[0].low == "for":
        for one in following[1:]:
            if (
                one.kind == "name"
                and one.name is not None
                and one.name.kind in ("agency", "company")
            ):
                return named_subject(one.name, index)
            if one.low in _GOVERNMENT:
                return _government(low, index, context)
    return Subject("people", word=low, at=index)


def _government(low: str, index: int, context: Context) -> Subject:
    """'The government' of an article from elsewhere is that country's."""
    name = context.government
    if context.country is not None and low == "government":
        name = f"Government of {context.country}"
    return Subject("government", (name,), word=low, at=index)


def _country_before(lows: list[str]) -> str | None:
    """The country of 'Panama's president' and 'the French president'."""
    for low in lows[-2:]:
        word = low.removesuffix("'s").removesuffix("\u2019s").title()
        country = gazetteer.countries().get(word)
        if country is not None:
            return country
    return None


def _name_of(person: Person) -> Name:
    return Name(0, 0, "person", person.name, base=person.base, country=person.country)


def _by_office(low: str, lows: list[str], index: int, context: Context) -> Subject:
    """'The secretary': whoever the article named with such an office last."""
    if "the" not in lows[-3:] and "a" in [*lows[-4:], ""]:
        return Subject("people", word=low, at=index)
    country = _country_before(lows)
    if country is not None:
        for one in context.names.people.values():
            if one.country == country and low in " ".join(one.titles):
                return Subject("person", (one.name,), _name_of(one), word=low, at=index)
    if low == "secretary" and lows[-1:] == ["press"]:
        low = "press secretary"
    for name in reversed(context.seen):
        person = context.names.people.get(name.name)
        if person is None or person.is_judge:
            continue
        titles = " ".join(person.titles)
        if (
            low in titles
            or (low in ("governor",) and "gov." in titles)
            or (low == "senator" and "sen." in titles)
        ):
            return named_subject(name, index)
    bearers = [
        one
        for one in context.names.people.values()
        if not one.is_judge and f" {low}" in f" {' '.join(sorted(one.titles))}"
    ]
    if "the" in lows[-2:] and len(bearers) == 1 and low != "president":
        return Subject("person", (bearers[0].name,), _name_of(bearers[0]), word=low, at=index)
    return Subject("people", word=low, at=index)
