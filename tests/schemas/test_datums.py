"""Messages read field by field: what fastavro says of each, or nothing."""

from __future__ import annotations

import io
import math
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.datums import Reader
from tests.schemas.mutations import mutated

PREFIX = b"\x00\x00\x00\x00\x01"
FIELDS: list[dict[str, Any]] = [
    {"name": "text", "type": "string"},
    {"name": "maybe_text", "type": ["null", "string"]},
    {"name": "long", "type": {"type": "long", "unit": "ms"}},
    {"name": "maybe_long", "type": ["null", "long"]},
    {"name": "double", "type": "double"},
    {"name": "maybe_double", "type": ["null", "double"]},
    {"name": "boolean", "type": "boolean"},
    {"name": "maybe_boolean", "type": ["null", "boolean"]},
]
SCHEMA = fastavro.parse_schema({"type": "record", "name": "all_kinds", "fields": FIELDS})
READER = Reader(FIELDS, PREFIX)

texts = st.text(st.characters(codec="ascii"), max_size=63)
longs = st.integers(-(2**55), 2**55 - 1)  # eight bytes
rows = st.fixed_dictionaries(
    {
        "text": texts, "maybe_text": st.none() | texts, "long": longs,
        "maybe_long": st.none() | longs, "double": st.floats(),
        "maybe_double": st.none() | st.floats(), "boolean": st.booleans(),
        "maybe_boolean": st.none() | st.booleans(),
    }
)  # fmt: skip


def message(row: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, SCHEMA, row)
    return PREFIX + buffer.getvalue()


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


def agree(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> bool:
    return len(found) == len(expected) and all(
        same(a[name], b[name]) for a, b in zip(found, expected, strict=True) for name in b
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=20))
def test_every_field_is_what_was_written(written: list[dict[str, Any]]) -> None:
    frame = READER.frame([message(row) for row in written])
    assert frame is not None
    assert agree(frame.to_dicts(), written)


@settings(max_examples=400, deadline=None)
@given(st.lists(rows, min_size=1, max_size=4), st.data())
def test_a_mutated_message_gives_nothing_or_what_fastavro_reads(
    written: list[dict[str, Any]], data: st.DataObject
) -> None:
    messages = [message(row) for row in written]
    victim = data.draw(st.integers(0, len(messages) - 1))
    messages[victim] = mutated(messages[victim], data)
    frame = READER.frame(messages)
    if frame is not None:
        assert agree(frame.to_dicts(), [alone(one) for one in messages])


def alone(one: bytes) -> dict[str, Any]:
    """What fastavro reads; it must be all of the message."""
    assert one.startswith(PREFIX)
    buffer = io.BytesIO(one)
    buffer.seek(len(PREFIX))
    found: Any = fastavro.schemaless_reader(buffer, SCHEMA, None)
    assert buffer.tell() == len(one)
    return dict(found)


@pytest.mark.parametrize(
    "odd",
    [
        {"text": "Zürich"}, {"text": "twelve bytes and more: Zürich"}, {"text": "x" * 64},
        {"maybe_text": "é"}, {"long": 2**56}, {"maybe_long": -(2**63)},
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_a_slower_reader(odd: dict[str, Any]) -> None:
    plain = {
        "text": "", "maybe_text": None, "long": 0, "maybe_long": None, "double": 0.0,
        "maybe_double": None, "boolean": False, "maybe_boolean": None,
    }  # fmt: skip
    assert READER.frame([message(plain), message(plain | odd)]) is None
    assert READER.frame([message(plain)]) is not None


def test_a_type_that_is_not_read_is_named() -> None:
    with pytest.raises(ValueError, match="found int"):
        Reader([{"name": "small", "type": "int"}], PREFIX)
    with pytest.raises(ValueError, match="union of null"):
        Reader([{"name": "either", "type": ["string", "long"]}], PREFIX)
