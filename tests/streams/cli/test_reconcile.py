"""``reconcile`` on a topic that the broker really compacted: exit code, figures, what is named."""

import json
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from deploy.clickhouse.embedded import EmbeddedClickHouse
from schemas import codec
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from sinks.migrate import migrate
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.settings import Settings
from tests.sinks.conftest import Namespace
from tests.streams.cli.home import Home

TOPIC = "feed.progress"
COMPACTED_AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "1",  # each append may begin a new segment: only closed ones are compacted
    "min.cleanable.dirty.ratio": "0.001",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1",
    "delete.retention.ms": "0",
}
COMPACTS_WITHIN_S = 120
"""The broker's cleaner looks every 15 seconds."""
pytestmark = pytest.mark.stack


@dataclass
class Live(Namespace):
    """Named as the command line names what belongs to a namespace."""

    settings: Settings

    def topic(self, name: str) -> str:
        return self.settings.topic_prefix + name

    def options(self) -> dict[str, Any]:
        prefix, group = self.settings.topic_prefix, self.settings.sink_group
        return {**super().options(), "topic_prefix": prefix, "group": group}

    def reconcile(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return Home(self.settings.home).run(
            "reconcile", "--topic", TOPIC, *argv,
            KAFKA_BOOTSTRAP_SERVERS=self.kafka,
            CLICKHOUSE_URL=self.clickhouse_url,
            POLICY_EVENTS_NAMESPACE=self.settings.namespace,
        )  # fmt: skip


@pytest.fixture
def live(kafka: str, clickhouse: EmbeddedClickHouse, tmp_path: Path) -> Iterator[Live]:
    settings = Settings(namespace=f"r{uuid.uuid4().hex[:8]}", home=tmp_path)
    wanted = [catalogue()[one] for one in (TOPIC, f"{TOPIC}.dlq")]
    ensure_topics(kafka, prefix=settings.topic_prefix, partitions=1, topics=wanted)
    migrate(clickhouse.url, settings.database)
    with Client.from_url(f"{clickhouse.url}{settings.database}") as client:
        yield Live(
            settings.database, kafka, clickhouse.url, clickhouse.readonly_url, client,
            tmp_path / "status.json", settings,
        )  # fmt: skip
        client.execute(f"DROP DATABASE {settings.database}")


def say(live: Live, client: KafkaProducer, minute: int, scope: str) -> None:
    """How far a feed has come; its scope makes the key."""
    said = Progress(
        "readsb", "flights.positions", scope, Instant(60_000 * minute), None, None, None
    )
    key, value = f"readsb {scope}".encode(), codec.encode(said)
    client.send(live.topic(TOPIC), key=key, value=value).get(30)
    time.sleep(0.005)  # longer than a segment's time


def compacted(live: Live) -> set[int]:
    """Wait for the broker's cleaner; the offsets that a reader is given then."""
    with_holes: set[int] = set()
    until = time.monotonic() + COMPACTS_WITHIN_S
    while time.monotonic() < until:
        before, with_holes = with_holes, readable(live)
        if with_holes == before and len(with_holes) < 20:
            return with_holes
        time.sleep(2)
    pytest.fail(f"not compacted within {COMPACTS_WITHIN_S} s: {sorted(with_holes)}")


def readable(live: Live) -> set[int]:
    part = TopicPartition(live.topic(TOPIC), 0)
    consumer = KafkaConsumer(bootstrap_servers=live.kafka, isolation_level="read_committed")
    consumer.assign([part])
    consumer.seek_to_beginning(part)
    end, found = consumer.end_offsets([part])[part], set()
    until = time.monotonic() + 20
    while consumer.position(part) < end and time.monotonic() < until:
        found |= {one.offset for one in consumer.poll(timeout_ms=500).get(part, [])}
    consumer.close()
    return found


def test_holes_of_compaction_and_markers_are_verified_and_a_made_one_is_named(live: Live) -> None:
    configure(live, COMPACTED_AT_ONCE)
    with KafkaProducer(bootstrap_servers=live.kafka) as client:
        for minute in range(40):
            say(live, client, minute, "*")
        say(live, client, 0, "kept")
    for number, commit in enumerate((True, False)):
        name = f"{live.name}-{number}"
        with KafkaProducer(bootstrap_servers=live.kafka, transactional_id=name) as client:
            client.init_transactions()
            client.begin_transaction()
            say(live, client, 100 + number, f"transaction {number}")
            client.commit_transaction() if commit else client.abort_transaction()
    with KafkaProducer(bootstrap_servers=live.kafka) as client:
        say(live, client, 200, "last")  # the open segment is never compacted
    given = compacted(live)
    configure(live, {"cleanup.policy": "delete", "segment.ms": "604800000"})
    # Forty of one key, one of "kept", two transactions with a marker each, one at the end.
    end = 46
    kept, committed, aborted, last = 40, 41, 43, 45
    assert {kept, committed, last} <= given
    assert not {0, 1, aborted} & given
    with live.sink(only=(TOPIC, f"{TOPIC}.dlq")) as sink:
        sink.until(lambda: live.caught_up)

    done = live.reconcile("--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    [account] = json.loads(done.stdout)
    assert (account["topic"], account["committed"]) == (TOPIC, end)
    assert (account["found"], account["gone"]) == (len(given), end - account["begin"] - len(given))
    assert (account["repeated"], account["missing"], account["right"]) == (0, [], True)

    live.client.execute(
        f"DELETE FROM feed_progress WHERE _offset = {kept} SETTINGS mutations_sync = 1"
    )
    done = live.reconcile("--format", "json")
    assert done.returncode == 1
    [account] = json.loads(done.stdout)
    assert (account["missing"], account["right"]) == ([[kept, kept]], False)
    assert account["gone"] == end - account["begin"] - len(given)
    assert f"{kept}" in live.reconcile().stdout


def configure(live: Live, settings: dict[str, str]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=live.kafka)
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, live.topic(TOPIC), settings)])
    admin.close()
