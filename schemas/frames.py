"""Positions in columns: Kafka records go in, a polars frame and the refused records come out.

Plain batches are read by ``schemas/datums.py``. Where something is not plain, as a text beyond
ASCII: a batch of Avro datums of one schema is the inside of an Avro container block, so a container
is built in memory and read in one go (ten times the speed of record by record). That reader was
made for whole files and lets some corrupt datums pass; count, prefix, key and sentinel are
therefore compared in columns, and a batch that fails is decoded one by one with fastavro, which is
the authority.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import fastavro
import polars as pl

from schemas import codec, datums, registry
from streams.facts.received import SENTINEL

SUBJECT = "position"
_PREFIX = 5
"""Bytes of the wire format before the datum: a zero and the schema id."""
_WIRE = "wire"
"""The column of these bytes: to the reader a record begins with them, so that none are cut off."""
_BETWEEN = b"\n"
_TYPES = {"string": pl.String, "long": pl.Int64, "double": pl.Float64, "boolean": pl.Boolean}

Refused = list[tuple[Any, Exception]]


def decode(records: Sequence[Any]) -> tuple[pl.DataFrame, Sequence[Any], Refused]:
    """The frame of the good records, these records, and the others with what is wrong with them.

    Rows are in the order of the records; the frame has the fields of the newest schema.
    """
    frame = _together(records)
    if frame is not None:
        return frame, records, []
    return _one_by_one(records)


def _together(records: Sequence[Any]) -> pl.DataFrame | None:
    """All records at once; None if they are not all plainly in order."""
    messages = [record.value for record in records]
    try:
        keys = _BETWEEN.join([record.key for record in records])
        frame = _reader().frame(messages)
        if frame is None:
            frame = _contained(messages)
    except TypeError:  # no value, or no key
        return None
    return frame if frame is not None and _sound(frame, keys) else None


@cache
def _reader() -> datums.Reader:
    head = registry.latest(SUBJECT)
    return datums.Reader(head.raw["fields"], _prefix(head.id))


def _prefix(schema_id: int) -> bytes:
    return b"\x00" + schema_id.to_bytes(4, "big")


def _contained(messages: list[bytes]) -> pl.DataFrame | None:
    """The frame of messages read as a container; None if they are not all plainly in order."""
    header, sync, prefix = _container()
    block = b"".join(messages)
    counts = _zigzag(len(messages)) + _zigzag(len(block))
    try:
        frame = pl.read_avro(io.BytesIO(b"".join((header, counts, block, sync))))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        return None
    if frame.height != len(messages):
        return None
    if not bool((frame[_WIRE] == pl.Series([prefix], dtype=pl.Binary)).all()):
        return None
    return frame.drop(_WIRE)


def _sound(frame: pl.DataFrame, keys: bytes) -> bool:
    if not bool((frame["sentinel"] == SENTINEL).all()):
        return False
    # As many line ends as are put between them, so there is none within, and each is its row's.
    found: bytes = frame["icao24"].str.join(_BETWEEN.decode())[0].encode()
    return found == keys and keys.count(_BETWEEN) == frame.height - 1


def _one_by_one(records: Sequence[Any]) -> tuple[pl.DataFrame, list[Any], Refused]:
    good, rows = [], []
    refused: Refused = []
    for record in records:
        try:
            rows.append(_checked(record))
            good.append(record)
        except codec.CodecError as error:
            refused.append((record, error))
    return pl.DataFrame(rows, schema=_schema()), good, refused


def _checked(record: Any) -> dict[str, Any]:
    subject, values = codec.decode_plain(record.value)
    if subject != SUBJECT:
        raise codec.CodecError(f"expected a {SUBJECT}, found a {subject}")
    if values["sentinel"] != SENTINEL:
        raise codec.CodecError(f"expected {SENTINEL} as sentinel, found {values['sentinel']}")
    key = (record.key or b"").decode("utf-8", "replace")
    if key != values["icao24"]:
        raise codec.CodecError(f"its key is {key!r}, its icao24 {values['icao24']!r}")
    return values


@cache
def _container() -> tuple[bytes, bytes, bytes]:
    """The header of a container file of such records, its sync marker, and their first bytes."""
    empty = io.BytesIO()
    wire = {"name": _WIRE, "type": {"type": "fixed", "name": "wire_format", "size": _PREFIX}}
    head = registry.latest(SUBJECT)
    raw = head.raw
    schema = fastavro.parse_schema({**raw, "fields": [wire, *raw["fields"]]})
    fastavro.writer(empty, schema, [], codec="null", sync_marker=b"policy-events-av")
    header = empty.getvalue()
    return header, header[-16:], _prefix(head.id)


@cache
def _schema() -> dict[str, Any]:
    fields = registry.latest(SUBJECT).raw["fields"]
    return {field["name"]: _TYPES[_plain(field["type"])] for field in fields}


def _plain(kind: Any) -> str:
    if isinstance(kind, list):
        return _plain(next(one for one in kind if one != "null"))
    return str(kind["type"]) if isinstance(kind, dict) else str(kind)


def _zigzag(number: int) -> bytes:
    """Avro's long, for a number of at least 0."""
    number <<= 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
