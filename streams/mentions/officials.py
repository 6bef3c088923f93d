"""Officials that the gazetteer does not list: titles in a text in, people by title and name out."""

from __future__ import annotations

import re

from streams.mentions import geography
from streams.mentions.appositions import after_lone_title, before_title
from streams.mentions.gazetteer import Entry
from streams.mentions.grammar import word_set
from streams.mentions.name_shapes import PART, PARTICLE, SUFFIX
from streams.mentions.nationalities import CAP_BEFORE, country_beside, of_country
from streams.mentions.persons import Name, Person, know, official

_NO_NAME_WORDS = word_set("no_name_words")
_SENTENCE_OPENERS = word_set("sentence_openers")
_TITLES_WITH_COUNTRY = word_set("titles_with_country")
_NAME = re.compile(rf"(?:{PARTICLE})?{PART}(?: (?:{PARTICLE})?{PART}){{0,4}}{SUFFIX}")
_GENERIC_END = re.compile(
    r"(?: (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|In|On|The|He|She|At)\b.*)$"
)

# Months that are given names too, and nouns that are surnames: first, second and later words.
_NAMES_TOO = (
    frozenset(["April", "June", "May", "August"]),
    frozenset(["Court", "House", "May", "June"]),
    frozenset[str](),
)
_NOT_NAMES = frozenset(_NO_NAME_WORDS)
_PRESIDED = frozenset(word for name in geography.countries() for word in name.split()) | {
    "U.S",
    "US",
    "American",
    "European",
    "States",
    "Former",
    "Then",
    "The",
    "Senate",
    "Korean",
    "Council",
}
_OPENERS = word_set("sentence_openers") | word_set("sentence_openers_before_name")
_MODIFIER = re.compile(
    r"(?:\b(?:Court of (?:[A-Z]\w+ )*[A-Z]\w+|U\.S\.|US|British|[Aa]cting|[Ff]ormer|"
    r"[Ff]ederal|[Cc]hief|[Ss]enior|[Dd]eputy|"
    r"[Aa]ssistant|then-|State|National|White House) )+$"
)


def titled_names(
    text: str, titles: list[tuple[int, int, Entry]], found: list[Name], people: dict[str, Person]
) -> list[Name]:
    """Names that a title stands before or behind."""
    made: list[Name] = []
    starts = {one.start: one for one in found if one.kind == "person"}
    ends = {one.end: one for one in found if one.kind == "person"}
    elsewhere = {one.end for one in found if one.kind != "person"}
    for start, end, title in titles:
        one = None
        if title.before:
            one = _after_title(text, start, end, title, starts, people)
        if one is None and (not title.before or title.name[0].islower()):
            one = before_title(text, start, title, ends, people)
            if one is not None and one.end in elsewhere:
                one = None  # 'In San Francisco, a federal judge'
        if one is None and title.lone:
            one = after_lone_title(text, start, end, title, found, people)
        if one is not None:
            made.append(one)
    return made


def _after_title(
    text: str,
    start: int,
    end: int,
    title: Entry,
    starts: dict[int, Name],
    people: dict[str, Person],
) -> Name | None:
    """'Judge Paula Xinis', 'Secretary of State Marco Rubio', 'U.S. Ambassador to Israel ...'."""
    at = end + 1
    if title.name in _TITLES_WITH_COUNTRY:
        aside = re.match(
            r" (?:to|for) (?:the )?[A-Z]\w+(?: [A-Z]\w+)? (?=[A-Z])", text[end : end + 40]
        )
        if aside and title.name != "Secretary":
            at = end + aside.end()
    if text[end:at] != " " and at == end + 1:
        return None
    modifier = _MODIFIER.search(text[max(0, start - 40) : start])
    begin = start - len(modifier[0]) if modifier else start
    if title.name == "President" and _presides_elsewhere(text, begin):
        return None
    listed = starts.get(at)
    if listed is not None:
        if title.name[0].islower() or "ormer" not in text[begin:start]:
            know(people, listed.name, is_judge=title.judge, title=title.name)
        return _spanned(listed, begin, listed.end, title)
    match = _NAME.match(text, at)
    if match is None:
        return None
    name = _trimmed(match[0])
    if not name or name.split()[0] in _NOT_NAMES - _NAMES_TOO[0]:
        return None
    found = official(begin, at, name, title, people)
    return of_country(found, country_beside(text, begin, at + len(name)), people)


def _presides_elsewhere(text: str, begin: int) -> bool:
    """'Harvard President': of no country, so of no office that counts."""
    before = CAP_BEFORE.search(text, max(0, begin - 30), begin)
    if before is None:
        return False
    word = before[1].removesuffix("'s").removesuffix("\u2019s")
    lone = before.start() == 0 or text[before.start() - 1] in "\n\u201c"
    opens = lone and (word in _NOT_NAMES or word in _OPENERS)
    return word not in _PRESIDED and not opens


def _trimmed(name: str) -> str:
    """The name without what capital letters alone have added: a weekday, a possessive."""
    name = _GENERIC_END.sub("", name)
    words = name.split()
    for index, word in enumerate(words):
        plain = word.removesuffix("'s").removesuffix("\u2019s")
        if plain in _NOT_NAMES and plain not in _NAMES_TOO[min(index, 2)]:
            words = words[:index]
            break
        if word.endswith(("'s", "\u2019s", "s'", "s\u2019")):
            cut = 2 if word.endswith(("'s", "\u2019s")) else 1
            words = [*words[:index], word[:-cut]]
            break
    return " ".join(words).rstrip(",")


def _spanned(one: Name, start: int, end: int, title: Entry) -> Name:
    return Name(
        start,
        end,
        one.kind,
        one.name,
        one.is_judge or title.judge,
        one.level,
        one.court_id,
        one.base,
        one.country,
        title.name,
    )
