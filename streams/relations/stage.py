"""The stage ``relate``: legs, orders, mentions and progress in, policy events and links out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from streams.relations.join import Late, Share, step
from streams.relations.policy import SCOPE, Scope
from streams.relations.published import kind_of, name_of
from streams.relations.state import State
from streams.stages import Arrived, Emit, Outcome, Read, Route


class RelateStage:
    """The join of one partition of so many."""

    def __init__(self, partition: int, partitions: int, scope: Scope = SCOPE) -> None:
        self._share = Share(partition, partitions)
        self._state = State(scope)

    @property
    def late(self) -> Counter[str]:
        """How many records came too late since the start, by their kind."""
        return self._state.late

    @property
    def in_memory(self) -> int:
        """How many entries are held in memory: the others are at rest, in the host's table."""
        return len(self._state)

    def reads_by(self, read: Read) -> None:
        """Read entries at rest by this."""
        self._state.entries.reads_by(read)

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the facts held and what was last published."""
        self._state.restore(entries)

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Take in the records one by one; of each id only the last of the batch is published.

        The ``.changes`` twins get every revision.
        """
        last: dict[tuple[str, str], Emit] = {}
        every: list[Emit] = []
        for one in batch:
            for output in step(self._state, one, self._share):
                if isinstance(output, Late):
                    every.append(Emit("policy.late", one.key, output.record, Route.SAME))
                    continue
                topic, name = f"policy.{kind_of(output)}s", name_of(output)
                last.pop((topic, name), None)  # to the end: order of publication is order of cause
                last[topic, name] = Emit(topic, name, output)
                every.append(Emit(f"{topic}.changes", name, output))
        return Outcome([*last.values(), *every], self._state.changes())
