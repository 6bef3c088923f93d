"""What time lets go of: an index in time that forgets what is old, and finds it again when asked.

Eviction never changes an answer: what is old leaves the index but for its name, noted by week. A
question about an old stretch takes the names of its weeks back in, from the facts themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from streams.facts.derived import Leg, Mention, Order
from streams.facts.received import Progress
from streams.relations.intervals import Intervals

_DAY_MS = 86_400_000
_WEEK_MS = 7 * _DAY_MS
_FUTURE_MS = 60_000
_LONGEST_EVICTED_MS = 60 * _DAY_MS

Span = tuple[int, int]


class TimeIndex:
    """Names by their interval; the old ones are looked up again when a question reaches them."""

    def __init__(self, span_of: Callable[[str], Span | None]) -> None:
        """``span_of`` gives a name's interval anew, or None where it is gone."""
        self._span_of = span_of
        self._index = Intervals()
        self._cold: dict[int, set[str]] = {}
        self._last_cold = -(2**62)
        """No week after this one has names that left."""

    def __len__(self) -> int:
        return len(self._index)

    def put(self, name: str, span: Span) -> None:
        """Give a name its interval."""
        self._index.put(name, *span)

    def drop(self, name: str) -> None:
        """Take a name out; a note of it among the old is harmless."""
        self._index.drop(name)

    def overlapping(self, earliest: int, latest: int) -> list[str]:
        """Names whose interval touches a stretch, in their order."""
        self.recall(earliest, latest)
        return sorted(self._index.overlapping(earliest, latest))

    def recall(self, earliest: int, latest: int) -> None:
        """Take back what was evicted of a stretch."""
        first, last = earliest // _WEEK_MS, latest // _WEEK_MS
        if first > self._last_cold:  # as almost every question is
            return
        for week in [one for one in self._cold if first <= one <= last]:
            for name in sorted(self._cold.pop(week)):
                span = None if name in self._index else self._span_of(name)
                if span is not None:
                    self._index.put(name, *span)

    def over(self, limit: int) -> list[str]:
        """Names, evicted ones too, of which some may have been over before an instant."""
        week = limit // _WEEK_MS
        old = {name for at, names in self._cold.items() if at <= week for name in names}
        return sorted(old.union(name for _, _, name in self._index.ended_before(limit)))

    def evict(self, limit: int) -> list[str]:
        """Let go of what was over before an instant; the names that left."""
        gone = []
        for begins, ends, name in self._index.ended_before(limit):
            if ends - begins > _LONGEST_EVICTED_MS:
                continue  # few, and noted in too many weeks
            self._index.drop(name)
            gone.append(name)
            for week in range(begins // _WEEK_MS, ends // _WEEK_MS + 1):
                self._cold.setdefault(week, set()).add(name)
            self._last_cold = max(self._last_cold, ends // _WEEK_MS)
        return gone


class Watermark:
    """How far event time has come, in whole days, by records that do not come from the future."""

    def __init__(self) -> None:
        self.at = -(2**62)
        """Milliseconds; a day's beginning."""

    def advance(self, record: Any) -> bool:
        """Take a record's times into account; whether a day has passed by it."""
        day = self.at
        for at, arrived in _times(record):
            # A stamp ahead of its own arrival is a fault of a clock; without arrival, who knows.
            if arrived is not None and at <= arrived + _FUTURE_MS:
                day = max(day, at - at % _DAY_MS)
        if day == self.at:
            return False
        self.at = day
        return True


def _times(record: Any) -> Iterator[tuple[int, int | None]]:
    match record:
        case Leg():
            yield record.observed_through, record.known_at
        case Order():
            for clock in record.clocks:
                yield clock.at_earliest, record.known_at
        case Mention():
            yield record.published_at, record.known_at
        case Progress():
            if record.complete_through is not None:
                yield record.complete_through, record.fetched_at


def latest_of(record: Any) -> int | None:
    """The last instant that a record speaks of; None where it is always in time."""
    match record:
        case Leg():
            return max(record.observed_through, record.landing_latest or 0)
        case Order():
            return max((clock.at_latest for clock in record.clocks), default=None)
        case Mention():
            return max(record.valid_to, record.published_at)
    return None
