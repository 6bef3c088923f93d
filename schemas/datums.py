"""Avro datums of one flat schema in columns: messages go in, a polars frame or nothing comes out.

Every message is read at once, field by field: where each one's next field begins stands in an
array, and numpy reads that field of all of them. Texts become Arrow's string views (twelve bytes
in place, longer ones where they stand in the messages), so that none is copied. Whatever is not
plain gives None, for a slower reader to say what it is: a text of 64 bytes or more or beyond ASCII,
a number of more than eight bytes, a message that does not end where its last field does.

Formats: Avro 1.12's binary encoding; Arrow's columnar format, variable-size binary views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_LONGEST = 63
"""Bytes of a text whose length takes one byte."""
_IN_PLACE = 12
_FURTHEST = _LONGEST + 2
"""No field takes more bytes."""
_AHEAD = 72
"""So many bytes beyond a field's begin may be looked at."""


class _OddError(Exception):
    """Something that is left to a slower reader."""


class Reader:
    """Reads messages of one schema."""

    def __init__(self, fields: Sequence[dict[str, Any]], prefix: bytes) -> None:
        """``fields``: the schema's; ``prefix``: what each message begins with, up to 7 bytes.

        Raises ValueError for a field that is neither text, long, double nor boolean, or null.
        """
        self._steps = [(field["name"], *_step(field["type"])) for field in fields]
        self._prefix = prefix

    def frame(self, messages: Sequence[bytes]) -> pl.DataFrame | None:
        """The frame of the messages, in their order; None where they are not plainly in order."""
        padding = bytes(_FURTHEST * (len(self._steps) + 1) + _AHEAD)
        data = _Data(b"".join([*messages, padding]))
        ends = np.cumsum(np.fromiter(map(len, messages), dtype=np.int64, count=len(messages)))
        places = np.concatenate([[0], ends[:-1]])
        try:
            data.begins(places, self._prefix)
            places = places + len(self._prefix)
            columns = []
            for _, kind, read, nullable in self._steps:
                there, places = data.there(places) if nullable else (None, places)
                if there is not None and not there.any():
                    columns.append(pa.nulls(len(places), kind))
                    continue
                values, places = read(data, places, there)
                columns.append(_array(kind, len(places), there, values))
        except _OddError:
            return None
        # Places only grow, so none went beyond its message if each ends where its message does.
        if not np.array_equal(places, ends):
            return None
        table = pa.Table.from_arrays(columns, [name for name, *_ in self._steps])
        found = pl.from_arrow(table)
        return found if isinstance(found, pl.DataFrame) else None


class _Data:
    """The bytes of all messages, and what begins at each of them."""

    def __init__(self, data: bytes) -> None:
        if len(data) >= 2**31:
            raise ValueError("messages of 2 GiB or more at a time")
        self.bytes = np.frombuffer(data, dtype=np.uint8)
        self.words: Words = self._anywhere("<u8")
        self.doubles: npt.NDArray[np.float64] = self._anywhere("<f8")
        self.pairs: npt.NDArray[np.complex128] = self._anywhere("<c16")

    def _anywhere(self, kind: str) -> Any:
        """Numbers that begin at any byte."""
        size = np.dtype(kind).itemsize
        return np.ndarray((len(self.bytes) - size + 1,), kind, self.bytes.data, 0, (1,))

    def begins(self, places: Places, prefix: bytes) -> None:
        """See that every message begins so."""
        mask = np.uint64(2 ** (8 * len(prefix)) - 1)
        if ((self.words[places] & mask) != int.from_bytes(prefix, "little")).any():
            raise _OddError

    def there(self, places: Places) -> tuple[Mask | None, Places]:
        """Of a union of null and something, where there is something; None if everywhere."""
        tags = self.bytes[places]
        there: Mask = tags == 2
        if there.all():
            return None, places + 1
        if (tags & 0xFD).any():
            raise _OddError
        return there, places + 1


_Read = Callable[[_Data, Places, Mask | None], tuple[list[Any], Places]]
"""The values of a field as Arrow's buffers, and where the next field begins."""


def _step(kind: Any) -> tuple[Any, _Read, bool]:
    """A type as Arrow calls it, how it is read, and whether it may be null."""
    if isinstance(kind, list):
        if len(kind) != 2 or kind[0] != "null":
            raise ValueError(f"expected a union of null and one type, found {kind}")
        return *_step(kind[1])[:2], True
    name = kind["type"] if isinstance(kind, dict) else kind
    if name not in _READERS:
        raise ValueError(f"expected one of {', '.join(_READERS)}, found {name}")
    return *_READERS[name], False


def _doubles(data: _Data, places: Places, there: Mask | None) -> tuple[list[Any], Places]:
    values = data.doubles[places]
    return [values], _on(places, 8, there)


def _booleans(data: _Data, places: Places, there: Mask | None) -> tuple[list[Any], Places]:
    values = data.bytes[places]
    if ((values > 1) if there is None else (values > 1) & there).any():
        raise _OddError
    return [np.packbits(values == 1, bitorder="little")], _on(places, 1, there)


def _longs(data: _Data, places: Places, there: Mask | None) -> tuple[list[Any], Places]:
    words = data.words[places]
    stops = ~words & _HIGH
    stop = stops & -stops  # of the first byte without its highest bit set
    if ((stop == 0) if there is None else (stop == 0) & there).any():
        raise _OddError
    size: Any
    if there is None and (stop == stop[0]).all():
        stop, size = stop[:1], int(stop[0]).bit_length() // 8
    else:
        size = (np.bitwise_count(stop - _ONE).astype(np.int64) + 1) >> 3
    found = words & (stop | (stop - _ONE))
    for mask, low, step in _SQUEEZE:
        found = (found & low) | ((found & mask) >> step)
    values = (found >> _ONE).view(np.int64) ^ -(found & _ONE).view(np.int64)
    return [values], _on(places, size, there)


_SQUEEZE = [
    tuple(map(np.uint64, row))
    for row in (
        (0x7F007F007F007F00, 0x007F007F007F007F, 1),
        (0x3FFF00003FFF0000, 0x00003FFF00003FFF, 2),
        (0x0FFFFFFF00000000, 0x000000000FFFFFFF, 4),
    )
]
"""Seven bits of each byte, then fourteen of two, then 28 of four moved together."""


def _texts(data: _Data, places: Places, there: Mask | None) -> tuple[list[Any], Places]:
    sizes = data.bytes[places]
    if there is not None:
        sizes = sizes * there
    if (sizes & 0x81).any():
        raise _OddError
    lengths, begins = (sizes >> 1).astype(np.int64), places + 1
    views = data.pairs[begins].view(np.uint64).reshape(-1, 2)
    first, second = views[:, 0], views[:, 1]
    second = ((first >> _HALF) | (second << _HALF)) & _NEXT[lengths]
    first = first & _FIRST[lengths]
    if ((first | second) & _HIGH).any():
        raise _OddError
    views[:, 0] = (first << _HALF) | lengths.view(np.uint64)
    long = np.flatnonzero(sizes > 2 * _IN_PLACE)
    if len(long):
        _see_to_ascii(data, begins[long], lengths[long])
        second[long] = begins[long].view(np.uint64) << _HALF
    views[:, 1] = second
    return [views, data.bytes], _on(places, lengths + 1, there)


def _see_to_ascii(data: _Data, places: Places, lengths: Places) -> None:
    """See that what of longer texts comes after the bytes in place is ASCII."""
    for start in range(_IN_PLACE, int(lengths.max()), 8):
        mask = _WORD[np.clip(_LENGTHS - start, 0, 8)] & _HIGH
        if (data.words[places + start] & mask[lengths]).any():
            raise _OddError


_HIGH, _HALF, _ONE = np.uint64(0x8080808080808080), np.uint64(32), np.uint64(1)
_LENGTHS = np.arange(_LONGEST + 1)
_WORD = np.array([2 ** (8 * count) - 1 for count in range(9)], dtype=np.uint64)
_FIRST, _NEXT = _WORD[np.clip(_LENGTHS, 0, 4)], _WORD[np.clip(_LENGTHS - 4, 0, 8)]
"""By length, masks of a text's first four bytes and of the eight after them."""


def _on(places: Places, sizes: Any, there: Mask | None) -> Places:
    """Where the fields after these begin."""
    found: Places = places + (sizes if there is None else sizes * there)
    return found


def _array(kind: Any, count: int, there: Mask | None, values: list[Any]) -> Any:
    """The Arrow array of values."""
    valid = None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(kind, count, [valid, *map(pa.py_buffer, values)])


_READERS: dict[str, tuple[Any, _Read]] = {
    "string": (pa.string_view(), _texts),
    "long": (pa.int64(), _longs),
    "double": (pa.float64(), _doubles),
    "boolean": (pa.bool_(), _booleans),
}
