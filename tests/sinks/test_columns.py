"""Records become columns: all at once or one by one, with the same result."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec, frames
from sinks.columns import Block, block
from sinks.tables import tables
from streams.facts.received import Position
from tests.schemas.mutations import mutated
from tests.sinks.records import Consumed, consumed, leg, order, position

POSITIONS = tables()["flights.positions"]
LEGS = tables()["flights.legs"]
_long = st.integers(-(2**63), 2**63 - 1)
_text = st.text(st.characters(codec="utf-8"), max_size=12)
_strategies = {"int": _long, "str": _text, "float": st.floats(), "bool": st.booleans()}
_fields = {
    "fetched_at": st.none() | _long,
    "observed_at": _long,
    "sentinel": st.just(Position.__dataclass_fields__["sentinel"].default),
    "bound": st.none() | st.sampled_from(["after", "before"]),
}


def _strategy(field: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
    if field.name in _fields:
        return _fields[field.name]
    kind, _, rest = str(field.type).partition(" | ")
    plain = _strategies[kind]
    return st.none() | plain if rest else plain


positions = st.builds(
    Position, **{one.name: _strategy(one) for one in dataclasses.fields(Position)}
)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return one == other


def _rows(made: Block) -> list[tuple[Any, ...]]:
    columns = [c.tolist() if isinstance(c, np.ndarray) else c for c in made.columns]
    return list(zip(*columns, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(positions, min_size=1, max_size=8))
def test_all_at_once_and_one_by_one_give_the_same_frame(records: list[Position]) -> None:
    batch = [consumed(record, offset) for offset, record in enumerate(records)]
    batch = [
        dataclasses.replace(c, key=r.icao24.encode()) for c, r in zip(batch, records, strict=True)
    ]
    fast = frames._together(batch)
    slow, good, refused = frames._one_by_one(batch)
    assert fast is not None
    assert good == batch
    assert refused == []
    assert fast.schema == slow.schema
    assert fast.equals(slow, null_equal=True)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_record_never_spoils_its_neighbours(data: st.DataObject) -> None:
    batch = [consumed(position(number), number) for number in range(4)]
    victim = data.draw(st.integers(0, 3))
    value = mutated(batch[victim].value or b"", data)
    batch[victim] = dataclasses.replace(batch[victim], value=value)
    made = block(POSITIONS, batch)
    clean = block(POSITIONS, [consumed(position(number), number) for number in range(4)])
    offsets = POSITIONS.columns.index("_offset")
    kept = {row[offsets]: row for row in _rows(made)}
    for row in _rows(clean):
        if row[offsets] != victim:
            assert all(map(_same, kept[row[offsets]], row))
    assert (victim in kept) == (not made.bad)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Consumed(None, b"k"), "found nothing"),
        (Consumed(b"\x00\x00", b"k"), "found 2 bytes"),
        (Consumed(b"\x01" + codec.encode(position())[1:], b"k"), "expected a zero byte first"),
        (consumed(leg()), "expected a position, found a leg"),
        (consumed(position(sentinel=1)), "as sentinel, found 1"),
        (dataclasses.replace(consumed(position()), key=b"ffffff"), "key is 'ffffff'"),
        (dataclasses.replace(consumed(position()), key=None), "key is ''"),
    ],
)
def test_a_bad_position_is_named_and_the_rest_becomes_rows(bad: Consumed, words: str) -> None:
    made = block(POSITIONS, [consumed(position(1)), bad, consumed(position(2))])
    assert made.rows == 2
    assert [one.record for one in made.bad] == [bad]
    assert words in str(made.bad[0].error)


def test_facts_become_lists_of_columns_nested_records_tuples() -> None:
    made = block(LEGS, [consumed(leg(), 5), Consumed(b"junk", offset=6), consumed(leg("b", 2), 7)])
    assert [one.record.offset for one in made.bad] == [6]
    assert made.column("leg_id") == ["leg-1", "b"]
    assert made.column("track")[0][1] == (leg().track[1].at, 26.3, -97.5, 900.0)
    assert made.column("is_deleted") == [0, 0]
    assert made.column("_offset") == [5, 7]
    assert len({len(column) for column in made.columns}) == 1


def test_equal_bytes_have_equal_hashes_and_others_do_not() -> None:
    made = block(LEGS, [consumed(leg()), consumed(leg()), consumed(leg(origin="MHPR"))])
    first, second, third = made.column("_bytes")
    assert first == second != third


def test_a_negative_revision_is_a_bad_record() -> None:
    made = block(LEGS, [consumed(leg(revision=-1))])
    assert (made.rows, len(made.bad)) == (0, 1)
    assert "revision" in str(made.bad[0].error)


def test_a_record_of_another_subject_is_a_bad_record() -> None:
    made = block(LEGS, [consumed(order())])
    assert "expected a leg, found a order" in str(made.bad[0].error)


def test_history_rows_carry_the_generation() -> None:
    table = tables()["policy.links.changes"]
    from tests.sinks.records import link

    assert block(table, [consumed(link())], generation=3).column("generation") == [3]


def test_a_letter_that_says_no_origin_is_known_by_its_own_place() -> None:
    """A rebuild's dead letters begin at offset 0 again: their topic tells them from the others."""
    letter = tables()["news.articles.dlq"]
    made = [
        block(letter, [Consumed(b"x", offset=7, topic=f"{prefix}news.articles.dlq")])
        for prefix in ("", "live.g1.")
    ]
    assert [one.column("source_topic") for one in made] == [
        ["news.articles"],
        ["live.g1.news.articles"],
    ]
    assert [one.column("source_offset") for one in made] == [[7], [7]]
