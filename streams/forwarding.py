"""The stage ``progress``: what feeds log of their progress goes in band to all of relate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from streams.stages import Arrived, Emit, Outcome, Route


class ProgressStage:
    """Forwards each progress record and outage to all partitions. Holds no state."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up nothing."""

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Pass the records on as they are, in their order."""
        return Outcome([Emit("relate.inputs", one.key, one.record, Route.ALL) for one in batch])
