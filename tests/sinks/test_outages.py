"""ClickHouse dies, refuses to write, or is slow: the sink holds its place and then goes on."""

import os
import signal
import time
from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.lane import Lane
from sinks.limits import Limits
from sinks.migrate import migrate
from sinks.warehouse import Warehouse
from streams.addresses import Addresses
from streams.settings import Settings
from streams.status import report, sink_status_file
from tests.sinks.conftest import Namespace
from tests.sinks.records import position

pytestmark = pytest.mark.stack


def test_a_database_killed_during_inserts_has_each_record_once(
    namespace: Namespace, tmp_path: Path
) -> None:
    count = 3_000
    records = [position(number) for number in range(count)]
    data, run = tmp_path / "data", tmp_path / "run"
    killed = 0
    with EmbeddedClickHouse(data, run) as first:
        port = first.port
        namespace.clickhouse_url = first.url
        migrate(first.url, namespace.name)
        engine = first
        small = Limits(linger_s=0.01, batch_rows=100, backoff_s=(0.05, 0.2))
        with namespace.sink(limits=small, only=["flights.positions"]) as sink:
            for begin in range(0, count, 1_000):
                namespace.produce("flights.positions", *records[begin : begin + 900])
                sink.until(lambda: namespace.account()["rows"] if namespace.status.exists() else 0)
                os.kill(engine.pid, signal.SIGKILL)
                killed += 1
                # something must want to be inserted, or nobody would notice
                namespace.produce("flights.positions", *records[begin + 900 : begin + 1_000])
                if begin == 0:  # it is noticed and said while the database is away
                    sink.until(lambda: bool(namespace.account()["error"]))
                engine.stop()
                engine = EmbeddedClickHouse(data, run, port=port)
                engine.start()
            sink.until(lambda: namespace.caught_up)
        with Client.from_url(f"{engine.url}{namespace.name}") as client:
            [found] = client.execute(
                "SELECT count(), uniqExact(icao24, observed_at) FROM flights_positions"
            )
        engine.stop()
    assert killed == 3
    assert found == (count, count)


def test_a_database_that_only_reads_holds_the_sink_and_status_says_so(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    insert, refusing = Warehouse.insert, [True]

    def read_only(self: Warehouse, block, token: str) -> None:
        if refusing[0]:
            raise ServerException("Table is in readonly mode", code=242)
        insert(self, block, token)

    monkeypatch.setattr(Warehouse, "insert", read_only)
    settings = Settings(home=tmp_path, namespace=namespace.name)
    namespace.status = sink_status_file(settings)
    group = settings.sink_group
    where = Addresses(namespace.kafka, namespace.clickhouse_url, namespace.readonly_url)
    monkeypatch.setattr("streams.status.WORKER_INPUTS", ())
    monkeypatch.setattr("streams.status.RELATE_INPUT", "flights.positions")
    monkeypatch.setattr("streams.status.sink_inputs", lambda: ["flights.positions"])
    namespace.produce("flights.positions", *(position(number) for number in range(100)))
    with namespace.sink(group=group) as sink:
        sink.until(lambda: namespace.status.exists() and bool(namespace.account()["error"]))
        told = report(settings, where)
        assert told.sink_error is not None
        assert "flights_positions: Code: 242" in told.sink_error
        assert {lag.behind for lag in told.lags if lag.group == group} == {100}
        refusing[0] = False
        sink.until(lambda: namespace.caught_up)
        sink.until(lambda: report(settings, where).sink_error is None)
        assert {lag.behind for lag in report(settings, where).lags if lag.group == group} == {0}
    assert namespace.counts("flights_positions") == (100, 100)


def test_a_slow_database_bounds_what_the_sink_holds(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, add, most = Warehouse.insert, Lane.add, [0]
    lanes: dict[int, Lane] = {}

    def slow(self: Warehouse, block, token: str) -> None:
        time.sleep(0.3)
        insert(self, block, token)

    def watched(self: Lane, records, now: float) -> None:
        add(self, records, now)
        lanes[id(self)] = self
        most[0] = max(most[0], sum(lane.buffered_bytes for lane in lanes.values()))

    monkeypatch.setattr(Warehouse, "insert", slow)
    monkeypatch.setattr(Lane, "add", watched)
    monkeypatch.setattr("sinks.consumer._SLICE", 100)  # one fetch is as small as the bounds
    count = 2_000
    namespace.produce("flights.positions", *(position(number) for number in range(count)))
    limits = Limits(linger_s=0.01, batch_rows=400, lane_bytes=50_000, total_bytes=60_000)
    with namespace.sink(limits=limits, only=["flights.positions"]) as sink:
        sink.until(lambda: namespace.counts("flights_positions")[0] == count)
    all_bytes = count * 230
    assert 0 < most[0] < 120_000 < all_bytes
    assert namespace.counts("flights_positions") == (count, count)
