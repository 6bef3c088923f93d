"""Topics without some of their messages: each partition that holds one is written anew.

Kafka can only forget from the beginning. So what stays of a partition is appended to it, in its
order, key, value, headers and time unchanged; then everything before is given up and the broker
removes its segments. Offsets move on; consumers meet the rest again and know it by its ids.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType

from deploy.errors import StackError
from schemas.topics.reach import PATIENCE

_POLL_MS = 500
_A_FLUSH = 5_000
_SETTLE_S = 1.0
_ACTIVE = ("Stable", "PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling")
_KEEP = {
    "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1", "segment.ms": "1",
    "file.delete.delay.ms": "0",
}  # fmt: skip
"""While a partition is written anew: nothing is compacted or expires, each append may roll."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One partition and how many messages it lost."""

    topic: str
    partition: int
    removed: int


class Topics:
    """All topics of a namespace. Use ``close``."""

    def __init__(self, bootstrap_servers: str, names: Callable[[str], bool]) -> None:
        """``names`` says which topics are meant."""
        self._servers = bootstrap_servers
        self._own: dict[str, dict[str, str]] = {}
        """Settings that topics had before."""
        self._left: dict[TopicPartition, int] = {}
        """Bytes of partitions once their old segments are gone."""
        self._admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers, **PATIENCE)
        self._names = sorted(name for name in self._admin.list_topics() if names(name))

    def close(self) -> None:
        """Let go of the broker."""
        self._admin.close()

    def refuse_while_used(self, groups: Sequence[str]) -> None:
        """Raises StackError if one of these groups has members: they hold what is taken out."""
        present = {one["group_id"] for one in self._admin.list_groups()} & set(groups)
        if not present:
            return
        for group, said in self._admin.describe_groups(sorted(present)).items():
            state = said["group_state"] if isinstance(said, dict) else said
            if str(state) in _ACTIVE:
                raise StackError(f"{group} is running: stop worker, sink and feeds first")

    def messages(self, topics: Callable[[str], bool] = lambda _: True) -> Iterator[Any]:
        """Everything in these topics now."""
        consumer = _consumer(self._servers)
        try:
            parts = [
                TopicPartition(name, number)
                for name in self._names
                if topics(name)
                for number in sorted(consumer.partitions_for_topic(name) or ())
            ]
            if not parts:
                return
            ends = consumer.end_offsets(parts)
            for part in parts:
                yield from _messages(consumer, part, ends[part])
        finally:
            consumer.close()

    def rewrite(
        self, out: dict[TopicPartition, set[int]], *, within_s: float = 420
    ) -> list[Rewritten]:
        """Take messages out, by partition and offset. Raises StackError if bytes are left."""
        try:
            self._keep_all(sorted({part.topic for part in out}))
            done = [self._rewrite(part, offsets) for part, offsets in sorted(out.items())]
            deadline = time.monotonic() + within_s
            for part in out:
                self._await_gone(part, deadline)
        finally:
            for topic in self._own:
                self._restore(topic)
        return done

    def _keep_all(self, topics: Sequence[str]) -> None:
        """From now on the broker drops nothing of these topics by itself."""
        for topic in topics:
            self._own[topic] = self._settings(topic)
            self._alter(topic, _KEEP)
        if topics:
            time.sleep(_SETTLE_S)  # it acknowledges settings before it goes by them

    def _rewrite(self, part: TopicPartition, offsets: set[int]) -> Rewritten:
        compacted = "compact" in self._own[part.topic].get("cleanup.policy", "")
        consumer, producer = _consumer(self._servers), _producer(self._servers)
        try:
            end = consumer.end_offsets([part])[part]
            stay = None
            if compacted:
                last = {one.key: one.offset for one in _messages(consumer, part, end)}
                stay = set(last.values()) - offsets
            before = self._size(part)
            # Its time is now, so it opens a new segment: the old ones can be removed whole. It is
            # given up with them, and nobody sees it.
            opened = producer.send(part.topic, partition=part.partition, key=b"-", value=b"-")
            begin = opened.get(timeout=60).offset + 1
            sent = []
            for one in _messages(consumer, part, end):
                if one.offset in offsets or (stay is not None and one.offset not in stay):
                    continue
                sent.append(
                    producer.send(
                        part.topic, partition=part.partition, key=one.key, value=one.value,
                        headers=list(one.headers or ()), timestamp_ms=one.timestamp,
                    )
                )  # fmt: skip
                if len(sent) >= _A_FLUSH:
                    _await(sent)
            _await(sent)
            self._left[part] = self._size(part) - before
            self._admin.delete_records({part: begin})
        finally:
            producer.close()
            consumer.close()
        return Rewritten(part.topic, part.partition, len(offsets))

    def _await_gone(self, part: TopicPartition, deadline: float) -> None:
        """Wait until the broker has removed the old segments from its disk."""
        while self._size(part) > self._left[part]:
            if time.monotonic() > deadline:
                raise StackError(
                    f"{part.topic}, partition {part.partition}: nobody can read it any more, but "
                    "the broker still has its old segments; they go with its "
                    "log.retention.check.interval.ms"
                )
            time.sleep(_SETTLE_S)

    def _size(self, part: TopicPartition) -> int:
        """Bytes of a partition on the broker's disk, of the largest replica."""
        found = [0]
        for broker in self._admin.describe_log_dirs({part.topic: [part.partition]}):
            for folder in broker["log_dirs"]:
                for topic in folder["topics"]:
                    found += [one["partition_size"] for one in topic["partitions"]]
        return max(found)

    def _settings(self, topic: str) -> dict[str, str]:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        said = self._admin.describe_configs([resource])["topic"][topic]
        return {name: str(value["value"]) for name, value in said.items()}

    def _alter(self, topic: str, settings: dict[str, str]) -> None:
        self._admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, settings)])

    def _restore(self, topic: str) -> None:
        own = self._own[topic]
        back: dict[str, Any] = {name: own.get(name, (AlterConfigOp.DELETE, None)) for name in _KEEP}
        self._admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, back)])


def _consumer(servers: str) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=servers,
        enable_auto_commit=False,
        isolation_level="read_committed",
        **PATIENCE,
    )


def _producer(servers: str) -> KafkaProducer:
    return KafkaProducer(
        bootstrap_servers=servers,
        acks="all",
        enable_idempotence=True,
        compression_type="gzip",
        max_request_size=16 << 20,
        **PATIENCE,
    )


def _messages(consumer: KafkaConsumer, part: TopicPartition, end: int) -> Iterator[Any]:
    """Messages of a partition below an offset."""
    consumer.assign([part])
    consumer.seek_to_beginning(part)
    while consumer.position(part) < end:
        for one in consumer.poll(timeout_ms=_POLL_MS).get(part, []):
            if one.offset < end:
                yield one


def _await(sent: list[Any]) -> None:
    for future in sent:
        future.get(timeout=60)
    sent.clear()
