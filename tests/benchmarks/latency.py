"""From produce to visible row: records at a steady rate go in, the sink's delays come out."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from clickhouse_driver import Client
from confluent_kafka import Producer

from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from sinks.consumer import run_sink
from sinks.migrate import migrate
from sinks.warehouse import at_database
from tests.benchmarks.sink_records import messages
from tests.benchmarks.sink_sides import TABLE, TOPIC

_NAME = "latency"
_TICK_S = 0.01
_LOOK_S = 0.02
_PARTITIONS = 4
_WITHIN_S = 60


def latency(kafka: str, clickhouse: str, *, rate: int, seconds: float) -> dict[str, float]:
    """Median, p99 and longest delay in seconds, over all records but those of the start-up."""
    topics = [catalogue()[TOPIC], catalogue()[f"{TOPIC}.dlq"]]
    ensure_topics(kafka, prefix=f"{_NAME}.", partitions=_PARTITIONS, topics=topics)
    migrate(clickhouse, _NAME)
    warm, count = _PARTITIONS, int(rate * seconds)
    records = list(messages(warm + count))
    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 5})
    seen: list[tuple[float, dict[int, int]]] = []
    done = threading.Event()
    command = [sys.executable, "-m", "tests.benchmarks.latency", kafka, clickhouse]
    sink = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    try:
        watcher = threading.Thread(target=_watch, args=(clickhouse, warm + count, seen, done))
        watcher.start()
        for number, (key, value) in enumerate(records):
            if number == warm:
                _await(seen, warm)
                begun = time.monotonic()
            if number >= warm and (number - warm) % int(rate * _TICK_S) == 0:
                producer.poll(0)
                time.sleep(max(0.0, begun + (number - warm) / rate - time.monotonic()))
            producer.produce(
                f"{_NAME}.{TOPIC}", key=key, value=value, partition=number % _PARTITIONS
            )
            if number == warm - 1:
                producer.flush()
        producer.flush()
        produced_in = time.monotonic() - begun
        watcher.join(_WITHIN_S)
        delays = _delays(clickhouse, seen)
    finally:
        done.set()
        sink.terminate()
        sink.wait()
    return {
        "records_per_s": round(count / produced_in),
        "median": round(statistics.median(delays), 3),
        "p99": round(statistics.quantiles(delays, n=100)[98], 3),
        "longest": round(max(delays), 3),
    }


def _watch(
    clickhouse: str, total: int, seen: list[tuple[float, dict[int, int]]], done: threading.Event
) -> None:
    """Look again and again how far each partition is in the table."""
    sql = f"SELECT _partition, max(_offset), count() FROM {TABLE.name} GROUP BY _partition"
    ends = time.monotonic() + 3 * _WITHIN_S
    with Client.from_url(at_database(clickhouse, _NAME)) as client:
        while not done.is_set() and time.monotonic() < ends:
            found = client.execute(sql)
            seen.append((time.time(), {partition: offset for partition, offset, _ in found}))
            if sum(count for *_, count in found) >= total:
                return
            time.sleep(_LOOK_S)


def _await(seen: list[tuple[float, dict[int, int]]], partitions: int) -> None:
    ends = time.monotonic() + _WITHIN_S
    while not seen or len(seen[-1][1]) < partitions:
        if time.monotonic() > ends:
            raise TimeoutError("the sink carries nothing")
        time.sleep(_LOOK_S)


def _delays(clickhouse: str, seen: list[tuple[float, dict[int, int]]]) -> list[float]:
    with Client.from_url(at_database(clickhouse, _NAME)) as client:
        rows = client.execute(
            f"SELECT _partition, _offset, toUnixTimestamp64Milli(_timestamp) FROM {TABLE.name} "
            "WHERE _offset > 0 ORDER BY _partition, _offset"
        )
    delays, at, last = [], 0, -1
    for partition, offset, produced_ms in rows:
        if partition != last:
            at, last = 0, partition
        while seen[at][1].get(partition, -1) < offset:
            at += 1
        delays.append(seen[at][0] - produced_ms / 1000)
    return delays


if __name__ == "__main__":
    _kafka, _clickhouse = sys.argv[1:]
    run_sink(_kafka, _clickhouse, _NAME, topic_prefix=f"{_NAME}.", group=_NAME, only=[TOPIC])
