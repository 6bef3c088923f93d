"""The made-up traffic is what the codec writes of its positions."""

from __future__ import annotations

from schemas import codec
from tests.benchmarks.legs_traffic import Aircraft


def test_records_put_together_are_what_the_codec_writes() -> None:
    for number in (0, 1, 77, 1999):
        one = Aircraft(number, 600)
        for second in (0, 1, 299, 599):
            record = one.record(second, 7)
            assert record.value == codec.encode(one.position(second))
            assert (record.offset, record.key) == (7, one.position(second).icao24.encode())
