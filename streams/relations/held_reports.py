"""The reports that clusters hold in memory: found by what they may be of one thing with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from streams.facts.news import Mention
from streams.relations.clusters import ABOUT_MS, is_anchored, order_of, same_thing
from streams.relations.intervals import Intervals

_ALL, _LOOSE = "all", "loose"


class HeldReports:
    """Reports by id, and in time by their type and what chains them: an actor, of flights none."""

    def __init__(self, recall: Callable[[int, int], None]) -> None:
        """``recall`` takes back what is at rest near a stretch of time, which is then looked at."""
        self._recall = recall
        self._held: dict[str, Mention] = {}
        self._by_time: dict[tuple[str, str], Intervals] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __getitem__(self, name: str) -> Mention:
        return self._held[name]

    def get(self, name: str) -> Mention | None:
        """The report of an id; None where it is not held."""
        return self._held.get(name)

    def put(self, one: Mention) -> None:
        """Take a report."""
        self._held[one.mention_id] = one
        for kind in _kinds(one):
            index = self._by_time.setdefault((one.type, kind), Intervals())
            index.put(one.mention_id, one.valid_from, one.valid_to)

    def drop(self, one: Mention) -> None:
        """Let go of a report."""
        del self._held[one.mention_id]
        for kind in _kinds(one):
            self._by_time[one.type, kind].drop(one.mention_id)
            if not len(self._by_time[one.type, kind]):
                del self._by_time[one.type, kind]

    def sorted(self, names: Iterable[str]) -> list[Mention]:
        """Reports in the order of their publication."""
        return sorted((self._held[name] for name in names), key=order_of)

    def anchored(self, names: Iterable[str]) -> set[str]:
        """Those of them that are anchored."""
        return {name for name in names if is_anchored(self._held[name])}

    def near(self, one: Mention) -> Iterator[str]:
        """Anchored reports of a report's type, near it in time."""
        return self._near(one, _ALL)

    def chained_to(self, one: Mention) -> set[str]:
        """Anchored reports that an anchored one is chained to directly."""
        return self._of_one_thing(one, *_chaining(one)) if is_anchored(one) else set()

    def loose_with(self, one: Mention) -> set[str]:
        """Loose reports that may be of one thing with this one."""
        return self._of_one_thing(one, _LOOSE)

    def chained_to_any(self, group: set[str]) -> set[str]:
        """Anchored reports outside a group that one of it is chained to directly."""
        reports = self.sorted(group)
        begins = min(one.valid_from for one in reports) - ABOUT_MS
        ends = max(one.valid_to for one in reports) + ABOUT_MS
        self._recall(begins, ends)
        near: set[str] = set()
        for kind in {kind for one in reports for kind in _chaining(one)}:
            index = self._by_time.get((reports[0].type, kind))
            if index is not None:
                near.update(index.overlapping(begins, ends))
        return {
            name
            for name in near - group
            if any(same_thing(one, self._held[name]) for one in reports)
        }

    def _of_one_thing(self, one: Mention, *kinds: str) -> set[str]:
        found = {name for kind in kinds for name in self._near(one, kind)}
        return {
            name for name in found if name != one.mention_id and same_thing(one, self._held[name])
        }

    def _near(self, one: Mention, kind: str) -> Iterator[str]:
        self._recall(one.valid_from - ABOUT_MS, one.valid_to + ABOUT_MS)
        index = self._by_time.get((one.type, kind))
        if index is not None:
            yield from index.overlapping(one.valid_from - ABOUT_MS, one.valid_to + ABOUT_MS)


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
