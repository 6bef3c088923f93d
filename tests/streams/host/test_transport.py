"""The bookkeeping of offsets: a commit is the end of the contiguous acknowledged prefix."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.host.transport import BatchConsumer, Range


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
    _ranges: dict[str, deque[Range]] = field(default_factory=lambda: defaultdict(deque))
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
        self._ranges["words-0"].append(made)
        return Message(made, self.generation)

    def ack(self, message: Message) -> bool:
        return BatchConsumer.ack(self, message)  # type: ignore[arg-type]

    def commit(self) -> int | None:
        return BatchConsumer._new_offset(self, "words-0")  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9)), min_size=1, max_size=12),
    st.data(),
)
def test_the_committed_offset_is_the_end_of_the_acknowledged_prefix(
    sizes: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Each batch has so many records, then a gap of so many offsets (compaction, markers)."""
    books, messages, at = Books(), [], 0
    for records, gap in sizes:
        messages.append(books.deliver(at, at + records + gap))
        at += records + gap
    committed = 0
    for number in data.draw(st.permutations(range(len(messages)))):
        assert books.ack(messages[number])
        committed = books.commit() or committed
        prefix = 0
        for message in messages:
            if not message.range.done:
                break
            prefix = message.range.next
        assert committed == prefix
    assert committed == at


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
