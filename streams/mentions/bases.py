"""Where officials work, so that being there is no visit: place and official in, yes or no out."""

from __future__ import annotations

from streams.mentions import gazetteer, geography
from streams.mentions.context import Subject
from streams.mentions.grammar import word_set
from streams.mentions.persons import Name
from streams.mentions.places import canonical, lies_in
from streams.mentions.reading import Reading
from streams.mentions.whereabouts import dateline_place

_BASES = word_set("capital_names")
_MINISTERS = word_set("ministers")
_OFFICES_ELSEWHERE = word_set("offices_elsewhere")


def receives(place: str, host: Subject, guest: Name, reading: Reading) -> bool:
    """Whether somebody of the dateline's country meets a guest of another, at home or near it."""
    here = reading.context.country
    if here is None or host.first is None or host.first.country != here:
        return False
    known = any(one.kind == "place" for one in gazetteer.forms().get(place, ()))
    return guest.country not in (None, here) and (_in_country(place, here) or not known)


def is_base(place: str, subject: Subject, reading: Reading) -> bool:
    """Whether the official works there: being there is no visit."""
    first = subject.first
    low = place.lower()
    base = first.base if first is not None else None
    if base is not None and (low == base.lower() or (base == "Washington" and low in _BASES)):
        return True
    here = reading.context.country
    if first is not None and first.country is not None and at_capital(place, first.country):
        return True
    if (first is not None and here is not None and place == dateline_place(reading)) or (
        first is not None and here is not None and low not in _BASES and _in_country(place, here)
    ):
        if first.country == here:
            return True
        if first.country is None and first.base is None and _serves_here(first.title):
            return True
    local = first is not None and first.country is None and base is None
    if local and place == dateline_place(reading) and low not in _BASES and here is None:
        return first is not None and _serves_here(first.title)
    if base is None and first is not None and first.country is None and low in _BASES:
        return not is_from_elsewhere(subject)
    return False


def at_capital(place: str, country: str) -> bool:
    """Whether a place is the seat of a country's government."""
    return canonical(place) in geography.seats().get(country, ())


def _serves_here(title: str) -> bool:
    """Whether somebody with this title and no country is of the country that the dateline names."""
    return any(one in title for one in _MINISTERS)


def _in_country(place: str, country: str) -> bool:
    return (
        place == country
        or lies_in(place, country)
        or geography.capitals().get(place.upper()) == country
    )


def is_from_elsewhere(subject: Subject) -> bool:
    """Whether an official works elsewhere than in Washington, so that being there is a visit."""
    first = subject.first
    if first is None:
        return False
    if first.country is not None:
        return True
    title = first.title.lower()
    return any(one in title for one in _OFFICES_ELSEWHERE)
