"""Native blocks: where one ends, and the few that we write ourselves.

Blocks from a client pass to the engine untouched, so only their length must be known: fixed
widths are skipped, strings are walked. Format: ClickHouse's ``NativeWriter`` and
``BlockInfo::write``; below revision 54454 there is no serialization byte per column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from deploy.clickhouse.columns import (
    Array,
    Fixed,
    LowCardinality,
    Nullable,
    Shape,
    Text,
    Tuple,
    shape,
)
from deploy.clickhouse.failures import Code, ProtocolError
from deploy.clickhouse.wire import Reader, memory, string, varint

BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
"""BlockInfo of an ordinary block: is_overflows = 0, bucket_num = -1, end of fields."""

_MOST_COLUMNS = 10_000
_LONGEST_NAME = 1 << 16
_RUN = 64
_WALK = 2048


@dataclass(frozen=True)
class Block:
    """A block as it stood on the wire, without its BlockInfo."""

    columns: int
    rows: int
    body: bytes


def read_info(reader: Reader) -> None:
    """Pass over a BlockInfo."""
    while field := reader.varint():
        if field == 1:
            reader.skip(1)
        elif field == 2:
            reader.skip(4)
        else:
            raise ProtocolError(
                Code.UNEXPECTED_PACKET_FROM_CLIENT, f"Unknown field {field} in a block's info"
            )


def read_block(reader: Reader, *, most_rows: int) -> Block:
    """The next block, after its BlockInfo. Cuts the reader's buffer at the block's start.

    Raises ProtocolError for more columns or rows than allowed, and for a type we cannot follow.
    """
    reader.compact()
    columns, rows = reader.varint(), reader.varint()
    if columns > _MOST_COLUMNS or rows > most_rows:
        raise ProtocolError(
            Code.TOO_LARGE_SIZE,
            f"A block of {columns} columns and {rows} rows; "
            f"at most {_MOST_COLUMNS} and {most_rows} are taken",
        )
    for _ in range(columns):
        reader.string(limit=_LONGEST_NAME)
        kind = shape(reader.string(limit=_LONGEST_NAME))
        if rows:
            _prefix(reader, kind)
            _skip(reader, kind, rows)
    body = bytes(memoryview(reader.buffer)[: reader.position])
    return Block(columns, rows, body)


def counts(body: bytes) -> tuple[int, int]:
    """Columns and rows of a block."""
    head = memory(body[:20])
    return head.varint(), head.varint()


def columns(body: bytes) -> list[tuple[str, str]] | None:
    """Names and types of a block's columns; None past a type we cannot follow."""
    reader = memory(body)
    count, rows = reader.varint(), reader.varint()
    found = []
    for index in range(count):
        found.append((reader.string(), reader.string()))
        if index < count - 1:
            try:
                kind = shape(found[-1][1])
            except ProtocolError:
                return None
            _prefix(reader, kind)
            _skip(reader, kind, rows)
    return found


def split(bodies: bytes) -> Iterator[Block]:
    """The blocks of a result that holds several, one after the other."""
    reader = memory(bodies)
    while reader.pending:
        yield read_block(reader, most_rows=1 << 62)


def header(columns: Iterable[tuple[str, str]]) -> bytes:
    """A block without rows: names and types."""
    listed = list(columns)
    heads = (string(name) + string(kind) for name, kind in listed)
    return varint(len(listed)) + varint(0) + b"".join(heads)


EMPTY = varint(0) + varint(0)
"""The block without columns that ends a stream of blocks."""


def _prefix(reader: Reader, kind: Shape) -> None:
    """Pass over the state that dictionaries write before the column: their version, 8 bytes."""
    match kind:
        case LowCardinality():
            reader.skip(8)
        case Array(inner) | Nullable(inner):
            _prefix(reader, inner)
        case Tuple(parts):
            for part in parts:
                _prefix(reader, part)


def _skip(reader: Reader, kind: Shape, rows: int) -> None:
    """Pass over ``rows`` values."""
    match kind:
        case Fixed(width):
            reader.skip(width * rows)
        case Text():
            _skip_strings(reader, rows)
        case Nullable(inner):
            reader.skip(rows)
            _skip(reader, inner, rows)
        case Tuple(parts):
            # An empty Tuple() still writes one byte per row.
            if not parts:
                reader.skip(rows)
            for part in parts:
                _skip(reader, part, rows)
        case Array(inner) if rows:
            reader.skip(8 * (rows - 1))
            _skip(reader, inner, reader.integer(8))
        case LowCardinality(inner) if rows:
            _skip_dictionary(reader, inner)


def _skip_dictionary(reader: Reader, inner: Shape) -> None:
    """Flags (low nibble: index width as a power of two), dictionary, indexes."""
    width = 1 << (reader.integer(8) & 0xF)
    if width > 8:
        raise ProtocolError(
            Code.UNEXPECTED_PACKET_FROM_CLIENT, "A LowCardinality index wider than 8 bytes"
        )
    _skip(reader, inner, reader.integer(8))
    reader.skip(width * reader.integer(8))


def _skip_strings(reader: Reader, count: int) -> None:
    """Walk over strings; runs of one short length (codes, ids) at a stride.

    In plain Python a string costs 70 ns, at a stride 1 ns.
    """
    while count:
        count -= _stride(reader, count)
        walk = min(count, _WALK)
        count -= walk
        while walk:
            walk -= _walk(reader, walk)
            if walk:
                reader.need(reader.varint_ahead())


def _stride(reader: Reader, count: int) -> int:
    """Pass over the strings ahead that are as long as the first one; how many they were."""
    position, held = reader.position, len(reader.buffer)
    if position >= held or (length := reader.buffer[position]) >= 0x80:
        return 0
    step = length + 1
    within = min(count, (held - position) // step)
    taken = 0
    size = _RUN
    while taken < within:
        size = min(size, within - taken)
        heads = np.frombuffer(
            reader.buffer, np.uint8, count=size * step, offset=position + taken * step
        )[::step]
        same = heads == length
        if not same.all():
            taken += int(same.argmin())
            break
        taken += size
        size *= 8
    reader.position += taken * step
    return taken


def _walk(reader: Reader, count: int) -> int:
    """Pass over as many strings as are held completely, at most ``count``; how many they were."""
    buffer, position, held = reader.buffer, reader.position, len(reader.buffer)
    left = count
    try:
        while left:
            length = buffer[position]
            after = position + 1
            if length >= 0x80:
                length &= 0x7F
                shift = 7
                while True:
                    part = buffer[after]
                    after += 1
                    length |= (part & 0x7F) << shift
                    if part < 0x80:
                        break
                    shift += 7
            after += length
            if after > held:
                break
            position = after
            left -= 1
    except IndexError:
        pass  # the length itself is not all there yet
    reader.position = position
    return count - left
