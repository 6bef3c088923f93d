"""What an order's words say of other orders, of scope and of term."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.facts.instants import Instant, parse_rfc3339
from streams.orders.references import reference, scope, term
from tests.streams.feeds.court.documents import EXAMPLES


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("TRO for 14 days", "2025-02-15T12:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("TRO for fourteen days", "2025-02-15T12:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("TRO until 2/15/2025", "2025-02-15T05:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("TRO through February 15", "2025-02-15T05:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("stay until February 3, 2025 at 8:00 p.m.", "2025-02-04T01:00:00Z",
         "2025-02-04T01:00:59.999Z"),
        ("stay until 5:00 PM on February 3, 2025", "2025-02-03T22:00:00Z",
         "2025-02-03T22:00:59.999Z"),
        ("TRO, due to expire on February 9, through February 23, 2025", "2025-02-23T05:00:00Z",
         "2025-02-24T04:59:59.999Z"),
    ],
)  # fmt: skip
def test_terms_that_orders_state(words: str, first: str, last: str) -> None:
    found = term(words, "dcd", parse_rfc3339("2025-02-01T12:00:00Z"))
    assert found is not None
    assert found.until is not None
    assert found.words in words
    assert (found.until.earliest, found.until.latest) == (parse_rfc3339(first), parse_rfc3339(last))


@pytest.mark.parametrize("words", ["TRO until further order", "stay pending arbitration"])
def test_a_term_without_a_day_is_open(words: str) -> None:
    found = term(words, "dcd", parse_rfc3339("2025-02-01T12:00:00Z"))
    assert found is not None
    assert found.until is None


@pytest.mark.parametrize("words", ["TRO granted", "until 2/30/2025x", "for 14 daily briefings"])
def test_no_term_is_made_up(words: str) -> None:
    found = term(words, "dcd", parse_rfc3339("2025-02-01T12:00:00Z"))
    assert found is None or found.until is None


@pytest.mark.parametrize(
    ("words", "effect", "pool", "numbers", "day"),
    [
        ("ORDER vacating the [51] TRO", "vacatur", "tro", ("51",), None),
        ("the order of April 3 is vacated", "vacatur", "order", (), (None, 4, 3)),
        ("The administrative stay entered on January 28, 2025 is extended", "extension", "stay", (),
         (2025, 1, 28)),
        ("ORDER granting motion to stay pending appeal", "stay", "injunction", (), None),
        ("ORDER staying case pending the decision of the Fourth Circuit", "stay", None, (), None),
        ("MINUTE ORDER granting stay", "stay", None, (), None),  # its own name is no reference
        ("NOTICE OF APPEAL as to 33 Order by Defendants", "appeal", None, ("33",), None),
    ],
)  # fmt: skip
def test_what_an_act_speaks_of(
    words: str, effect: str, pool: str | None, numbers: tuple[str, ...], day: object
) -> None:
    found = reference(words, effect)
    assert (found.pool, found.numbers, found.day) == (pool, numbers, day)


@EXAMPLES
@given(st.text(max_size=200))
def test_scope_and_term_are_the_orders_own_words(text: str) -> None:
    assert all(piece in text for piece in scope(text))
    found = term(text, "dcd", Instant(0))
    assert found is None or found.words in text
