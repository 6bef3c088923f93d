"""Leaves out what an article tells twice: found events in, each event once out."""

from __future__ import annotations

import re
from dataclasses import replace

from streams.mentions.found import Found
from streams.mentions.places import lies_in, related

_FLIGHT = re.compile(r"\b[Ff]light (\d{2,4})\b|\b(N[1-9]\d{0,4}[A-HJ-NP-Z]{0,2})\b")
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
        same_place = (
            first.place is None or second.place is None or related(first.place, second.place)
        )
        both_clocked = first.when.precision != "day" and second.when.precision != "day"
        names = _flights_named(first), _flights_named(second)
        if names[0] != names[1] and all(names):
            return False
        if both_clocked and first.when.valid_from != second.when.valid_from:
            return False
        return same_place and not (
            second.when.precision != "day"
            and first.when.precision == "day"
            and second.place is None
            and second.explicit
        )
    if not _same_actors(first.actors, second.actors):
        return False
    if first.type.startswith("visit."):
        return (
            first.place is None
            or second.place is None
            or related(first.place, second.place)
            or first.from_dateline != second.from_dateline
        )
    if first.type == "claim.retracted":
        return True
    if first.type in _WORDS:
        return True
    return not (first.type in ("order.stayed",) and first.separate and second.separate)


def _flights_named(one: Found) -> frozenset[str]:
    """Flight numbers and registrations in the words it rests on."""
    return frozenset(_FLIGHT.findall(one.quote))


def _same_actors(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not first or not second or bool(set(first) & set(second))


def _merged(first: Found, second: Found) -> Found:
    """What both say: the actors and the place of the one that has them, the narrower time."""
    narrow = second if second.when.precision != "day" and first.when.precision == "day" else first
    actors = first.actors if len(first.actors) >= len(second.actors) else second.actors
    place = first.place
    if (
        place is None
        or (first.from_dateline and second.place is not None and not second.from_dateline)
        or (second.place is not None and lies_in(second.place, first.place or ""))
    ):
        place = second.place
    if first.indefinite and not second.indefinite and second.explicit and second.actors:
        # 'a judge had told the state so': told in full where the judge is named
        first = replace(first, quote=second.quote, quote_start=second.quote_start)
    return replace(
        first,
        actors=actors,
        place=place,
        when=narrow.when,
        recipients=tuple(dict.fromkeys([*first.recipients, *second.recipients])),
        court_id=first.court_id or second.court_id,
        claims_removal=first.claims_removal or second.claims_removal,
        confidence=max(first.confidence, second.confidence),
        indefinite=first.indefinite if not actors else "",
    )


def _told_more_exactly(one: Found, kept: list[Found]) -> bool:
    """'ordered' is no event of its own where the article says how: from the bench, entered."""
    if one.type == "order.issued":
        return any(_covers(other, one) for other in kept)
    if (
        one.type in _WORDS
        and not one.explicit
        and any(
            other is not one
            and other.type in _WORDS
            and other.when.day == one.when.day
            and bool(set(one.actors) & set(other.actors))
            for other in kept
            if other.explicit
        )
    ):
        return True  # 'he added': of the words that the day was named for
    if one.type in _WORDS:
        # a judge's words about a ruling of that day are the ruling's
        return one.type == "statement.made" and any(
            other.type.startswith(("order.", "appeal.ruled"))
            and other.when.day == one.when.day
            and bool(set(one.actors) & set(other.actors))
            for other in kept
        )
    return False


def _covers(exact: Found, plain: Found) -> bool:
    """Whether a plainer 'ordered' only tells of the same act."""
    if exact.type not in _EXACT or exact.when.day != plain.when.day or plain.separate:
        return False
    if not _same_actors(exact.actors, plain.actors):
        return False
    if exact.type in ("order.pronounced", "order.entered", "order.vacated"):
        return True
    if exact.type == "order.extended":
        return exact.quote == plain.quote
    # a judge who rules and stays the ruling acts twice
    return plain.court_id == "scotus" or exact.court_id == "scotus" or not plain.actors
