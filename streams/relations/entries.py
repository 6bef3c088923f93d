"""The join's state entries: what changes is noted, what is old is put to rest and read by key.

An entry is in memory (on a ``Shelf``) or at rest in the host's table, under its key behind
``AT_REST``. Which of the two it is changes no answer: a shelf reads what it has put to rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.stages import AT_REST, Read


class Entries:
    """State entries that changed since they were asked for, and the way to those at rest."""

    def __init__(self) -> None:
        self._changed: dict[str, bytes | None] = {}
        self._kept: dict[str, bytes] | None = {}
        """What is at rest, as long as nobody has said where else to read it."""
        self._read: Read = self._kept.get
        self.any_at_rest = False
        """Whether something was ever put to rest: most questions end here."""

    def reads_by(self, read: Read) -> None:
        """Read what is at rest by this."""
        self._kept, self._read = None, read

    def note(self, key: str, value: bytes | None) -> None:
        """Note that an entry changed, or that it is gone."""
        self._changed[key] = value

    def at_rest(self, key: str) -> bytes | None:
        """Read an entry that was put to rest; None if there is none."""
        if not self.any_at_rest:
            return None
        name = AT_REST + key
        return self._changed[name] if name in self._changed else self._read(name)

    def put_to_rest(self, key: str, value: bytes | None) -> None:
        """Write an entry that is at rest, or take it away."""
        self.any_at_rest = True
        self._changed[AT_REST + key] = value

    def changes(self) -> dict[str, bytes | None]:
        """Entries changed since the last call."""
        changed = dict(self._changed)
        self._changed.clear()
        if self._kept is not None:
            for key, value in changed.items():
                if key.startswith(AT_REST):
                    if value is None:
                        self._kept.pop(key, None)
                    else:
                        self._kept[key] = value
        return changed


class Shelf:
    """Entries of one kind by id, as bytes: those at work in memory, the others at rest."""

    def __init__(self, kind: str, entries: Entries) -> None:
        self._kind, self._entries = kind, entries
        self._awake: dict[str, bytes] = {}

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._awake)

    def __iter__(self) -> Iterator[str]:
        """Ids of those in memory."""
        return iter(self._awake)

    def is_awake(self, name: str) -> bool:
        """Whether it is in memory."""
        return name in self._awake

    def get(self, name: str) -> bytes | None:
        """The entry of an id, read where it is at rest."""
        found = self._awake.get(name)
        return self._entries.at_rest(f"{self._kind}:{name}") if found is None else found

    def load(self, name: str, value: bytes) -> None:
        """Take up an entry that the state has."""
        self._awake[name] = value

    def put(self, name: str, value: bytes) -> None:
        """Write an entry; it is in memory now."""
        self.wake(name)
        self._awake[name] = value
        self._entries.note(f"{self._kind}:{name}", value)

    def rest(self, name: str) -> None:
        """Put an entry to rest."""
        key, value = f"{self._kind}:{name}", self._awake.pop(name, None)
        if value is not None:
            self._entries.note(key, None)
            self._entries.put_to_rest(key, value)

    def wake(self, name: str) -> None:
        """Take an entry that is at rest into memory; nothing if there is none."""
        key = f"{self._kind}:{name}"
        if name in self._awake:
            return
        value = self._entries.at_rest(key)
        if value is not None:
            self._awake[name] = value
            self._entries.note(key, value)
            self._entries.put_to_rest(key, None)

    def drop(self, name: str) -> None:
        """Let go of an entry, wherever it is."""
        key = f"{self._kind}:{name}"
        if self._awake.pop(name, None) is not None:
            self._entries.note(key, None)
        elif self._entries.at_rest(key) is not None:
            self._entries.put_to_rest(key, None)
