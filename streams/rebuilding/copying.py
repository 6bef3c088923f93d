"""Feed topics of one generation copied into the next one's: order, keys, headers, times unchanged.

What feeds received is the record; a generation has a copy of it that is its own, so that readings
which the log has lost can stand before those it still has. A partition is copied in its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE
from sinks import dead_letters
from sinks.generations import FEEDS

_POLL_MS = 200
_AT_ONCE = 5_000
_ACKNOWLEDGED_WITHIN_S = 60
_NEVER = 1 << 62
"""Later than any record: a partition that has lost all it had."""


def fed() -> tuple[str, ...]:
    """Topics that feeds write, with what they keep for themselves.

    Not dead letters: what stages refuse they will refuse again, and a table has them all.
    """
    return tuple(
        name
        for name, one in catalogue().items()
        if FEEDS.issuperset(one.producers) and not name.endswith(dead_letters.SUFFIX)
    )


class Copier:
    """Copies what has not been copied yet, a poll at a time. Use as a context manager."""

    def __init__(self, kafka: str, *, source: str, target: str, group: str) -> None:
        """``source``, ``target``: prefixes of the topics; ``group`` keeps how far it has come."""
        self._source, self._target = source, target
        self._consumer = KafkaConsumer(
            bootstrap_servers=kafka,
            group_id=group,  # only to keep offsets: partitions are assigned by hand
            enable_auto_commit=False,
            # What the topic gives up before it is read is gone; all that it still has is copied.
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_records=_AT_ONCE,
            **PATIENCE,
        )
        self._producer = KafkaProducer(
            bootstrap_servers=kafka,
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",
            linger_ms=5,
            max_request_size=16 << 20,
            **PATIENCE,
        )
        parts = [
            TopicPartition(source + name, number)
            for name in fed()
            for number in sorted(self._consumer.partitions_for_topic(source + name) or ())
        ]
        self._parts = parts
        self._consumer.assign(parts)
        self.begins: Mapping[TopicPartition, int] = self._consumer.beginning_offsets(parts)
        for part in parts:
            self._consumer.seek(part, max(self._consumer.committed(part) or 0, self.begins[part]))
        self.copied = 0

    def __enter__(self) -> Copier:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._consumer.close(autocommit=False)
        self._producer.close(timeout=5)

    def step(self) -> int:
        """Copy what one poll brings; how many records. Raises KafkaError."""
        sent, taken = [], 0
        for part, messages in self._consumer.poll(timeout_ms=_POLL_MS).items():
            name = self._target + part.topic.removeprefix(self._source)
            taken += len(messages)
            sent += [
                self._producer.send(
                    name,
                    key=one.key,
                    value=one.value,
                    headers=list(one.headers),
                    partition=part.partition,
                    timestamp_ms=one.timestamp,
                )
                for one in messages
            ]
        self._producer.flush(timeout=_ACKNOWLEDGED_WITHIN_S)
        for future in sent:
            future.get(timeout=_ACKNOWLEDGED_WITHIN_S)
        if taken:
            self._consumer.commit(
                {
                    part: OffsetAndMetadata(self._consumer.position(part), "", -1)
                    for part in self._parts
                }
            )
            self.copied += taken
        return taken

    def left(self) -> int:
        """Records that are there and not copied yet, gaps counted as records."""
        ends = self._consumer.end_offsets(self._parts)
        return sum(end - self._consumer.position(part) for part, end in ends.items())

    def cut(self) -> dict[str, int]:
        """Topics whose log has lost its beginning, and since when, epoch ms, all of it is there."""
        parts = [part for part in self._parts if self.begins[part] > 0]
        firsts = self._consumer.offsets_for_times(dict.fromkeys(parts, 0)) if parts else {}
        found: dict[str, int] = {}
        for part in parts:
            first = firsts.get(part)
            name = part.topic.removeprefix(self._source)
            found[name] = max(found.get(name, 0), _NEVER if first is None else first.timestamp)
        return found
