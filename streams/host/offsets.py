"""Where a consumer stands in each partition, and which delivered batches are not yet done.

Pure bookkeeping. A batch covers offsets ``[first, next)``, gaps from compaction and transaction
markers included; what may be committed is the end of the contiguous prefix that is done.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(slots=True, weakref_slot=True)
class Range:
    """Offsets ``[first, next)`` of one delivered batch."""

    first: int
    next: int
    sitting: int = 0
    """In which of the consumer's sittings (from one seek to the next) it was delivered."""
    number: int = 0
    """Which of its partition's batches in that sitting it is, from 0: one that is missing shows."""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A fetch that does not follow on what came before: to be sought again from ``offset``."""

    offset: int


class Offsets:
    """The books of one consumer, by partition (any hashable)."""

    def __init__(self) -> None:
        self.sitting = 0
        """Counts the seeks to committed offsets: what came before one may come again."""
        self._in_flight: dict[Any, deque[Range]] = defaultdict(deque)
        self._expected: dict[Any, int] = {}
        self._delivered: dict[Any, int] = {}
        self._refused: dict[Any, tuple[int, int]] = {}

    def sit_down(self, sought: Mapping[Any, int | None], kept: set[Any]) -> None:
        """Begin a sitting: each partition was sought to an offset; None where none is known.

        ``kept``: partitions that were not sought and go on where they are.
        """
        self.sitting += 1
        self._in_flight.clear()
        self._delivered.clear()
        self._refused.clear()
        self._expected = {one: at for one, at in self._expected.items() if one in kept}
        self._expected |= {one: at for one, at in sought.items() if at}

    def sought(self, partition: Any, offset: int) -> None:
        """Expect this offset next; what was in flight is forgotten."""
        self.forget(partition)
        self._expected[partition] = offset

    def forget(self, partition: Any) -> None:
        """Forget a partition that was taken away."""
        for books in (self._in_flight, self._expected, self._delivered, self._refused):
            books.pop(partition, None)

    def take(
        self, partition: Any, before: int | None, first: int, last: int, after: int | None
    ) -> Range | Misplaced:
        """Take in a fetch of records ``first`` to ``last``.

        ``before`` and ``after``: the consumer's own position around the fetch, None if unknown;
        they tell a gap in the log from records that were missed.
        """
        expected = self._expected.get(partition)
        if expected is not None and first != expected and (first < expected or before != expected):
            if first < expected or self._refused.get(partition) != (expected, first):
                self._refused[partition] = (expected, first)
                log.warning("%s: expected offset %s, fetched %s", partition, expected, first)
                return Misplaced(expected)
            # Sought again, and the log itself begins later: retention was faster than we were.
            log.error("%s: offsets %s to %s are gone from the log", partition, expected, first - 1)
        self._refused.pop(partition, None)
        following = after if after is not None and after > last else last + 1
        self._expected[partition] = following
        begins = (
            expected if expected is not None else min(first, first if before is None else before)
        )
        return Range(begins, following, self.sitting)

    def deliver(self, partition: Any, taken: Range) -> None:
        """Count a range as delivered: it is in flight until it is done."""
        taken.number = self._delivered.get(partition, 0)
        self._delivered[partition] = taken.number + 1
        self._in_flight[partition].append(taken)

    def put_back(self, partition: Any, taken: Range) -> int:
        """Take back a range that is not delivered; the offset to seek to."""
        self._expected[partition] = taken.first
        return taken.first

    def committable(self, partition: Any) -> int | None:
        """Return the end of the contiguous prefix that is done, or None if it did not move."""
        ranges = self._in_flight[partition]
        offset = None
        while ranges and ranges[0].done:
            offset = ranges.popleft().next
        return offset
