"""The length of a block, against blocks that the engine itself writes."""

import functools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.clickhouse.blocks import columns, read_block, split
from deploy.clickhouse.columns import shape
from deploy.clickhouse.failures import ProtocolError
from deploy.clickhouse.wire import string, varint
from tests.deploy.clickhouse.test_wire import arriving

pytestmark = pytest.mark.stack

WIDTHS = (
    "UInt8, Int16, UInt32, Int64, UInt128, Int256, Float32, Float64, Bool, String, FixedString(5), "
    "UUID, IPv4, IPv6, Date, Date32, DateTime, Decimal32(2), Decimal(18;3), Decimal128(4), "
    "Decimal256(5), Decimal(30;4)"
)
PLAIN = st.sampled_from([kind.replace(";", ", ") for kind in WIDTHS.split(", ")]) | st.sampled_from(
    ["DateTime64(3, 'UTC')", "Enum8('a' = 1, 'b, (c)' = 2)", "Enum16('x''' = 7)"]
)
LOW = st.sampled_from(["String", "FixedString(3)", "Date", "UInt32"]).flatmap(
    lambda kind: st.sampled_from([kind, f"Nullable({kind})"]).map(lambda k: f"LowCardinality({k})")
)
KINDS = st.recursive(
    PLAIN | PLAIN.map(lambda kind: f"Nullable({kind})") | LOW,
    lambda inner: st.one_of(
        inner.map(lambda kind: f"Array({kind})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda kinds: f"Tuple({', '.join(kinds)})"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda kinds: "Tuple(" + ", ".join(f"`f {i}` {k}" for i, k in enumerate(kinds)) + ")"
        ),
        inner.map(lambda kind: f"Map(String, {kind})"),
    ),
    max_leaves=4,
)


@functools.cache
def engine() -> Any:
    chdb = pytest.importorskip("chdb", reason="needs the extra 'embedded'")
    connection = chdb.connect(":memory:")
    connection.query("SET allow_suspicious_low_cardinality_types = 1")
    return connection


def native(kinds: list[str], rows: int, seed: int) -> bytes:
    """A block of random values of these types."""
    structure = ", ".join(f"c{i} {kind}" for i, kind in enumerate(kinds)).replace("'", "\\'")
    sql = f"SELECT * FROM generateRandom('{structure}', {seed}, 12, 3) LIMIT {rows}"
    return bytes(engine().query(sql, "Native").bytes())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(KINDS, min_size=1, max_size=3),
    st.integers(1, 40),
    st.integers(1, 1000),
    st.lists(st.integers(1, 200), min_size=1, max_size=4),
)
def test_a_block_ends_where_the_engine_ended_it(
    kinds: list[str], rows: int, seed: int, pieces: list[int]
) -> None:
    body = native(kinds, rows, seed)
    reader = arriving(body + b"\xee" * 300, pieces)
    block = read_block(reader, most_rows=1000)
    assert (block.columns, block.rows, block.body) == (len(kinds), rows, body)
    named = columns(body)
    assert named is not None
    assert [name for name, _ in named] == [f"c{i}" for i in range(len(kinds))]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 40) | st.sampled_from([6, 127, 128, 20_000]), max_size=60),
    st.integers(1, 200),
    st.integers(1, 5000),
)
def test_strings_of_any_lengths_are_walked(lengths: list[int], repeat: int, piece: int) -> None:
    """Runs of one length are passed at a stride: long runs, and what breaks them."""
    texts = [b"s" * length for length in lengths for _ in range(repeat)]
    if sum(map(len, texts)) > 3_000_000 or not texts:
        return
    values = b"".join(string(text) for text in texts)
    body = varint(1) + varint(len(texts)) + string("s") + string("String") + values
    block = read_block(arriving(body + b"\x06" * 100, [piece]), most_rows=1 << 20)
    assert block.body == body


def test_several_blocks_are_told_apart() -> None:
    bodies = [native(["String", "Array(UInt8)"], rows, 1) for rows in (3, 1, 7)]
    assert [block.body for block in split(b"".join(bodies))] == bodies


@pytest.mark.parametrize(
    "kind",
    ["JSON", "Variant(UInt8, String)", "AggregateFunction(sum, UInt8)", "Dynamic", "", "(", "Array",
     "Array(", "Decimal(x)", "FixedString()", "Array(" * 100 + "UInt8" + ")" * 100],
)  # fmt: skip
def test_a_type_that_cannot_be_followed_is_named(kind: str) -> None:
    with pytest.raises(ProtocolError) as failed:
        shape(kind)
    assert kind[:100] in failed.value.message
