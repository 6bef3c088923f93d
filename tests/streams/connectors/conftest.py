"""A desk: topics and an archive of its own, and lanes that live for some turns and die."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas.codec import decode
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from streams.connectors.account import Account
from streams.connectors.answers import now
from streams.connectors.archive import Archive
from streams.connectors.configuration import FeedsFile
from streams.connectors.cursors import TOPIC as CURSORS
from streams.connectors.cursors import Cursor
from streams.connectors.fetching import Fetcher
from streams.connectors.lane import Lane
from streams.connectors.outlet import Outlet, newest_by_key
from streams.connectors.role import lanes_of
from streams.connectors.source import Surroundings
from tests.streams.connectors.station import Station

TOPICS = (
    "news.articles", "court.docket-entries", "flights.positions", "feed.progress", "feed.cursors",
    "feed.deliveries", "feed.redactions",
)  # fmt: skip
QUICK = {"requests_per_minute": 60_000, "request_timeout_s": 1, "every_s": 0.01}


@dataclass
class Desk:
    kafka: str
    prefix: str
    folder: Path
    begins: dict[TopicPartition, int] = field(default_factory=dict)
    """What other tests of the module have left before."""

    def file(self, *feeds: dict[str, Any], **more: Any) -> FeedsFile:
        return FeedsFile.model_validate(
            {"contact": "desk@example.org", "feeds": [QUICK | feed for feed in feeds], **more}
        )

    def live(
        self,
        *feeds: dict[str, Any],
        turns: int = 1,
        outlet: Callable[[Outlet], Outlet] = lambda one: one,
        between: Callable[[int], Awaitable[None]] | None = None,
    ) -> dict[str, Account]:
        """A process's life: every lane takes up where the last life ended, and turns so often."""
        return asyncio.run(self._live(self.file(*feeds), turns, outlet, between))

    async def _live(
        self, file: FeedsFile, turns: int, outlet: Callable[[Outlet], Outlet], between: Any
    ) -> dict[str, Account]:
        cursors = newest_by_key(self.kafka, self.prefix + CURSORS)
        redacted = newest_by_key(self.kafka, self.prefix + "feed.redactions")
        archive = Archive(self.folder, writing=True)
        out = Outlet(self.kafka, prefix=self.prefix)
        accounts: dict[str, Account] = {}
        try:
            with ThreadPoolExecutor(4) as workers:
                async with Fetcher("desk", pause_s=0.001, patience_s=0.5) as fetcher:
                    shared = Surroundings(archive, outlet(out), fetcher, workers, redacted)
                    lanes = []
                    for feed, source in lanes_of(file):
                        account = Account(
                            source.name, source.kind, feed.every_s, feed.silent_after_s, None, now()
                        )
                        accounts[source.name] = account
                        value = cursors.get(source.name)
                        cursor = Cursor.read(value) if value else Cursor()
                        lanes.append(Lane(source, account, cursor, shared))
                    for lane in lanes:
                        assert await lane.take_up()
                    for turn in range(turns):
                        await asyncio.gather(*(lane.turn() for lane in lanes))
                        if between is not None:
                            await between(turn)
        finally:
            out.close()
            archive.close()
        return accounts

    def messages(self, topic: str) -> list[Any]:
        consumer = KafkaConsumer(bootstrap_servers=self.kafka, enable_auto_commit=False)
        try:
            name = self.prefix + topic
            parts = [TopicPartition(name, one) for one in consumer.partitions_for_topic(name) or ()]
            consumer.assign(parts)
            starts = consumer.beginning_offsets(parts)
            for part in parts:
                consumer.seek(part, max(starts[part], self.begins.get(part, 0)))
            ends = consumer.end_offsets(parts)
            found: list[Any] = []
            while any(consumer.position(part) < ends[part] for part in parts):
                for batch in consumer.poll(timeout_ms=500).values():
                    found += batch
        finally:
            consumer.close()
        return found

    def records(self, topic: str) -> list[Any]:
        return [decode(one.value) for one in self.messages(topic)]

    def facts(self, topic: str) -> list[Any]:
        """Records without the time of their fetch: what the tables tell apart."""
        return [replace(one, fetched_at=None) for one in self.records(topic)]

    def cursor(self, lane: str) -> Cursor:
        return Cursor.read(newest_by_key(self.kafka, self.prefix + CURSORS)[lane])


@pytest.fixture(scope="module")
def topics(kafka: str) -> str:
    """Topics of a module, by their prefix: to make them anew for each test would take long."""
    prefix = f"f{uuid.uuid4().hex[:8]}."
    wanted = [catalogue()[one] for topic in TOPICS for one in (topic, f"{topic}.dlq")]
    ensure_topics(kafka, prefix=prefix, partitions=2, topics=wanted)
    return prefix


@pytest.fixture
def desk(kafka: str, topics: str, tmp_path: Path) -> Desk:
    """A desk on which nothing lies yet."""
    with KafkaProducer(bootstrap_servers=kafka) as producer:
        for topic in (CURSORS, "feed.deliveries", "feed.redactions"):
            for key in newest_by_key(kafka, topics + topic):
                producer.send(topics + topic, key=key.encode(), value=None)
    consumer = KafkaConsumer(bootstrap_servers=kafka)
    names = [topics + name for topic in TOPICS for name in (topic, f"{topic}.dlq")]
    parts = [
        TopicPartition(name, one)
        for name in names
        for one in consumer.partitions_for_topic(name) or ()
    ]
    begins = consumer.end_offsets(parts)
    consumer.close()
    return Desk(kafka, topics, tmp_path / "archive", begins)


@pytest.fixture
def station() -> Iterator[Station]:
    with Station() as running:
        yield running
