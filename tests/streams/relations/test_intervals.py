"""The index of intervals finds what looking at each of them finds."""

from hypothesis import given
from hypothesis import strategies as st

from streams.relations.intervals import Intervals

names = st.sampled_from("abcdefgh")
ends = st.integers(-40, 40) | st.integers(-(2**40), 2**40)
spans = st.tuples(ends, ends).map(lambda span: (min(span), max(span)))
changes = st.lists(st.tuples(names, st.none() | spans), max_size=30)


@given(changes, spans)
def test_it_finds_what_overlaps_after_any_puts_and_drops(
    changed: list[tuple[str, tuple[int, int] | None]], asked: tuple[int, int]
) -> None:
    index, plain = Intervals(), dict[str, tuple[int, int]]()
    for name, span in changed:
        if span is None:
            index.drop(name)
            plain.pop(name, None)
        else:
            index.put(name, *span)
            plain[name] = span
    earliest, latest = asked
    found = sorted(index.overlapping(earliest, latest))
    assert found == sorted(name for name, (a, b) in plain.items() if a <= latest and earliest <= b)
    over = sorted(name for _, _, name in index.ended_before(latest))
    assert over == sorted(name for name, (_, b) in plain.items() if b < latest)
    assert len(index) == len(plain)
    assert all(name in index for name in plain)
