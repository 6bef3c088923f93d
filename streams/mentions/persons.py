"""Names in a text, and who the people are whom an article makes known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from streams.mentions import gazetteer
from streams.mentions.gazetteer import Entry, Kind, Level


class Name(NamedTuple):
    """A name and where it stands in the text, its title included."""

    start: int
    end: int
    kind: Kind
    name: str
    is_judge: bool = False
    level: Level | None = None
    court_id: str | None = None
    base: str | None = None
    country: str | None = None
    title: str = ""
    possessive: bool = False


@dataclass
class Person:
    """An official as the article makes him known."""

    name: str
    is_judge: bool
    base: str | None = None
    country: str | None = None
    titles: set[str] = field(default_factory=set)


def listed_name(start: int, end: int, entry: Entry) -> Name:
    """A name of the gazetteer, where it stands."""
    return Name(
        start,
        end,
        entry.kind,
        entry.name,
        entry.judge,
        entry.level,
        entry.court_id,
        entry.base,
        entry.country,
    )


def know(
    people: dict[str, Person],
    name: str,
    *,
    is_judge: bool,
    title: str = "",
    base: str | None = None,
    country: str | None = None,
) -> Person:
    """Note what the article tells of a person, who is made where not yet known."""
    person = people.get(name)
    if person is None:
        person = people[name] = Person(name, is_judge, base, country)
        for entry in gazetteer.people_by_surname().get(gazetteer.surname(name), ()):
            if entry.name == name:
                person.titles |= entry.titles
    person.is_judge = person.is_judge or is_judge
    if title:
        person.titles.add(title.lower())
    return person


def official(
    begin: int, at: int, name: str, title: Entry, people: dict[str, Person]
) -> Name | None:
    """Make an official of a title and a name; a surname alone is looked up first."""
    end = at + len(name)
    if " " not in name:
        known = _by_last_word(name, people, is_judge=title.judge)
        if known is not None:
            return Name(
                begin,
                end,
                "person",
                known.name,
                known.is_judge,
                base=known.base,
                country=known.country,
                title=title.name,
            )
    listed = _same_person(name, people)
    full = listed.name if listed else name
    person = know(people, full, is_judge=title.judge, title=title.name)
    return Name(
        begin,
        end,
        "person",
        full,
        title.judge or person.is_judge,
        base=person.base,
        country=person.country,
        title=title.name,
    )


def _same_person(name: str, people: dict[str, Person]) -> Person | None:
    """'John J. McConnell' is 'John McConnell'."""
    plain = _plain(name)
    return next((one for one in people.values() if _plain(one.name) == plain), None)


def _plain(name: str) -> tuple[str, ...]:
    words = name.replace(",", "").split()
    return tuple(w for w in words if not w.endswith(".") and w not in ("II", "III", "IV"))


def _by_last_word(name: str, people: dict[str, Person], *, is_judge: bool) -> Person | None:
    named = [one for one in people.values() if gazetteer.surname(one.name) == name]
    fitting = [one for one in named if one.is_judge == is_judge] or (named if not is_judge else [])
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return fitting[0]
    listed = [e for e in gazetteer.people_by_surname().get(name, ()) if e.judge == is_judge]
    if len(listed) == 1:
        one = listed[0]
        return know(people, one.name, is_judge=one.judge, base=one.base, country=one.country)
    return None
