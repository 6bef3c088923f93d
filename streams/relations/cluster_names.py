"""Event ids of groups of reports: what a group's first report asks for goes in, ids come out.

Groups go by a handle. Two that ask for one id are told apart: the one whose first report was
published first has it, the others' are made with their first report's id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from streams.facts.identity import identity
from streams.facts.news import Mention
from streams.relations.clusters import event_id_of, order_of
from streams.relations.key_index import KeyIndex

_DAY_MS = 86_400_000

Asked = tuple[str, int]
"""The id that a group asks for, and the day of its first report: only groups of one day share."""


class ClusterNames:
    """Which group has which event id."""

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}
        self._sharing = KeyIndex()
        """Handles by the event id that their first report asks for."""
        self._name: dict[str, str] = {}
        self._handle: dict[str, str] = {}

    def name(self, handle: str) -> str:
        """The event id of a group."""
        return self._name[handle]

    def handle(self, event_id: str) -> str | None:
        """The group of an event id; None where it is gone."""
        return self._handle.get(event_id)

    def days(self, handles: Iterable[str], first_of: Callable[[str], Mention | None]) -> set[int]:
        """Days at whose groups must be looked when these are named anew."""
        days = {self._asked[one][1] for one in handles if one in self._asked}
        firsts = [first for one in handles if (first := first_of(one)) is not None]
        return days.union(map(day_of, firsts))

    def renamed(
        self, changed: Iterable[str], first_of: Callable[[str], Mention | None]
    ) -> set[str]:
        """Name anew what changed, and what asks for the same names; every name concerned."""
        asked_for: set[str] = set()
        again = set(changed)
        for handle in changed:
            asked = self._asked.pop(handle, None)
            if asked is not None:
                asked_for.add(asked[0])
                self._sharing.drop(asked[0], handle)
            first = first_of(handle)
            if first is not None:
                name = event_id_of(first)
                asked_for.add(name)
                self._asked[handle] = name, day_of(first)
                self._sharing.put(name, handle)
        again = again.union(*map(self._sharing.at, asked_for))
        names = {self._name.pop(handle) for handle in again if handle in self._name}
        for name in names:
            del self._handle[name]
        for asked_name in asked_for:
            firsts = {}
            for handle in self._sharing.at(asked_name):
                first = first_of(handle)
                if first is not None:
                    firsts[first] = handle
            for number, first in enumerate(sorted(firsts, key=order_of)):
                name = identity("event", asked_name, first.mention_id) if number else asked_name
                self._put(firsts[first], name)
                names.add(name)
        return names

    def let_go(self, handle: str) -> tuple[Asked, str]:
        """Forget a group; what ``take`` needs to take it back."""
        asked, name = self._asked.pop(handle), self._name.pop(handle)
        del self._handle[name]
        self._sharing.drop(asked[0], handle)
        return asked, name

    def take(self, handle: str, asked: Asked, name: str) -> None:
        """Take back a group that was let go of."""
        self._asked[handle] = asked
        self._sharing.put(asked[0], handle)
        self._put(handle, name)

    def _put(self, handle: str, name: str) -> None:
        self._name[handle], self._handle[name] = name, handle


def day_of(first: Mention) -> int:
    """The beginning of the day, in UTC, that a group's id tells."""
    return first.valid_from - first.valid_from % _DAY_MS
