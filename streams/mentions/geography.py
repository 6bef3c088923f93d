"""Places in relation: what lies in what, where governments sit, which circuit sits in a city."""

from __future__ import annotations

from functools import cache

from streams.mentions import gazetteer


@cache
def within() -> dict[str, str]:
    """What each place lies in."""
    data = gazetteer.load("places")
    found = {city: country for country, (city, *_) in data["capitals"].items()}
    found |= {name: fields["in"] for name, fields in data["places"].items() if "in" in fields}
    return found


@cache
def seats() -> dict[str, tuple[str, ...]]:
    """Where the government of each country sits."""
    return {
        country: tuple(cities) for country, cities in gazetteer.load("places")["capitals"].items()
    }


@cache
def state_capitals() -> frozenset[str]:
    """Where governors and legislatures work."""
    return frozenset(gazetteer.load("places")["state_capitals"])


@cache
def states() -> frozenset[str]:
    """States of the United States."""
    return frozenset(gazetteer.load("places")["states"])


@cache
def capitals() -> dict[str, str]:
    """Countries by the city, in capitals, where their listed leaders work."""
    return {
        fields["base"].upper(): fields["country"]
        for fields in gazetteer.load("people").values()
        if "base" in fields and "country" in fields
    }


@cache
def countries() -> dict[str, str]:
    """Countries by name and by demonym."""
    found: dict[str, str] = {}
    for country, (demonym, *_) in gazetteer.load("places")["countries"].items():
        found[country] = found[demonym] = country
    return found


@cache
def circuit_cities() -> tuple[tuple[str, str], ...]:
    """City and circuit, for 'a federal appeals court in Richmond'."""
    pairs: list[tuple[str, str]] = []
    for name, fields in gazetteer.load("courts")["courts"].items():
        cities = fields.get("city", ())
        pairs += [(city, name) for city in ([cities] if isinstance(cities, str) else cities)]
    return tuple(pairs)
