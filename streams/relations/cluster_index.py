"""The clusters that are held: reports come, change and go one at a time; each change stays local.

After every change the clusters equal those of all reports taken at once
(``tests/streams/relations/batch_clusters.py``), whatever the order they came in. What is worked out
anew: the clusters that a report touches, the loose reports that fit one of those, and the names of
what would share a name with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.facts.derived import Mention
from streams.facts.identity import Revision, identity
from streams.relations.clusters import ABOUT_MS, event_id_of, is_anchored, order_of, same_thing
from streams.relations.intervals import Intervals

_ALL, _LOOSE = "all", "loose"


class Clusters:
    """Ids of the reports of each thing, by the thing's event id.

    Inside, a group goes by a handle: the id of its first anchored report; for loose reports that
    stand apart together, what they share.
    """

    def __init__(self) -> None:
        self._held: dict[str, Mention] = {}
        self._by_time: dict[tuple[str, ...], Intervals] = {}
        self._handle: dict[str, str] = {}
        self._groups: dict[str, set[str]] = {}
        self._base: dict[str, str] = {}
        self._sharing: dict[str, set[str]] = {}
        """Handles by the event id that their first report asks for."""
        self._name: dict[str, str] = {}
        self._by_name: dict[str, str] = {}

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
        return None if handle is None else self._name[handle]

    def members(self, event_id: str) -> tuple[str, ...]:
        """Ids of the reports of one thing, the first published first; none where it is gone."""
        handle = self._by_name.get(event_id)
        if handle is None:
            return ()
        return tuple(one.mention_id for one in self._sorted(self._groups[handle]))

    def _change(self, old: Mention | None, new: Mention | None) -> set[str]:
        dirty: set[str] = set()
        moved = [one for one in (old, new) if one is not None]
        region: set[str] = set()
        for one in moved:
            for name in (one.mention_id, *self._like(one)):
                region |= self._anchored_with(name)
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
        index = self._by_time.get((one.type, kind))
        if index is not None:
            yield from index.overlapping(one.valid_from - ABOUT_MS, one.valid_to + ABOUT_MS)

    def _anchored_with(self, name: str) -> set[str]:
        """All anchored reports of the cluster of an anchored one."""
        if name not in self._held or not is_anchored(self._held[name]):
            return set()
        group = self._groups[self._handle[name]]
        return {one for one in group if is_anchored(self._held[one])}

    def _components(self, region: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Anchored reports, whole clusters of them, each with the handle of its chain."""
        left = self._sorted(region)
        while left:
            handle, todo = left[0].mention_id, [left.pop(0)]
            while todo:
                one = todo.pop()
                yield one.mention_id, handle
                apart: list[Mention] = []
                for other in left:
                    (todo if same_thing(one, other) else apart).append(other)
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
        bases: set[str] = set()
        for handle in dirty:
            base = self._base.pop(handle, None)
            if base is not None:
                bases.add(base)
                self._sharing[base].discard(handle)
            if self._groups[handle]:
                base = event_id_of(self._sorted(self._groups[handle])[0])
                bases.add(base)
                self._base[handle] = base
                self._sharing.setdefault(base, set()).add(handle)
            else:
                del self._groups[handle]
        again = dirty.union(*(self._sharing[base] for base in bases))
        names = {self._name.pop(handle) for handle in again if handle in self._name}
        for name in names:
            del self._by_name[name]
        for base in bases:
            firsts = {self._sorted(self._groups[one])[0]: one for one in self._sharing[base]}
            for number, first in enumerate(sorted(firsts, key=order_of)):
                # Two things that one name would fit: the later one is told apart by its report.
                name = identity("event", base, first.mention_id) if number else base
                self._name[firsts[first]], self._by_name[name] = name, firsts[first]
                names.add(name)
            if not firsts:
                del self._sharing[base]
        return names

    def _put(self, one: Mention) -> None:
        self._held[one.mention_id] = one
        for kind in _kinds(one):
            index = self._by_time.setdefault((one.type, kind), Intervals())
            index.put(one.mention_id, one.valid_from, one.valid_to)

    def _unindex(self, one: Mention) -> None:
        del self._held[one.mention_id]
        for kind in _kinds(one):
            self._by_time[one.type, kind].drop(one.mention_id)
            if not len(self._by_time[one.type, kind]):
                del self._by_time[one.type, kind]

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
