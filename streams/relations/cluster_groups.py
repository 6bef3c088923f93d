"""Which report is in which group: a group goes by a handle."""

from __future__ import annotations

from collections.abc import Set

from streams.relations.key_index import KeyIndex


class Groups:
    """Reports by the handle of their group, and the handle of each report."""

    def __init__(self) -> None:
        self._handle: dict[str, str] = {}
        self._members = KeyIndex()

    def __contains__(self, handle: str) -> bool:
        """Whether a group has a report."""
        return handle in self._members

    def handle(self, name: str) -> str | None:
        """The group of a report; None where it is in none."""
        return self._handle.get(name)

    def members(self, handle: str) -> Set[str]:
        """Ids of a group's reports; none where it is gone."""
        return self._members.at(handle)

    def move(self, name: str, handle: str | None) -> set[str]:
        """Put a report into a group, or into none; handles of the groups that change by it."""
        old = self._handle.get(name)
        if old == handle:
            return set()
        if old is not None:
            del self._handle[name]
            self._members.drop(old, name)
        if handle is not None:
            self.put(name, handle)
        return {one for one in (old, handle) if one is not None}

    def put(self, name: str, handle: str) -> None:
        """Put a report that is in no group into one."""
        self._handle[name] = handle
        self._members.put(handle, name)

    def take(self, handle: str) -> Set[str]:
        """Let go of a group; ids of its reports."""
        names = self._members.take(handle)
        for name in names:
            del self._handle[name]
        return names
