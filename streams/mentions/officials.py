"""Officials that the gazetteer does not list: titles in a text in, people by title and name out."""

from __future__ import annotations

import re

from streams.mentions import gazetteer
from streams.mentions.gazetteer import Entry
from streams.mentions.grammar import word_set
from streams.mentions.persons import Name, Person, know, official

_NO_NAME_WORDS = word_set("no_name_words")

_SENTENCE_OPENERS = word_set("sentence_openers")

_TITLES_WITH_COUNTRY = word_set("titles_with_country")

_CAP = r"[A-ZÀ-ÞŁŚŻČŠ][\w'\u2019-]*\w"

_INITIALS = r"(?:[A-Z]\.){1,3}"

_PARTICLE = r"(?:(?:van|von|der|de|la|del|di|da|dos|bin|bint|el|al|ter|den|y)[ -]){1,3}"

_PART = rf"(?:{_CAP}|{_INITIALS})"

_SUFFIX = r"(?:,? (?:Jr\.|Sr\.|III|II|IV)(?!\w))?"

_NAME = re.compile(rf"(?:{_PARTICLE})?{_PART}(?: (?:{_PARTICLE})?{_PART}){{0,4}}{_SUFFIX}")

_NAME_BEFORE = re.compile(rf"({_PART}(?: (?:{_PARTICLE})?{_PART}){{1,4}}{_SUFFIX})$")

_LONE_NAME = re.compile(
    rf",? ({_PART}(?: (?:{_PARTICLE})?{_PART}){{1,4}}{_SUFFIX})(?=[,.]| (?:of|in|at|for)\b)"
)

_LONE_OF = re.compile(r" (?:for|of|to|in|on) [^,.;:\u201c\u201d\"\n]{3,60}(?=, [A-Z])")

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

_OF_COUNTRY = re.compile(r" of (?:the )?([A-Z]\w+(?: [A-Z]\w+)?)")
_CAP_BEFORE = re.compile(r"\b([A-Z][\w'\u2019-]*) $")
_PRESIDED = frozenset(word for name in gazetteer.countries() for word in name.split()) | {
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

_PLACED = re.compile(r"\b(?:[Ii]n|[Aa]t|[Ff]rom|[Nn]ear|[Oo]utside)(?: the)? $")
"""'In Grand Rapids, a federal judge': a town before a title, not its bearer."""

_WHOSE = re.compile(r"\b(?:[Ii]ts|[Tt]heir|[Hh]is|[Hh]er) $")
_SAME_TOPIC = 200
_OF_AGENCIES = ("chair", "vice chair", "chairman", "chairwoman", "director", "acting director",
    "deputy director", "secretary", "commissioner", "acting commissioner", "acting head", "chief",
    "inspector general", "general counsel", "spokeswoman", "spokesman")  # fmt: skip
_OF_ANOTHER = ("host", "counterpart", "foreign minister", "prime minister", "press secretary")
"""Offices that 'his' and 'her' make no private post: 'her host, Edi Rama'."""

_STOPS = re.compile('[.;:\u201c\u201d"\\n]')
_NO_APPOSITION = re.compile(r"\b(?:and|said|told|wrote|which|that|with|for|by|in|on|at|but)\b")

_APPOSITION_WITHIN = 75


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
            one = _before_title(text, start, title, ends, people)
            if one is not None and one.end in elsewhere:
                one = None  # 'In San Francisco, a federal judge'
        if one is None and title.lone:
            one = _lone(text, start, end, title, found, people)
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
    return _of_country(found, _country_beside(text, begin, at + len(name)), people)


def _of_country(found: Name | None, country: str | None, people: dict[str, Person]) -> Name | None:
    if found is None or country is None or found.country is not None:
        return found
    people[found.name].country = country
    return found._replace(country=country)


def _country_beside(text: str, begin: int, end: int) -> str | None:
    """The country of 'Chile's foreign minister' and of 'Prime Minister Jane Roe of Chile'."""
    before = _CAP_BEFORE.search(text, max(0, begin - 30), begin)
    behind = _OF_COUNTRY.match(text, end)
    for match in (before, behind):
        if match is not None:
            word = match[1].removesuffix("'s").removesuffix("\u2019s")
            if word in gazetteer.countries():
                return gazetteer.countries()[word]
    return None


def _presides_elsewhere(text: str, begin: int) -> bool:
    """'Harvard President': of no country, so of no office that counts."""
    before = _CAP_BEFORE.search(text, max(0, begin - 30), begin)
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


def _before_title(
    text: str, start: int, title: Entry, ends: dict[int, Name], people: dict[str, Person]
) -> Name | None:
    """'Todd Lyons, the acting director of ICE,': the name stands before the comma."""
    head = text[max(0, start - _APPOSITION_WITHIN) : start]
    comma = head.rfind(", ")
    if comma < 0 or _STOPS.search(head, comma):
        return None
    between = head[comma + 2 :]
    first = between.split(" ", 1)[0] if between.strip() else ""
    if between.strip() and not (
        first in ("the", "a", "an", "who", "then", "its", "his", "an")
        or first[:1].isupper()
        or first in ("acting", "deputy", "former", "chief", "assistant")
    ):
        return None
    if _NO_APPOSITION.search(between):
        return None
    if title.name in ("president of",) and not re.match(r" ?[A-Z]", text[start + 12 : start + 14]):
        return None
    at = max(0, start - _APPOSITION_WITHIN) + comma
    listed = ends.get(at)
    if listed is not None:
        know(people, listed.name, is_judge=title.judge, title=title.name)
        return None
    match = _NAME_BEFORE.search(text[max(0, at - 50) : at])
    if match is None:
        return None
    name = match[1]
    while name.split() and name.split()[0] in _NOT_NAMES | _SENTENCE_OPENERS:
        name = name.partition(" ")[2]
    if " " not in name or _PLACED.search(text, max(0, at - len(name) - 12), at - len(name)):
        return None
    return official(at - len(name), at - len(name), name, title, people)


def _lone(
    text: str,
    start: int,
    end: int,
    title: Entry,
    found: list[Name],
    people: dict[str, Person],
) -> Name | None:
    """'Hungary's foreign minister, Péter Szijjártó,': the name stands behind the comma."""
    match = _LONE_NAME.match(text, end)
    if match is None:
        office = _LONE_OF.match(text, end)
        match = _LONE_NAME.match(text, office.end()) if office else None
    if match is None or not match[0].startswith(","):
        return None
    whose = text[max(0, start - 8) : start]
    if title.name not in _OF_ANOTHER and _WHOSE.search(whose):
        # 'Its chair, Lina Khan': of an agency that the words before name
        before = [o for o in found if o.end < start and o.kind in ("agency", "company", "court")]
        near = bool(before) and before[-1].kind == "agency" and start - before[-1].end < _SAME_TOPIC
        if title.name not in _OF_AGENCIES or not near:
            return None
    name = match[1]
    begin = match.start(1)
    one = official(begin, begin, name, title, people)
    return _of_country(one, _country_beside(text, start, match.end(1)), people)


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
