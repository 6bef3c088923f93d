"""What goes into a rebuild: the feed topics as they are, and before them what they have lost."""

import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from deploy.clickhouse.embedded import EmbeddedClickHouse
from schemas.codec import decode
from schemas.topics.admin import ensure_topics
from sinks.columns import block
from sinks.migrate import migrate
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.addresses import Addresses
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.rebuilding import keeping, leftovers, seeds
from streams.rebuilding.copying import Copier, fed
from streams.settings import Settings
from tests.sinks.records import consumed

START = 1_742_000_000_000
TOPIC = "news.articles"


def test_what_is_copied_is_what_feeds_write_and_nothing_that_is_worked_out() -> None:
    assert {"flights.positions", "feed.progress", "feed.cursors", "feed.redactions"} <= set(fed())
    assert not {one for one in fed() if one.startswith("policy.") or one.endswith(".dlq")}
    assert not {"flights.legs", "court.orders", "relate.inputs", "pipeline.generations"} & set(
        fed()
    )


@pytest.fixture
def old(kafka: str, tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, namespace=f"c{uuid.uuid4().hex[:8]}", partitions=2)
    ensure_topics(kafka, prefix=settings.topic_prefix, partitions=2)
    return settings


@pytest.fixture
def new(old: Settings, kafka: str) -> Settings:
    settings = old.model_copy(update={"generation": 1})
    ensure_topics(kafka, prefix=settings.topic_prefix, partitions=2)
    return settings


def read(kafka: str, topic: str, partition: int = 0) -> list[Any]:
    at = TopicPartition(topic, partition)
    consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    consumer.assign([at])
    consumer.seek_to_beginning(at)
    end, found = consumer.end_offsets([at])[at], []
    for _ in range(60):
        if consumer.position(at) >= end:
            break
        for messages in consumer.poll(timeout_ms=500).values():
            found += messages
    consumer.close()
    return found


def write(
    kafka: str, topic: str, numbers: range, partition: int = 0, since_ms: int = START
) -> None:
    with KafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        for number in numbers:
            producer.send(
                topic,
                key=b"key",
                value=str(number).encode(),
                headers=[("said", b"so")],
                partition=partition,
                timestamp_ms=since_ms + number,
            )
        producer.flush(timeout=30)


def copied(copier: Copier) -> int:
    with copier:
        for _ in range(60):
            if not copier.left():
                return copier.copied
            copier.step()
    raise AssertionError(f"{copier.left()} records were not copied in a minute")


@pytest.mark.stack
def test_a_copy_is_what_was_there_and_goes_on_where_it_was_left(
    kafka: str, old: Settings, new: Settings
) -> None:
    def copier() -> Copier:
        return Copier(
            kafka,
            source=old.topic_prefix,
            target=new.topic_prefix,
            group=leftovers.copy_group(new),
        )

    write(kafka, old.topic_prefix + TOPIC, range(10))
    write(kafka, old.topic_prefix + TOPIC, range(10, 13), partition=1)
    write(kafka, old.topic_prefix + "policy.links", range(3))
    assert copied(copier()) == 13
    write(kafka, old.topic_prefix + TOPIC, range(13, 15))
    assert copied(copier()) == 2
    for partition, numbers in ((0, [*range(10), 13, 14]), (1, [10, 11, 12])):
        found = read(kafka, new.topic_prefix + TOPIC, partition)
        assert [int(one.value) for one in found] == numbers
        assert [one.timestamp - START for one in found] == numbers
        assert {(one.key, tuple(one.headers)) for one in found} == {(b"key", (("said", b"so"),))}
    assert read(kafka, new.topic_prefix + "policy.links") == []


@pytest.mark.stack
def test_it_knows_which_topics_have_lost_their_beginning_and_since_when_all_is_there(
    kafka: str, old: Settings, new: Settings
) -> None:
    write(kafka, old.topic_prefix + TOPIC, range(10))
    write(kafka, old.topic_prefix + TOPIC, range(100, 110), partition=1)
    # Of now: positions are kept for a time, and the broker looks every few seconds.
    now_ms = time.time_ns() // 1_000_000
    write(kafka, old.topic_prefix + "flights.positions", range(5), since_ms=now_ms)
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        admin.delete_records(
            {
                TopicPartition(old.topic_prefix + TOPIC, 0): 4,
                TopicPartition(old.topic_prefix + TOPIC, 1): 7,
            }
        )
    with Copier(
        kafka, source=old.topic_prefix, target=new.topic_prefix, group=leftovers.copy_group(new)
    ) as copier:
        assert copier.cut() == {TOPIC: START + 107}
        assert copier.left() == 6 + 3 + 5


@pytest.mark.stack
def test_copies_of_old_times_do_not_expire_while_they_are_read(kafka: str, new: Settings) -> None:
    def until_differing(expected: set[str]) -> set[str]:
        """What differs from the catalogue; the broker tells of a change a little later."""
        found: set[str] = set()
        for _ in range(60):
            there = ensure_topics(kafka, prefix=new.topic_prefix, partitions=2)
            found = {one.topic.removeprefix(new.topic_prefix) for one in there.differences}
            if found == expected:
                break
            time.sleep(0.5)
        return found

    limited = {"flights.positions", "feed.progress", "feed.deliveries"}
    keeping.everything(new, kafka)
    assert until_differing(limited) == limited
    keeping.as_catalogued(new, kafka)
    assert until_differing(set()) == set()


@pytest.mark.stack
def test_a_generation_is_removed_and_the_others_are_not(
    kafka: str, old: Settings, new: Settings
) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        first = f"{old.worker_group}-legs-state-changelog"
        admin.create_topics(
            {
                name: {"num_partitions": 1, "replication_factor": 1}
                for name in (first, f"{new.worker_group}-legs-state-changelog")
            },
            wait_for_metadata=True,
        )
    assert leftovers.remove(new, kafka) > 0
    assert not leftovers.present(new, kafka)
    assert leftovers.remove(new, kafka) == 0
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        assert {first, old.topic_prefix + TOPIC} <= set(admin.list_topics())
    leftovers.remove(old, kafka)
    assert not leftovers.present(old, kafka)
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        left = [name for name in admin.list_topics() if old.namespace in name]
    assert left == [f"{old.first_prefix}pipeline.generations"]


@pytest.fixture
def where(kafka: str, old: Settings, clickhouse: EmbeddedClickHouse) -> Addresses:
    migrate(clickhouse.url, old.database)
    return Addresses(kafka, clickhouse.url, clickhouse.readonly_url)


@pytest.mark.stack
def test_outages_that_the_log_has_lost_come_from_the_table_at_their_time(
    kafka: str, old: Settings, new: Settings, where: Addresses
) -> None:
    def progress(through: int | None, outage: tuple[int, int] | None = None) -> Progress:
        begin, end = outage or (None, None)
        return Progress(
            "readsb", "flights.positions", "*",
            None if through is None else Instant(START + through),
            None if begin is None else Instant(START + begin),
            None if end is None else Instant(START + end),
            None if outage is None else "away", Instant(START),
        )  # fmt: skip

    warehouse = Warehouse(where.clickhouse, old.database)
    told = [
        (10, progress(5)),
        (20, progress(None, (11, 15))),
        (21, progress(None, (11, 18))),
        (30, progress(25)),
        (60, progress(55)),
    ]
    for number, (second, one) in enumerate(told):
        message = replace(consumed(one, number), timestamp=START + second)
        made = block(tables()["feed.progress"], [message])
        warehouse.insert(made, f"{old.namespace}-{number}")
    warehouse.close()
    assert seeds.progress_from_table(new, where, {}) == 0
    assert seeds.progress_from_table(new, where, {"feed.progress": START + 60}) == 2
    found = read(kafka, new.topic_prefix + "feed.progress")
    said = {(one.timestamp - START, decode(one.value)) for one in found}
    assert said == {(21, told[2][1]), (30, told[3][1])}
