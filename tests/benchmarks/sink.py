"""`policy-events bench sink`: positions from topic to table, beside other ways to do it.

All sides fill a table like ours on this machine. Those that read take the same topic of four
partitions; each runs in a process of its own, in turns, and a side's figure is the median of its
rounds. Ratios carry over to other machines, rates do not.

(a) ``ceiling``: clickhouse-driver inserts rows that are already decoded into numpy columns.
(b) ``rows``: a plain loop of clickhouse-driver's row inserts, rows already decoded.
(c) ``connect``: confluent-kafka, fastavro and clickhouse-connect. That one speaks HTTP, which the
    embedded endpoint does not have: it has its engine in its own process instead, which saves it
    the network. The same with clickhouse-driver's batches of rows over the network is
    ``connect_driver``. ``vs_connect`` is against the faster of the two.

``row_lists`` is (b) in batches of 10,000. The latency is from Kafka's time of a record to the first
look, one every 20 ms, that finds its offset in the table.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from tests.benchmarks.latency import latency
from tests.benchmarks.servers import servers
from tests.benchmarks.sink_records import messages
from tests.benchmarks.sink_sides import SIDES, TOPIC, full_topic

PARTITIONS = 4
_RATE = 5_000
_SHARES = {
    "ours": 1.0, "ceiling": 0.5, "rows": 0.02, "row_lists": 0.1, "connect": 0.25,
    "connect_driver": 0.25,
}  # fmt: skip
"""What part of the records each side carries: the slow ones are slow at once."""


def run(*, quick: bool) -> dict[str, Any]:
    """Rates in rows/s by side, latencies in seconds, and ratios the project holds itself to."""
    records, rounds, seconds = (300_000, 1, 5) if quick else (800_000, 2, 8)
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    with servers() as (kafka, clickhouse):
        _make_topic(kafka, full_topic())
        size = _fill(kafka, full_topic(), records)
        _measure("ceiling", kafka, clickhouse, records // 4)  # the servers are cold
        for _ in range(rounds):
            for side in SIDES:
                share = int(records * _SHARES[side])
                rates[side].append(_measure(side, kafka, clickhouse, share))
        delays = latency(kafka, clickhouse, rate=_RATE, seconds=seconds)
    rate = {side: statistics.median(found) for side, found in rates.items()}
    return {
        "records": records,
        "bytes_a_record": size,
        "rounds": rounds,
        "rows_per_s": {side: round(value) for side, value in rate.items()},
        "vs_ceiling": round(rate["ours"] / rate["ceiling"], 2),
        "vs_rows": round(rate["ours"] / rate["rows"], 1),
        "vs_row_lists": round(rate["ours"] / rate["row_lists"], 2),
        "vs_connect": round(rate["ours"] / max(rate["connect"], rate["connect_driver"]), 2),
        "latency_s": delays,
    }


def _make_topic(kafka: str, name: str) -> None:
    prefix = name.removesuffix(TOPIC)
    topics = [catalogue()[TOPIC], catalogue()[f"{TOPIC}.dlq"]]
    ensure_topics(kafka, prefix=prefix, partitions=PARTITIONS, topics=topics)


def _measure(side: str, kafka: str, clickhouse: str, records: int) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.sink_sides", side, kafka, clickhouse]
    done = subprocess.run(
        [*command, str(records)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{side} gave no result: {done.stderr[-1500:]}")
    found = json.loads(lines[-1])
    return float(found["rows"] / found["seconds"])


def _fill(kafka: str, topic: str, records: int) -> int:
    """Produce the records, all different; returns the bytes of one."""
    producer = Producer(
        {
            "bootstrap.servers": kafka,
            "linger.ms": 20,
            "batch.size": 1_000_000,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    size = 0
    for number, (key, value) in enumerate(messages(records)):
        while True:
            try:
                producer.produce(topic, key=key, value=value, partition=number % PARTITIONS)
                break
            except BufferError:
                producer.poll(0.1)
        if number % 10_000 == 0:
            producer.poll(0)
            size = len(value)
    producer.flush()
    return size
