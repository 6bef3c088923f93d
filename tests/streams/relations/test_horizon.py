"""What time lets go of is found again, and no clock of the future moves time on."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.relations.entries import Entries
from streams.relations.horizon import TimeIndex, Watermark
from tests.streams.relations.test_airborne import LEG
from tests.streams.relations.worlds import BEGIN, World

DAY_MS = 86_400_000
days = st.integers(0, 400)
spans = st.tuples(days, st.integers(0, 90)).map(lambda d: (d[0] * DAY_MS, (d[0] + d[1]) * DAY_MS))


@given(
    st.dictionaries(st.sampled_from("abcdef"), spans),
    st.lists(st.tuples(days, spans)),
    st.integers(1, 3),
)
def test_eviction_never_changes_what_is_found(
    held: dict[str, tuple[int, int]], turns: list[tuple[int, tuple[int, int]]], most: int
) -> None:
    index = TimeIndex("names", Entries(), held.get)
    for name, span in held.items():
        index.put(name, span)
    for limit, (earliest, latest) in turns:
        index.evict(limit * DAY_MS, most)
        assert index.overlapping(earliest, latest) == sorted(
            name for name, (a, b) in held.items() if a <= latest and earliest <= b
        )


def test_what_is_gone_is_not_found_again() -> None:
    held = {"a": (0, DAY_MS)}
    index = TimeIndex("names", Entries(), held.get)
    index.put("a", held["a"])
    assert index.evict(10 * DAY_MS, 9) == ["a"]
    assert len(index) == 0
    del held["a"]
    assert index.overlapping(0, DAY_MS) == []


def test_the_watermark_moves_by_days_and_not_by_stamps_from_the_future() -> None:
    mark = Watermark()
    seen = replace(LEG, observed_through=Instant(BEGIN), known_at=Instant(BEGIN - 59_000))
    assert mark.advance(seen)
    assert mark.at == BEGIN
    tomorrow = Instant(BEGIN + DAY_MS)
    assert not mark.advance(replace(seen, observed_through=tomorrow, known_at=Instant(BEGIN)))
    assert not mark.advance(replace(seen, observed_through=tomorrow, known_at=None))
    assert not mark.advance(seen)
    told = Progress("readsb", "flights.positions", "*", tomorrow, None, None, None, tomorrow)
    assert mark.advance(told)
    assert mark.at == tomorrow


def test_it_ends_at_the_same_day_whatever_the_order() -> None:
    world = World(random.Random(3), 200)
    facts = [world.leg(0), world.order(1), world.mention(2), world.progress()]
    ends = set()
    for seed in range(6):
        mark = Watermark()
        for one in random.Random(seed).sample(facts, len(facts)):
            mark.advance(one)
        ends.add(mark.at)
    assert len(ends) == 1
