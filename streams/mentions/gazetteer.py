"""The gazetteer: files of people, courts, agencies, places and titles in, names and forms out.

All forms are found in one pass (``signals``). A domain expert edits ``lexicon/*.yaml``; what the
files may say stands at the top of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from streams.mentions import registry

FOLDER = Path(__file__).parent / "lexicon"

Kind = Literal["person", "agency", "company", "court", "place", "title", "ending"]
Level = Literal["supreme", "high", "appeals", "trial"]
_APOSTROPHES = ("'", "\u2019")


@dataclass(frozen=True, slots=True)
class Office:
    """An office and when somebody held it; ``until`` is None while it lasts."""

    title: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the files name."""

    kind: Kind
    name: str
    judge: bool = False
    before: bool = True
    """Of a title: whether it stands before a name (else behind one)."""
    lone: bool = False
    """Of a title: whether 'the foreign minister, NAME,' makes an official."""
    level: Level | None = None
    court_id: str | None = None
    base: str | None = None
    """Where an official works: being there is no visit."""
    country: str | None = None
    offices: tuple[Office, ...] = ()
    titles: frozenset[str] = frozenset()
    """Titles of the offices, in small letters."""


@cache
def load(file: str) -> Any:
    """What a file of the lexicon says."""
    return yaml.safe_load((FOLDER / f"{file}.yaml").read_text())


@cache
def forms() -> dict[str, tuple[Entry, ...]]:
    """Every form of every name of the files, and what it may stand for."""
    found: dict[str, dict[Entry, None]] = {}
    for form, entry in _entries():
        found.setdefault(form, {})[entry] = None
    return {form: tuple(entries) for form, entries in found.items()}


def _entries() -> Iterator[tuple[str, Entry]]:
    yield from _people()
    yield from _courts()
    yield from _organisations()
    yield from _places()
    yield from _titles()
    yield from _endings()


def _people() -> Iterator[tuple[str, Entry]]:
    for name, fields in registry.listed().items():
        offices = tuple(map(_office, fields.get("offices", ())))
        entry = Entry(
            "person",
            name,
            judge=bool(fields.get("judge")),
            base=fields.get("base"),
            country=fields.get("country"),
            offices=offices,
            titles=frozenset(one.title.lower() for one in offices),
        )
        forms = [name, *fields.get("also", ()), *fields.get("shorts", ())]
        if "short" in fields:
            forms.append(fields["short"])
        for form in forms:
            yield form, entry


def _office(text: str) -> Office:
    title, _, span = text.rpartition(" ")
    since, _, until = span.partition("/")
    return Office(title, _day(since, "01-01"), _day(until, "12-31") if until else None)


def _day(text: str, within_year: str) -> date:
    """A day; of a year alone its first or last."""
    return date.fromisoformat(text if "-" in text else f"{text}-{within_year}")


def _courts() -> Iterator[tuple[str, Entry]]:
    data, places = load("courts"), load("places")
    for name, fields in data["courts"].items():
        entry = Entry("court", name, level=fields["level"], court_id=fields.get("id"))
        for form in (name, *fields.get("also", ())):
            yield form, entry
    for pattern in data["patterns"]:
        for values in _fillings(pattern["name"], places):
            name = pattern["name"].format(**values)
            entry = Entry("court", name, level=pattern["level"])
            yield name, entry
            for form in pattern["also"]:
                yield form.format(**values), entry


def _fillings(name: str, places: dict[str, Any]) -> Iterator[dict[str, str]]:
    if "{state}" in name:
        yield from ({"state": state} for state in places["states"])
    else:
        for country, (demonym, *_) in places["countries"].items():
            yield {"country": country, "demonym": demonym}


def _organisations() -> Iterator[tuple[str, Entry]]:
    data, places = load("agencies"), load("places")
    kinds: tuple[tuple[Kind, str], ...] = (("agency", "agencies"), ("company", "companies"))
    for kind, group in kinds:
        for name, others in data[group].items():
            entry = Entry(kind, name)
            for form in (name, *others):
                yield form, entry
    for country, (demonym, *_) in places["countries"].items():
        for office, name in (("government", "Government of"), ("foreign ministry", "")):
            full = f"{name} {country}" if name else f"Foreign Ministry of {country}"
            entry = Entry("agency", full, country=country)
            for mark in _APOSTROPHES:
                yield f"{country}{mark}s {office}", entry
                yield f"{country}{mark} {office}", entry
            yield f"{demonym} {office}", entry
            yield f"{demonym} {office.title()}", entry
            yield f"{office.title()} of {country}", entry


def _places() -> Iterator[tuple[str, Entry]]:
    data = load("places")
    for state in data["states"]:
        yield state, Entry("place", state)
    for country, (_, *others) in data["countries"].items():
        for form in (country, *others):
            yield form, Entry("place", country if form == country else form, country=country)
    for country, forms in data["capitals"].items():
        for form in forms:
            yield form, Entry("place", forms[0], country=country)
    for name, fields in data["places"].items():
        entry = Entry("place", name, country=fields.get("in"))
        for form in (name, *fields.get("also", ())):
            yield form, entry
            if form.upper() != form and " " in form:
                yield form.upper(), entry


def _titles() -> Iterator[tuple[str, Entry]]:
    data = load("titles")
    lone = set(data["lone"])
    for title in data["judge"]:
        yield title, Entry("title", title, judge=True, lone=title in lone)
    for title in data["office"]:
        yield title, Entry("title", title, lone=title in lone)
    for title in (*data["behind"], *data["who"], *lone):
        yield title, Entry("title", title, before=False, lone=title in lone)
    for title in data["judge_behind"]:
        yield title, Entry("title", title, judge=True, before=False, lone=title in lone)


def _endings() -> Iterator[tuple[str, Entry]]:
    """Last words of names of agencies and companies: 'Texas Education Agency'."""
    data = load("agencies")
    for ending in data["company_endings"]:
        yield f" {ending}", Entry("ending", "company")
    for noun in data["company_nouns"]:
        yield f" {noun}", Entry("ending", "apposed")
    for ending in data["agency_endings"]:
        yield f" {ending}", Entry("ending", "agency")


@cache
def people_by_surname() -> dict[str, tuple[Entry, ...]]:
    """Listed people by the last word of their names, for 'Judge Xinis' and 'Mr. Bukele'."""
    found: dict[str, list[Entry]] = {}
    for form, entry in _people():
        last = surname(form)
        held = found.setdefault(last, [])
        if entry not in held:
            held.append(entry)
    return {last: tuple(entries) for last, entries in found.items()}


@lru_cache(maxsize=4096)
def surname(name: str) -> str:
    """The last word of a name that is no 'Jr.' or numeral; with 'Van' or 'de' where it has one.

    Of a listed name whose family name stands first ('Wang Yi'), that: the file says so.
    """
    family = _families().get(name)
    if family is not None:
        return family
    words = [word for word in name.replace(",", "").split() if word.rstrip(".") not in _SUFFIXES]
    if not words:
        return name
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:])


_SUFFIXES = {"Jr", "Sr", "II", "III", "IV"}
_PARTICLES = {"van", "von", "der", "de", "la", "del", "di", "da", "dos", "bin", "el", "al", "ter"}


@cache
def _families() -> dict[str, str]:
    """Family names by name, of those who bear it first."""
    people = registry.listed().items()
    return {name: fields["family"] for name, fields in people if "family" in fields}


@cache
def administrations() -> tuple[tuple[date, str], ...]:
    """Since when 'the government' stands for which administration, latest first."""
    rows = load("agencies")["administration"]
    return tuple(sorted(((row["from"], row["name"]) for row in rows), reverse=True))
