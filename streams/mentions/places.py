"""Whether one place lies in another, by the gazetteer."""

from __future__ import annotations

from functools import lru_cache

from streams.mentions import gazetteer, geography

_DEEP = 4


def related(first: str, second: str) -> bool:
    """Whether one place lies in the other, or they are one."""
    one, other = canonical(first), canonical(second)
    return one == other or lies_in(one, other) or lies_in(other, one)


@lru_cache(maxsize=4096)
def canonical(place: str) -> str:
    """The name by which the gazetteer lists a place: 'Bogota' is Bogotá, 'D.C.' Washington."""
    entries = gazetteer.forms().get(place, ())
    return next((one.name for one in entries if one.kind == "place"), place)


def lies_in(inner: str, outer: str) -> bool:
    """Whether the gazetteer puts a place inside another."""
    within = geography.within()
    seen, outer = canonical(inner), canonical(outer)
    for _ in range(_DEEP):
        above = within.get(seen)
        if above is None:
            return False
        if above == outer:
            return True
        seen = above
    return False
