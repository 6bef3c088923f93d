"""State that advances batch by batch, whole or not at all.

A stage's state is many keys of one Faust table, written one by one; a crash may come between two
writes. So each key holds two versions: the current one, with the end of the batch that wrote it,
and the one before that batch. A marker, written last, says which batch is complete. On restore,
a key written by a batch beyond the marker gives its previous version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

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

    def __init__(self) -> None:
        self.applied_through = -1
        """Offset of the last input whose effects are complete."""
        self._complete: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._ahead: set[str] = set()

    @classmethod
    def restored(cls, entries: Iterable[tuple[str, bytes]]) -> State:
        """Take up what a table holds, rolling back what an incomplete batch wrote."""
        state = cls()
        held = {key: _decode(value) for key, value in entries}
        marker = held.pop(MARKER, None)
        if marker is not None:
            state.applied_through = marker.batch_end
        for key, versions in held.items():
            ahead = versions.batch_end > state.applied_through
            value = versions.previous if ahead else versions.current
            if ahead:
                state._ahead.add(key)
            if value is not None:
                state._complete[key] = value
            elif not ahead:
                state._gone.add(key)
        return state

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Keys and values as of the marker."""
        yield from self._complete.items()

    def writes(
        self, batch_end: int, changes: Mapping[str, bytes | None]
    ) -> Iterator[tuple[str, bytes | None]]:
        """What to write for a batch, in order; the marker comes last.

        None removes a key from the table: one that an earlier batch deleted, or that an
        incomplete batch wrote and this one did not.
        """
        for key, value in sorted(changes.items()):
            yield key, _encode(Versions(batch_end, value, self._complete.get(key)))
        for key in sorted(self._gone - changes.keys()):
            yield key, None
        # Keys that a batch cut short wrote ahead: put them back before the marker passes them.
        for key in sorted(self._ahead - changes.keys()):
            value = self._complete.get(key)
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
            else:
                self._complete[key] = value
