"""How far each consumer group is: Kafka's own offsets go in, records behind come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)

from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE

WORKER_INPUTS = (
    "feed.progress", "news.articles", "court.docket-entries", "cases.inputs", "court.orders",
    "flights.positions",
)  # fmt: skip
RELATE_INPUT = "relate.inputs"

_NOT_YET = (CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError)


@dataclass(frozen=True, slots=True)
class Lag:
    """One group on one topic."""

    group: str
    topic: str
    end: int
    """Sum of the partitions' end offsets."""
    behind: int
    """Records still in the log that the group has not committed yet."""


def committed(
    admin: KafkaAdminClient, group: str, partitions: Iterable[TopicPartition]
) -> dict[TopicPartition, int]:
    """Offsets that a group has committed; nothing for one that the broker does not know yet."""
    try:
        found = admin.list_group_offsets({group: list(partitions)}).get(group, {})
    except _NOT_YET:  # the broker is still making or loading its offsets topic
        return {}
    return {one: answer.offset for one, answer in found.items() if answer.offset >= 0}


class Offsets:
    """A look at the offsets of one namespace's topics. Use ``offsets`` to open one."""

    def __init__(self, admin: KafkaAdminClient, prefix: str) -> None:
        self._admin = admin
        self._prefix = prefix

    def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """End offset of each partition of these topics."""
        return self._at(self._partitions(topics), OffsetSpec.LATEST)

    def lags(self, group: str, topics: Iterable[str]) -> list[Lag]:
        """How far a group is on these topics; what is gone from the log is not waited for."""
        topics = list(topics)
        partitions = self._partitions(topics)
        ends = self._at(partitions, OffsetSpec.LATEST)
        starts = self._at(partitions, OffsetSpec.EARLIEST)
        done_by = committed(self._admin, group, partitions)
        lags = []
        for topic in topics:
            mine = [one for one in partitions if one.topic == self._prefix + topic]
            behind = sum(ends[one] - max(done_by.get(one, 0), starts[one]) for one in mine)
            lags.append(Lag(group, topic, sum(ends[one] for one in mine), behind))
        return lags

    def behind(self, group: str, ends: Mapping[TopicPartition, int]) -> dict[str, int]:
        """How far a group is from these offsets, by topic; nothing of a topic that it has done."""
        starts = self._at(list(ends), OffsetSpec.EARLIEST)
        done_by = committed(self._admin, group, ends)
        found: Counter[str] = Counter()
        for one, end in ends.items():
            left = end - max(done_by.get(one, 0), starts[one])
            if left > 0:
                found[one.topic.removeprefix(self._prefix)] += left
        return dict(found)

    def _partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        described = self._admin.describe_topics([self._prefix + topic for topic in topics])
        return [
            TopicPartition(one["name"], partition["partition_index"])
            for one in described
            for partition in one["partitions"]
        ]

    def _at(self, partitions: list[TopicPartition], which: OffsetSpec) -> dict[TopicPartition, int]:
        wanted = dict.fromkeys(partitions, which)
        found = self._admin.list_partition_offsets(wanted) if wanted else {}
        return {partition: answer.offset for partition, answer in found.items()}

    def metadata(self, group: str, topics: Iterable[str]) -> list[str]:
        """What a group's commits say beside the offset, by partition."""
        found = self._admin.list_group_offsets({group: list(self.ends(topics))}).get(group, {})
        return [answer.metadata or "" for answer in found.values()]

    def newest(self, topics: Iterable[str]) -> dict[str, int | None]:
        """Kafka's time, epoch milliseconds, of the newest record of each topic; None if empty."""
        wanted = dict.fromkeys(self.ends(topics), OffsetSpec.MAX_TIMESTAMP)
        found: dict[str, int | None] = dict.fromkeys(topics)
        for partition, answer in self._admin.list_partition_offsets(wanted).items():
            name = partition.topic.removeprefix(self._prefix)
            if answer.timestamp is not None and answer.timestamp >= 0:
                found[name] = max(found[name] or 0, answer.timestamp)
        return found


@contextmanager
def offsets(bootstrap_servers: str, prefix: str) -> Iterator[Offsets]:
    """Open a look at the offsets of the namespace with this prefix."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers, **PATIENCE)
    try:
        yield Offsets(admin, prefix)
    finally:
        admin.close()


def sink_inputs() -> list[str]:
    """Topics that the sink carries to ClickHouse."""
    return [name for name, topic in catalogue().items() if "sink" in topic.consumers]
