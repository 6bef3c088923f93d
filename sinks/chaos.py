"""The soak: a sink that is killed again and again goes in, what its table then holds comes out.

``python -m sinks.chaos KAFKA CLICKHOUSE_URL NAME`` is the sink that is killed.
"""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition
from clickhouse_driver import Client
from kafka import KafkaProducer

from schemas import codec
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from sinks.carrier import Probe, Step
from sinks.consumer import run_sink
from sinks.lane import Span
from sinks.limits import Limits
from sinks.migrate import migrate
from sinks.tables import tables
from sinks.warehouse import at_database
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.lag import offsets

TOPIC = "flights.positions"
_TABLE = tables()[TOPIC]
_CATCH_UP_S = 300
_WORKS_S = 0.6
"""A kill comes within this time after a sink has begun to carry."""
_SLICES = 20
"""So many portions are the records of a kill produced in, to be carried one by one."""


def chaos(
    bootstrap_servers: str,
    clickhouse_url: str,
    *,
    kills: int,
    records_a_kill: int = 500,
    partitions: int = 3,
    seed: int = 0,
) -> dict[str, Any]:
    """Kill a sink so many times at random moments while records arrive.

    Gives ``produced, rows, distinct, hash_equal`` (with a table filled by a sink left alone),
    ``in_flight`` (how many kills left a batch between pending and committed) and ``seconds``.
    Everything it made, but for the topics, is gone afterwards. Raises TimeoutError if the records
    do not arrive.
    """
    begun, dice = time.monotonic(), random.Random(seed)  # noqa: S311 -- repeatable, not secret
    name = f"chaos_{uuid.uuid4().hex[:8]}"
    names = {"killed": name, "clean": f"{name}_clean"}
    topics = [catalogue()[TOPIC], catalogue()[f"{TOPIC}.dlq"]]
    ensure_topics(bootstrap_servers, prefix=f"{name}.", partitions=partitions, topics=topics)
    for database in names.values():
        migrate(clickhouse_url, database)
    produced = in_flight = 0
    with (
        KafkaProducer(bootstrap_servers=bootstrap_servers) as producer,
        offsets(bootstrap_servers, f"{name}.") as look,
    ):

        def produce(count: int) -> None:
            nonlocal produced
            for number in range(produced, produced + count):
                record = _position(number)
                key, value = record.icao24.encode(), codec.encode(record)
                producer.send(f"{name}.{TOPIC}", key=key, value=value)
            produced += count
            producer.flush()

        for _ in range(kills):
            wanted = produced + records_a_kill
            produce(records_a_kill // _SLICES)
            sink = _start(bootstrap_servers, clickhouse_url, name, name)
            _await_work(sink)
            ends = time.monotonic() + dice.uniform(0, _WORKS_S)
            while time.monotonic() < ends:  # there is always something on its way
                produce(min(records_a_kill // _SLICES, wanted - produced))
                time.sleep(_WORKS_S / _SLICES)
            sink.kill()
            sink.communicate()
            in_flight += any(
                Span.from_metadata(text) for text in look.metadata(f"{name}-sink", [TOPIC])
            )
            produce(wanted - produced)
    found = {
        which: _left_alone(bootstrap_servers, clickhouse_url, name, database, produced)
        for which, database in names.items()
    }
    with Client.from_url(clickhouse_url) as client:
        for database in names.values():
            client.execute(f"DROP DATABASE {database}")
    rows, distinct, content = found["killed"]
    return {
        "kills": kills,
        "in_flight": in_flight,
        "produced": produced,
        "rows": rows,
        "distinct": distinct,
        "hash_equal": content == found["clean"][2],
        "seconds": round(time.monotonic() - begun, 1),
    }


def _await_work(sink: subprocess.Popen[bytes]) -> None:
    """Wait until it carries its first batch: it says so on its standard output."""
    assert sink.stdout is not None  # noqa: S101 -- _start() pipes it
    if not sink.stdout.readline():
        raise RuntimeError(f"the sink ended with {sink.wait()} before it carried anything")


def _left_alone(kafka: str, url: str, name: str, database: str, produced: int) -> tuple[int, ...]:
    """Rows, identities and content of the table once a sink has caught up."""
    fields = ", ".join(_TABLE.fields)
    asked = (
        f"SELECT count(), uniqExact({', '.join(_TABLE.identity)}), "  # noqa: S608 -- our names
        f"sum(cityHash64(tuple({fields}))) FROM {_TABLE.name}"
    )
    sink = _start(kafka, url, name, database)
    try:
        with Client.from_url(at_database(url, database)) as client:
            ends = time.monotonic() + _CATCH_UP_S
            while time.monotonic() < ends:
                [found] = client.execute(asked)
                if found[1] >= produced:
                    time.sleep(1)  # what would come twice comes now
                    return tuple(client.execute(asked)[0])
                time.sleep(0.2)
        raise TimeoutError(f"{found[1]} of {produced} records came within {_CATCH_UP_S} s")
    finally:
        sink.terminate()
        sink.communicate()


def _start(kafka: str, url: str, name: str, database: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sinks.chaos", kafka, url, name, database]
    return subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE)


def _say_once() -> Probe:
    """A probe that says on standard output when the first batch is on its way."""
    said = threading.Event()

    def probe(step: Step, _at: TopicPartition) -> None:
        if step == "decoded" and not said.is_set():
            said.set()
            print(step, flush=True)  # noqa: T201 -- the parent reads it

    return probe


def _position(number: int) -> Position:
    made = dataclasses.fields(Position)
    values: dict[str, Any] = {one.name: None for one in made if one.name != "sentinel"}
    values |= dict.fromkeys(("stale", "new_leg", "masked", "reconstructed"), False)
    return Position(
        **values
        | {
            "source": "chaos",
            "kind": "flights.trace",
            "icao24": f"{number % 97:06x}",
            "observed_at": Instant(1_742_073_900_000 + 1_000 * number),
            "latitude": 26.2,
            "longitude": -97.6,
        }
    )


if __name__ == "__main__":
    _kafka, _url, _name, _database = sys.argv[1:]
    run_sink(
        _kafka,
        _url,
        _database,
        topic_prefix=f"{_name}.",
        group=f"{_database}-sink",
        only=[TOPIC],
        limits=Limits(linger_s=0.02, batch_rows=200),
        instance="chaos",
        probe=_say_once(),
    )
