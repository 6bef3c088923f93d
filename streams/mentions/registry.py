"""Listed officials: two files of the lexicon in, fields by name out.

``people.yaml`` says most of each; ``officials.yaml`` lists many by office, in years.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.mentions import gazetteer, geography

Fields = dict[str, Any]


def listed() -> dict[str, Fields]:
    """What the files say of each listed official; people.yaml wins where both list somebody."""
    people: dict[str, Fields] = gazetteer.load("people")
    data = gazetteer.load("officials")
    others = [*_of_states(data), *_judges(data), *_abroad(data), *_international(data)]
    known = {form for name, fields in people.items() for form in (name, *fields.get("also", ()))}
    return {name: fields for name, fields in others if name not in known} | people


def _of_states(data: Fields) -> Iterator[tuple[str, Fields]]:
    for group in data["united_states"]:
        for name, said in group["people"].items():
            base, span = (group["base"], said) if isinstance(said, str) else said
            yield name, {"base": base, "offices": [f"{group['office']} {span}"]}


def _judges(data: Fields) -> Iterator[tuple[str, Fields]]:
    yield from ((name, {"judge": True}) for name in data["judges"])


def _abroad(data: Fields) -> Iterator[tuple[str, Fields]]:
    for country, people in data["world"].items():
        seats = geography.seats().get(country, ())
        for name, (office, span, *more) in people.items():
            fields: Fields = {"country": country, "offices": [f"{office} {span}"]}
            if more or seats:
                fields["base"] = more[0] if more else seats[0]
            if len(more) > 1:
                fields["family"] = more[1]
            yield name, fields


def _international(data: Fields) -> Iterator[tuple[str, Fields]]:
    for name, (office, base, span) in data["international"].items():
        yield name, {"base": base, "offices": [f"{office} {span}"]}
