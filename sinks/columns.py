"""Records to columns: Kafka records of a topic go in, a block to insert and the bad ones come out.

Everything that can be wrong with a record is found here, before the insert, so that a bad record
can never fail a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from schemas import codec, frames
from sinks import dead_letters, hot
from sinks.tables import Table, converters


class Received(Protocol):
    """What we need of a consumed record (aiokafka's ``ConsumerRecord``)."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: Any
    value: Any
    headers: Any


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that cannot become a row."""

    record: Any
    error: Exception


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of equal length, in the table's order: lists, or numpy arrays for a hot table."""

    table: Table
    columns: list[Any]
    rows: int
    bad: list[Bad] = field(default_factory=list)

    def column(self, name: str) -> Any:
        """One column."""
        return self.columns[self.table.columns.index(name)]


def block(table: Table, records: Sequence[Any], *, generation: int = 0) -> Block:
    """The block of these records, in offset order, without the bad ones."""
    if table.subject is None:
        return _dead_letter_block(table, records)
    if table.hot:
        return _hot_block(table, records)
    return _plain_block(table, records, generation)


def digest(message: bytes) -> int:
    """64 bits of BLAKE2 over a record's bytes."""
    return int.from_bytes(hashlib.blake2b(message, digest_size=8).digest(), "big")


def _plain_block(table: Table, records: Sequence[Any], generation: int) -> Block:
    assert table.subject is not None  # noqa: S101 -- block() has looked
    good, rows, bad = [], [], []
    for record in records:
        try:
            values = _values(table, record)
        except codec.CodecError as error:
            bad.append(Bad(record, error))
        else:
            good.append(record)
            rows.append(values)
    columns: list[Any] = []
    for name, convert in converters(table.subject).items():
        values_of = [row[name] for row in rows]
        columns.append(values_of if convert is None else [convert(one) for one in values_of])
    columns += _provenance(good)
    if table.versioned:
        columns.append([digest(record.value) for record in good])
    if table.has_generation:
        columns.append([generation] * len(good))
    return Block(table, columns, len(good), bad)


def _values(table: Table, record: Any) -> dict[str, Any]:
    subject, values = codec.decode_plain(record.value)
    if subject != table.subject:
        raise codec.CodecError(f"expected a {table.subject}, found a {subject}")
    if values.get("revision", 0) < 0:
        raise codec.CodecError(f"expected a revision of at least 0, found {values['revision']}")
    return values


def _provenance(records: Sequence[Any]) -> list[list[Any]]:
    return [
        [record.topic for record in records],
        [record.partition for record in records],
        [record.offset for record in records],
        [record.timestamp for record in records],
    ]


def _hot_block(table: Table, records: Sequence[Any]) -> Block:
    decoded, good, refused = frames.decode(records)
    bad = [Bad(record, error) for record, error in refused]
    size = len(good)
    columns = hot.arrays(decoded, table.fields)
    columns += [
        np.array([record.topic for record in good], dtype=object),
        np.fromiter((record.partition for record in good), np.uint32, size),
        np.fromiter((record.offset for record in good), np.uint64, size),
        np.fromiter((record.timestamp for record in good), np.int64, size),
    ]
    return Block(table, columns, size, bad)


def _dead_letter_block(table: Table, records: Sequence[Any]) -> Block:
    rows = []
    for record in records:
        letter = dead_letters.read(record.topic, record.headers or ())
        rows.append(
            (
                # A letter without its origin in the headers is identified by its own place.
                letter.topic if letter.offset is not None else record.topic.removesuffix(".dlq"),
                record.partition if letter.partition is None else letter.partition,
                record.offset if letter.offset is None else letter.offset,
                letter.refused_by,
                letter.stage,
                letter.error_class,
                letter.reason,
                _text(record.key),
                len(record.value or b""),
            )
        )
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    return Block(table, columns + _provenance(records), len(rows))


def _text(key: bytes | None) -> str | None:
    if key is None:
        return None
    try:
        return key.decode()
    except UnicodeDecodeError:
        return key.hex()
