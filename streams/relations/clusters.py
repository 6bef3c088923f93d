"""Which reports tell of one thing: mentions in, clusters of them out, in whatever order they came.

Two reports are of one thing where their type is one, their times meet, their places do not exclude
each other, and they share an actor (or, of flights, name no different flight). A report without an
actor joins the one cluster that it fits; where it fits several it stands apart, so that it never
makes two things one. ``Clusters`` is the index that the join holds: after every change the clusters
equal those of all mentions taken at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.facts.derived import Mention
from streams.facts.identity import identity
from streams.mentions.places import related
from streams.mentions.values import ClaimedValue, claimed_values
from streams.relations.events import cluster_of

_DAY_MS = 86_400_000
_ABOUT_MS = 45 * 60_000
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


def clusters(mentions: Iterable[Mention]) -> dict[str, tuple[Mention, ...]]:
    """Members of each cluster by its id, first report first. The order of mentions does not matter.

    The id is that of the first report (``event_id_of``): it stays while later reports join.
    """
    ordered = sorted(mentions, key=_order)
    groups: list[list[Mention]] = []
    for one in (one for one in ordered if _is_anchored(one)):
        fitting = [group for group in groups if any(same_thing(one, other) for other in group)]
        merged = [one, *(other for group in fitting for other in group)]
        groups = [group for group in groups if group not in fitting]
        groups.append(merged)
    loose: list[list[Mention]] = []
    for one in (one for one in ordered if not _is_anchored(one)):
        fitting = [group for group in groups if any(same_thing(one, other) for other in group)]
        if len(fitting) == 1:
            fitting[0].append(one)
            continue
        alike = [group for group in loose if event_id_of(group[0]) == event_id_of(one)]
        if alike:
            alike[0].append(one)
        else:
            loose.append([one])
    found: dict[str, tuple[Mention, ...]] = {}
    for group in [*groups, *loose]:
        members = tuple(sorted(group, key=_order))
        key = event_id_of(members[0])
        found[key] = tuple(sorted((*found.get(key, ()), *members), key=_order))
    return found


def event_id_of(first: Mention) -> str:
    """The id of the event that this report is the first of."""
    flights = (*sorted(first.flight_numbers), *sorted(first.registrations))
    return identity("event", cluster_of(first), *flights) if flights else cluster_of(first)


def same_thing(one: Mention, other: Mention) -> bool:
    """Whether two reports can be of one thing."""
    if one.type != other.type or not _times_meet(one, other):
        return False
    if one.place and other.place and not related(one.place, other.place):
        return False
    if one.type.startswith("flight."):
        numbers = set(one.flight_numbers), set(other.flight_numbers)
        tails = set(one.registrations), set(other.registrations)
        return not any(a and b and not a & b for a, b in (numbers, tails))
    if not one.actors or not other.actors:
        return not _is_anchored(one) or not _is_anchored(other)
    return bool(set(one.actors) & set(other.actors))


def summary(members: Sequence[Mention]) -> Summary:
    """First report, outlets, and each claimed value with the outlets that claim it."""
    ordered = sorted(members, key=_order)
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


class Clusters:
    """Clusters of the mentions held so far, brought up to date one mention at a time."""

    def __init__(self) -> None:
        self._held: dict[str, Mention] = {}
        self._by_day: dict[tuple[str, int], set[str]] = {}
        self._members: dict[str, tuple[Mention, ...]] = {}
        self._cluster: dict[str, str] = {}

    def hold(self, mention: Mention) -> set[str]:
        """Take a mention in the place of its earlier revision; ids of clusters that changed."""
        touched = self.drop(mention.mention_id)
        if mention.is_deleted:
            return touched
        self._held[mention.mention_id] = mention
        for key in _days(mention):
            self._by_day.setdefault(key, set()).add(mention.mention_id)
        return touched | self._regroup(mention)

    def drop(self, mention_id: str) -> set[str]:
        """Let go of a mention; ids of clusters that changed."""
        mention = self._held.pop(mention_id, None)
        if mention is None:
            return set()
        for key in _days(mention):
            self._by_day[key].discard(mention_id)
            if not self._by_day[key]:
                del self._by_day[key]
        return self._regroup(mention)

    def members(self, event_id: str) -> tuple[Mention, ...]:
        """Reports of one thing, the first first; none where the id stands for nothing now."""
        return self._members.get(event_id, ())

    def _regroup(self, mention: Mention) -> set[str]:
        near = self._near(mention)
        old = {self._cluster[name] for name in near | {mention.mention_id} if name in self._cluster}
        self._cluster.pop(mention.mention_id, None)
        new = clusters(self._held[name] for name in near)
        changed = {name for name in old | new.keys() if self._members.get(name) != new.get(name)}
        for name in old:
            self._members.pop(name, None)
        for name, members in new.items():
            self._members[name] = members
            for one in members:
                self._cluster[one.mention_id] = name
        return changed

    def _near(self, mention: Mention) -> set[str]:
        """Everything of its type that a chain of days joins to it: no cluster reaches further."""
        found: set[str] = set()
        seen: set[tuple[str, int]] = set()
        todo = list(_days(mention))
        while todo:
            key = todo.pop()
            if key in seen:
                continue
            seen.add(key)
            for name in self._by_day.get(key, ()):
                if name not in found:
                    found.add(name)
                    todo.extend(_days(self._held[name]))
        return found


def _days(mention: Mention) -> tuple[tuple[str, int], ...]:
    """Days that a mention touches, by type; widened so that clocks that nearly meet share one."""
    first = (mention.valid_from - _ABOUT_MS) // _DAY_MS
    last = (mention.valid_to + _ABOUT_MS) // _DAY_MS
    return tuple((mention.type, day) for day in range(first, last + 1))


def _times_meet(one: Mention, other: Mention) -> bool:
    slack = _ABOUT_MS if "day" not in (one.precision, other.precision) else 0
    if one.type.startswith("flight.") and slack:
        slack = _ABOUT_MS // 3
    return one.valid_from <= other.valid_to + slack and other.valid_from <= one.valid_to + slack


def _is_anchored(one: Mention) -> bool:
    """Whether it names who did it, or of a flight which or when to the minute."""
    if one.type.startswith("flight."):
        return bool(one.flight_numbers or one.registrations) or one.precision != "day"
    return bool(one.actors)


def _order(one: Mention) -> tuple[int, str]:
    return one.published_at, one.mention_id
