"""ClickHouse dies, refuses to write, or is slow: the sink holds its place and then goes on.

Kafka goes for good: the sink waits for it, and ends when it is told to.
"""

import contextlib
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.kafka.broker import EmbeddedKafka
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from sinks.lane import Lane
from sinks.limits import Limits
from sinks.migrate import migrate
from sinks.warehouse import Warehouse
from streams.addresses import Addresses
from streams.settings import Settings
from streams.status import report, sink_status_file
from tests.sinks.conftest import TOPICS, Namespace, Sink
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


@pytest.mark.parametrize("trouble", ["only reads", "out of memory"])
def test_a_database_that_refuses_holds_the_sink_and_status_says_so(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trouble: str
) -> None:
    enough, url, code = namespace.clickhouse_url, namespace.readonly_url, 164
    if trouble == "out of memory":
        url, code = f"{enough}?max_memory_usage=1000&max_untracked_memory=0", 241
    settings = Settings(home=tmp_path, namespace=namespace.name)
    namespace.status = sink_status_file(settings)
    where = Addresses(namespace.kafka, enough, enough)
    monkeypatch.setattr("streams.status.WORKER_INPUTS", ())
    monkeypatch.setattr("streams.status.RELATE_INPUT", "flights.positions")
    monkeypatch.setattr("streams.status.sink_inputs", lambda: ["flights.positions"])
    only = {"group": settings.sink_group, "only": ["flights.positions"]}
    namespace.produce("flights.positions", *(position(number) for number in range(100)))
    namespace.clickhouse_url = url
    with namespace.sink(**only) as sink:
        sink.until(lambda: namespace.status.exists() and bool(namespace.account()["error"]))
        told = report(settings, where)
        [remark] = told.remarks()
        assert remark.startswith("The sink holds its place since 20")
        assert f"flights_positions: Code: {code}." in remark
        assert {lag.behind for lag in told.lags if lag.group == settings.sink_group} == {100}
        sink.until(lambda: namespace.account()["retries"] > 2)
    assert namespace.counts("flights_positions") == (0, 0)
    namespace.clickhouse_url = enough
    with namespace.sink(**only) as sink:
        sink.until(lambda: namespace.status.exists() and namespace.caught_up)
        sink.until(lambda: not list(report(settings, where).remarks()))
    assert {
        lag.behind for lag in report(settings, where).lags if lag.group == settings.sink_group
    } == {0}
    assert namespace.counts("flights_positions") == (100, 100)


def test_a_full_disk_holds_the_sink_until_there_is_room(
    namespace: Namespace, small_disk: Path, tmp_path: Path
) -> None:
    filler = small_disk / "filler"
    count = 2_000
    records = [position(number) for number in range(count)]
    with EmbeddedClickHouse(small_disk / "data", tmp_path / "run", least_free_bytes=0) as engine:
        namespace.clickhouse_url = engine.url
        migrate(engine.url, namespace.name)
        with namespace.sink(only=["flights.positions"]) as sink:
            namespace.produce("flights.positions", *records[:500])
            sink.until(lambda: namespace.status.exists() and namespace.caught_up)
            with contextlib.suppress(OSError), filler.open("wb") as file:
                while True:
                    file.write(bytes(1 << 16))
            namespace.produce("flights.positions", *records[500:])
            sink.until(lambda: bool(namespace.account()["error"]))
            assert "space" in namespace.account()["error"]
            assert namespace.account()["lag"][namespace.topic("flights.positions")] > 0
            filler.unlink()
            sink.until(lambda: namespace.caught_up)
            assert namespace.account()["error"] is None
        with Client.from_url(f"{engine.url}{namespace.name}") as client:
            found = client.execute(
                "SELECT count(), uniqExact(icao24, observed_at) FROM flights_positions"
            )
    assert found == [(count, count)]


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
    monkeypatch.setattr("sinks.loop._SLICE", 100)  # one fetch is as small as the bounds
    count = 2_000
    namespace.produce("flights.positions", *(position(number) for number in range(count)))
    limits = Limits(linger_s=0.01, batch_rows=400, lane_bytes=50_000, total_bytes=60_000)
    with namespace.sink(limits=limits, only=["flights.positions"]) as sink:
        sink.until(lambda: namespace.counts("flights_positions")[0] == count)
    all_bytes = count * 230
    assert 0 < most[0] < 120_000 < all_bytes
    assert namespace.counts("flights_positions") == (count, count)


# kafka-python leaves sockets behind when its broker goes
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("when", ["as it joins", "at work"])
def test_a_sink_whose_broker_went_ends_when_it_is_told(
    namespace: Namespace, tmp_path: Path, when: str
) -> None:
    jars = Settings().cache / "jars"
    with EmbeddedKafka(tmp_path / "data", tmp_path / "run", port=None, jars_cache=jars) as broker:
        there = replace(namespace, kafka=broker.bootstrap_servers)
        wanted = [catalogue()[topic] for one in TOPICS for topic in (one, f"{one}.dlq")]
        ensure_topics(there.kafka, prefix=f"{there.name}.", partitions=2, topics=wanted)
        there.produce("flights.positions", *(position(number) for number in range(100)))
        sink = Sink(there, {})
        sink.start()
        if when == "at work":
            sink.until(lambda: there.caught_up)
        broker.stop()
        time.sleep(2)
        sink.stop()
    # One that had not reached the broker yet says so.
    assert sink.error is None or "no Kafka broker answers" in str(sink.error)
