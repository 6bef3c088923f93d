"""Acknowledging batches: which acknowledgements count, and what the commit then sees."""

from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

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
