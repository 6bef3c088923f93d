"""Dead letters of one namespace: filters go in, letters come out; and back where they belong.

They are read from Kafka's ``*.dlq`` topics, which are the truth; ClickHouse's ``dead_letters`` is a
copy without the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from deploy.errors import StackError
from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE
from sinks import dead_letters
from sinks.dead_letters import PREFIX, SUFFIX, DeadLetter

_POLL_MS = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter as it lies in Kafka."""

    topic: str
    """The dead-letter topic, with its namespace's prefix."""
    partition: int
    offset: int
    timestamp: int
    """Kafka's time, epoch milliseconds."""
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def said(self) -> DeadLetter:
        """Where it came from and why it was refused."""
        return dead_letters.read(self.topic, self.headers)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters are meant. None is any."""

    topic: str | None = None
    """Topic it came from, without the prefix, with or without ``.dlq``."""
    reason: str | None = None
    """Part of the reason, upper or lower case."""
    since: int | None = None
    """Kafka's time, epoch milliseconds, included."""
    until: int | None = None
    """Kafka's time, epoch milliseconds, left out."""
    offset: int | None = None
    partition: int | None = None

    def wants(self, letter: Letter) -> bool:
        """Whether this one is meant; its topic has been chosen before."""
        return (
            (self.reason is None or self.reason.lower() in letter.said.reason.lower())
            and (self.since is None or letter.timestamp >= self.since)
            and (self.until is None or letter.timestamp < self.until)
            and self.offset in (None, letter.offset)
            and self.partition in (None, letter.partition)
        )


def letters(bootstrap_servers: str, prefix: str, wanted: Filter) -> Iterator[Letter]:
    """Letters that lie there now, partition by partition in offset order.

    Raises StackError for a topic that has no dead letters in the catalogue.
    """
    topics = _topics(prefix, wanted.topic)
    from kafka import KafkaConsumer, TopicPartition  # here: `parse` must not need it

    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **PATIENCE,
    )
    try:
        present = consumer.topics()
        parts = [
            TopicPartition(topic, number)
            for topic in topics
            if topic in present
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        if not parts:
            return
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        while any(consumer.position(part) < ends[part] for part in parts):
            for part, batch in consumer.poll(timeout_ms=_POLL_MS).items():
                for message in batch:
                    letter = _letter(message)
                    if message.offset < ends[part] and wanted.wants(letter):
                        yield letter
    finally:
        consumer.close()


def replay(
    bootstrap_servers: str, prefix: str, chosen: Iterable[Letter], *, dry_run: bool = False
) -> tuple[int, list[str]]:
    """Publish bytes, key and own headers unchanged, to the topic and partition they came from.

    Gives how many went (``dry_run``: would go) and why others did not: only topics of this
    namespace are written to. Replaying twice does no harm: a record is what its bytes say, in
    the tables and in the stages alike, and one that is still unusable becomes a new dead letter.
    The letters stay where they are. Raises KafkaError; then some may have gone.
    """
    ours = {prefix + name for name in catalogue() if not name.endswith(SUFFIX)}
    refused, sent, count = [], [], 0
    from kafka import KafkaProducer

    producer = (
        None
        if dry_run
        else KafkaProducer(bootstrap_servers=bootstrap_servers, acks="all", **PATIENCE)
    )
    try:
        for letter in chosen:
            target = letter.said.topic
            if target not in ours:
                refused.append(
                    f"{letter.topic}, partition {letter.partition}, offset {letter.offset}: "
                    f"it came from {target}, which is not a topic of this namespace"
                )
                continue
            count += 1
            if producer is not None:
                own = [one for one in letter.headers if not one[0].startswith(PREFIX)]
                sent.append(
                    producer.send(
                        target,
                        key=letter.key,
                        value=letter.value,
                        headers=own,
                        partition=letter.said.partition,
                    )
                )
        for future in sent:
            future.get(timeout=60)
    finally:
        if producer is not None:
            producer.close()
    return count, refused


def _topics(prefix: str, topic: str | None) -> list[str]:
    known = [name for name in catalogue() if name.endswith(SUFFIX)]
    if topic is not None:
        name = topic.removeprefix(prefix).removesuffix(SUFFIX) + SUFFIX
        if name not in known:
            sources = ", ".join(one.removesuffix(SUFFIX) for one in known)
            raise StackError(f"{topic} has no dead letters: topics that have are {sources}")
        known = [name]
    return [prefix + name for name in known]


def _letter(message: Any) -> Letter:
    headers = tuple((name, value or b"") for name, value in message.headers or ())
    return Letter(
        message.topic,
        message.partition,
        message.offset,
        message.timestamp,
        message.key,
        message.value,
        headers,
    )
