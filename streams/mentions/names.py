"""Who and where an article names: its text in, names with their places in the text out.

Names of the gazetteer are found in one pass; officials that it does not list by title and name
('Home Secretary Jane Roe', 'Jane Roe, the home secretary,'). Whoever is named in full is then
found by surname. A private person has no office and is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streams.mentions import gazetteer
from streams.mentions.gazetteer import Entry, Kind
from streams.mentions.grammar import word_set
from streams.mentions.officials import titled_names
from streams.mentions.persons import Name, Person, know, listed_name
from streams.mentions.signals import Listed

_NO_NAME_WORDS = word_set("no_name_words")

_SENTENCE_OPENERS_BEFORE_NAME = word_set("sentence_openers_before_name")

_CAP = r"[A-ZÀ-ÞŁŚŻČŠ][\w'\u2019-]*\w"

_FAMILY_FIRST = frozenset(["China", "Taiwan", "South Korea", "North Korea", "Vietnam", "Cambodia"])
"""Countries whose people bear the family name first."""

_NOT_NAMES = frozenset(_NO_NAME_WORDS)

_NAME_BEFORE = re.compile(rf"(?<![.!?\u201d\"] )(?<!^)\b({_CAP}) $")

_SHORT_TITLE = re.compile(r"\b(?:Mr|Ms|Mrs|Dr|Sir|Lord)\.? $")


@dataclass
class Names:
    """All names of one article, in the order of the text; none overlaps another."""

    spans: list[Name]
    people: dict[str, Person]


def names(text: str, listed: list[Listed]) -> Names:
    """The names of an article, given where forms of the gazetteer stand in it."""
    found: list[Name] = []
    titles: list[tuple[int, int, Entry]] = []
    padded = f"{text} "
    for start, end, entries in listed:
        if padded[end].isalnum() or (
            start
            and text[start] != " "
            and (padded[start - 1].isalnum() or padded[start - 1] == "-")
        ):
            continue
        for entry in entries:
            if entry.kind == "title":
                titles.append((start, end, entry))
            elif entry.kind == "ending":
                one = _organisation(text, start, end, entry)
                if one is not None:
                    found.append(one)
                    if entry.name == "apposed":
                        found += _again(text, one)
            else:
                found.append(listed_name(start, end, entry))
    found = _longest(found)
    people: dict[str, Person] = {}
    for one in found:
        if one.kind == "person":
            know(people, one.name, is_judge=one.is_judge, base=one.base, country=one.country)
    found += titled_names(text, _longest_titles(titles), found, people)
    found = _longest(found)
    found += _by_surname(text, found, people)
    spans = _longest(found)
    return Names([_with_possessive(text, one, people) for one in spans], people)


def _longest(found: list[Name]) -> list[Name]:
    found.sort(key=lambda one: (one.start, -one.end, one.kind != "person"))
    kept: list[Name] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end and one.end - one.start > kept[-1].end - kept[-1].start:
            kept[-1] = one
    return kept


def _longest_titles(titles: list[tuple[int, int, Entry]]) -> list[tuple[int, int, Entry]]:
    titles.sort(key=lambda one: (one[0], -one[1], not one[2].before))
    kept: list[tuple[int, int, Entry]] = []
    for one in titles:
        same = kept and one[0] == kept[-1][0] and one[1] == kept[-1][1]
        if same or not kept or one[0] >= kept[-1][1] or (one[2].before and not kept[-1][2].before):
            kept.append(one)
    return kept


def _organisation(text: str, start: int, end: int, entry: Entry) -> Name | None:
    """An agency or company that the gazetteer does not list, by the last word of its name."""
    if entry.name == "apposed":
        return _apposed(text, start, end)
    match = _CAPITALS.search(text, max(0, start - 60), start)
    if match is None:
        return None
    begin, words = match.start(), match[0].split(" ")
    while words and (words[0] in _NOT_NAMES or words[0] in ("U.S.", "But", "And")):
        begin += len(words.pop(0)) + 1
    if not words:
        return None
    kind: Kind = "company" if entry.name == "company" else "agency"
    return Name(begin, end, kind, text[begin:end])


def _apposed(text: str, start: int, end: int) -> Name | None:
    """'Ryan, a tax-services company in Dallas,': what the noun says is a company."""
    if ", " not in text[max(0, start - 40) : start] or not _AFTER_COMPANY.match(text, end):
        return None
    match = _BEFORE_COMPANY.search(text, max(0, start - 90), start)
    if match is None or match[1] in _NOT_NAMES:
        return None
    return Name(match.start(1), match.end(1), "company", match[1])


def _again(text: str, one: Name) -> Iterator[Name]:
    """Later mentions of a company by the name that the article gave it."""
    at = text.find(one.name, one.end)
    while at >= 0:
        if _is_whole(text, at, at + len(one.name)):
            yield one._replace(start=at, end=at + len(one.name))
        at = text.find(one.name, at + len(one.name))


def _by_surname(text: str, found: list[Name], people: dict[str, Person]) -> list[Name]:
    """Later mentions by surname alone of people named in full."""
    made: list[Name] = []
    shorts: dict[str, list[Person]] = {}
    for person in people.values():
        last = gazetteer.surname(person.name)
        if last != person.name:
            shorts.setdefault(last, []).append(person)
        if person.country in _FAMILY_FIRST and last == person.name.rpartition(" ")[2]:
            shorts.setdefault(person.name.partition(" ")[0], []).append(person)
    for last, persons in shorts.items():
        at = text.find(last)
        while at >= 0:
            end = at + len(last)
            if _is_whole(text, at, end) and not _in_other_name(text, at):
                person = persons[0]
                if len(persons) > 1:
                    before = [one for one in found if one.end <= at and one.kind == "person"]
                    recent = [o.name for o in reversed(before)]
                    person = min(
                        persons,
                        key=lambda p: recent.index(p.name) if p.name in recent else len(recent),
                    )
                made.append(
                    Name(
                        at,
                        end,
                        "person",
                        person.name,
                        person.is_judge,
                        base=person.base,
                        country=person.country,
                    )
                )
            at = text.find(last, end)
    return made


_BEFORE_COMPANY = re.compile(
    r"\b((?:[A-ZÀ-Þ][\w&'-]*)(?: [A-ZÀ-Þ&][\w&'-]*){0,3}), (?:a|an|the) "
    r"(?:(?!at |of |for |in |with |from |former )[\w'\u2019-]+ ){0,4}(?:[\w'\u2019-]+)?$"
)
_AFTER_COMPANY = re.compile(r"[,.]| (?:in|that|which|based|with|from|of) ")
_CAPITALS = re.compile(
    r"(?:[A-ZÀ-Þ][\w&.'-]*\w|U\.S\.)(?: (?:of |and |for |the )?[A-ZÀ-Þ][\w&.'-]*\w)*$"
)


def _in_other_name(text: str, start: int) -> bool:
    """Whether a surname is part of another's name: 'Maria Rubio', 'Rubio Plaza'."""
    before = text[max(0, start - 24) : start]
    first = _NAME_BEFORE.search(before)
    return bool(
        first
        and first[1] not in _NOT_NAMES
        and not _SHORT_TITLE.search(before)
        and first[1][0].isupper()
        and not first[1].endswith(("'s", "\u2019s"))
        and first[1] not in _SENTENCE_OPENERS_BEFORE_NAME
    )


def _with_possessive(text: str, one: Name, people: dict[str, Person]) -> Name:
    tail = text[one.end : one.end + 2]
    owns = tail in ("'s", "\u2019s") or (
        text[one.end - 1 : one.end] == "s" and tail[:1] in ("'", "\u2019") and tail[1:2] == " "
    )
    judge = one.is_judge or (one.name in people and people[one.name].is_judge)
    person = people.get(one.name) if one.kind == "person" else None
    if not owns and judge == one.is_judge:
        return one
    return Name(
        one.start,
        one.end,
        one.kind,
        one.name,
        judge,
        one.level,
        one.court_id,
        person.base if person else one.base,
        one.country,
        one.title,
        owns,
    )


def _is_whole(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not before.isalnum() and not after.isalnum() and before != "-"
