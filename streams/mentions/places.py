"""Whether one place lies in another, by the gazetteer."""

from __future__ import annotations

from streams.mentions import gazetteer

_DEEP = 4


def related(first: str, second: str) -> bool:
    """Whether one place lies in the other, or they are one."""
    return first == second or lies_in(first, second) or lies_in(second, first)


def lies_in(inner: str, outer: str) -> bool:
    """Whether the gazetteer puts a place inside another."""
    within = gazetteer.within()
    seen = inner
    for _ in range(_DEEP):
        above = within.get(seen)
        if above is None:
            return False
        if above == outer:
            return True
        seen = above
    return False
