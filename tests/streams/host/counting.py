"""A toy stage for the host's tests: counts words, publishes each count, refuses some. Runs alone.

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

from deploy.processes import free_port
from streams.host.agent import AcknowledgedTable, StageSpec
from streams.host.app import build_app, run
from streams.stages import Arrived, Emit, Outcome, Refused, Route

PARTITIONS = 4


def decode(value: bytes | None) -> Any:
    if value is None or value == b"poison":
        raise ValueError("expected a word, found poison")
    return value.decode()


def encode(record: Any) -> bytes:
    return json.dumps(record, sort_keys=True).encode()


class Counting:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        self.counts = {key: int(value) for key, value in entries}

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        changes: dict[str, bytes | None] = {}
        emits, refused = [], []
        for one in batch:
            if one.record == "raises":
                raise RuntimeError("this record makes the stage raise")
            if one.record.startswith("slow"):
                time.sleep(0.001)
            if one.record == "refused":
                refused.append(Refused(one, "this word is refused"))
                continue
            self.counts[one.record] = count = self.counts.get(one.record, 0) + 1
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


def main(bootstrap: str, app_id: str, prefix: str, data: str, *more: str) -> None:
    if "HOLD" in os.environ:
        hold_between_state_and_marker(Path(os.environ["HOLD"]))
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
