"""The clusters that are held: reports come, change and go one at a time; each change stays local.

After every change the clusters equal those of all reports taken at once
(``tests/streams/relations/batch_clusters.py``), whatever the order they came in. What is worked out
anew: the clusters that a report touches, those that chains tie to them, the loose reports that fit
one of those, and the names of what would share a name with them. A cluster that is past the horizon
is at rest, whole: with its reports, its handle and its name. It is taken back when a report comes
near it in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec

from streams.facts.derived import Mention
from streams.facts.identity import Revision
from streams.relations.cluster_names import Asked, ClusterNames, day_of
from streams.relations.clusters import (
    ABOUT_MS,
    event_id_of,
    excludes,
    is_anchored,
    order_of,
    same_thing,
)
from streams.relations.entries import Entries
from streams.relations.horizon import Span, TimeIndex
from streams.relations.intervals import Intervals

_ALL, _LOOSE = "all", "loose"
_DAY_MS = 86_400_000


class _Resting(msgspec.Struct, array_like=True, frozen=True):
    """A cluster at rest: what its first report asked for, its event id, its reports."""

    asked: Asked
    name: str
    reports: list[Mention]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Resting).decode


@dataclass(frozen=True, slots=True)
class Rested:
    """A cluster that was put to rest: its event id and the ids of its reports."""

    event_id: str
    reports: tuple[str, ...]


class Clusters:
    """Ids of the reports of each thing, by the thing's event id.

    Inside, a group goes by a handle: the id of its first anchored report; for loose reports that
    stand apart together, what they share.
    """

    def __init__(self, entries: Entries, wake: Callable[[str], None]) -> None:
        """``wake`` takes a report that is at rest into memory, where its cluster is taken back."""
        self._entries, self._wake = entries, wake
        self._held: dict[str, Mention] = {}
        self._like_by_time: dict[tuple[str, ...], Intervals] = {}
        self._handle: dict[str, str] = {}
        self._groups: dict[str, set[str]] = {}
        self._names = ClusterNames()
        self.by_time = TimeIndex("clusters", entries, self._woken)

    def __len__(self) -> int:
        """How many reports are in memory."""
        return len(self._held)

    def hold(self, mention: Mention) -> set[str]:
        """Take a report in the place of its earlier revision; ids of events that it regroups.

        A revision that changes nothing that clusters rest on regroups nothing.
        """
        old, new = self._held.get(mention.mention_id), _told(mention)
        return set() if new == old else self._change(old, new)

    def drop(self, mention_id: str) -> set[str]:
        """Let go of a report; ids of events that this regroups."""
        old = self._held.get(mention_id)
        return set() if old is None else self._change(old, None)

    def event_of(self, mention_id: str) -> str | None:
        """The event that a report tells of; None where the report is not held."""
        handle = self._handle.get(mention_id)
        return None if handle is None else self._names.name(handle)

    def members(self, event_id: str) -> tuple[str, ...]:
        """Ids of the reports of one thing, the first published first; none where it is gone."""
        handle = self._names.handle(event_id)
        if handle is None:
            return ()
        return tuple(one.mention_id for one in self._sorted(self._groups[handle]))

    def recall(self, mention: Mention) -> None:
        """Take back what is at rest near a report, its own cluster too."""
        self.by_time.recall(mention.valid_from - ABOUT_MS, mention.valid_to + ABOUT_MS)

    def evict(self, limit: int, most: int) -> list[Rested]:
        """Put clusters to rest that were over before an instant, at most so many."""
        rested = []
        for handle in self.by_time.evict(limit, most):
            reports = self._sorted(self._groups.pop(handle))
            asked, name = self._names.let_go(handle)
            for one in reports:
                del self._handle[one.mention_id]
                self._unindex(one)
            self._entries.put_to_rest(f"cluster:{handle}", _encode(_Resting(asked, name, reports)))
            rested.append(Rested(name, tuple(one.mention_id for one in reports)))
        return rested

    def forget(self, limit: int) -> None:
        """Let go of notes of clusters that are gone."""

        def is_over(handle: str) -> bool:
            resting = self._entries.at_rest(f"cluster:{handle}")
            return resting is None and handle not in self._groups

        self.by_time.sift(limit, is_over)

    def _woken(self, handle: str) -> Span | None:
        value = self._entries.at_rest(f"cluster:{handle}")
        if value is not None:
            self._entries.put_to_rest(f"cluster:{handle}", None)
            resting = _decode(value)
            self._names.take(handle, resting.asked, resting.name)
            self._groups[handle] = {one.mention_id for one in resting.reports}
            for one in resting.reports:
                self._handle[one.mention_id] = handle
                self._put(one)
                self._wake(one.mention_id)
        return self._span(handle)

    def _span(self, handle: str) -> Span | None:
        """When a report can touch a cluster: near one of its own, or on the day that names it."""
        if handle not in self._groups:
            return None
        reports = self._sorted(self._groups[handle])
        day = day_of(reports[0])
        begins = min(one.valid_from for one in reports) - ABOUT_MS
        ends = max(one.valid_to for one in reports) + ABOUT_MS
        return min(begins, day), max(ends, day + _DAY_MS)

    def _first(self, handle: str) -> Mention | None:
        group = self._groups.get(handle)
        return self._sorted(group)[0] if group else None

    def _change(self, old: Mention | None, new: Mention | None) -> set[str]:
        dirty: set[str] = set()
        moved = [one for one in (old, new) if one is not None]
        region: set[str] = set()
        for one in moved:
            for name in (one.mention_id, *self._like(one)):
                region |= self._anchored_with(name)
        region = self._tied(region)
        if old is not None:
            self._move(old.mention_id, None, dirty)
            self._unindex(old)
            region.discard(old.mention_id)
        loose: set[str] = set()
        if new is not None:
            self._put(new)
            (region if is_anchored(new) else loose).add(new.mention_id)
        for name, handle in self._components(region):
            if self._handle.get(name) != handle:
                self._move(name, handle, dirty)
                moved.append(self._held[name])
        for one in moved:
            if is_anchored(one):
                loose |= self._meeting(one, _LOOSE)
        for name in loose:
            self._move(name, self._fit(self._held[name]), dirty)
        return self._renamed(dirty)

    def _like(self, one: Mention) -> set[str]:
        """Anchored reports that an anchored one is chained to directly."""
        return self._meeting(one, *_chaining(one)) if is_anchored(one) else set()

    def _meeting(self, one: Mention, *kinds: str) -> set[str]:
        """Reports of these kinds that are of one thing with this one."""
        found = {name for kind in kinds for name in self._near(one, kind)}
        return {
            name for name in found if name != one.mention_id and same_thing(one, self._held[name])
        }

    def _near(self, one: Mention, kind: str) -> Iterator[str]:
        self.recall(one)
        index = self._like_by_time.get((one.type, kind))
        if index is not None:
            yield from index.overlapping(one.valid_from - ABOUT_MS, one.valid_to + ABOUT_MS)

    def _anchored_with(self, name: str) -> set[str]:
        """All anchored reports of the cluster of an anchored one."""
        if name not in self._held or not is_anchored(self._held[name]):
            return set()
        group = self._groups[self._handle[name]]
        return {one for one in group if is_anchored(self._held[one])}

    def _tied(self, region: set[str]) -> set[str]:
        """Anchored reports of clusters, with all of those that chains tie to them."""
        todo = {self._handle[name] for name in region}
        seen: set[str] = set()
        while todo:
            handle = todo.pop()
            seen.add(handle)
            group = {one for one in self._groups[handle] if is_anchored(self._held[one])}
            region = region | group
            for other in self._beside(group):
                if self._handle[other] not in seen:
                    todo.add(self._handle[other])
        return region

    def _beside(self, group: set[str]) -> set[str]:
        """Anchored reports of other clusters that a report of this one is chained to directly."""
        reports = self._sorted(group)
        begins = min(one.valid_from for one in reports) - ABOUT_MS
        ends = max(one.valid_to for one in reports) + ABOUT_MS
        self.by_time.recall(begins, ends)
        near: set[str] = set()
        for kind in {kind for one in reports for kind in _chaining(one)}:
            index = self._like_by_time.get((reports[0].type, kind))
            if index is not None:
                near.update(index.overlapping(begins, ends))
        return {
            name
            for name in near - group
            if any(same_thing(one, self._held[name]) for one in reports)
        }

    def _components(self, region: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Anchored reports, whole chains of them, each with the handle of its cluster."""
        left = self._sorted(region)
        while left:
            first = left.pop(0)
            todo = [first]
            while todo:
                one = todo.pop()
                yield one.mention_id, first.mention_id
                apart: list[Mention] = []
                for other in left:
                    joins = same_thing(one, other) and not excludes(first, other)
                    (todo if joins else apart).append(other)
                left = apart

    def _fit(self, loose: Mention) -> str:
        """The handle of the one cluster that a loose report fits, or of its like."""
        fitting: set[str] = set()
        for name in self._near(loose, _ALL):
            handle = self._handle[name]
            if handle not in fitting and same_thing(loose, self._held[name]):
                fitting.add(handle)
                if len(fitting) > 1:
                    break
        return fitting.pop() if len(fitting) == 1 else f"{_LOOSE}:{event_id_of(loose)}"

    def _move(self, name: str, handle: str | None, dirty: set[str]) -> None:
        old = self._handle.pop(name, None)
        if old == handle and handle is not None:
            self._handle[name] = handle
            return
        if old is not None:
            self._groups[old].discard(name)
            dirty.add(old)
        if handle is not None:
            self._handle[name] = handle
            self._groups.setdefault(handle, set()).add(name)
            dirty.add(handle)

    def _renamed(self, dirty: set[str]) -> set[str]:
        """Name anew what changed, and what asks for the same names; every name concerned."""
        for handle in dirty:
            if not self._groups[handle]:
                del self._groups[handle]
        for day in sorted(self._names.days(dirty, self._first)):
            self.by_time.recall(day, day + _DAY_MS)
        names = self._names.renamed(dirty, self._first)
        for handle in dirty:
            span = self._span(handle)
            if span is None:
                self.by_time.drop(handle)
            else:
                self.by_time.put(handle, span)
        return names

    def _put(self, one: Mention) -> None:
        self._held[one.mention_id] = one
        for kind in _kinds(one):
            index = self._like_by_time.setdefault((one.type, kind), Intervals())
            index.put(one.mention_id, one.valid_from, one.valid_to)

    def _unindex(self, one: Mention) -> None:
        del self._held[one.mention_id]
        for kind in _kinds(one):
            self._like_by_time[one.type, kind].drop(one.mention_id)
            if not len(self._like_by_time[one.type, kind]):
                del self._like_by_time[one.type, kind]

    def _sorted(self, names: Iterable[str]) -> list[Mention]:
        return sorted((self._held[name] for name in names), key=order_of)


def _kinds(one: Mention) -> tuple[str, ...]:
    """Under which kinds a report is looked for."""
    if not is_anchored(one):
        return (_LOOSE,)
    return (_ALL, *(kind for kind in _chaining(one) if kind != _ALL))


def _chaining(one: Mention) -> tuple[str, ...]:
    """Under which kinds an anchored report finds those that it may be chained to."""
    if one.type.startswith("flight."):
        return (_ALL,)
    return tuple(f"actor:{name}" for name in sorted(set(one.actors)))


def _told(mention: Mention) -> Mention:
    """What clusters rest on, without the words."""
    return replace(
        mention,
        revision=Revision(0), known_at=None, article_id="", url=None, outlet="", title="",
        recipients=(), confidence=0.0, quote="", docket_numbers=(), court_id=None, airports=(),
        claims_removal=False, reconstructed=False,
    )  # fmt: skip
