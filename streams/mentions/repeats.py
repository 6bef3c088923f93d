"""Leaves out what an article tells twice: found events in, each event once out."""

from __future__ import annotations

from dataclasses import replace

from streams.mentions import gazetteer
from streams.mentions.found import Found

_EXACT = {"order.pronounced", "order.entered", "order.extended", "order.vacated", "order.stayed"}
_WORDS = {"statement.made", "claim.asserted"}


def without_repeats(found: list[Found]) -> list[Found]:
    """Each event once, in the order in which the article tells of it first."""
    kept: list[Found] = []
    for one in found:
        for index, other in enumerate(kept):
            if _same(other, one):
                kept[index] = _merged(other, one)
                break
        else:
            kept.append(one)
    return [one for one in kept if not _told_more_exactly(one, kept)]


def _same(first: Found, second: Found) -> bool:
    if first.type != second.type or first.when.day != second.when.day:
        return False
    if first.type.startswith("flight."):
        same_place = first.place is None or second.place is None or related(first.place, second.place)
        both_clocked = first.when.precision != "day" and second.when.precision != "day"
        if both_clocked and first.when.valid_from != second.when.valid_from:
            return False
        return same_place and not (second.when.precision != "day" and first.when.precision == "day" and second.place is None and second.explicit)
    if not _same_actors(first.actors, second.actors):
        return False
    if first.type.startswith("visit."):
        return (
            first.place is None or second.place is None or related(first.place, second.place)
            or first.from_dateline != second.from_dateline
        )
    if first.type == "claim.retracted":
        return True
    if first.type in _WORDS:
        return True
    if first.type in ("order.stayed",) and first.separate and second.separate:
        return False
    return True


def _same_actors(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not first or not second or bool(set(first) & set(second))


def _merged(first: Found, second: Found) -> Found:
    """What both say: the actors and the place of the one that has them, the narrower time."""
    narrow = second if second.when.precision != "day" and first.when.precision == "day" else first
    actors = first.actors if len(first.actors) >= len(second.actors) else second.actors
    place = first.place
    if place is None or (first.from_dateline and second.place is not None and not second.from_dateline):
        place = second.place
    elif second.place is not None and lies_in(second.place, first.place or ""):
        place = second.place
    return replace(
        first, actors=actors, place=place, when=narrow.when,
        recipients=tuple(dict.fromkeys([*first.recipients, *second.recipients])),
        court_id=first.court_id or second.court_id,
        claims_removal=first.claims_removal or second.claims_removal,
        confidence=max(first.confidence, second.confidence),
        indefinite=first.indefinite if not actors else "",
    )  # fmt: skip


def _told_more_exactly(one: Found, kept: list[Found]) -> bool:
    """'ordered' is no event of its own where the article says how: from the bench, stayed, entered."""
    if one.type == "order.issued":
        return any(
            other.type in _EXACT - {"order.stayed", "order.extended"} and other.when.day == one.when.day
            and _same_actors(one.actors, other.actors) and not one.separate
            for other in kept
        ) or any(
            other.type in ("order.stayed", "order.extended") and other.when.day == one.when.day
            and _same_actors(one.actors, other.actors)
            and (other.quote == one.quote or not one.actors or one.court_id == "scotus") and not _distinct(one, other)
            for other in kept
        )  # fmt: skip
    if one.type in _WORDS:
        # a judge's words about a ruling of that day are the ruling's
        return one.type == "statement.made" and any(
            other.type.startswith(("order.", "appeal.ruled")) and other.when.day == one.when.day
            and bool(set(one.actors) & set(other.actors))
            for other in kept
        )  # fmt: skip
    return False


def _distinct(one: Found, other: Found) -> bool:
    """A ruling and the stay of it by the same judge are two acts."""
    return other.type == "order.stayed" and other.court_id != "scotus" and bool(one.actors) and "own" in other.quote or (
        other.type == "order.stayed" and other.quote != one.quote and other.court_id != "scotus" and bool(one.actors)
    )


def related(first: str, second: str) -> bool:
    """Whether one place lies in the other, or they are one."""
    return first == second or lies_in(first, second) or lies_in(second, first)


def lies_in(inner: str, outer: str) -> bool:
    """Whether the gazetteer puts a place inside another."""
    within = gazetteer.within()
    seen = inner
    for _ in range(4):
        above = within.get(seen)
        if above is None:
            return False
        if above == outer:
            return True
        seen = above
    return False
