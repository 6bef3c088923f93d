"""Kafka's offsets against the rows: topics and tables go in, what is in neither comes out.

Every offset that the sink has committed is a row, a dead letter, or it is explained: Kafka itself
no longer has it (compaction, retention) or never gave it to a reader (a transaction's marker, an
aborted record), or the record is there and its identity stands in the table under another offset,
because the same thing came twice. Each of these is looked up, in Kafka and in the table, not
assumed. What is left is missing. So is a dead letter that the sink has not carried yet.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from clickhouse_driver import Client
from kafka import KafkaConsumer, TopicPartition

from schemas.topics.reach import PATIENCE
from sinks.columns import block
from sinks.queries import bound
from sinks.tables import Table, tables
from sinks.warehouse import at_database

ISLANDS = Path(__file__).with_name("islands.sql")
APPEND_ONLY = frozenset(
    {
        "flights_positions",
        "court_docket_entries",
        "news_articles",
        "feed_progress",
        "court_order_states_history",
        "policy_events_history",
        "policy_links_history",
    }
)
"""Tables that hold every record. In the others a newer revision takes the place of an older one."""
_POLL_MS = 500
_SILENT_S = 3.0
"""So long without a record: what is left of a hole is not there."""
_AT_ONCE = 5_000

Span = tuple[int, int]
"""First and last offset, both included."""


@dataclass(frozen=True, slots=True)
class Account:
    """One partition of one topic."""

    topic: str
    """Catalogue name, without a namespace's prefix."""
    partition: int
    begin: int
    """First offset that Kafka still has."""
    end: int
    """The offset that the next record will get."""
    committed: int
    """Where the sink goes on: what is below is accounted for here."""
    found: int
    """Offsets of [begin, committed) that are rows or dead letters."""
    gone: int
    """Offsets that Kafka does not give to a reader."""
    repeated: int
    """Records whose identity stands in the table under another offset."""
    missing: tuple[Span, ...]
    """Records that Kafka has and ClickHouse has not."""
    beyond: int
    """Rows whose offset Kafka has not reached: the topic was made anew, or is another."""

    @property
    def right(self) -> bool:
        """Whether nothing is missing and nothing is there that should not be."""
        return not self.missing and not self.beyond


def reconcile(
    bootstrap_servers: str,
    clickhouse_url: str,
    database: str,
    *,
    topic_prefix: str,
    group: str,
    only: Iterable[str] = (),
) -> Iterator[Account]:
    """Go through the append-only tables, partition by partition; reads, and writes nothing.

    ``only`` names topics, without the prefix. Raises KeyError for one without such a table.
    """
    wanted = {topic: one for topic, one in tables().items() if one.name in APPEND_ONLY}
    names = list(only) or list(wanted)
    for name in names:
        if name not in wanted:
            raise KeyError(name)
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=group,  # only to ask what it has committed: partitions are assigned by hand
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="none",
        **PATIENCE,
    )
    try:
        with Client.from_url(at_database(clickhouse_url, database)) as client:
            for name in names:
                partitions = consumer.partitions_for_topic(topic_prefix + name) or ()
                for number in sorted(partitions):
                    at = TopicPartition(topic_prefix + name, number)
                    yield _account(consumer, client, wanted[name], at)
    finally:
        consumer.close(autocommit=False)


def _account(consumer: KafkaConsumer, client: Client, table: Table, at: TopicPartition) -> Account:
    begin = consumer.beginning_offsets([at])[at]
    end = consumer.end_offsets([at])[at]
    # Not committed at all: the sink has not begun.
    committed = min(max(consumer.committed(at) or 0, begin), end)
    found, gone, repeated, beyond = 0, 0, 0, 0
    missing: list[int] = []
    at_place = begin
    for first, last in [*_islands(client, table, at), (committed, committed)]:
        hole = (at_place, min(first, committed) - 1)
        if hole[0] <= hole[1]:
            records = _read(consumer, at, hole)
            lost = _not_in_table(client, table, records)
            gone += hole[1] - hole[0] + 1 - len(records)
            repeated += len(records) - len(lost)
            missing += lost
        if first < committed:
            found += max(min(last, committed - 1) - max(first, begin) + 1, 0)
        at_place = max(at_place, last + 1)
        beyond += (
            max(last - max(first, end) + 1, 0) if (first, last) != (committed, committed) else 0
        )
    return Account(
        table.topic, at.partition, begin, end, committed,
        found, gone, repeated, tuple(_spans(missing)), beyond,
    )  # fmt: skip


def _islands(client: Client, table: Table, at: TopicPartition) -> list[Span]:
    """Runs of offsets that are rows or dead letters, in order."""
    sql = Template(ISLANDS.read_text()).substitute(rows_of=table.name)
    rows: list[Span] = client.execute(bound(sql, {"topic": at.topic, "number": at.partition}))
    return rows


def _read(consumer: KafkaConsumer, at: TopicPartition, hole: Span) -> list[Any]:
    """The records that Kafka gives to a reader within a hole."""
    consumer.assign([at])
    consumer.seek(at, hole[0])
    records: list[Any] = []
    heard = time.monotonic()
    while consumer.position(at) <= hole[1] and time.monotonic() - heard < _SILENT_S:
        for fetched in consumer.poll(timeout_ms=_POLL_MS).values():
            heard = time.monotonic()
            records += [one for one in fetched if one.offset <= hole[1]]
    return records


def _not_in_table(client: Client, table: Table, records: Sequence[Any]) -> list[int]:
    """Offsets of records whose identity does not stand in the table, or that are no records."""
    lost: list[int] = []
    plain = dataclasses.replace(table, hot=False)
    identity = ", ".join(table.identity)
    for place in range(0, len(records), _AT_ONCE):
        made = block(plain, records[place : place + _AT_ONCE])
        lost += [one.record.offset for one in made.bad]
        if not made.rows:
            continue
        names = ", ".join(f"`{name}`" for name in plain.columns)
        # A table of this connection's own: it works out what the identity is made of.
        hole = f"hole_{table.name}"
        client.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {hole} AS {table.name} ENGINE = Memory"
        )
        client.execute(f"TRUNCATE TABLE {hole}")
        client.execute(f"INSERT INTO {hole} ({names}) VALUES", made.columns, columnar=True)
        rows = client.execute(
            f"SELECT _offset FROM {hole} WHERE ({identity}) NOT IN"  # noqa: S608
            f" (SELECT {identity} FROM {table.name} WHERE {table.identity[0]} IN"
            f" (SELECT {table.identity[0]} FROM {hole}))"
        )
        lost += [row[0] for row in rows]
    return sorted(lost)


def _spans(offsets: Sequence[int]) -> Iterator[Span]:
    """Runs of offsets that follow each other."""
    first = last = None
    for one in offsets:
        if first is None or last is None or one != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = one
        last = one
    if first is not None and last is not None:
        yield first, last
