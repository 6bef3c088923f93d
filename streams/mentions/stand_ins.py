"""Whom a noun stands for: 'the panel', 'a lawyer for the government', 'the secretary'."""

from __future__ import annotations

import re

from streams.mentions import geography
from streams.mentions.context import Context, Subject, named_subject
from streams.mentions.grammar import word_set
from streams.mentions.persons import Name, Person
from streams.mentions.words import Word

GOVERNMENT = {"government", "administration"}
ANONYMOUS = word_set("anonymous")
_PARTY = word_set("party_members")
_OF_STATE = word_set("people_of_states")
_APPOINTED = word_set("appointed")
_LEADERS = ("president", "prime minister", "chancellor", "king", "premier")
_OF_LAND = {
    word.lower(): land
    for word, land in geography.countries().items()
    if word != land and " " not in word
}
DESCRIBED = _PARTY | _OF_STATE | _APPOINTED | frozenset(_OF_LAND)
"""Words that describe somebody named before: 'the Ohio Republican', 'the Obama appointee'."""
_ELECTED = re.compile(
    r"\b(?:sen|rep|gov|senator|representative|governor|mayor|congress\w*|speaker|leader|delegate"
    r"|attorney general|d-|r-|democrat|republican|assembly\w*|commissioner|council\w*)"
)
_OFFICE_ACTS = re.compile(
    r"\b[Tt]he (?P<of>justices|prime minister|president|secretary|governor|minister|senator|mayor"
    r"|chancellor)"
    r" (?=\w+ed\b|was\b|were\b|had\b|has\b|is\b|will\b|said\b|told\b"
    r"|went\b|took\b|made\b|did\b|then\b)"
)


def court(
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
        for city, circuit in geography.circuit_cities():
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


def speaking_for(
    words: list[Word],
    index: int,
    low: str,
    lows: list[str],
    modifier: Name | None,
    context: Context,
) -> Subject:
    """'Justice Department lawyers', 'a lawyer for the government', 'a White House spokeswoman'."""
    if low in ANONYMOUS:
        return Subject("people", word=low, at=index)
    if modifier is not None and modifier.kind in ("agency", "company"):
        return named_subject(modifier, index)
    owners = {one.removesuffix("'s").removesuffix("\u2019s") for one in lows[-2:]}
    if owners & GOVERNMENT:
        return government(low, index, context)
    following = words[index + 1 : index + 4]
    if following and following[0].low == "for":
        for one in following[1:]:
            if (
                one.kind == "name"
                and one.name is not None
                and one.name.kind in ("agency", "company")
            ):
                return named_subject(one.name, index)
            if one.low in GOVERNMENT:
                return government(low, index, context)
    return Subject("people", word=low, at=index)


def government(low: str, index: int, context: Context) -> Subject:
    """'The government' of an article from elsewhere is that country's."""
    name = context.government
    if context.country is not None and low == "government":
        name = f"Government of {context.country}"
    return Subject("government", (name,), word=low, at=index)


def _country_before(lows: list[str]) -> str | None:
    """The country of 'Panama's president' and 'the French president'."""
    for low in lows[-2:]:
        word = low.removesuffix("'s").removesuffix("\u2019s").title()
        country = geography.countries().get(word)
        if country is not None:
            return country
    return None


def _name_of(person: Person) -> Name:
    return Name(0, 0, "person", person.name, base=person.base, country=person.country)


def described(
    words: list[Word], index: int, low: str, lows: list[str], context: Context
) -> Subject:
    """'The Georgia Democrat', 'the South Dakotan', 'the Clinton appointee': whom was named last."""
    if "the" not in lows[-5:] or (lows and lows[-1] in ("a", "an", "every", "no")):
        return Subject("thing", word=low, at=index)
    if low in _APPOINTED:
        judge = context.judge
        return named_subject(judge, index) if judge else Subject("thing", word=low, at=index)
    land = _OF_LAND.get(low)
    if land is not None and not (index + 1 < len(words) and words[index + 1].verb):
        return Subject("thing", word=low, at=index)
    later = {one.name for one in words[index + 1 :] if one.name is not None}
    for name in reversed(context.seen):
        person = context.names.people.get(name.name)
        if person is None or person.is_judge or name in later:
            continue
        if land is not None:
            if person.country == land:
                return named_subject(name, index)
            continue
        if low in _PARTY and not _ELECTED.search(" ".join(sorted(person.titles))):
            continue
        if (
            low in _OF_STATE
            and person.base is None
            and not _ELECTED.search(" ".join(sorted(person.titles)))
        ):
            continue  # 'the South Dakotan' is no minister of another country
        if person.country is None:
            return named_subject(name, index)
    return Subject("thing", word=low, at=index)


def office_in_passing(sentence: str, context: Context) -> Subject | None:
    """Whom 'the president' of a sentence that tells of no event makes the next 'he'."""
    match = _OFFICE_ACTS.search(sentence)
    if match is None:
        return None
    if match["of"] == "justices":
        return Subject("court", ("Supreme Court",), None, "supreme", "scotus", word="justices")
    one = by_office(match["of"].rpartition(" ")[2], ["the"], 0, context)
    return one if one.role == "person" else None


def by_office(low: str, lows: list[str], index: int, context: Context) -> Subject:
    """'The secretary': whoever the article named with such an office last."""
    if "the" not in lows[-3:] and "a" in [*lows[-4:], ""]:
        return Subject("people", word=low, at=index)
    country = _country_before(lows)
    if country is not None:
        for one in context.names.people.values():
            titles = " ".join(one.titles)
            leads = low == "leader" and any(title in titles for title in _LEADERS)
            if one.country == country and (leads or low in titles):
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
