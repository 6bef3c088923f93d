"""One stage on one partition: a batch of raw records goes in, what to publish and write comes out.

Knows the contract of stages and the two-version state, but no Faust: the errors that a record
causes end here, bisected to the record; every other error passes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from schemas import frames
from streams.facts.identity import revision
from streams.host.dead_letters import DeadLetter
from streams.host.state import State
from streams.stages import AT_REST, Arrived, Columns, Emit, Outcome, Read, RestsEntries


class Raw(Protocol):
    """A record as the consumer has it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


@dataclass
class Work:
    """All that one batch causes."""

    batch_end: int
    emits: list[Emit] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    changes: dict[str, bytes | None] = field(default_factory=dict)


class Running:
    """A stage with its state. After an error in ``work`` or between it and ``done``: discard it."""

    def __init__(
        self,
        name: str,
        topic: str,
        factory: Callable[[], Any],
        entries: Iterable[tuple[str, bytes]],
        read: Read,
        *,
        decode: Callable[[bytes | None], Any],
        epoch: int,
        columns: bool = False,
    ) -> None:
        """``entries``: all that the table holds, gone through once; ``read`` gives one of them."""
        self._columns = columns
        self._name, self._topic, self._factory = name, topic, factory
        self._decode, self._epoch = decode, epoch
        self.state = State.restored(entries, read)
        self._at_work: dict[str, bytes | None] = {}
        """Changes of the batch at work so far: not in the table yet."""
        self._stage = self._fresh({})

    def work(self, records: Sequence[Raw], batch_end: int) -> Work | None:
        """Apply the records that were not applied before; None if there is none.

        ``batch_end``: the last offset that the batch covers, gaps after its last record included.
        """
        new = records
        if records[0].offset <= self.state.applied_through:
            new = [one for one in records if one.offset > self.state.applied_through]
        if not new:
            return None
        work = Work(batch_end)
        self._at_work = work.changes
        if self._columns:
            self._in_columns(new, work)
        else:
            self._one_by_one(new, work)
        return work

    def _in_columns(self, new: Sequence[Raw], work: Work) -> None:
        frame, good, refused = frames.decode(new)
        work.dead.extend(
            self._dead(one, type(error).__name__, str(error)) for one, error in refused
        )
        offsets = pl.Series("_offset", [one.offset for one in good], dtype=pl.Int64)
        revisions = (offsets + revision(self._epoch, 0)).alias("_revision")
        whole = frame.with_columns(offsets, revisions)
        raw = {one.offset: one for one in good}
        for outcome in self._column_outcomes(whole, raw, work):
            self._take(outcome, raw, work)

    def _one_by_one(self, new: Sequence[Raw], work: Work) -> None:
        arrived, raw = [], {one.offset: one for one in new}
        for one in new:
            try:
                record = self._decode(one.value)
            except ValueError as error:
                work.dead.append(self._dead(one, type(error).__name__, str(error)))
                continue
            key = (one.key or b"").decode("utf-8", "replace")
            number = revision(self._epoch, one.offset)
            arrived.append(Arrived(self._topic, one.partition, one.offset, number, key, record))
        for outcome in self._outcomes(arrived, raw, work):
            self._take(outcome, raw, work)

    def _take(self, outcome: Outcome, raw: dict[int, Raw], work: Work) -> None:
        work.emits.extend(outcome.emits)
        work.changes.update(outcome.changes)
        work.dead.extend(
            self._dead(raw[refused.arrived.offset], "Refused", refused.reason)
            for refused in outcome.refused
        )

    def done(self, work: Work) -> None:
        """Count the batch as complete: outputs and state are safely written."""
        self.state.advance(work.batch_end, work.changes)
        self._at_work = {}

    def _outcomes(
        self, arrived: list[Arrived], raw: dict[int, Raw], work: Work
    ) -> Iterator[Outcome]:
        if not arrived:
            return
        try:
            yield self._stage.apply(arrived)
        except MemoryError:
            raise
        except Exception as error:  # whatever a record made the stage raise
            self._stage = self._fresh(work.changes)
            if len(arrived) == 1:
                only = raw[arrived[0].offset]
                work.dead.append(self._dead(only, type(error).__name__, str(error)))
                return
            middle = len(arrived) // 2
            yield from self._outcomes(arrived[:middle], raw, work)
            yield from self._outcomes(arrived[middle:], raw, work)

    def _column_outcomes(
        self, frame: pl.DataFrame, raw: dict[int, Raw], work: Work
    ) -> Iterator[Outcome]:
        if not frame.height:
            return
        try:
            partition = next(iter(raw.values())).partition
            yield self._stage.apply_columns(Columns(self._topic, partition, frame))
        except MemoryError:
            raise
        except Exception as error:
            self._stage = self._fresh(work.changes)
            if frame.height == 1:
                only = raw[frame["_offset"][0]]
                work.dead.append(self._dead(only, type(error).__name__, str(error)))
                return
            middle = frame.height // 2
            yield from self._column_outcomes(frame[:middle], raw, work)
            yield from self._column_outcomes(frame[middle:], raw, work)

    def _fresh(self, changes: dict[str, bytes | None]) -> Any:
        entries = dict(self.state.entries())
        for key, value in changes.items():
            if value is None:
                entries.pop(key, None)
            else:
                entries[key] = value
        stage = self._factory()
        if isinstance(stage, RestsEntries):
            stage.reads_by(self._now)
        stage.restore((key, value) for key, value in entries.items() if not key.startswith(AT_REST))
        return stage

    def _now(self, key: str) -> bytes | None:
        """A state entry as of the last record that the stage was given."""
        return self._at_work[key] if key in self._at_work else self.state.value(key)

    def _dead(self, one: Raw, kind: str, reason: str) -> DeadLetter:
        return DeadLetter(
            one.topic, one.partition, one.offset, one.key, one.value, self._name, kind, reason
        )
