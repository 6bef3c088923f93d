"""An index by what is shared: names go in under keys, the names of a key come out."""

from __future__ import annotations

from collections.abc import Iterator, Set

_NONE: frozenset[str] = frozenset()


class KeyIndex:
    """Names by the keys that they share; a key that no name is left of is gone."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._names)

    def __contains__(self, key: str) -> bool:
        return key in self._names

    def at(self, key: str) -> Set[str]:
        """The names of a key; it changes as they do."""
        return self._names.get(key, _NONE)

    def put(self, key: str, name: str) -> None:
        """Put a name under a key."""
        self._names.setdefault(key, set()).add(name)

    def drop(self, key: str, name: str) -> None:
        """Take a name from under a key; nothing if it is not there."""
        found = self._names.get(key)
        if found is not None:
            found.discard(name)
            if not found:
                del self._names[key]

    def take(self, key: str) -> Set[str]:
        """Take all names from under a key; they are given."""
        return self._names.pop(key, _NONE)
