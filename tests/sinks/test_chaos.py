"""Killed with -9 at random moments, the table is that of a clean run. ``make soak`` kills more."""

import pytest

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.chaos import chaos


@pytest.mark.stack
def test_ten_seeded_kills_lose_and_double_nothing(
    kafka: str, clickhouse: EmbeddedClickHouse
) -> None:
    found = chaos(kafka, clickhouse.url, kills=10, records_a_kill=100, seed=766)
    assert found["rows"] == found["distinct"] == found["produced"] == 1_000
    assert found["hash_equal"]
    assert found["in_flight"] > 0, "no kill hit a sink at work"


@pytest.mark.stack
@pytest.mark.soak
def test_a_hundred_seeded_kills_lose_and_double_nothing(
    kafka: str, clickhouse: EmbeddedClickHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    found = chaos(kafka, clickhouse.url, kills=100, seed=1_798)
    with capsys.disabled():
        print(found)  # noqa: T201 -- the figures are wanted
    assert found["rows"] == found["distinct"] == found["produced"] == 50_000, found
    assert found["hash_equal"], found
