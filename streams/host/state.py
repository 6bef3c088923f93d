"""State that advances batch by batch, whole or not at all.

A stage's state is many keys of one Faust table, written one by one; a crash may come between two
writes. So each key holds two versions: the current one, with the end of the batch that wrote it,
and the one before that batch. A marker, written last, says which batch is complete. On restore,
a key written by a batch beyond the marker gives its previous version.

What a stage put to rest (``streams.stages.AT_REST``) stays in the table alone and is read from it
by key: memory holds what the stage works with, however much the table has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from streams.stages import AT_REST, Read

MARKER = ""
"""The key of the marker: no stage uses the empty key."""


class Versions(msgspec.Struct, frozen=True, array_like=True):
    """What a table holds for one key; None is 'not there'."""

    batch_end: int
    current: bytes | None
    previous: bytes | None


_decode = msgspec.msgpack.Decoder(Versions).decode
_encode = msgspec.msgpack.Encoder().encode


class State:
    """The state of one stage on one partition, as the table has it and as it was completed."""

    def __init__(self, read: Read) -> None:
        """``read`` gives what the table holds for a key."""
        self.applied_through = -1
        """Offset of the last input whose effects are complete."""
        self._read = read
        self._complete: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._ahead: set[str] = set()

    @classmethod
    def restored(cls, entries: Iterable[tuple[str, bytes]], read: Read) -> State:
        """Take up what a table holds, rolling back what an incomplete batch wrote.

        ``entries`` is gone through once; what is at rest is not kept.
        """
        state = cls(read)
        marker = read(MARKER)
        if marker is not None:
            state.applied_through = _decode(marker).batch_end
        for key, encoded in entries:
            if key == MARKER:
                continue
            versions = _decode(encoded)
            if versions.batch_end > state.applied_through:
                state._ahead.add(key)
            value = state._as_complete(versions)
            if value is None:
                if key not in state._ahead:
                    state._gone.add(key)
            elif not key.startswith(AT_REST):
                state._complete[key] = value
        return state

    def __len__(self) -> int:
        """How many entries are held in memory."""
        return len(self._complete)

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Keys and values as of the marker, but for what is at rest."""
        yield from self._complete.items()

    def value(self, key: str) -> bytes | None:
        """A key's value as of the marker; what is at rest is read from the table."""
        if not key.startswith(AT_REST):
            return self._complete.get(key)
        encoded = self._read(key)
        return None if encoded is None else self._as_complete(_decode(encoded))

    def writes(
        self, batch_end: int, changes: Mapping[str, bytes | None]
    ) -> Iterator[tuple[str, bytes | None]]:
        """What to write for a batch, in order; the marker comes last. Go through it once.

        None removes a key from the table: one that an earlier batch deleted, or that an
        incomplete batch wrote and this one did not.
        """
        for key, value in sorted(changes.items()):
            yield key, _encode(Versions(batch_end, value, self.value(key)))
        for key in sorted(self._gone - changes.keys()):
            yield key, None
        # Keys that a batch cut short wrote ahead: put them back before the marker passes them.
        for key in sorted(self._ahead - changes.keys()):
            value = self.value(key)
            yield key, None if value is None else _encode(Versions(batch_end, value, value))
        yield MARKER, _encode(Versions(batch_end, None, None))

    def advance(self, batch_end: int, changes: Mapping[str, bytes | None]) -> None:
        """Count the batch as complete, once its marker is safely written."""
        self._gone = {key for key, value in changes.items() if value is None}
        self._ahead = set()
        self.applied_through = batch_end
        for key, value in changes.items():
            if value is None:
                self._complete.pop(key, None)
            elif not key.startswith(AT_REST):
                self._complete[key] = value

    def _as_complete(self, versions: Versions) -> bytes | None:
        ahead = versions.batch_end > self.applied_through
        return versions.previous if ahead else versions.current
