"""Faust's consumer, delivering each (partition, fetch) as one message: a batch of records.

Faust spends an asyncio task on every message it delivers; a message that holds a whole fetch
costs that once. What a batch needs to stay correct:

- a batch is acknowledged as a range, and what is committed is the end of the contiguous
  acknowledged prefix (``offsets``);
- acknowledgements of an earlier generation count for nothing (Faust also acknowledges messages
  that it skipped after a rebalance);
- after recovery Faust resumes partitions, then seeks, then empties the agents' queues: the
  partitions are held until all of that is done, or a batch that came early would be lost;
- a changelog's records follow on each other without a hole, like everything else;
- partitions are given up only when the batch at work is done and committed (``lease``).

Changelogs and other topics that no agent asked for in batches stay per record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage
from mode.utils.futures import notify

from streams.host.consumer_thread import ConsumerThread
from streams.host.offsets import Misplaced, Offsets, Range

log = logging.getLogger(__name__)


class BatchMessage(ConsumerMessage):
    """A Faust message whose value is the list of a fetch's records, and whose offset the last's."""

    __slots__ = ("range",)
    range: Range


class BatchConsumer(driver.Consumer):
    """The consumer that delivers batches for the topics in ``app.batch_topics``."""

    _thread: ConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.offsets = Offsets()
        self._held: set[Any] = set()
        self._sought = False
        self.app: Any
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> Any:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

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
        again: dict[Any, int] = {}
        for partition, records, taken in self._in_order(fetched, again):
            if not self.flow_active or self.app.consumer_generation_id != generation:
                break
            if not (
                active is None or partition in active or partition in self._buffered_partitions
            ):
                # Not ours to deliver now: come back to it.
                again[partition] = self.offsets.put_back(partition, taken)
                continue
            self.app.monitor.track_tp_end_offset(partition, self.highwater(partition))
            for message in self._messages(partition, records, taken, generation):
                yield partition, message
        for partition, offset in again.items():
            await self._seek(partition, offset)

    def _in_order(
        self, fetched: Any, again: dict[Any, int]
    ) -> Iterator[tuple[Any, list[Any], Range]]:
        """Fetches that follow on what was delivered before; others are to be sought again."""
        for partition, (before, after, records) in fetched.items():
            if not records:
                continue
            first, last = records[0].offset, records[-1].offset
            taken = self.offsets.take(partition, before, first, last, after)
            if isinstance(taken, Misplaced):
                again[partition] = taken.offset
            else:
                yield partition, records, taken

    def _messages(
        self, partition: Any, records: list[Any], taken: Range, generation: int
    ) -> Iterator[BatchMessage]:
        if self._is_batched(partition):
            self.offsets.deliver(partition, taken)
            yield self._message(partition, records[-1], records, taken, generation)
            return
        following = [one.offset for one in records[1:]] + [taken.next]
        for one, until in zip(records, following, strict=True):
            alone = Range(one.offset, until, taken.sitting)
            if self.app.topics.acks_enabled_for(partition.topic):
                self.offsets.deliver(partition, alone)
            yield self._message(partition, one, None, alone, generation)

    def _message(
        self, partition: Any, last: Any, batch: list[Any] | None, taken: Range, generation: int
    ) -> BatchMessage:
        one: Any = self._to_message(partition, last)
        # A changelog's last record stands for the markers behind it too, or recovery under
        # exactly_once would wait for offsets that are no records.
        is_changelog = self._is_changelog_tp(partition)
        message = BatchMessage(
            one.topic,
            one.partition,
            taken.next - 1 if is_changelog else one.offset,
            one.timestamp,
            one.timestamp_type,
            one.headers,
            one.key,
            one.value if batch is None else cast("Any", batch),
            one.checksum,
            one.serialized_key_size,
            one.serialized_value_size,
            partition,  # aiokafka's own object: faust.TP breaks the transactional commit
            generation_id=generation,
        )
        message.range = taken
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
        return self.offsets.committable(tp)

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Do nothing: ranges already cover gaps, and Faust's would merge batches in flight."""

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
            self.offsets.forget(partition)

    def pause_partitions(self, tps: Any) -> None:
        """Pause them; what was held is no longer to be let go."""
        self._held -= set(tps)
        super().pause_partitions(tps)

    def resume_partitions(self, tps: Any) -> None:
        """Resume changelogs; hold what agents read until recovery is over."""
        sources = {one for one in tps if not self._is_changelog_tp(one)}
        self._held |= sources
        self._sought = False
        super().resume_partitions(set(tps) - sources)

    async def perform_seek(self) -> None:
        """Go to the committed offsets: a new sitting begins."""
        await super().perform_seek()
        committed = {
            one: at for one, at in self._committed_offset.items() if not self._is_changelog_tp(one)
        }
        changelogs = {one for one in self.assignment() if self._is_changelog_tp(one)}
        self.offsets.sit_down(committed, kept=changelogs)
        self._sought = True

    def resume_flow(self) -> None:
        """Let records flow; after recovery's seek, also those of the held partitions."""
        super().resume_flow()
        if self._sought:
            held, self._held = self._held, set()
            super().resume_partitions(held)

    async def seek_wait(self, partitions: Any) -> None:
        """Go to offsets (of changelogs, for recovery) and wait for it."""
        for partition, offset in partitions.items():
            self.offsets.sought(partition, offset)  # first: a fetch under way must not undo it
        await super().seek_wait(partitions)

    async def seek(self, partition: Any, offset: int) -> None:
        """Go to an offset; what was in flight before it is forgotten."""
        self.offsets.sought(partition, offset)
        await super().seek(partition, offset)
