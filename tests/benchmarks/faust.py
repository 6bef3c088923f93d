"""`policy-events bench faust`: delivery by the fetch, beside what else hosts streams in Python.

All sides read one topic of about 80-byte position records, in turns, each in a process of its own;
the figure of a side is the median of its runs. Ratios carry over to other machines, rates do not.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.kafka.broker import EmbeddedKafka
from schemas import codec
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.settings import Settings
from tests.benchmarks.faust_sides import SIDES

TOPIC = "positions"
PARTITIONS = 2


def run(*, quick: bool) -> dict[str, Any]:
    """Rates in records/s by side, and the ratios that the project holds itself to."""
    records, seconds, rounds = (800_000, 1.0, 1) if quick else (3_000_000, 3.5, 3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        jars = Settings().cache / "jars"
        with EmbeddedKafka(home / "data", home / "run", port=None, jars_cache=jars) as kafka:
            size = _fill(kafka.bootstrap_servers, records)
            lone = _latency(kafka.bootstrap_servers, "lone", 50, 3 if quick else 10)
            loaded = _latency(kafka.bootstrap_servers, "loaded", 20_000, 3 if quick else 10)
            rates: dict[str, list[float]] = {side: [] for side in SIDES}
            for _ in range(rounds):
                for side in SIDES:
                    rates[side].append(_measure(side, kafka.bootstrap_servers, seconds, records))
    rate = {side: statistics.median(found) for side, found in rates.items()}
    return {
        "records": records,
        "bytes_a_record": size,
        "rounds": rounds,
        "seconds_a_side": seconds,
        "records_per_s": {side: round(value) for side, value in rate.items()},
        "lone_record": lone,
        "at_20000_a_second": loaded,
        "vs_faust": _ratio(rate, "ours", "plain_faust"),
        "vs_quix": _ratio(rate, "ours", "quix"),
        "vs_bytewax": _ratio(rate, "ours", "bytewax"),
        "vs_aiokafka": _ratio(rate, "ours", "aiokafka"),
        "decode_vs_quix": _ratio(rate, "ours_decoding", "quix_decoding"),
        "decode_vs_bytewax": _ratio(rate, "ours_decoding", "bytewax_decoding"),
    }


def _ratio(rate: dict[str, float], a: str, b: str) -> float | None:
    return round(rate[a] / rate[b], 2) if rate[b] else None


def _latency(bootstrap: str, topic: str, per_s: int, seconds: float) -> dict[str, Any]:
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({topic: {"num_partitions": 1}}, wait_for_metadata=True)
    admin.close()
    return _side("latency", bootstrap, topic, seconds, per_s)


def _measure(side: str, bootstrap: str, seconds: float, records: int) -> float:
    found = _side(side, bootstrap, TOPIC, seconds, records)
    return float(found["records"] / found["seconds"]) if found["seconds"] else 0.0


def _side(side: str, bootstrap: str, topic: str, seconds: float, number: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.faust_sides", side, bootstrap, topic]
    done = subprocess.run(
        [*command, str(seconds), str(number)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{side} gave no result: {done.stderr[-1500:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def _fill(bootstrap: str, records: int) -> int:
    """Produce the records; returns the bytes of one."""
    from confluent_kafka import Producer
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({TOPIC: {"num_partitions": PARTITIONS}}, wait_for_metadata=True)
    admin.close()
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "linger.ms": 20,
            "batch.size": 1_000_000,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    messages = [_message(number) for number in range(1000)]
    for number in range(records):
        key, value = messages[number % 1000]
        while True:
            try:
                producer.produce(TOPIC, key=key, value=value, partition=number % PARTITIONS)
                break
            except BufferError:
                producer.poll(0.1)
        if number % 10_000 == 0:
            producer.poll(0)
    producer.flush()
    return len(messages[0][1])


def _message(number: int) -> tuple[bytes, bytes]:
    icao24 = f"{0xA00000 + number:06x}"
    position = Position(
        "b", "f", None, icao24, None, None, None, Instant(1_742_000_000_000 + number * 1000),
        26.0 + number / 1000, -97.0, 10_000.0, None, 230.0, 140.0, None, False,
        False, False, False, False, None, None, None,
    )  # fmt: skip
    return icao24.encode(), codec.encode(position)
