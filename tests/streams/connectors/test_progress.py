"""Progress by the source's own clock: it never goes back, and gaps are named."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.connectors.progress import Memory, Stream, advance, outage
from streams.facts.instants import Instant
from streams.feeds.publish import address_of

MINUTE = 60_000


def stream(memory: Memory) -> Stream:
    return Stream("sky", "flights.positions", "*", memory, 10 * MINUTE)


@given(st.lists(st.integers(0, 10**7), max_size=20))
def test_what_is_logged_never_goes_back_nor_into_the_future(clock: list[int]) -> None:
    through, logged = None, []
    for shown in clock:
        at = Instant(5 * 10**6)
        found = advance(stream("snapshot"), through, Instant(shown), fetched_at=at)
        through = found.complete_through
        logged += [one.complete_through for one in found.records if one.complete_through]
        assert (found.complaint is None) or not found.records
    assert logged == sorted(logged)
    assert all(one <= 5 * 10**6 + MINUTE for one in logged)


@given(st.lists(st.integers(0, 40 * MINUTE), min_size=2, max_size=20, unique=True))
def test_snapshots_and_outages_cover_all_time_between_them(clock: list[int]) -> None:
    """Between two snapshots either little time passed, or an outage says so."""
    clock.sort()
    through, gaps = None, []
    for shown in clock:
        found = advance(stream("snapshot"), through, Instant(shown), fetched_at=Instant(10**9))
        through = found.complete_through
        gaps += [
            (one.outage_from, one.outage_to) for one in found.records if one.outage_from is not None
        ]
    long = [(a, b) for a, b in itertools.pairwise(clock) if b - a > 10 * MINUTE]
    assert gaps == long


@pytest.mark.parametrize(
    ("oldest", "gap"), [(None, None), (50, None), (100, None), (150, (100, 150))]
)
def test_a_window_has_a_gap_if_its_oldest_item_is_newer_than_all_we_had(
    oldest: int | None, gap: tuple[int, int] | None
) -> None:
    found = advance(
        stream("window"),
        100,
        Instant(200),
        fetched_at=Instant(200),
        oldest=None if oldest is None else Instant(oldest),
    )
    gaps = [
        (one.outage_from, one.outage_to) for one in found.records if one.outage_from is not None
    ]
    assert gaps == ([gap] if gap else [])


def test_a_ledger_has_no_gaps_of_its_own() -> None:
    found = advance(stream("ledger"), 0, Instant(10**8), fetched_at=Instant(10**8))
    assert [one.complete_through for one in found.records] == [10**8]


def test_jumps_of_the_sources_clock_are_told_and_move_nothing() -> None:
    ahead = advance(stream("snapshot"), 100, Instant(10**9), fetched_at=Instant(200))
    assert (ahead.complete_through, ahead.records) == (100, ())
    assert "ahead of ours" in (ahead.complaint or "")
    back = advance(stream("snapshot"), 100, Instant(50), fetched_at=Instant(200))
    assert (back.complete_through, back.records) == (100, ())
    assert "went back" in (back.complaint or "")


def test_an_outage_keeps_its_place_beside_progress_and_its_end_replaces_its_beginning() -> None:
    begun = outage(stream("snapshot"), 100, None, "connect")
    ended = outage(stream("snapshot"), 100, 200, "connect")
    (progress,) = advance(stream("snapshot"), None, Instant(1), fetched_at=Instant(1)).records
    assert address_of(begun) == address_of(ended) != address_of(progress)
