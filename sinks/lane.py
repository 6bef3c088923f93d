"""One partition's lane: records go in as they are fetched, contiguous batches come out.

A lane holds what was fetched and not yet carried. Its first batch after a start is exactly the
range that was pending when its owner died, so that the insert's token is the same as then.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets from ``first`` through ``last``: the records that one insert carries."""

    first: int
    last: int

    def as_metadata(self) -> str:
        """What the offset commit before the insert carries."""
        return json.dumps({"pending": [self.first, self.last]})

    @classmethod
    def from_metadata(cls, text: str | None) -> Span | None:
        """The span that was pending at a commit; None if there was none."""
        if not text:
            return None
        try:
            first, last = json.loads(text)["pending"]
        except (ValueError, KeyError, TypeError):  # a commit that was not the sink's
            return None
        return cls(int(first), int(last))


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to be carried in one insert, and where the lane stands after them."""

    records: list[Any]
    span: Span

    @property
    def following(self) -> int:
        """The offset to commit once it was carried."""
        return self.span.last + 1


def _size(record: Any) -> int:
    return len(record.value or b"") + len(record.key or b"") + 100


@dataclass(slots=True)
class Lane:
    """The state of one partition."""

    start: int
    """First offset that counts; what comes from before it was carried."""
    pending: Span | None = None
    end: int = 0
    """End of the partition, as far as known."""
    committed: int = 0
    buffered_bytes: int = 0
    waiting_since: float | None = None
    busy: bool = False
    revoked: bool = False
    """Its partition is moving: nothing new may begin."""
    abandoned: bool = False
    """Its partition has moved: nothing may be committed."""
    buffer: deque[Any] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.committed = self.start

    def add(self, records: Iterable[Any], now: float) -> None:
        """Take up fetched records, in offset order. What is there already is ignored."""
        for record in records:
            if record.offset >= self.start:
                self.buffer.append(record)
                self.buffered_bytes += _size(record)
                self.start = record.offset + 1
        if self.buffer and self.waiting_since is None:
            self.waiting_since = now

    def reached(self, position: int) -> None:
        """Say that all records before this offset were fetched, whether any were there or not."""
        self.start = max(self.start, position)
        if self.pending and not self.buffer and self.start > self.pending.last:
            self.pending = None  # compaction has removed all of it since

    def due(self, now: float, *, linger_s: float, most_rows: int, most_bytes: int) -> bool:
        """Whether it is time to cut a batch."""
        if self.busy or self.revoked or not self.buffer:
            return False
        if self.pending is not None:
            return self.start > self.pending.last
        return (
            len(self.buffer) >= most_rows
            or self.buffered_bytes >= most_bytes
            or (self.waiting_since is not None and now - self.waiting_since >= linger_s)
        )

    def cut(self, now: float, *, most_rows: int) -> Batch | None:
        """The next batch; the pending span's first. None if nothing of that is left."""
        records: list[Any] = []
        pending, self.pending = self.pending, None
        while self.buffer and (pending is not None or len(records) < most_rows):
            if pending is not None and self.buffer[0].offset > pending.last:
                break
            records.append(self.buffer.popleft())
        self.buffered_bytes -= sum(_size(record) for record in records)
        self.waiting_since = now if self.buffer else None
        if not records:
            return None
        return Batch(records, pending or Span(records[0].offset, records[-1].offset))

    def drop(self) -> None:
        """Forget what was fetched and not carried."""
        self.buffer.clear()
        self.buffered_bytes = 0
        self.waiting_since = None
