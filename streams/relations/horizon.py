"""What time lets go of: an index in time that forgets what is old, and finds it again when asked.

Eviction never changes an answer: what is old leaves memory, and its name and interval are noted by
the week in which it ended. The notes are state entries at rest, in chunks. A question about an old
stretch reads the chunks of its weeks and takes back what overlaps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from streams.facts.court import Order
from streams.facts.flights import Leg
from streams.facts.news import Mention
from streams.facts.received import Progress
from streams.relations.entries import Entries
from streams.relations.intervals import Intervals

_DAY_MS = 86_400_000
WEEK_MS = 7 * _DAY_MS
_FUTURE_MS = 60_000
_LONGEST_EVICTED_MS = 60 * _DAY_MS
_CHUNK = 1_000

Span = tuple[int, int]
_Note = tuple[str, int, int]


class _Noted(msgspec.Struct, array_like=True):
    """What is in memory of all that left: how many chunks each week has, and the longest stay."""

    chunks: dict[int, int] = msgspec.field(default_factory=dict)
    longest_ms: int = 0


@dataclass(frozen=True, slots=True)
class Evicted:
    """What left memory: the ids of what nothing in memory speaks of any more."""

    gone: list[str]
    is_all: bool
    """Whether nothing is left that could go."""


_encode = msgspec.msgpack.Encoder().encode
_decode_noted = msgspec.msgpack.Decoder(_Noted).decode
_decode_notes = msgspec.msgpack.Decoder(list[_Note]).decode


class TimeIndex:
    """Names by their interval; the old ones are looked up again when a question reaches them."""

    def __init__(self, kind: str, entries: Entries, span_of: Callable[[str], Span | None]) -> None:
        """``span_of`` wakes a name and gives its interval, or None where it is gone."""
        self._kind, self._entries, self._span_of = kind, entries, span_of
        self._index = Intervals()
        self._noted = _Noted()

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, name: str) -> bool:
        """Whether it is found by time without being recalled."""
        return name in self._index

    def load(self, value: bytes) -> None:
        """Take up the entry ``notes:<kind>``."""
        self._noted = _decode_noted(value)
        self._entries.any_at_rest = True

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
        chunks = self._noted.chunks
        first, last = earliest // WEEK_MS, (latest + self._noted.longest_ms) // WEEK_MS
        if not chunks or first > max(chunks):  # as almost every question is
            return
        met = []
        for week in sorted(one for one in chunks if first <= one <= last):
            for number in range(chunks[week]):
                notes = self._notes(week, number)
                found = [one for one in notes if one[1] <= latest and earliest <= one[2]]
                if found:
                    met += [name for name, _, _ in found]
                    self._write(week, number, [one for one in notes if one not in found])
        for name in met:
            span = None if name in self._index else self._span_of(name)
            if span is not None:
                self._index.put(name, *span)

    def evict(self, limit: int, most: int) -> list[str]:
        """Let go of at most so many names that were over before an instant; they are given."""
        over = (
            one
            for one in self._index.ended_before(limit)
            if one[1] - one[0] <= _LONGEST_EVICTED_MS  # the others are few
        )
        gone = list(islice(over, most))
        by_week: dict[int, list[_Note]] = {}
        for begins, ends, name in gone:
            self._index.drop(name)
            by_week.setdefault(ends // WEEK_MS, []).append((name, begins, ends))
            self._noted.longest_ms = max(self._noted.longest_ms, ends - begins)
        for week, notes in by_week.items():
            self._append(week, notes)
        if gone:
            self._save()
        return [name for _, _, name in gone]

    def sift(self, limit: int, is_over: Callable[[str], bool]) -> list[str]:
        """Take the names out, evicted ones too, that are over for good; they are given.

        Looked at are those whose interval, and of evicted ones the week, ended before the limit.
        """
        gone = [name for _, _, name in self._index.ended_before(limit) if is_over(name)]
        for name in gone:
            self._index.drop(name)
        for week in [one for one in self._noted.chunks if (one + 1) * WEEK_MS <= limit]:
            left = []
            for number in range(self._noted.chunks.pop(week)):
                notes = self._notes(week, number)
                over = [name for name, _, _ in notes if is_over(name)]
                left += [one for one in notes if one[0] not in over]
                gone += over
                self._write(week, number, ())
            if left:
                self._append(week, left)
            self._save()
        return sorted(set(gone))

    def _append(self, week: int, notes: list[_Note]) -> None:
        number = max(self._noted.chunks.get(week, 0) - 1, 0)
        whole = [*self._notes(week, number), *notes]
        for at in range(0, len(whole), _CHUNK):
            self._write(week, number, whole[at : at + _CHUNK])
            number += 1
        self._noted.chunks[week] = number

    def _key(self, week: int, number: int) -> str:
        return f"note:{self._kind}/{week}/{number}"

    def _notes(self, week: int, number: int) -> list[_Note]:
        value = self._entries.at_rest(self._key(week, number))
        return [] if value is None else _decode_notes(value)

    def _write(self, week: int, number: int, notes: Iterable[_Note]) -> None:
        value = list(notes)
        self._entries.put_to_rest(self._key(week, number), _encode(value) if value else None)

    def _save(self) -> None:
        empty = not self._noted.chunks
        self._entries.note(f"notes:{self._kind}", None if empty else _encode(self._noted))


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
