"""One side of the sink benchmark in a process of its own: fills a table and prints a line.

    python -m tests.benchmarks.sink_sides SIDE KAFKA CLICKHOUSE RECORDS

The clock runs from the first records that the consumer hands over (or from the first insert, where
rows are decoded already) until all that counts is inserted and committed. Start-up is not speed:
what a library imports at its first insert is imported before.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import clickhouse_connect
import fastavro
import pandas as pd
from clickhouse_driver import Client
from confluent_kafka import Consumer, Message

from schemas import registry
from sinks import consumer as sink_consumer
from sinks.columns import block
from sinks.lane import Lane
from sinks.migrate import MIGRATIONS, migrate
from sinks.tables import converters, tables
from sinks.warehouse import at_database

TOPIC = "flights.positions"
TABLE = tables()[TOPIC]
BATCH = 50_000
_PREFIX = 5
pd.array([], dtype="string")
"""clickhouse-driver's numpy columns need pandas."""
_INSERT = f"INSERT INTO {TABLE.name} ({', '.join(TABLE.columns)}) VALUES"
_ROWS_S = 2.0
"""Row by row is so slow that the rows of a few seconds are measure enough."""

Figures = tuple[int, float]


def full_topic() -> str:
    """The topic that the sides read."""
    return f"bench.{TOPIC}"


def ours(kafka: str, clickhouse: str, records: int) -> Figures:
    """The sink as it is, with its usual limits, pending spans, tokens and commits."""
    database = _database(clickhouse)
    stop, began = threading.Event(), [0.0]
    add = Lane.add

    def first(lane: Lane, fetched: Iterable[Any], now: float) -> None:
        began[0] = began[0] or time.perf_counter()
        Lane.add = add  # type: ignore[method-assign]
        add(lane, fetched, now)

    Lane.add = first  # type: ignore[method-assign]
    ended = [0.0]

    def look() -> None:
        with Client.from_url(at_database(clickhouse, database)) as client:
            while client.execute(f"SELECT count() FROM {TABLE.name}") < [(records,)]:
                time.sleep(0.02)
            ended[0] = time.perf_counter()
        stop.set()

    threading.Thread(target=look, daemon=True).start()
    sink_consumer.run_sink(
        kafka,
        clickhouse,
        database,
        topic_prefix="bench.",
        group=database,
        only=[TOPIC],
        stop=stop,
    )
    return records, ended[0] - began[0]


def ceiling(kafka: str, clickhouse: str, records: int) -> Figures:
    """Numpy columns, decoded before the clock starts."""
    blocks = [
        block(TABLE, [_Consumed(one) for one in batch]).columns
        for batch in _batches(kafka, records, f"ceiling-{uuid.uuid4().hex}")
    ]
    url = at_database(clickhouse, _database(clickhouse), use_numpy="true")
    with Client.from_url(url) as client:
        begun = time.perf_counter()
        for columns in blocks:
            client.execute(_INSERT, columns, columnar=True)
        return sum(len(columns[0]) for columns in blocks), time.perf_counter() - begun


def rows(kafka: str, clickhouse: str, records: int) -> Figures:
    """One insert a row, as the driver's documentation begins."""
    wanted = _decoded(kafka, min(records, 20_000))
    with Client.from_url(at_database(clickhouse, _database(clickhouse))) as client:
        begun = time.perf_counter()
        done = 0
        while done < len(wanted) and time.perf_counter() - begun < _ROWS_S:
            client.execute(_INSERT, [wanted[done]])
            done += 1
        return done, time.perf_counter() - begun


def row_lists(kafka: str, clickhouse: str, records: int) -> Figures:
    """Lists of rows, decoded before the clock starts."""
    wanted = _decoded(kafka, min(records, 200_000))
    with Client.from_url(at_database(clickhouse, _database(clickhouse))) as client:
        begun = time.perf_counter()
        for at in range(0, len(wanted), 10_000):
            client.execute(_INSERT, wanted[at : at + 10_000])
        return len(wanted), time.perf_counter() - begun


def connect(kafka: str, clickhouse: str, records: int) -> Figures:
    """clickhouse-connect with the engine in its own process."""
    statements = (MIGRATIONS / "001_feeds.sql").read_text().replace("${REPLICATED}", "")
    create = next(
        one for one in re.split(r";\s*$", statements, flags=re.M) if f" {TABLE.name}\n" in one
    )
    with tempfile.TemporaryDirectory() as folder:
        client = clickhouse_connect.get_client(interface="chdb", path=folder)
        client.command(create)

        def insert(batch: list[tuple[Any, ...]]) -> None:
            client.insert(TABLE.name, batch, column_names=TABLE.columns)

        figures = _row_by_row(kafka, records, insert)
        client.close()
    return figures


def connect_driver(kafka: str, clickhouse: str, records: int) -> Figures:
    """The same over the network, with clickhouse-driver."""
    with Client.from_url(at_database(clickhouse, _database(clickhouse))) as client:
        return _row_by_row(kafka, records, lambda batch: client.execute(_INSERT, batch))


def _row_by_row(kafka: str, records: int, insert: Any) -> Figures:
    group, begun, done = f"rows-{uuid.uuid4().hex}", 0.0, 0
    with _Reader(kafka, group) as reader:
        for batch in reader.batches(records):
            begun = begun or reader.first
            insert([_row(message) for message in batch])
            reader.commit()
            done += len(batch)
    return done, time.perf_counter() - begun


class _Reader:
    """confluent-kafka at its fastest: many messages a call."""

    def __init__(self, kafka: str, group: str) -> None:
        self.first = 0.0
        self._consumer = Consumer(
            {
                "bootstrap.servers": kafka,
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "queued.min.messages": 500_000,
            }
        )
        self._consumer.subscribe([full_topic()])

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def batches(self, records: int) -> Iterator[list[Message]]:
        done, batch = 0, []
        while done < records:
            fetched = self._consumer.consume(min(BATCH, records - done), timeout=0.5)
            if fetched and not self.first:
                self.first = time.perf_counter()
            batch += fetched
            done += len(fetched)
            if len(batch) >= BATCH or done >= records:
                yield batch
                batch = []

    def commit(self) -> None:
        self._consumer.commit(asynchronous=False)


class _Consumed:
    """A message as the sink's consumer gives it."""

    def __init__(self, message: Message) -> None:
        self.topic, self.partition = message.topic(), message.partition()
        self.offset, self.timestamp = message.offset(), message.timestamp()[1]
        self.key, self.value, self.headers = message.key(), message.value(), ()


_SCHEMA = registry.parsed(registry.latest("position").id)
_FIELDS = tuple(converters("position"))


def _row(message: Message) -> tuple[Any, ...]:
    """fastavro's way with one message."""
    value = fastavro.schemaless_reader(io.BytesIO(message.value()[_PREFIX:]), _SCHEMA, None)
    return (
        *[value[name] for name in _FIELDS],
        message.topic(),
        message.partition(),
        message.offset(),
        message.timestamp()[1],
    )


def _batches(kafka: str, records: int, group: str) -> Iterator[list[Message]]:
    with _Reader(kafka, group) as reader:
        yield from reader.batches(records)


def _decoded(kafka: str, records: int) -> list[tuple[Any, ...]]:
    found = _batches(kafka, records, f"decoded-{uuid.uuid4().hex}")
    return [_row(message) for batch in found for message in batch]


def _database(clickhouse: str) -> str:
    name = f"bench_{uuid.uuid4().hex[:8]}"
    migrate(clickhouse, name)
    return name


SIDES = {one.__name__: one for one in (ours, ceiling, rows, row_lists, connect, connect_driver)}

if __name__ == "__main__":
    _side, _kafka, _clickhouse, _records = sys.argv[1:]
    _rows, _seconds = SIDES[_side](_kafka, _clickhouse, int(_records))
    print(json.dumps({"rows": _rows, "seconds": _seconds}), flush=True)  # noqa: T201
