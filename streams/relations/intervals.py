"""An index of intervals: names with intervals go in, the names that overlap a stretch come out.

Entries are kept by length: a class holds those of up to twice a length, in order of beginning. A
question looks, in each class, at what began since that length before the stretch; at least half of
it overlaps where beginnings are evenly spread. So it costs O(log n + answers) for each of the few
dozen classes that are in use.
"""

from __future__ import annotations

from collections.abc import Iterator

from sortedcontainers import SortedList

_Entry = tuple[int, int, str]


class Intervals:
    """Closed intervals of integers, one for each name."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._by_length: dict[int, SortedList[_Entry]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def put(self, name: str, begins: int, ends: int) -> None:
        """Give a name its interval, in the place of an earlier one."""
        self.drop(name)
        entry = self._entries[name] = (begins, ends, name)
        length = (ends - begins).bit_length()
        found = self._by_length.get(length)
        if found is None:
            found = self._by_length[length] = SortedList()
        found.add(entry)

    def drop(self, name: str) -> None:
        """Take a name out, if it is there."""
        entry = self._entries.pop(name, None)
        if entry is not None:
            length = (entry[1] - entry[0]).bit_length()
            found = self._by_length[length]
            found.remove(entry)
            if not found:
                del self._by_length[length]

    def overlapping(self, earliest: int, latest: int) -> Iterator[str]:
        """Names whose interval has an instant in common with a stretch, in no stated order."""
        for length, found in self._by_length.items():
            longest = (1 << length) - 1
            for _, ends, name in found.irange((earliest - longest,), (latest + 1,)):
                if ends >= earliest:
                    yield name

    def ended_before(self, limit: int) -> Iterator[_Entry]:
        """Entries (begin, end, name) that are over before an instant; none may change meanwhile."""
        for found in self._by_length.values():
            for entry in found.irange(None, (limit,)):
                if entry[1] < limit:
                    yield entry
