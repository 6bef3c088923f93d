"""A lane cuts what was fetched into contiguous batches, the pending span first."""

from hypothesis import given
from hypothesis import strategies as st

from sinks.lane import Lane, Span
from tests.sinks.records import Consumed

offsets = st.lists(st.integers(0, 60), unique=True, min_size=1).map(sorted)
SIZES = {"linger_s": 1.0, "most_rows": 7, "most_bytes": 1 << 20}


def _records(found: list[int]) -> list[Consumed]:
    return [Consumed(b"value", b"key", offset) for offset in found]


@given(offsets, st.lists(st.integers(0, 60)), st.integers(1, 9))
def test_batches_carry_every_record_once_in_order(
    found: list[int], again: list[int], most: int
) -> None:
    lane = Lane(0)
    lane.add(_records(found), now=0.0)
    lane.add(_records(sorted(again)), now=0.0)
    carried: list[int] = []
    while (batch := lane.cut(1.0, most_rows=most)) is not None:
        inside = [record.offset for record in batch.records]
        assert len(inside) <= most
        assert batch.span == Span(inside[0], inside[-1])
        carried += inside
    later = sorted({offset for offset in again if offset > found[-1]})
    assert carried == found + later
    assert lane.buffered_bytes == 0


@given(offsets, st.data())
def test_the_pending_span_is_replayed_exactly_whatever_was_compacted_away(
    found: list[int], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, found[0]))
    last = data.draw(st.integers(first, 70))
    lane = Lane(first, Span(first, last))
    lane.add(_records(found), now=0.0)
    lane.reached(found[-1] + 1)
    inside = [offset for offset in found if offset <= last]
    if found[-1] < last:
        assert not lane.due(9.0, **SIZES)  # the rest of the span may still come
        lane.reached(last + 1)
    assert lane.due(9.0, **SIZES) == bool(lane.buffer)
    batch = lane.cut(9.0, most_rows=1)
    if not inside:
        assert batch is None or batch.records[0].offset > last
    else:
        assert batch is not None
        assert [record.offset for record in batch.records] == inside
        assert (batch.span, batch.following) == (Span(first, last), last + 1)


def test_a_batch_is_due_when_it_is_large_or_has_waited() -> None:
    lane = Lane(0)
    assert not lane.due(0.0, **SIZES)
    lane.add(_records([0, 1]), now=10.0)
    assert not lane.due(10.5, **SIZES)
    assert lane.due(11.0, **SIZES)
    lane.add(_records(list(range(2, 7))), now=10.1)
    assert lane.due(10.2, **SIZES)
    lane.busy = True
    assert not lane.due(99.0, **SIZES)


def test_a_span_is_read_back_from_the_metadata_of_its_commit() -> None:
    assert Span.from_metadata(Span(3, 9).as_metadata()) == Span(3, 9)
    for foreign in (None, "", "{}", "[]", "text", '{"pending": [1]}'):
        assert Span.from_metadata(foreign) is None
