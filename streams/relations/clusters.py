"""Which reports tell of one thing, and what they amount to.

Two reports are of one thing where their type is one, their times meet, their places do not exclude
each other, and they share an actor (or, of flights, name no different flight). Chains of such
reports are one cluster as far as each agrees with its earliest report in time, place and flight:
what that one excludes begins a cluster of its own, so that no chain makes two things one. A report
without an actor is loose: it joins the one cluster that it fits; where it fits several it stands
apart. Those that stand apart are one where they tell type, day and place alike. ``Clusters`` in
``cluster_index`` keeps them as reports come and go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.facts.identity import identity
from streams.facts.instants import to_datetime
from streams.facts.news import Mention
from streams.mentions.places import related
from streams.mentions.values import ClaimedValue, claimed_values

ABOUT_MS = 45 * 60_000
"""Clock times of one take-off or landing that papers give differ by less than this."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One claimed value and who claims it."""

    value: ClaimedValue
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What several reports of one thing amount to."""

    first_report: Mention
    outlets: tuple[str, ...]
    values: tuple[Spread, ...]


def event_id_of(first: Mention) -> str:
    """The id of the event that this report is the first of: it stays while later ones join."""
    flights = (*sorted(first.flight_numbers), *sorted(first.registrations))
    day = to_datetime(first.valid_from).date().isoformat()
    plain = identity("event", first.type, day, first.place, *sorted(first.actors))
    return identity("event", plain, *flights) if flights else plain


def excludes(one: Mention, other: Mention) -> bool:
    """Whether two reports of one type cannot be of one thing, whatever lies between them."""
    if not _times_meet(one, other):
        return True
    if one.place and other.place and not related(one.place, other.place):
        return True
    if not one.type.startswith("flight."):
        return False
    numbers = set(one.flight_numbers), set(other.flight_numbers)
    tails = set(one.registrations), set(other.registrations)
    return any(a and b and not a & b for a, b in (numbers, tails))


def same_thing(one: Mention, other: Mention) -> bool:
    """Whether two reports can be of one thing."""
    if one.type != other.type or excludes(one, other):
        return False
    if one.type.startswith("flight."):
        return True
    if not one.actors or not other.actors:
        return not is_anchored(one) or not is_anchored(other)
    return bool(set(one.actors) & set(other.actors))


def chained(anchored: Sequence[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """Whole chains of anchored reports, sorted: each report with the first of its cluster."""
    left = list(anchored)
    while left:
        first = left.pop(0)
        todo = [first]
        while todo:
            one = todo.pop()
            yield one, first
            apart: list[Mention] = []
            for other in left:
                joins = same_thing(one, other) and not excludes(first, other)
                (todo if joins else apart).append(other)
            left = apart


def summary(members: Sequence[Mention]) -> Summary:
    """First report, outlets, and each claimed value with the outlets that claim it."""
    ordered = sorted(members, key=order_of)
    claims: dict[ClaimedValue, set[str]] = {}
    for one in ordered:
        for value in claimed_values(one.quote):
            claims.setdefault(value, set()).add(one.outlet)
    values = sorted(
        claims, key=lambda value: (value.counted, value.number, value.scope, value.rough)
    )
    outlets = tuple(sorted({one.outlet for one in ordered}))
    spread = tuple(Spread(value, tuple(sorted(claims[value]))) for value in values)
    return Summary(ordered[0], outlets, spread)


def _times_meet(one: Mention, other: Mention) -> bool:
    slack = ABOUT_MS if "day" not in (one.precision, other.precision) else 0
    if one.type.startswith("flight.") and slack:
        slack = ABOUT_MS // 3
    return one.valid_from <= other.valid_to + slack and other.valid_from <= one.valid_to + slack


def is_anchored(one: Mention) -> bool:
    """Whether it names who did it, or of a flight which or when to the minute."""
    if one.type.startswith("flight."):
        return bool(one.flight_numbers or one.registrations) or one.precision != "day"
    return bool(one.actors)


def order_of(one: Mention) -> tuple[int, str]:
    """By what reports are sorted: when they were published."""
    return one.published_at, one.mention_id
