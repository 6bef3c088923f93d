"""Faust's transport, delivering each (partition, fetch) as one message: a batch of records.

Faust spends an asyncio task on every message it delivers; a message that holds a whole fetch
costs that once. What a batch needs to stay correct:

- a batch is acknowledged as a range ``[first, next)``; the committed offset is the end of the
  contiguous acknowledged prefix, right across gaps from compaction and transaction markers,
  because the consumer's own position before and after the fetch bounds the range;
- acknowledgements of an earlier generation count for nothing (Faust also acknowledges messages
  that it skipped after a rebalance);
- after recovery Faust resumes partitions before it seeks: they are held until it has sought;
- partitions are given up only when the batch at work is done and committed (``lease``).

Changelogs and other topics that no agent asked for in batches stay per record.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, cast

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage
from mode.utils.futures import notify

from streams.host.lease import AtWork

log = logging.getLogger(__name__)


@dataclass(slots=True, weakref_slot=True)
class Range:
    """Offsets ``[first, next)`` of one delivered batch."""

    first: int
    next: int
    sitting: int = 0
    """In which of the consumer's sittings it was delivered."""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What an agent iterates over: one fetch of one partition."""

    topic: str
    partition: int
    first_offset: int
    last_offset: int
    """Offset of the last record; the range acknowledged also covers the gap after it."""
    records: list[Any]
    """aiokafka's records: ``offset``, ``key``, ``value`` (bytes), ``timestamp``, ``headers``."""


class BatchMessage(ConsumerMessage):
    """A Faust message whose value is the list of a fetch's records, and whose offset the last's."""

    __slots__ = ("range",)
    range: Range


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    """Adds the consumer's position before and after each fetch to what it fetched."""

    async def _fetch_records(
        self, consumer: Any, active_partitions: Any, timeout: Any = None, max_records: Any = None
    ) -> Any:
        subscription = consumer._subscription.subscription
        assignment = subscription.assignment if subscription else None

        def position(partition: Any) -> int | None:
            try:
                state = assignment.state_value(partition) if assignment else None
            except KeyError:
                return None
            return None if state is None else state._position

        before = {one: position(one) for one in active_partitions or ()}
        fetched = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        return {one: (before.get(one), position(one), found) for one, found in fetched.items()}

    async def is_member(self, generation_id: int) -> bool | None:
        """Ask the group; None if it could not be asked. Runs on this thread's loop."""
        coordinator = self._ensure_consumer()._coordinator
        if coordinator.generation == generation_id and await coordinator._do_heartbeat():
            return True
        return None if coordinator.generation == generation_id else False


class BatchConsumer(driver.Consumer):
    """The consumer that delivers batches for the topics in ``app.batch_topics``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._ranges: dict[Any, deque[Range]] = defaultdict(deque)
        self._expected: dict[Any, int] = {}
        self._held: set[Any] = set()
        self.sitting = 0
        """Counts the seeks to committed offsets: what came before one may come again."""
        self.app: Any
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> Any:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _is_batched(self, partition: Any) -> bool:
        return partition.topic in self.app.batch_topics

    async def getmany(self, timeout: float) -> AsyncIterator[Any]:
        """Deliver what one fetch brought: a batch a partition, or single messages."""
        fetched, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if fetched is None or self.should_stop:
            return
        if not self.flow_active:
            try:
                await self.perform_seek()
            except Exception as error:
                log.warning("seek while the flow is stopped: %r", error)
            return
        misplaced: dict[Any, int] = {}
        for partition, records, following in self._in_order(fetched, misplaced):
            if not self.flow_active or self.app.consumer_generation_id != generation:
                break
            if not (
                active is None or partition in active or partition in self._buffered_partitions
            ):
                # Not ours to deliver now: come back to it.
                self._expected[partition] = misplaced[partition] = records[0].offset
                continue
            self.app.monitor.track_tp_end_offset(partition, self.highwater(partition))
            message = self._batch_message(partition, records, following, generation)
            if self.app.topics.acks_enabled_for(partition.topic):
                self._ranges[partition].append(message.range)
            yield partition, message
        for partition, offset in misplaced.items():
            await self._seek(partition, offset)

    def _in_order(
        self, fetched: Any, misplaced: dict[Any, int]
    ) -> Iterator[tuple[Any, list[Any], int]]:
        """Groups of records that follow on what was delivered before; others are sought again."""
        for partition, (before, after, records) in fetched.items():
            if not records:
                continue
            if not self.app.topics.acks_enabled_for(partition.topic):
                for record in records:
                    yield partition, [record], record.offset + 1
                continue
            first, last = records[0].offset, records[-1].offset
            expected = self._expected.get(partition)
            if expected is not None and (
                first < expected or (before not in (None, expected) and first != expected)
            ):
                log.warning("%s: expected offset %s, fetched %s", partition, expected, first)
                misplaced[partition] = expected
                continue
            following = after if after is not None and after > last else last + 1
            self._expected[partition] = following
            if self._is_batched(partition):
                yield partition, records, following
            else:
                for record in records[:-1]:
                    yield partition, [record], record.offset + 1
                yield partition, records[-1:], following

    def _batch_message(
        self, partition: Any, records: list[Any], following: int, generation: int
    ) -> BatchMessage:
        last: Any = self._to_message(partition, records[-1])
        message = BatchMessage(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp,
            last.timestamp_type,
            last.headers,
            last.key,
            cast("Any", records) if self._is_batched(partition) else last.value,
            last.checksum,
            last.serialized_key_size,
            last.serialized_value_size,
            partition,  # aiokafka's own object: faust.TP breaks the transactional commit
            generation_id=generation,
        )
        message.range = Range(records[0].offset, following, self.sitting)
        return message

    def ack(self, message: Any) -> bool:
        """Mark a batch as done; one of an earlier generation counts for nothing."""
        if message.acked:
            return False
        message.acked = True
        try:
            if message.generation_id != self.app.consumer_generation_id:
                return False
            if not self.app.topics.acks_enabled_for(message.topic):
                return False
            message.range.done = True
            self._unacked_messages.discard(message)
            self._n_acked += 1
            # The partition must be known here, or the commit never visits it.
            self._acked[message.tp]
            return True
        finally:
            notify(self._waiting_for_ack)

    def _new_offset(self, tp: Any) -> int | None:
        """Return the end of the contiguous acknowledged prefix, or None if it did not move."""
        ranges = self._ranges[tp]
        offset = None
        while ranges and ranges[0].done:
            offset = ranges.popleft().next
        return offset

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Do nothing: ranges already cover gaps, and Faust's would merge batches in flight."""

    _thread: _ConsumerThread

    async def is_member(self, generation_id: int) -> bool | None:
        """Whether the group still knows this worker in this generation; None if unknown."""
        asked = asyncio.run_coroutine_threadsafe(
            self._thread.is_member(generation_id), self._thread.thread_loop
        )
        return await asyncio.wrap_future(asked)

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Finish and commit the batch at work; then forget what is no longer ours."""
        if not self.should_stop and revoked:
            self.stop_flow()  # no further batch begins
            self.app.flow_control.suspend()
            await self.app.at_work.finished()
            await self.maybe_wait_for_commit_to_finish()
            await self.commit_and_end_transactions()
        await super().on_partitions_revoked(revoked)
        for partition in revoked:
            self._ranges.pop(partition, None)
            self._expected.pop(partition, None)

    def resume_partitions(self, tps: Any) -> None:
        """Resume changelogs; hold what agents read until the seek after recovery is done."""
        sources = {one for one in tps if not self._is_changelog_tp(one)}
        self._held |= sources
        super().resume_partitions(set(tps) - sources)

    async def perform_seek(self) -> None:
        """Go to the committed offsets, then let the held partitions go."""
        self._ranges.clear()
        self._expected.clear()
        await super().perform_seek()
        self.sitting += 1
        self._ranges.clear()
        self._expected = {one: offset for one, offset in self._committed_offset.items() if offset}
        held, self._held = self._held, set()
        super().resume_partitions(held)

    async def seek(self, partition: Any, offset: int) -> None:
        """Go to an offset; what was in flight before it is forgotten."""
        self._ranges.pop(partition, None)
        self._expected.pop(partition, None)
        await super().seek(partition, offset)


class BatchTransport(driver.Transport):
    """aiokafka's transport with the consumer that delivers batches."""

    Consumer = BatchConsumer


class BatchSchema(faust.Schema[Any, Any]):
    """Gives agents a ``Batch`` of records as they came: the host decodes them."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002
        """Return no key: each record of the batch has its own."""
        return None

    def loads_value(self, app: Any, message: Any, **_: Any) -> Batch:  # noqa: ARG002
        """Return the batch."""
        records = message.value
        return Batch(
            message.topic,
            message.partition,
            records[0].offset,
            records[-1].offset,
            records,
        )


class BatchApp(faust.App):
    """A Faust app whose agents read ``batch_topics`` by the fetch."""

    consumer: BatchConsumer
    batch_topics: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at_work = AtWork()

    def _new_transport(self) -> Any:
        return BatchTransport(self.conf.broker_consumer, self, loop=self.loop)
