"""A toy stage for the host's tests: counts words, publishes each count, refuses some. Runs alone.

Every other word's count is at rest: in the table alone, read by its key for each such word.

python -m tests.streams.host.counting BOOTSTRAP APP_ID PREFIX DATA [STORE] [GUARANTEE]
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from aiokafka.consumer.fetcher import Fetcher
from faust.tables.recovery import Recovery

from deploy.processes import free_port
from streams.host.agent import AcknowledgedTable, StageSpec
from streams.host.app import build_app, run
from streams.stages import AT_REST, Arrived, Emit, Outcome, Read, Refused, Route

PARTITIONS = 4


def decode(value: bytes | None) -> Any:
    if value is None or value == b"poison":
        raise ValueError("expected a word, found poison")
    return value.decode()


def encode(record: Any) -> bytes:
    return json.dumps(record, sort_keys=True).encode()


def at_rest(word: str) -> bool:
    return sum(word.encode()) // PARTITIONS % 2 == 1


class Counting:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.changed: dict[str, bytes | None] = {}

    def reads_by(self, read: Read) -> None:
        self.read = read

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        self.counts = {key: int(value) for key, value in entries}
        assert not any(map(at_rest, self.counts)), "what is at rest was given to restore"

    def count(self, word: str) -> int:
        if not at_rest(word):
            return self.counts.get(word, 0)
        value = self.changed.get(AT_REST + word) or self.read(AT_REST + word)
        return 0 if value is None else int(value)

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        self.changed = changes = {}
        emits, refused = [], []
        for one in batch:
            if one.record == "raises":
                raise RuntimeError("this record makes the stage raise")
            if one.record.startswith("slow"):
                time.sleep(0.001)
            if one.record == "refused":
                refused.append(Refused(one, "this word is refused"))
                continue
            count = self.count(one.record) + 1
            if at_rest(one.record):
                changes[AT_REST + one.record] = str(count).encode()
            else:
                self.counts[one.record] = count
                changes[one.record] = str(count).encode()
            record = {"word": one.record, "count": count, "revision": one.revision}
            emits.append(Emit("counts", one.record, record, Route.SAME))
        return Outcome(emits, changes, refused)


def hold_between_state_and_marker(while_there: Path) -> None:
    """Make this worker slow at the worst moment: state written, marker not."""
    acknowledged = AcknowledgedTable.acknowledged

    async def held(table: Any) -> None:
        await acknowledged(table)
        while while_there.exists():
            await asyncio.sleep(0.05)

    AcknowledgedTable.acknowledged = held  # type: ignore[method-assign]


def fetch_across_a_rebalance() -> None:
    """A fetch that began before a rebalance takes what recovery sought, before the flow resumes.

    So it happens, rarely, when recovery is faster than the second that a fetch may take.
    """
    fetch, seek = Fetcher.fetched_records, Recovery._seek_offsets
    recoveries: list[Any] = []
    under_way: list[object] = []

    async def slow_fetch(fetcher: Any, partitions: Any, **kwargs: Any) -> Any:
        if not any(one.topic.endswith("-changelog") for one in partitions):
            return await fetch(fetcher, partitions, **kwargs)
        app, seen, began = recoveries[0].app, len(recoveries), time.monotonic()
        recovering = app.in_recovery
        under_way.append(fetcher)
        try:
            while not recovering and len(recoveries) == seen:
                waited = time.monotonic() - began
                if waited > 30 or (waited > 1 and app.consumer.flow_active):
                    break
                await asyncio.sleep(0.02)
            return await fetch(fetcher, partitions, **kwargs)
        finally:
            under_way.pop()

    async def sought(recovery: Any, *args: Any) -> None:
        await seek(recovery, *args)
        recoveries.append(recovery)
        for _ in range(60):
            if not under_way:
                break
            await asyncio.sleep(0.05)

    Fetcher.fetched_records = slow_fetch  # type: ignore[method-assign]
    Recovery._seek_offsets = sought  # type: ignore[method-assign]


def main(bootstrap: str, app_id: str, prefix: str, data: str, *more: str) -> None:
    if "HOLD" in os.environ:
        hold_between_state_and_marker(Path(os.environ["HOLD"]))
    if "SLOW_FETCH" in os.environ:
        fetch_across_a_rebalance()
    store, guarantee, name = (*more, *("memory://", "at_least_once", "")[len(more) :])
    app = build_app(
        app_id=app_id,
        bootstrap_servers=bootstrap,
        prefix=prefix,
        specs=[StageSpec("counting", "words", lambda _partition: Counting(), PARTITIONS)],
        partitions_of=lambda _topic: PARTITIONS,
        decode=decode,
        encode=encode,
        epoch=0,
        data=Path(data),
        store=store,
        processing_guarantee=guarantee,
        session_timeout_s=10 if name else 3,
        instance=name or None,
        web_port=free_port() if name else None,
    )
    run(app)


if __name__ == "__main__":
    main(*sys.argv[1:])
