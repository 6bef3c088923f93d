"""Acknowledging batches: which acknowledgements count, and what the commit then sees."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from faust.transport.drivers import aiokafka as driver

from streams.host.consumer import BatchConsumer
from streams.host.offsets import Offsets, Range


@dataclass
class Message:
    """What ``ack`` needs of a Faust message."""

    range: Range
    generation_id: int
    topic: str = "words"
    tp: str = "words-0"
    acked: bool = False

    def __hash__(self) -> int:
        return id(self)


@dataclass
class Books:
    """A consumer's books without a consumer: only what ``ack`` and ``_new_offset`` touch."""

    generation: int = 1
    offsets: Offsets = field(default_factory=Offsets)
    _acked: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _unacked_messages: set[Any] = field(default_factory=set)
    _n_acked: int = 0
    _waiting_for_ack: Any = None

    @property
    def app(self) -> Any:
        topics = SimpleNamespace(acks_enabled_for=lambda _topic: True)
        return SimpleNamespace(consumer_generation_id=self.generation, topics=topics)

    def deliver(self, first: int, following: int) -> Message:
        made = Range(first, following)
        self.offsets.deliver("words-0", made)
        return Message(made, self.generation)

    def ack(self, message: Message) -> bool:
        return BatchConsumer.ack(self, message)  # type: ignore[arg-type]

    def commit(self) -> int | None:
        return BatchConsumer._new_offset(self, "words-0")  # type: ignore[arg-type]


def test_an_acknowledgement_of_an_earlier_generation_counts_for_nothing() -> None:
    books = Books()
    old = books.deliver(0, 10)
    books.generation = 2
    assert not books.ack(old)
    assert books.commit() is None


def test_an_acknowledgement_counts_once_and_makes_its_partition_visible_to_the_commit() -> None:
    books = Books()
    message = books.deliver(0, 10)
    assert books.ack(message)
    assert not books.ack(message)
    assert "words-0" in books._acked
    assert (books.commit(), books.commit()) == (10, None)


class Partition(NamedTuple):
    topic: str
    partition: int


WORDS, CHANGELOG = Partition("words", 0), Partition("counting-changelog", 0)


def test_what_agents_read_is_held_until_recovery_has_sought_and_the_flow_resumes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch that comes earlier would be lost with the queues that Faust empties in between."""
    flowing: set[Partition] = set()

    async def sought(_consumer: Any) -> None:
        """Faust's own seek."""

    monkeypatch.setattr(driver.Consumer, "resume_partitions", lambda _, tps: flowing.update(tps))
    monkeypatch.setattr(
        driver.Consumer, "pause_partitions", lambda _, tps: flowing.difference_update(tps)
    )
    monkeypatch.setattr(driver.Consumer, "resume_flow", lambda _: None)
    monkeypatch.setattr(driver.Consumer, "perform_seek", sought)
    consumer = BatchConsumer.__new__(BatchConsumer)
    consumer.offsets, consumer._held, consumer._sought = Offsets(), set(), False
    consumer._committed_offset = {WORDS: 5}
    monkeypatch.setattr(consumer, "assignment", lambda: {WORDS, CHANGELOG})
    monkeypatch.setattr(consumer, "_is_changelog_tp", lambda one: one is CHANGELOG)

    consumer.resume_partitions({WORDS, CHANGELOG})
    assert flowing == {CHANGELOG}
    consumer.resume_flow()  # for the changelogs, before recovery
    assert flowing == {CHANGELOG}
    asyncio.run(consumer.perform_seek())
    assert flowing == {CHANGELOG}
    consumer.resume_flow()
    assert flowing == {CHANGELOG, WORDS}

    consumer.resume_partitions({WORDS})  # the next rebalance
    consumer.pause_partitions({WORDS})
    asyncio.run(consumer.perform_seek())
    consumer.resume_flow()
    assert flowing == {CHANGELOG}, "a partition that was paused meanwhile is not let go"
