"""The sink's loop: what a consumer fetches goes to its partition's lane, and batches on their way.

Each partition has a lane; each batch goes its way by ``sinks.carrier``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import IllegalStateError, KafkaError

from deploy.errors import StackError
from sinks.account import Account
from sinks.carrier import Carrier, MovedError
from sinks.lane import Lane, Span
from sinks.limits import Limits
from sinks.tables import Table

_POLL_MS = 100
_IDLE_S = 0.02
_SLICE = 20_000
_STATUS_EVERY_S = 1.0
_ASKED_S = 10
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clients:
    """What the sink asks the broker with."""

    consumer: AIOKafkaConsumer
    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient


class Loop(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka's class has no types
    """Fetch, hand to lanes, send batches on their way, follow rebalances, until told to stop."""

    def __init__(
        self, wanted: dict[str, Table], group: str, limits: Limits, status_path: Path | None
    ) -> None:
        self._tables = wanted
        self._group = group
        self._limits = limits
        self._status_path = status_path
        self.account = Account()
        """What is carried and what holds it up, as `status` tells."""
        self._lanes: dict[TopicPartition, Lane] = {}
        self._tasks: dict[TopicPartition, asyncio.Task[None]] = {}
        self._moving = True
        """A rebalance is under way: what is fetched now is dropped, and fetched again after it."""
        self._assigned: dict[TopicPartition, Lane] | None = None
        """The lanes of a new assignment, until the loop takes them up."""
        self._status_due = 0.0

    async def carry(self, clients: Clients, carrier: Carrier, stopping: asyncio.Event) -> None:
        """Carry until told to stop; then finish the inserts in flight, but not for ever."""
        self._consumer, self._admin = clients.consumer, clients.admin
        self._carrier, self._stopping = carrier, stopping
        self._consumer.subscribe(list(self._tables), listener=self)
        try:
            while not stopping.is_set():
                await self._once()
        except StackError as error:  # `status` says it while nobody carries
            self.account.held_up(self._group, str(error), time.time())
            raise
        finally:
            await self._finish(list(self._lanes))
            self._write_status(time.monotonic(), force=True)

    async def _once(self) -> None:
        """Fetch once and send on what is due. Raises what a batch's task raised."""
        for task in [task for task in self._tasks.values() if task.done()]:
            task.result()
        self._take_up()
        open_lanes = self._open()
        if self._moving or not open_lanes:  # all lanes full: memory is bounded
            await asyncio.sleep(_IDLE_S)
            fetched = {}
        else:
            # Records are unpacked in this loop, where heartbeats run too: a slice at a time.
            fetched = await self._consumer.getmany(
                *open_lanes, timeout_ms=_POLL_MS, max_records=_SLICE
            )
        now = time.monotonic()
        if not self._moving:
            for at, records in fetched.items():
                self._lanes[at].add(records, now)
        positions = await self._positions()
        if not self._moving:
            for at, position in positions.items():
                self._lanes[at].reached(position)
            self._send_on(now)
        self._write_status(now)

    def _take_up(self) -> None:
        """Begin the lanes of a new assignment.

        Here and not in the listener: only so does nothing fetched before the seek come after it.
        """
        if self._assigned is None:
            return
        self._lanes, self._assigned = self._assigned, None
        for at, lane in self._lanes.items():
            self._consumer.seek(at, lane.start)
        self._moving = False

    async def _positions(self) -> dict[TopicPartition, int]:
        """Where the fetching of partitions is whose pending span has not come whole yet."""
        waiting = [at for at, lane in self._lanes.items() if lane.pending is not None]
        try:
            return {at: await self._consumer.position(at) for at in waiting}
        except IllegalStateError:  # a rebalance has come in between
            return {}

    def _open(self) -> list[TopicPartition]:
        """Partitions that may be fetched."""
        held = sum(lane.buffered_bytes for lane in self._lanes.values())
        most = self._limits.lane_bytes if held < self._limits.total_bytes else 1
        return [
            at
            for at, lane in self._lanes.items()
            if lane.buffered_bytes < most or lane.pending is not None
        ]

    def _send_on(self, now: float) -> None:
        limits = self._limits
        for at, lane in self._lanes.items():
            if not lane.due(
                now,
                linger_s=limits.linger_s,
                most_rows=limits.batch_rows,
                most_bytes=limits.batch_bytes,
            ):
                continue
            batch = lane.cut(now, most_rows=limits.batch_rows)
            if batch is None:
                continue
            lane.busy = True
            table = self._tables[at.topic]
            task = asyncio.create_task(self._carrier.carry(table, at, lane, batch))
            task.add_done_callback(partial(self._done, at, lane))
            self._tasks[at] = task

    def _done(self, at: TopicPartition, lane: Lane, task: asyncio.Task[None]) -> None:
        lane.busy = False
        if task.cancelled() or isinstance(task.exception(), MovedError):
            lane.revoked = True
            lane.drop()
            if self._tasks.get(at) is task:
                del self._tasks[at]
        elif task.exception() is None and self._tasks.get(at) is task:
            del self._tasks[at]

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Drop what was not inserted, wait for inserts in flight, but not for ever."""
        self._moving = True
        self._assigned = None
        await self._finish(list(revoked))

    async def _finish(self, partitions: list[TopicPartition]) -> None:
        lanes = [self._lanes.pop(at) for at in partitions if at in self._lanes]
        for lane in lanes:
            lane.revoked = True
            lane.drop()
        tasks = [self._tasks[at] for at in partitions if at in self._tasks]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._limits.revoke_wait_s)
            for task in late:
                task.cancel()
        for lane in lanes:
            lane.abandoned = True

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin each lane where its last owner committed, with what that one left pending."""
        partitions = list(assigned)
        while not self._stopping.is_set():
            try:
                async with asyncio.timeout(_ASKED_S):
                    lanes = await self._begun(partitions)
                break
            except (KafkaError, OSError) as error:  # aiokafka would log it and go on without lanes
                self.account.held_up(self._group, f"Kafka, its offsets: {error!r}", time.time())
                await asyncio.sleep(self._limits.backoff_s[0])
        else:
            return
        self.account.held.clear()
        self._assigned = lanes

    async def _begun(self, partitions: list[TopicPartition]) -> dict[TopicPartition, Lane]:
        if not partitions:
            return {}
        committed = await self._admin.list_consumer_group_offsets(
            self._group, partitions=partitions
        )
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        lanes: dict[TopicPartition, Lane] = {}
        for at in partitions:
            found = committed.get(at)
            if found is None or not begins[at] <= found.offset <= ends[at]:
                lanes[at] = Lane(begins[at], end=ends[at])
            else:
                pending = Span.from_metadata(found.metadata)
                lanes[at] = Lane(found.offset, pending, end=ends[at])
        return lanes

    def _write_status(self, now: float, *, force: bool = False) -> None:
        if self._status_path is None or (now < self._status_due and not force):
            return
        self._status_due = now + _STATUS_EVERY_S
        if self._lanes and not self._moving:
            lag: dict[str, int] = dict.fromkeys(sorted({at.topic for at in self._lanes}), 0)
            for at, lane in self._lanes.items():
                lane.end = max(lane.end, self._consumer.highwater(at) or 0)
                lag[at.topic] += lane.end - lane.committed
            self.account.lag = lag
        try:
            self.account.write(self._status_path, time.time())
        except OSError as error:
            _LOG.warning("the status file cannot be written: %s", error)
