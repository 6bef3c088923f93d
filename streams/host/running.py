"""One stage on one partition: a batch of raw records goes in, what to publish and write comes out.

Knows the contract of stages and the two-version state, but no Faust: the errors that a record
causes end here, bisected to the record; every other error passes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from streams.facts.identity import revision
from streams.host.dead_letters import DeadLetter
from streams.host.state import State
from streams.stages import Arrived, Emit, Outcome, Stage


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
        factory: Callable[[], Stage],
        entries: Iterable[tuple[str, bytes]],
        *,
        decode: Callable[[bytes | None], Any],
        epoch: int,
    ) -> None:
        self._name, self._topic, self._factory = name, topic, factory
        self._decode, self._epoch = decode, epoch
        self.state = State.restored(entries)
        self._stage = self._fresh({})

    def work(self, records: Sequence[Raw]) -> Work | None:
        """Apply the records that were not applied before; None if there is none."""
        new = [one for one in records if one.offset > self.state.applied_through]
        if not new:
            return None
        work = Work(records[-1].offset)
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
            work.emits.extend(outcome.emits)
            work.changes.update(outcome.changes)
            work.dead.extend(
                self._dead(raw[refused.arrived.offset], "Refused", refused.reason)
                for refused in outcome.refused
            )
        return work

    def done(self, work: Work) -> None:
        """Count the batch as complete: outputs and state are safely written."""
        self.state.advance(work.batch_end, work.changes)

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

    def _fresh(self, changes: dict[str, bytes | None]) -> Stage:
        entries = dict(self.state.entries())
        for key, value in changes.items():
            if value is None:
                entries.pop(key, None)
            else:
                entries[key] = value
        stage = self._factory()
        stage.restore(entries.items())
        return stage

    def _dead(self, one: Raw, kind: str, reason: str) -> DeadLetter:
        return DeadLetter(
            one.topic, one.partition, one.offset, one.key, one.value, self._name, kind, reason
        )
