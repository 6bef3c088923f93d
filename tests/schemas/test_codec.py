"""Records survive the wire; bytes that are no record are refused with a reason."""

import dataclasses
import io
import struct
import typing

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec, registry
from streams.facts import received
from streams.facts.instants import Instant

CLASSES = [codec.record_class(schema.subject) for schema in registry.schemas()]


def values(hint: object) -> st.SearchStrategy[object]:
    """Values of a field's type, 64-bit and finite."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is not None:
        return st.one_of([st.none() if one is type(None) else values(one) for one in arguments])
    if dataclasses.is_dataclass(hint):
        return records(hint)
    if hasattr(hint, "__supertype__"):
        return values(hint.__supertype__)
    simple = {
        str: st.text(max_size=12),
        bool: st.booleans(),
        int: st.integers(-(2**63), 2**63 - 1),
        float: st.floats(allow_nan=False),
    }
    return simple[hint]


def records(target: type) -> st.SearchStrategy[object]:
    hints = typing.get_type_hints(target)
    return st.builds(
        target, **{field.name: values(hints[field.name]) for field in dataclasses.fields(target)}
    )


@pytest.mark.parametrize("target", CLASSES, ids=lambda one: one.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_every_record_comes_back_as_it_was(target: type, data: st.DataObject) -> None:
    record = data.draw(records(target))
    assert codec.decode(codec.encode(record)) == record


@pytest.mark.parametrize("target", CLASSES, ids=lambda one: one.__name__)
def test_class_and_schema_have_the_same_fields_in_the_same_order(target: type) -> None:
    fields = registry.latest(codec.subject_of(object.__new__(target))).raw["fields"]
    assert [field["name"] for field in fields] == [one.name for one in dataclasses.fields(target)]


def test_ids_are_fixed() -> None:
    assert {schema.subject: schema.id for schema in registry.schemas()} == {
        "position": 1, "docket_entry": 2, "article": 3, "progress": 4, "leg": 5,
        "order": 6, "mention": 7, "policy_event": 22, "link": 9,
        "order_state": 51, "docketed_entry": 52, "case_link": 50,
    }  # fmt: skip


PROGRESS = received.Progress("f", "flights.positions", "*", Instant(5), None, None, None)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (None, "found nothing"),
        (b"\x00\x00", "found 2 bytes"),
        (b"\x07\x00\x00\x00\x04rest", "expected a zero byte first, found 0x07"),
        (b"\x00\x00\x00\xff\xffrest", "no schema has id 65535"),
        (codec.encode(PROGRESS)[:-3], "no datum of progress version 1"),
        (codec.encode(PROGRESS) + b"x", "1 bytes after the progress"),
    ],
)
def test_bytes_that_are_no_record_say_why(message: bytes | None, reason: str) -> None:
    with pytest.raises(codec.CodecError, match=reason):
        codec.decode(message)


def test_a_value_that_does_not_fit_names_the_record() -> None:
    with pytest.raises(codec.CodecError, match="Progress does not fit progress"):
        codec.encode(dataclasses.replace(PROGRESS, feed=3))


def test_an_event_that_version_1_wrote_is_read_with_empty_new_fields() -> None:
    old = next(
        one for one in registry.schemas() if (one.subject, one.version) == ("policy_event", 1)
    )
    values = {
        "event_id": "event-1", "revision": 1, "is_deleted": False, "type": "visit.occurred",
        "valid_from": 1, "valid_to": 2, "confidence": 0.5,
    }  # fmt: skip
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, registry.parsed(old.id), values)
    read = codec.decode(struct.pack(">bI", 0, old.id) + buffer.getvalue())
    assert (read.event_id, read.first_outlet, read.outlets) == ("event-1", None, ())
    assert (read.claimed_values, read.plover_event, read.plover_mode) == ((), "", None)
