"""The contract between the pure stages and the host that runs them.

A stage is a deterministic function of the record and the state before it: records of one input
partition go in, in order; facts to publish and changes of state come out. It knows no Kafka, no
Faust, no clock. ``streams/host`` runs it: outputs are produced and acknowledged, then the state's
changes, then the batch. One Stage object holds the state of one partition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from streams.facts.identity import Revision

AT_REST = "~"
"""What keys of state begin with that are kept in the table alone.

Such entries are not held in memory and not given to ``restore``: a stage that has them reads them
by their keys when it needs them (``RestsEntries``).
"""

Read = Callable[[str], bytes | None]
"""Reads a state entry by its key; None if it is not there."""


class Route(Enum):
    """Which partition of the output topic a record goes to."""

    BY_KEY = "by key"
    """Kafka's default partitioner, on ``partition_by`` where given, else on the key."""
    SAME = "same"
    """The partition that the input came from (topics of equal partition count)."""
    ALL = "all"
    """A copy to every partition."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One input record with its place in the log."""

    topic: str
    partition: int
    offset: int
    revision: Revision
    key: str
    record: Any
    """A dataclass of ``streams.facts``."""


@dataclass(frozen=True, slots=True)
class Emit:
    """One record to publish. ``topic`` is the catalogue's name, without a namespace's prefix.

    ``key`` is the fact's id, so that compaction keeps every fact; ``partition_by`` is what brings
    facts together (an aircraft, a case family), where that is something else.
    """

    topic: str
    key: str
    record: Any
    route: Route = Route.BY_KEY
    partition_by: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An input record that the stage cannot use: it goes to the dead letters with this reason."""

    arrived: Arrived
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one batch caused.

    ``changes`` maps each state key that changed to its new value (bytes), or None where it is gone.
    ``emits`` holds, per (topic, key, id), the last record of the batch only where earlier ones
    would be superseded; cutting the batch elsewhere never changes the last one.
    """

    emits: Sequence[Emit] = ()
    changes: Mapping[str, bytes | None] = field(default_factory=dict)
    refused: Sequence[Refused] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """A batch of positions in columns, for a stage that asks for a frame instead of records."""

    topic: str
    partition: int
    frame: Any
    """A polars frame: the fields of the newest schema, and ``_offset`` and ``_revision``."""


class ColumnStage(Protocol):
    """A stage that reads ``flights.positions`` in columns; otherwise as ``Stage``."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the state that earlier ``changes`` described."""

    def apply_columns(self, batch: Columns) -> Outcome:
        """Advance by a batch; as for ``Stage.apply``, what raises is bisected to the row."""


class Stage(Protocol):
    """The state of one input partition and the function that advances it."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the state that earlier ``changes`` described. Called once, before any apply."""

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Advance by records of this partition, in offset order, none of them applied before.

        Raises an exception only for what a record causes; the host bisects the batch and
        dead-letters that record. A stage that raises must be left as it was before the call, or
        be discarded: the host restores a fresh one.
        """


@runtime_checkable
class RestsEntries(Protocol):
    """A stage that puts entries to rest. Until it is told how to read them it keeps them itself."""

    def reads_by(self, read: Read) -> None:
        """Read entries at rest by this, as of the last record. Called before ``restore``."""
