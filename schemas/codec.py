"""Wire format: records become bytes and bytes records, as Confluent's clients write them.

A message is a zero byte, the schema id as four bytes, big end first, and the Avro datum
(Confluent's schema-registry serialisation guide). fastavro writes and reads.
"""

from __future__ import annotations

import dataclasses
import io
import struct
import types
import typing
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import fastavro

from schemas import registry
from streams.facts import case_links, court, flights, news, policy, received

_HEADER = struct.Struct(">bI")

_CLASSES: dict[str, type[Any]] = {
    "position": received.Position,
    "docket_entry": received.DocketEntry,
    "article": received.Article,
    "progress": received.Progress,
    "leg": flights.Leg,
    "order": court.Order,
    "order_state": court.OrderState,
    "docketed_entry": court.DocketedEntry,
    "mention": news.Mention,
    "policy_event": policy.PolicyEvent,
    "link": policy.Link,
    "case_link": case_links.CaseLink,
}
_SUBJECTS = {record_class: subject for subject, record_class in _CLASSES.items()}


class CodecError(ValueError):
    """Bytes that are no record, or a record that its schema does not admit; says which and why."""


def record_class(subject: str) -> type[Any]:
    """The dataclass of a subject."""
    return _CLASSES[subject]


def subject_of(record: object) -> str:
    """The subject of a record. Raises CodecError if it has none."""
    try:
        return _SUBJECTS[type(record)]
    except KeyError:
        raise CodecError(f"{type(record).__name__} is no record of any topic") from None


def encode(record: Any) -> bytes:
    """The message of a record, in the newest version of its schema.

    Raises CodecError, naming the record's class, if a value does not fit its schema.
    """
    schema = registry.latest(subject_of(record))
    buffer = io.BytesIO()
    buffer.write(_HEADER.pack(0, schema.id))
    try:
        fastavro.schemaless_writer(buffer, registry.parsed(schema.id), dataclasses.asdict(record))
    except (ValueError, TypeError, AttributeError, struct.error, OverflowError) as error:
        raise CodecError(
            f"{type(record).__name__} does not fit {schema.subject}: {error}"
        ) from error
    return buffer.getvalue()


def decode_plain(message: bytes | None) -> tuple[str, dict[str, Any]]:
    """Subject and field values of a message, resolved to the newest version of its schema.

    Raises CodecError if it is no whole datum of a schema we know, or has bytes left over.
    """
    if message is None or len(message) < _HEADER.size:
        found = "nothing" if message is None else f"{len(message)} bytes"
        raise CodecError(f"expected a zero byte, a schema id and a datum, found {found}")
    magic, schema_id = _HEADER.unpack_from(message)
    if magic != 0:
        raise CodecError(f"expected a zero byte first, found {magic & 0xFF:#04x}")
    try:
        schema = registry.by_id(schema_id)
    except registry.SchemaError as error:
        raise CodecError(str(error)) from error
    newest = registry.latest(schema.subject)
    buffer = io.BytesIO(message)
    buffer.seek(_HEADER.size)
    try:
        # A separate reader schema halves the speed: resolve only where the versions differ.
        reader = None if newest.id == schema_id else registry.parsed(newest.id)
        values = fastavro.schemaless_reader(buffer, registry.parsed(schema_id), reader)
    except Exception as error:  # fastavro raises whatever its C code met
        raise CodecError(
            f"no datum of {schema.subject} version {schema.version}: "
            f"{type(error).__name__}: {error}"
        ) from error
    if buffer.tell() != len(message):
        raise CodecError(f"{len(message) - buffer.tell()} bytes after the {schema.subject}")
    if not isinstance(values, dict):
        raise CodecError(f"expected a record of {schema.subject}, found {type(values).__name__}")
    return schema.subject, values


def decode(message: bytes | None) -> Any:
    """The record of a message. Raises CodecError as ``decode_plain`` does."""
    subject, values = decode_plain(message)
    return _reader(subject)(values)


@cache
def _reader(subject: str) -> Callable[[dict[str, Any]], Any]:
    return _builder(_CLASSES[subject])


def _builder(target: type[Any]) -> Callable[[dict[str, Any]], Any]:
    """A function from field values to the dataclass, nested records and tuples included."""
    hints = typing.get_type_hints(target)
    names = [field.name for field in dataclasses.fields(target)]
    nested = {name: convert for name in names if (convert := _converter(hints[name])) is not None}

    def build(values: dict[str, Any]) -> Any:
        for name, convert in nested.items():
            values[name] = convert(values[name])
        return target(**values)

    return build


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """How to turn a decoded value into what the hint says; None where it is that already."""
    origin = typing.get_origin(hint)
    if origin is tuple:
        inner = _converter(typing.get_args(hint)[0])
        return tuple if inner is None else partial(_convert_each, inner)
    if origin in (typing.Union, types.UnionType):
        choices = [one for one in typing.get_args(hint) if one is not type(None)]
        inner = _converter(choices[0])
        return None if inner is None else partial(_convert_some, inner)
    return _builder(hint) if dataclasses.is_dataclass(hint) and isinstance(hint, type) else None


def _convert_each(convert: Callable[[Any], Any], items: list[Any]) -> tuple[Any, ...]:
    return tuple(convert(item) for item in items)


def _convert_some(convert: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else convert(value)
