"""`policy-events bench legs`: positions to legs, in columns, beside the same row by row.

Traffic of one reading a second and aircraft. (a) In one process, on one core: Avro batches as the
consumer has them, decoded into columns and worked into legs, with all that changes of the state;
``decode_share`` is how much of the time the bare columnar decode of the same batches takes; time
is that of the processor, as others may use it too. (b) From Kafka: our host's delivery with the
same work, and Quix Streams with each record decoded by fastavro and worked in row by row, by the
same rules for what needs no work; ``vs_quix`` is their ratio. (c) The memory that a stage with so
many aircraft in the air takes, after garbage is collected; it is filled beside (a), on another
core, and before (b).
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.kafka.broker import EmbeddedKafka
from schemas import frames
from streams.settings import Settings
from tests.benchmarks.legs_sides import BATCH, columns, warmed
from tests.benchmarks.legs_traffic import HISTORY_S, Aircraft, Record, traffic

TOPIC = "flights.positions"
_LONGEST_S = 180


def run(*, quick: bool) -> dict[str, Any]:
    """Rates in readings/s, ratios, and memory in MB."""
    aircraft, seconds, rounds, many = (1000, 150, 1, 5_000) if quick else (2000, 210, 1, 30_000)
    with ThreadPoolExecutor(1) as beside:
        filling = beside.submit(_side, "memory", str(many))
        found = _side("in_process", str(aircraft), str(seconds))
        with _kafka(1000, 120 if quick else 240) as bootstrap:
            memory = filling.result(_LONGEST_S)
            rates = _from_kafka(bootstrap, 1000, 120 if quick else 240, rounds)
    return {
        "aircraft": aircraft,
        "batch": BATCH,
        **found,
        "rounds": rounds,
        "hosted_readings_per_s": round(rates["ours"]),
        "quix_readings_per_s": round(rates["quix"]),
        "vs_quix": round(rates["ours"] / rates["quix"], 2),
        **memory,
    }


def in_process(aircraft_count: int, seconds: int) -> dict[str, Any]:
    """(a), on one core."""
    _keep_to(min)
    aircraft = [Aircraft(number, HISTORY_S + seconds + 1) for number in range(aircraft_count)]
    stage, offset = warmed(aircraft)
    records = list(traffic(aircraft, range(HISTORY_S, HISTORY_S + seconds), offset))
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    warm = len(batches) // 4  # by then every flight has been carried on once
    for batch in batches[:warm]:
        stage.apply_columns(columns(batch))
    timed = batches[warm:]
    count = sum(map(len, timed))
    begun = time.process_time()
    for batch in timed:
        frames.decode(batch)
    decoding = time.process_time() - begun
    gc.collect()
    gc.freeze()  # the records that are made before the clock starts are no part of the work
    legs = changes = 0
    begun = time.process_time()
    for batch in timed:
        outcome = stage.apply_columns(columns(batch))
        legs += len(outcome.emits) // 2
        changes += sum(len(value or b"") for value in outcome.changes.values())
    took = time.process_time() - begun
    return {
        "readings": count,
        "bytes_a_reading": len(records[0].value),
        "legs_published": legs,
        "state_bytes_a_reading": round(changes / count, 1),
        "readings_per_s": round(count / took),
        "decode_per_s": round(count / decoding),
        "decode_share": round(decoding / took, 2),
    }


def memory(aircraft_count: int) -> dict[str, Any]:
    """(c)."""
    _keep_to(max)
    aircraft = [Aircraft(n, HISTORY_S + 1, in_the_air=True) for n in range(aircraft_count)]
    before = _resident_mb()
    stage, _ = warmed(aircraft, parts=20)
    gc.collect()
    return {
        "in_the_air": aircraft_count,
        "memory_mb": round(_resident_mb() - before),
        "state_mb": round(stage.state_bytes / 1e6),
        "process_mb": round(_resident_mb()),
    }


def _keep_to(which: Any) -> None:
    """Stay on one core."""
    os.sched_setaffinity(0, {which(os.sched_getaffinity(0))})


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def _kafka(aircraft_count: int, seconds: int) -> Iterator[str]:
    """A broker that holds so much traffic; its address."""
    aircraft = [Aircraft(n, HISTORY_S + seconds + 1) for n in range(aircraft_count)]
    with tempfile.TemporaryDirectory() as folder:
        home, jars = Path(folder), Settings().cache / "jars"
        with EmbeddedKafka(home / "data", home / "run", port=None, jars_cache=jars) as kafka:
            _fill(kafka.bootstrap_servers, traffic(aircraft, range(HISTORY_S, HISTORY_S + seconds)))
            yield kafka.bootstrap_servers


def _from_kafka(bootstrap: str, aircraft: int, seconds: int, rounds: int) -> dict[str, float]:
    rates: dict[str, list[float]] = {"ours": [], "quix": []}
    for _ in range(rounds):
        for side, found in rates.items():
            got = _side(side, bootstrap, str(aircraft), str(seconds))
            found.append(got["records"] / got["seconds"])
    return {side: statistics.median(found) for side, found in rates.items()}


def _fill(bootstrap: str, records: Any) -> None:
    from confluent_kafka import Producer
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({TOPIC: {"num_partitions": 1}}, wait_for_metadata=True)
    admin.close()
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "linger.ms": 20,
            "batch.size": 1_000_000,
            "queue.buffering.max.messages": 2_000_000,
        }
    )
    one: Record
    for one in records:
        producer.produce(TOPIC, key=one.key, value=one.value, partition=0)
        if one.offset % 10_000 == 0:
            producer.poll(0)
    producer.flush()


def _side(name: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.legs_sides", name, *arguments],
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{name} gave no result: {done.stderr[-1500:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found
