"""A namespace of topics and tables per test, and a sink that runs beside it."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client
from kafka import KafkaConsumer, KafkaProducer

from deploy.clickhouse.embedded import EmbeddedClickHouse
from schemas import codec
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from sinks.consumer import run_sink
from sinks.limits import Limits
from sinks.migrate import migrate
from sinks.tables import tables

QUICK = Limits(linger_s=0.02, backoff_s=(0.05, 0.2), revoke_wait_s=5)
PATIENCE_S = 150
"""For what must come about, on however busy a machine."""
TOPICS = ("flights.positions", "flights.legs", "policy.links")


@dataclass
class Namespace:
    """Topics, a database and a consumer group that no other test uses."""

    name: str
    kafka: str
    clickhouse_url: str
    readonly_url: str
    client: Client
    status: Path

    def topic(self, name: str) -> str:
        return f"{self.name}.{name}"

    def produce(self, topic: str, *records: Any) -> None:
        """Publish records, or bytes as they are."""
        with KafkaProducer(bootstrap_servers=self.kafka) as producer:
            for record in records:
                if isinstance(record, bytes):
                    producer.send(self.topic(topic), key=b"bad", value=record)
                else:
                    key = getattr(record, "icao24", None) or "key"
                    producer.send(self.topic(topic), key=key.encode(), value=codec.encode(record))
            producer.flush()

    def consume(self, topic: str, count: int) -> list[Any]:
        """The first records of a topic."""
        consumer = KafkaConsumer(
            self.topic(topic),
            bootstrap_servers=self.kafka,
            auto_offset_reset="earliest",
            consumer_timeout_ms=1_000 * PATIENCE_S,
        )
        found = []
        for record in consumer:
            found.append(record)
            if len(found) == count:
                break
        consumer.close()
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.client.execute(sql)

    def counts(self, table: str) -> tuple[int, int]:
        """All rows of a table, and identities among them."""
        identity = next(one.identity for one in tables().values() if one.name == table)
        return self.rows(f"SELECT count(), uniqExact({', '.join(identity)}) FROM {table}")[0]

    def content(self, table: str) -> int:
        """A hash of what the table says, without the places in Kafka that it came from."""
        fields = next(one.fields for one in tables().values() if one.name == table)
        return self.rows(f"SELECT sum(cityHash64(tuple({', '.join(fields)}))) FROM {table} FINAL")[
            0
        ][0]

    def account(self) -> dict[str, Any]:
        return json.loads(self.status.read_text())

    @property
    def caught_up(self) -> bool:
        """Whether the sink has carried everything, by its own account."""
        lag = self.account()["lag"] if self.status.exists() else {}
        return bool(lag) and not any(lag.values())

    def options(self) -> dict[str, Any]:
        return {
            "topic_prefix": f"{self.name}.",
            "group": f"{self.name}-sink",
            "status_path": self.status,
        }

    @contextmanager
    def sink(self, **changes: Any) -> Iterator["Sink"]:
        """A sink in a thread; what it raised is raised at the end."""
        sink = Sink(self, changes)
        sink.start()
        try:
            yield sink
        finally:
            sink.stop()
        if sink.error is not None:
            raise sink.error


class Sink(threading.Thread):
    """``run_sink`` beside the test."""

    def __init__(self, namespace: Namespace, changes: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self.namespace, self.changes = namespace, changes
        self.stopping = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        one = self.namespace
        one.status.unlink(missing_ok=True)
        options = {"limits": QUICK, "only": TOPICS, **one.options(), **self.changes}
        try:
            run_sink(one.kafka, one.clickhouse_url, one.name, stop=self.stopping, **options)
        except BaseException as error:
            self.error = error

    def stop(self) -> None:
        self.stopping.set()
        self.join(PATIENCE_S)
        assert not self.is_alive()

    def until(self, condition: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        """Wait until something holds."""
        end = time.monotonic() + within_s
        while not condition():
            if self.error is not None:
                raise self.error
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.05)


@pytest.fixture
def namespace(
    kafka: str, clickhouse: EmbeddedClickHouse, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Namespace]:
    """Three topics of the catalogue with their dead letters; all tables. Parameter: partitions."""
    name = f"s{uuid.uuid4().hex[:8]}"
    wanted = [catalogue()[topic] for one in TOPICS for topic in (one, f"{one}.dlq")]
    partitions = getattr(request, "param", 2)
    ensure_topics(kafka, prefix=f"{name}.", partitions=partitions, topics=wanted)
    migrate(clickhouse.url, name)
    with Client.from_url(f"{clickhouse.url}{name}") as client:
        yield Namespace(
            name, kafka, clickhouse.url, clickhouse.readonly_url, client, tmp_path / "status.json"
        )
        client.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def database(clickhouse: EmbeddedClickHouse) -> str:
    """A database with all tables, for tests that only look at it."""
    migrate(clickhouse.url, "looked_at")
    return "looked_at"
