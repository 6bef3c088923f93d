"""Where a consumer stands: what follows on what, and how far a commit may go."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.host.offsets import Misplaced, Offsets, Range

HERE = "words-0"


def taken(books: Offsets, before: int | None, first: int, last: int, after: int | None) -> Range:
    found = books.take(HERE, before, first, last, after)
    assert isinstance(found, Range)
    return found


# Each batch has so many records, then a gap of so many offsets (compaction, markers).
batches = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9)), min_size=1, max_size=12)


@given(batches, st.data())
def test_what_may_be_committed_is_the_end_of_the_done_prefix(
    sizes: list[tuple[int, int]], data: st.DataObject
) -> None:
    books, delivered, at = Offsets(), [], 0
    for records, gap in sizes:
        one = taken(books, at, at, at + records - 1, at + records + gap)
        books.deliver(HERE, one)
        delivered.append(one)
        at += records + gap
    committed = 0
    for number in data.draw(st.permutations(range(len(delivered)))):
        delivered[number].done = True
        committed = books.committable(HERE) or committed
        prefix = 0
        for one in delivered:
            if not one.done:
                break
            prefix = one.next
        assert committed == prefix
    assert committed == at


@given(batches)
def test_ranges_follow_on_each_other_without_a_hole_and_are_numbered(
    sizes: list[tuple[int, int]],
) -> None:
    books, at, last = Offsets(), 0, None
    for number, (records, gap) in enumerate(sizes):
        one = taken(books, at, at, at + records - 1, at + records + gap)
        books.deliver(HERE, one)
        assert one.number == number
        assert last is None or one.first == last.next
        last, at = one, at + records + gap


@given(st.integers(1, 100), st.integers(1, 100))
def test_a_fetch_that_skips_records_is_sought_again(expected: int, skipped: int) -> None:
    """The consumer's own position says that offsets between were passed, not missing."""
    books = Offsets()
    books.sought(HERE, expected)
    first = expected + skipped
    assert books.take(HERE, first, first, first + 5, None) == Misplaced(expected)
    assert taken(books, expected, expected, first + 5, None).next == first + 6


@given(st.integers(1, 100), st.integers(1, 50))
def test_a_fetch_from_before_is_never_taken(expected: int, back: int) -> None:
    books = Offsets()
    books.sought(HERE, expected)
    first = max(expected - back, 0)
    for _ in range(3):
        assert books.take(HERE, first, first, expected + 5, None) == Misplaced(expected)


def test_a_gap_in_the_log_belongs_to_the_range_behind_it() -> None:
    books = Offsets()
    books.sought(HERE, 10)
    one = taken(books, 10, 17, 20, 24)
    assert (one.first, one.next) == (10, 24)


def test_records_that_retention_took_are_reported_and_passed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    books = Offsets()
    books.sought(HERE, 10)
    assert books.take(HERE, 40, 40, 45, None) == Misplaced(10)
    with caplog.at_level(logging.ERROR):
        assert taken(books, 40, 40, 45, None).next == 46
    assert "offsets 10 to 39 are gone" in caplog.text


def test_a_new_sitting_begins_where_was_committed_and_forgets_what_was_in_flight() -> None:
    books = Offsets()
    old = taken(books, 0, 0, 9, None)
    books.deliver(HERE, old)
    books.sit_down({HERE: 4}, kept=set())
    old.done = True
    assert books.committable(HERE) is None
    assert books.take(HERE, 10, 10, 12, None) == Misplaced(4)
    again = taken(books, 4, 4, 9, None)
    books.deliver(HERE, again)
    assert (again.sitting, again.number) == (old.sitting + 1, 0)


def test_a_partition_without_a_commit_is_taken_as_it_comes_and_a_kept_one_goes_on() -> None:
    books = Offsets()
    books.sought("changelog-0", 7)
    books.sit_down({HERE: None}, kept={"changelog-0"})
    assert taken(books, None, 3, 5, None).first == 3
    assert books.take("changelog-0", 9, 9, 9, None) == Misplaced(7)


def test_what_is_put_back_is_expected_again() -> None:
    books = Offsets()
    one = taken(books, 0, 0, 9, None)
    assert books.put_back(HERE, one) == 0
    assert taken(books, 0, 0, 9, None).next == 10
