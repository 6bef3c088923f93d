"""Reads a topic as people do: a topic's name goes in, decoded records come out one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.codec import CodecError, decode
from schemas.topics.reach import PATIENCE

_POLL_MS = 500


@dataclass(frozen=True, slots=True)
class Tailed:
    """One message; ``record`` is None where it could not be decoded, and ``error`` says why."""

    key: str | None
    partition: int
    offset: int
    record: Any
    error: str | None


def records(
    bootstrap_servers: str, topic: str, *, from_start: bool, count: int, follow: bool
) -> Iterator[Tailed]:
    """Messages of a topic, by offset within each partition.

    ``count`` 0 has no end; without ``follow`` it stops at the end that the topic had at the start.
    Raises KeyError if there is no such topic.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **PATIENCE,
    )
    try:
        partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise KeyError(topic)
        assigned = [TopicPartition(topic, number) for number in sorted(partitions)]
        consumer.assign(assigned)
        if from_start:
            consumer.seek_to_beginning(*assigned)
        else:
            consumer.seek_to_end(*assigned)
        ends = consumer.end_offsets(assigned)
        told = 0
        while follow or any(consumer.position(one) < ends[one] for one in assigned):
            for batch in consumer.poll(timeout_ms=_POLL_MS).values():
                for message in batch:
                    yield _tailed(message)
                    told += 1
                    if told == count:
                        return
    finally:
        consumer.close()


def _tailed(message: Any) -> Tailed:
    key = message.key.decode("utf-8", "replace") if message.key is not None else None
    try:
        return Tailed(key, message.partition, message.offset, decode(message.value), None)
    except CodecError as error:
        return Tailed(key, message.partition, message.offset, None, str(error))
