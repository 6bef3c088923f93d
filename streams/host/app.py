"""The Faust app that hosts the stages: specifications go in, an app that can be run comes out.

For each batch, in this order: compute; publish the outputs and wait for the broker's word; write
the state's changes to the table and wait for its changelog's, then the marker likewise;
acknowledge the batch. A crash in between publishes the same records again, which is harmless.
An error of the world (broker, disk) ends the worker at once, with nothing of the batch committed.
Before each of the two writes the group must have confirmed this worker lately: see ``lease``.

``exactly_once`` as Faust's setting covers state and offsets, not outputs; exact results rest on
the order above.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faust
from kafka.partitioner.default import murmur2

from streams.host.lease import Lease, SupersededError
from streams.host.offsets import Range
from streams.host.running import Running, Work
from streams.host.state import MARKER
from streams.host.transport import Batch, BatchApp, BatchSchema
from streams.stages import ColumnStage, Emit, Route, Stage

log = logging.getLogger(__name__)

_SESSION_TIMEOUT_S = 10.0
# Of a session: how long the group's word counts, then how long the producer may try to deliver.
# Together less than one, so that nothing is delivered after another worker may have taken over.
_CONFIRMED_FOR = 0.25
_DELIVER_WITHIN = 0.7
_DELIVER_AT_LEAST_S = 5.0  # tests have short sessions on busy machines
_COMMIT_EVERY_S = 0.5
_FETCH_BYTES = 1024 * 1024
_BATCHES_IN_FLIGHT = 4


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage: its name, the topic it reads, and how to make it for a partition."""

    name: str
    topic: str
    factory: Callable[[int], Stage | ColumnStage]
    partitions: int
    columns: bool = False
    """Whether it reads frames of positions instead of records."""


class _AcknowledgedTable(faust.Table[bytes, bytes]):
    """A table that keeps the futures of its changelog records, so that they can be awaited."""

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        future = super().send_changelog(*args, **kwargs)
        self.__dict__.setdefault("unacknowledged", []).append(future)
        return future

    async def acknowledged(self) -> None:
        """Wait for the broker's word on every changelog record written so far."""
        futures = self.__dict__.pop("unacknowledged", [])
        await asyncio.gather(*futures)


class _Host:
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
        # Asking for one key makes RocksDB open the partition: after a rebalance that took it and
        # gave it back it may be closed, and a walk over all keys would silently leave it out.
        marker = self._table.get(mine + MARKER.encode())
        entries = [
            (key[len(mine) :].decode(), value)
            for key, value in self._table.items()
            if key.startswith(mine)
        ]
        if marker is not None and not any(key == MARKER for key, _ in entries):
            raise RuntimeError(
                f"{self._spec.name}: the state of partition {partition} could not be read whole"
            )
        return Running(
            self._spec.name,
            self._spec.topic,
            lambda: self._spec.factory(partition),
            entries,
            decode=self._decode,
            epoch=self._epoch,
            columns=self._spec.columns,
        )

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
                return ((murmur2(key.encode()) & 0x7FFFFFFF) % count,)

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


def build_app(
    *,
    app_id: str,
    bootstrap_servers: str,
    prefix: str,
    specs: Sequence[StageSpec],
    partitions_of: Callable[[str], int],
    decode: Callable[[bytes | None], Any],
    encode: Callable[[Any], bytes],
    epoch: int,
    data: Path,
    store: str = "memory://",
    web_port: int | None = None,
    processing_guarantee: str = "at_least_once",
    session_timeout_s: float = _SESSION_TIMEOUT_S,
    instance: str | None = None,
) -> BatchApp:
    """Make the app. ``partitions_of`` gives a topic's partition count by its catalogue name.

    ``decode`` raises ValueError for bytes that are no record. ``instance`` makes the worker a
    static member of its group: started again under the same name it gets its partitions back at
    once; two workers must never share a name.
    """
    settings: dict[str, Any] = {}
    if instance is not None:
        settings["consumer_group_instance_id"] = instance
        # Part of the group's protocol: if it changed with the port, the assignor would hang.
        settings["canonical_url"] = f"http://{instance}.worker:6066"
    app = BatchApp(
        app_id,
        broker="kafka://" + bootstrap_servers.replace(",", ";kafka://"),
        store=store,
        datadir=str(data),
        Table=_AcknowledgedTable,
        processing_guarantee=processing_guarantee,
        topic_replication_factor=1,
        topic_disable_leader=True,
        topic_allow_declare=True,
        broker_session_timeout=session_timeout_s,
        broker_heartbeat_interval=session_timeout_s / 4,
        # Also how long a takeover waits for a member that died while partitions moved.
        broker_rebalance_timeout=_SESSION_TIMEOUT_S,
        producer_request_timeout=max(session_timeout_s * _DELIVER_WITHIN, _DELIVER_AT_LEAST_S),
        broker_commit_interval=_COMMIT_EVERY_S,
        consumer_max_fetch_size=_FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=_BATCHES_IN_FLIGHT,
        stream_wait_empty=False,
        web_enabled=web_port is not None,
        web_host="127.0.0.1",
        web_bind="127.0.0.1",
        web_port=web_port or 6066,
        **settings,
    )
    app.batch_topics = frozenset(prefix + spec.topic for spec in specs)
    for spec in specs:
        table = app.Table(
            f"{spec.name}-state",
            key_type=bytes,
            value_type=bytes,
            partitions=spec.partitions,
        )
        host = _Host(
            app,
            spec,
            table,
            prefix=prefix,
            epoch=epoch,
            partitions_of=partitions_of,
            decode=decode,
            encode=encode,
            session_s=session_timeout_s,
        )
        topic = app.topic(
            prefix + spec.topic, schema=BatchSchema(), partitions=spec.partitions, allow_empty=True
        )
        app.agent(topic, name=spec.name)(host.consume)
    return app


def run(app: BatchApp) -> None:
    """Run a worker in the foreground until SIGTERM or SIGINT; then the process ends."""
    faust.Worker(app, loglevel="WARNING", redirect_stdouts=False).execute_from_commandline()
