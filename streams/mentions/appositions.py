"""Officials by a title beside the name: 'Todd Lyons, the acting director'."""

from __future__ import annotations

import re

from streams.mentions.gazetteer import Entry
from streams.mentions.grammar import word_set
from streams.mentions.name_shapes import PART, PARTICLE, SUFFIX
from streams.mentions.nationalities import country_beside, of_country
from streams.mentions.persons import Name, Person, know, official

_NOT_NAMES = word_set("no_name_words")
_SENTENCE_OPENERS = word_set("sentence_openers")
_NAME_BEFORE = re.compile(rf"({PART}(?: (?:{PARTICLE})?{PART}){{1,4}}{SUFFIX})$")
_LONE_NAME = re.compile(
    rf",? ({PART}(?: (?:{PARTICLE})?{PART}){{1,4}}{SUFFIX})(?=[,.]| (?:of|in|at|for)\b)"
)


_LONE_OF = re.compile(r" (?:for|of|to|in|on) [^,.;:\u201c\u201d\"\n]{3,60}(?=, [A-Z])")
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


def before_title(
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
        first in ("the", "a", "an", "who", "then", "its", "his")
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


def after_lone_title(
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
    return of_country(one, country_beside(text, start, match.end(1)), people)
