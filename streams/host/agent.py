"""The agent that runs one stage: batches of its topic go in, outputs and state are written.

For each batch, in this order: compute; publish the outputs and wait for the broker's word; write
the state's changes to the table and wait for its changelog's, then the marker likewise;
acknowledge the batch. A crash in between publishes the same records again, which is harmless.
An error of the world (broker, disk) ends the worker at once, with nothing of the batch committed.
Before each of the two writes the group must have confirmed this worker lately: see ``lease``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import faust
from kafka.partitioner.default import murmur2

from streams.host.lease import Lease, SupersededError
from streams.host.offsets import Range
from streams.host.running import Running, Work
from streams.host.state import MARKER
from streams.host.transport import Batch, BatchApp
from streams.stages import ColumnStage, Emit, Route, Stage

log = logging.getLogger(__name__)

# Of a session: how long the group's word counts.
_CONFIRMED_FOR = 0.25


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage: its name, the topic it reads, and how to make it for a partition."""

    name: str
    topic: str
    factory: Callable[[int], Stage | ColumnStage]
    partitions: int
    columns: bool = False
    """Whether it reads frames of positions instead of records."""


class AcknowledgedTable(faust.Table[bytes, bytes]):
    """A table that keeps the futures of its changelog records, so that they can be awaited."""

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        """Send a change to the changelog; its future is kept."""
        future = super().send_changelog(*args, **kwargs)
        self.__dict__.setdefault("unacknowledged", []).append(future)
        return future

    async def acknowledged(self) -> None:
        """Wait for the broker's word on every changelog record written so far."""
        futures = self.__dict__.pop("unacknowledged", [])
        await asyncio.gather(*futures)


def partition_of(key: str, count: int) -> int:
    """Which of so many partitions a key belongs to, by Kafka's default partitioner."""
    return int(murmur2(key.encode()) & 0x7FFFFFFF) % count


class StageAgent:
    """Runs one stage on the partitions that are assigned here."""

    def __init__(
        self,
        app: BatchApp,
        spec: StageSpec,
        table: Any,
        *,
        prefix: str,
        epoch: int,
        partitions_of: Callable[[str], int],
        decode: Callable[[bytes | None], Any],
        encode: Callable[[Any], bytes],
        session_s: float,
    ) -> None:
        self._lease = Lease(
            lambda generation: app.consumer.is_member(generation),  # made when it starts
            fresh_s=session_s * _CONFIRMED_FOR,
            session_s=session_s,
        )
        self._app, self._spec, self._table = app, spec, table
        self._prefix, self._epoch, self._partitions_of = prefix, epoch, partitions_of
        self._decode, self._encode = decode, encode
        # By partition: the stage and its sitting; the sitting in which a batch was left; the last
        # batch that was done.
        self._running: dict[int, tuple[int, Running]] = {}
        self._left: dict[int, int] = {}
        self._done: dict[int, Range] = {}

    async def consume(self, stream: Any) -> None:
        """Work off the batches of a stream; the agent's body."""
        stream.enable_acks = False
        async for event in stream.events():
            with self._app.at_work.begun():
                try:
                    await self._batch(event.value, event.message)
                except SupersededError as superseded:
                    # Not acknowledged: it is delivered again to whoever has the partition next.
                    log.warning("stage %s left a batch: %s", self._spec.name, superseded)
                    continue
                except asyncio.CancelledError:
                    raise
                except BaseException:
                    # Faust would acknowledge the batch and go on: the worker ends instead.
                    traceback.print_exc()
                    sys.stderr.write(f"policy-events: stage {self._spec.name} ended the worker\n")
                    sys.stderr.flush()
                    os._exit(1)
                event.ack()

    async def _batch(self, batch: Batch, message: Any) -> None:
        partition, sitting = batch.partition, message.range.sitting
        generation, consumer = message.generation_id, self._app.consumer
        now = (self._app.consumer_generation_id, consumer.offsets.sitting)
        if not consumer.flow_active or now != (generation, sitting):
            self._left[partition] = sitting
            raise SupersededError(f"partition {partition} is being given up")
        if self._left.get(partition) == sitting:
            # Its records would meet a state that lacks those of the batch before.
            raise SupersededError(f"it follows one that was left in partition {partition}")
        self._assert_next(partition, message.range)
        # Left until it is done, whatever ends it, and no stage kept that may be half-way.
        self._left[partition] = sitting
        kept, running = self._running.pop(partition, (None, None))
        if running is None or kept != sitting:
            running = self._restored(partition)
        work = running.work(batch.records, message.range.next - 1)
        if work is not None:
            await self._publish(partition, work)
            await self._write(partition, generation, running, work)
            running.done(work)
        self._running[partition] = (sitting, running)
        self._done[partition] = message.range
        del self._left[partition]

    def _assert_next(self, partition: int, delivered: Range) -> None:
        """Raise RuntimeError if a batch between this one and the last did not get here."""
        done = self._done.get(partition)
        following = done.number + 1 if done and done.sitting == delivered.sitting else 0
        if delivered.number != following:
            raise RuntimeError(
                f"{self._spec.name}: partition {partition}: the batch before offset "
                f"{delivered.first} was delivered and did not arrive"
            )

    def _restored(self, partition: int) -> Running:
        mine = f"{partition}/".encode()

        def read(key: str) -> bytes | None:
            found: bytes | None = self._table.get(mine + key.encode())
            return found

        # Asking for one key makes RocksDB open the partition: after a rebalance that took it and
        # gave it back it may be closed, and a walk over all keys would silently leave it out.
        marker, found = read(MARKER), False

        def entries() -> Iterator[tuple[str, bytes]]:
            nonlocal found
            for key, value in self._table.items():
                if key.startswith(mine):
                    name = key[len(mine) :].decode()
                    found = found or name == MARKER
                    yield name, value

        running = Running(
            self._spec.name,
            self._spec.topic,
            lambda: self._spec.factory(partition),
            entries(),
            read,
            decode=self._decode,
            epoch=self._epoch,
            columns=self._spec.columns,
        )
        if marker is not None and not found:
            raise RuntimeError(
                f"{self._spec.name}: the state of partition {partition} could not be read whole"
            )
        return running

    async def _publish(self, partition: int, work: Work) -> None:
        send = self._app.producer.send
        sent = []
        for emit in work.emits:
            topic, value = self._prefix + emit.topic, self._encode(emit.record)
            key = emit.key.encode()
            for target in self._targets(emit, partition):
                sent += [await send(topic, key, value, target, None, None)]
        for dead in work.dead:
            sent += [await send(dead.target, dead.key, dead.value, 0, None, dead.headers)]
        await asyncio.gather(*sent)

    def _targets(self, emit: Emit, partition: int) -> Sequence[int]:
        count = self._partitions_of(emit.topic)
        match emit.route:
            case Route.SAME:
                return (partition,)
            case Route.ALL:
                return range(count)
            case Route.BY_KEY:
                key = emit.key if emit.partition_by is None else emit.partition_by
                return (partition_of(key, count),)

    async def _write(self, partition: int, generation: int, running: Running, work: Work) -> None:
        writes = list(running.state.writes(work.batch_end, work.changes))
        for stretch in (writes[:-1], writes[-1:]):  # the marker only after all the others
            await self._lease.confirm(generation)
            for key, value in stretch:
                name = f"{partition}/{key}".encode()
                if value is not None:
                    self._table[name] = value
                elif name in self._table:
                    del self._table[name]
            await self._table.acknowledged()
