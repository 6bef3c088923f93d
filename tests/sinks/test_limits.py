"""Quarantine goes on for single records and stops for a stream of them."""

import pytest

from sinks.limits import Limits, Quarantine, TooManyBadRecordsError

LIMITS = Limits(bad_run=10, bad_share=0.2, bad_window=50, bad_least=5)


def test_few_bad_records_never_stop_it() -> None:
    quarantine = Quarantine(LIMITS)
    for _ in range(100):
        quarantine.see("t", [False] * 9 + [True], "why")


def test_a_run_of_bad_records_stops_it() -> None:
    quarantine = Quarantine(Limits(bad_run=10, bad_least=1_000))
    quarantine.see("t", [False] * 1_000 + [True] * 9 + [False] + [True] * 9, "why")
    with pytest.raises(TooManyBadRecordsError, match=r"t: .* 10 of them in a row; .*: why"):
        quarantine.see("t", [True], "why")


def test_too_large_a_share_of_the_recent_ones_stops_it() -> None:
    quarantine = Quarantine(LIMITS)
    quarantine.see("t", [False] * 1_000, "why")
    quarantine.see("t", [True, False, False] * 4, "why")
    with pytest.raises(TooManyBadRecordsError):
        quarantine.see("t", [True, False, False] * 12, "why")
