"""The clusters that are held: reports come, change and go one at a time; each change stays local.

After every change the clusters equal those of all reports taken at once
(``tests/streams/relations/batch_clusters.py``), whatever the order they came in. What is worked out
anew: the clusters that a report touches, those that chains tie to them, the loose reports that fit
one of those, and the names of what would share a name with them. A cluster that is past the horizon
is at rest, whole: with its reports, its handle and its name. It is taken back when a report comes
near it in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from streams.facts.identity import Revision
from streams.facts.news import Mention
from streams.relations.cluster_groups import Groups
from streams.relations.cluster_names import Asked, ClusterNames, day_of
from streams.relations.clusters import (
    ABOUT_MS,
    chained,
    event_id_of,
    is_anchored,
    same_thing,
)
from streams.relations.entries import Entries
from streams.relations.held_reports import HeldReports
from streams.relations.horizon import Span, TimeIndex

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
        self.by_time = TimeIndex("clusters", entries, self._woken)
        self._reports = HeldReports(self.by_time.recall)
        self._groups = Groups()
        self._names = ClusterNames()

    def __len__(self) -> int:
        """How many reports are in memory."""
        return len(self._reports)

    def hold(self, mention: Mention) -> set[str]:
        """Take a report in the place of its earlier revision; ids of events that it regroups.

        A revision that changes nothing that clusters rest on regroups nothing.
        """
        old, new = self._reports.get(mention.mention_id), _told(mention)
        return set() if new == old else self._change(old, new)

    def drop(self, mention_id: str) -> set[str]:
        """Let go of a report; ids of events that this regroups."""
        old = self._reports.get(mention_id)
        return set() if old is None else self._change(old, None)

    def event_of(self, mention_id: str) -> str | None:
        """The event that a report tells of; None where the report is not held."""
        handle = self._groups.handle(mention_id)
        return None if handle is None else self._names.name(handle)

    def members(self, event_id: str) -> tuple[str, ...]:
        """Ids of the reports of one thing, the first published first; none where it is gone."""
        handle = self._names.handle(event_id)
        return () if handle is None else tuple(one.mention_id for one in self._of(handle))

    def recall(self, mention: Mention) -> None:
        """Take back what is at rest near a report, its own cluster too."""
        self.by_time.recall(mention.valid_from - ABOUT_MS, mention.valid_to + ABOUT_MS)

    def evict(self, limit: int, most: int) -> list[Rested]:
        """Put clusters to rest that were over before an instant, at most so many."""
        rested = []
        for handle in self.by_time.evict(limit, most):
            reports = self._reports.sorted(self._groups.take(handle))
            asked, name = self._names.let_go(handle)
            for one in reports:
                self._reports.drop(one)
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
            for one in resting.reports:
                self._groups.put(one.mention_id, handle)
                self._reports.put(one)
                self._wake(one.mention_id)
        return self._span(handle)

    def _span(self, handle: str) -> Span | None:
        """When a report can touch a cluster: near one of its own, or on the day that names it."""
        reports = self._of(handle)
        if not reports:
            return None
        day = day_of(reports[0])
        begins = min(one.valid_from for one in reports) - ABOUT_MS
        ends = max(one.valid_to for one in reports) + ABOUT_MS
        return min(begins, day), max(ends, day + _DAY_MS)

    def _of(self, handle: str) -> list[Mention]:
        """The reports of a group, the first published first; none where it is gone."""
        return self._reports.sorted(self._groups.members(handle))

    def _first(self, handle: str) -> Mention | None:
        return next(iter(self._of(handle)), None)

    def _change(self, old: Mention | None, new: Mention | None) -> set[str]:
        moved = [one for one in (old, new) if one is not None]
        region = self._tied(moved)
        dirty: set[str] = set()
        if old is not None:
            dirty |= self._groups.move(old.mention_id, None)
            self._reports.drop(old)
            region.discard(old.mention_id)
        loose: set[str] = set()
        if new is not None:
            self._reports.put(new)
            (region if is_anchored(new) else loose).add(new.mention_id)
        for one, first in chained(self._reports.sorted(region)):
            changed = self._groups.move(one.mention_id, first.mention_id)
            if changed:
                dirty |= changed
                moved.append(one)
        for one in moved:
            if is_anchored(one):
                loose |= self._reports.loose_with(one)
        for name in loose:
            dirty |= self._groups.move(name, self._fit(self._reports[name]))
        return self._renamed(dirty)

    def _tied(self, moved: list[Mention]) -> set[str]:
        """Anchored reports of the clusters that these touch, and of those chained to them."""
        todo: set[str] = set()
        for one in moved:
            todo |= self._anchored_handles({one.mention_id, *self._reports.chained_to(one)})
        region: set[str] = set()
        seen: set[str] = set()
        while todo:
            handle = todo.pop()
            seen.add(handle)
            group = self._reports.anchored(self._groups.members(handle))
            region |= group
            todo |= self._anchored_handles(self._reports.chained_to_any(group)) - seen
        return region

    def _anchored_handles(self, names: set[str]) -> set[str]:
        """The groups of those of these reports that are held and anchored."""
        held = {name for name in names if self._groups.handle(name) is not None}
        handles = map(self._groups.handle, self._reports.anchored(held))
        return {handle for handle in handles if handle is not None}

    def _fit(self, loose: Mention) -> str:
        """The handle of the one cluster that a loose report fits, or of its like."""
        fitting: set[str] = set()
        for name in self._reports.near(loose):
            handle = self._groups.handle(name)
            if handle is None or handle in fitting:
                continue
            if same_thing(loose, self._reports[name]):
                fitting.add(handle)
                if len(fitting) > 1:
                    break
        return fitting.pop() if len(fitting) == 1 else f"loose:{event_id_of(loose)}"

    def _renamed(self, dirty: set[str]) -> set[str]:
        """Name anew what changed, and what asks for the same names; every name concerned."""
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


def _told(mention: Mention) -> Mention:
    """What clusters rest on, without the words."""
    return replace(
        mention,
        revision=Revision(0), known_at=None, article_id="", url=None, outlet="", title="",
        recipients=(), confidence=0.0, quote="", docket_numbers=(), court_id=None, airports=(),
        claims_removal=False, reconstructed=False,
    )  # fmt: skip
