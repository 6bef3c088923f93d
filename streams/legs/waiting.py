"""Readings that changed no leg yet, of all aircraft of a partition: rows of columns in, rows out.

A cruise writes no entry of its own for each reading: its readings wait here, thinned as
``streams/legs/readings.py`` says, and are saved in blocks, one a batch. Blocks are written anew,
without what no longer waits, before they are twice as large as what does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from streams.legs.readings import Reading, Said
from streams.legs.sayings import SaidTable
from streams.legs.slots import Slots

PREFIX = "#"
"""Keys of blocks begin with it; no aircraft's address does."""
_BLOCK_ROWS = 8192
_SPARE_ROWS = 4096

ROW = np.dtype(
    [
        ("slot", "<i4"), ("at", "<i8"), ("latitude", "<f8"), ("longitude", "<f8"),
        ("altitude", "<f8"), ("speed", "<f8"), ("rate", "<f8"), ("sector", "i1"), ("ground", "i1"),
        ("fetched", "<i8"), ("revision", "<i8"), ("said", "<i4"),
    ]
)  # fmt: skip
"""A reading, rounded as ``readings.reading`` does. Not a number, or -1, is None; ``slot`` numbers
aircraft, ``said`` what they say."""

Rows = npt.NDArray[np.void]
Mask = npt.NDArray[np.bool_]

_WHOLE = np.dtype((np.void, ROW.itemsize))
"""A row as bytes: numpy copies rows as such in one go, and else field by field."""


class _Block(msgspec.Struct, array_like=True):
    aircraft: list[str]
    said: list[Said]
    rows: bytes
    """With ``slot`` and ``said`` as indexes of the lists."""


class _Written(msgspec.Struct, array_like=True):
    """The same to write, with what is said as bytes."""

    aircraft: list[str]
    said: list[msgspec.Raw]
    rows: bytes


class _Piece(msgspec.Struct, array_like=True):
    all: dict[int, Said]
    parts: list[bytes]


class _WrittenPiece(msgspec.Struct, array_like=True):
    """The same to write."""

    all: dict[int, msgspec.Raw]
    parts: list[bytes]


_encode = msgspec.msgpack.Encoder().encode
_decode_piece = msgspec.msgpack.Decoder(_Piece).decode
_decode = msgspec.msgpack.Decoder(_Block).decode


def readings(rows: Rows, said: SaidTable | _Piece) -> list[Reading]:
    """The readings of rows."""
    flags = map(_FLAGS.__getitem__, rows["ground"].tolist())
    texts = map(said.all.__getitem__, rows["said"].tolist())
    columns = (
        rows["at"].tolist(), rows["latitude"].tolist(), rows["longitude"].tolist(), flags,
        _known(rows["altitude"]), _known(rows["speed"]), _known(rows["rate"]), texts,
        _known(rows["fetched"]), rows["revision"].tolist(), _known(rows["sector"]),
    )  # fmt: skip
    return list(map(Reading, *columns))


_FLAGS = (False, True, None)


def _known(column: npt.NDArray[Any]) -> list[Any]:
    """A column's values, None for what is not known."""
    floats = column.dtype.kind == "f"
    known = ~np.isnan(column) if floats else column >= 0
    values: list[Any] = column.tolist()
    if not known.all():
        values = [one if there else None for one, there in zip(values, known.tolist(), strict=True)]
    return values


def piece(parts: list[Rows], said: SaidTable) -> bytes:
    """Rows of one aircraft as bytes."""
    codes = set[int]().union(*[rows["said"].tolist() for rows in parts])
    all_ = dict(zip(codes, said.written(codes), strict=True))
    return _encode(_WrittenPiece(all_, [rows.tobytes() for rows in parts]))


def pieced(data: bytes) -> list[Reading]:
    """The readings of such bytes."""
    found = _decode_piece(data)
    parts = [np.frombuffer(part, dtype=ROW) for part in found.parts]
    return [one for rows in parts for one in readings(rows, found)]


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows after one another."""
    return np.concatenate([rows.view(_WHOLE) for rows in parts]).view(ROW)


class Newest(Protocol):
    """Who knows the last reading of each aircraft."""

    def unsaved(self) -> npt.NDArray[np.intp]:
        """Aircraft whose last reading does not wait among the others."""

    def newest(self, slots: npt.NDArray[np.intp]) -> Rows:
        """The last readings of some aircraft."""


class Waiting:
    """The rows that wait, and the blocks that hold them."""

    def __init__(self) -> None:
        self._rows: Rows = np.empty(_SPARE_ROWS, dtype=ROW)
        self._slots = np.empty(_SPARE_ROWS, dtype=np.int32)
        """Whose each row is, apart from it, for that is what is searched; -1 for those gone."""
        self._end = self._count = 0
        self._blocks: dict[str, int] = {}

    def restore(self, key: str, entry: bytes, aircraft: Slots, said: SaidTable) -> None:
        """Take up a block; aircraft and what they say get numbers if they have none."""
        block = _decode(entry)
        rows = joined([np.frombuffer(block.rows, dtype=ROW)])
        codes = [said.code(one) for one in block.said]
        rows["slot"] = aircraft.numbers(block.aircraft)[rows["slot"]]
        rows["said"] = np.array(codes, dtype=np.int32)[rows["said"]]
        self.add(rows)
        self._blocks[key] = len(rows)

    def add(self, rows: Rows) -> None:
        """Let rows wait."""
        end = self._end + len(rows)
        if end > len(self._rows):
            self._make_room(len(rows))
            end = self._end + len(rows)
        self._rows.view(_WHOLE)[self._end : end] = rows.view(_WHOLE)
        self._slots[self._end : end] = rows["slot"]
        self._end, self._count = end, self._count + len(rows)

    def _make_room(self, more: int) -> None:
        """Let go of the rows that are gone, and have room for as many again."""
        held = self._held()
        self._rows = np.empty(2 * (len(held) + more) + _SPARE_ROWS, dtype=ROW)
        self._slots = np.empty(len(self._rows), dtype=np.int32)
        self._end = len(held)
        self._rows.view(_WHOLE)[: self._end] = held.view(_WHOLE)
        self._slots[: self._end] = held["slot"]

    def _held(self) -> Rows:
        return self._rows.take(np.flatnonzero(self._slots[: self._end] >= 0))

    def take(self, wanted: Mask) -> Rows:
        """The rows of some aircraft, by a mask of slots; they wait no more.

        The last of the mask is none's, and False: it stands for the rows that are gone.
        """
        found = np.flatnonzero(wanted[self._slots[: self._end]])
        self._slots[found] = -1
        self._count -= len(found)
        return self._rows.take(found)

    def renumber(self, numbers: npt.NDArray[np.int32]) -> None:
        """Give what is said other numbers."""
        held = self._rows[: self._end]
        held["said"] = numbers[np.where(self._slots[: self._end] >= 0, held["said"], 0)]

    def spoken(self) -> set[int]:
        """The numbers of what the waiting rows say."""
        return set(np.unique(self._held()["said"]).tolist())

    def saved(
        self, at: int, fresh: Rows, newest: Newest, names: list[str], said: SaidTable
    ) -> dict[str, bytes | None]:
        """The blocks to write for a batch of the revision ``at``, and those to let go.

        ``fresh``: what must be saved of this batch; ``newest``: who knows each aircraft's last row.
        """
        changes: dict[str, bytes | None] = {}
        saved = sum(self._blocks.values()) + len(fresh)
        if saved > _SPARE_ROWS + 2 * self._count:
            slots = newest.unsaved()
            if saved <= _SPARE_ROWS + 2 * (self._count + len(slots)):
                return changes | self._write(at, fresh, names, said)
            changes.update(dict.fromkeys(self._blocks))
            self._blocks = {}
            fresh = joined([self._held(), newest.newest(slots)])
        return changes | self._write(at, fresh, names, said)

    def _write(
        self, at: int, fresh: Rows, names: list[str], said: SaidTable
    ) -> dict[str, bytes | None]:
        changes: dict[str, bytes | None] = {}
        for number, start in enumerate(range(0, len(fresh), _BLOCK_ROWS)):
            part = fresh[start : start + _BLOCK_ROWS]
            key = f"{PREFIX}{at:016x}.{number:04x}"
            changes[key] = _block(part, names, said)
            self._blocks[key] = len(part)
        return changes


def _block(rows: Rows, names: list[str], said: SaidTable) -> bytes:
    rows = joined([rows])
    slots, rows["slot"] = _numbered(rows["slot"], len(names))
    codes, rows["said"] = _numbered(rows["said"], len(said.all))
    aircraft = [names[slot] for slot in slots]
    return _encode(_Written(aircraft, said.written(codes), rows.tobytes()))


def _numbered(values: npt.NDArray[np.int32], below: int) -> tuple[list[int], Any]:
    """The values that there are, in order, and for each its place among them."""
    there = np.zeros(below, dtype=bool)
    there[values] = True
    return np.flatnonzero(there).tolist(), (np.cumsum(there) - 1)[values]
