"""One batch's way from a lane to its table, and the order of steps that loses and doubles nothing.

decode, write the pending span into the group's offset metadata, insert, put the bad records into
the dead letters and have them acknowledged, commit. A crash after any step is made good by the
lane's next owner, who replays the pending span with the same token.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    IllegalStateError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from sinks import dead_letters
from sinks.account import Account
from sinks.columns import Bad, Block, block
from sinks.lane import Batch, Lane
from sinks.limits import Limits, Quarantine
from sinks.tables import Table
from sinks.warehouse import UNAVAILABLE, Warehouse, reason_of

REFUSED_BY = "sink"
DECODING = "VALUE_CONVERTER"
_LOG = logging.getLogger(__name__)

_MOVED = (
    CommitFailedError,
    IllegalGenerationError,
    IllegalStateError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
"""What a commit raises once the group's generation has moved on without us."""

T = TypeVar("T")
Step = Literal["decoded", "pending recorded", "inserted", "buried", "committed"]
Probe = Callable[[Step, TopicPartition], None]
"""Called after each step: tests crash there."""


def no_probe(step: Step, partition: TopicPartition) -> None:
    """Nothing."""


class MovedError(Exception):
    """The partition went to another consumer: the batch is that one's now."""


@dataclass(slots=True)
class Carrier:
    """Carries batches. One per sink; it runs in the sink's event loop."""

    consumer: AIOKafkaConsumer
    producer: AIOKafkaProducer
    warehouse: Warehouse
    account: Account
    limits: Limits
    pool: ThreadPoolExecutor
    uuids: dict[str, str]
    """Kafka's UUID of each topic, with its prefix: a topic made anew uses its offsets again."""
    generation: int = 0
    probe: Probe = no_probe
    _quarantines: dict[TopicPartition, Quarantine] = field(default_factory=dict)

    async def carry(self, table: Table, at: TopicPartition, lane: Lane, batch: Batch) -> None:
        """Carry one batch to its end.

        Raises MovedError if its partition was taken away, TooManyBadRecordsError, or whatever is
        a fault of ours. While ClickHouse is away it holds its place.
        """
        decoded = await self._threaded(
            lambda: block(table, batch.records, generation=self.generation)
        )
        self._judge(at, batch, decoded.bad)
        self.probe("decoded", at)
        await self._commit(at, lane, batch.span.first, batch.span.as_metadata())
        self.probe("pending recorded", at)
        span = batch.span
        token = f"{self.uuids[at.topic]}:{at.partition}:{span.first}-{span.last}"
        await self._insert(at, lane, decoded, token)
        self.probe("inserted", at)
        await self._bury(decoded.bad)
        self.probe("buried", at)
        await self._commit(at, lane, batch.following, "")
        lane.committed = batch.following
        self.account.rows[table.name] += decoded.rows
        self.account.dead_letters.update(bad.record.topic for bad in decoded.bad)
        self.probe("committed", at)

    def _judge(self, at: TopicPartition, batch: Batch, bad: list[Bad]) -> None:
        offsets = {one.record.offset for one in bad}
        quarantine = self._quarantines.setdefault(at, Quarantine(self.limits))
        quarantine.see(
            f"{at.topic}, partition {at.partition}, offsets {batch.span.first} to "
            f"{batch.span.last}",
            [record.offset in offsets for record in batch.records],
            str(bad[-1].error) if bad else "",
        )

    async def _insert(self, at: TopicPartition, lane: Lane, decoded: Block, token: str) -> None:
        """Insert, for as long as it takes. The token makes a repeated insert harmless."""
        pause, longest = self.limits.backoff_s
        while True:
            if lane.abandoned:
                raise MovedError
            try:
                conflicts = await self._threaded(lambda: self.warehouse.conflicts(decoded))
                await self._threaded(lambda: self.warehouse.insert(decoded, token))
            except UNAVAILABLE as error:
                if lane.revoked:  # the next owner will try again
                    raise MovedError from error
                reason = reason_of(error)
                said = f"ClickHouse, {decoded.table.name}: {reason}"
                self.account.held_up(_name(at), said, time.time())
                _LOG.warning("insert into %s failed, trying again: %s", decoded.table.name, reason)
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
            else:
                self.account.gets_on(_name(at))
                if conflicts:
                    self.account.conflicts[decoded.table.name] += conflicts
                    _LOG.error(
                        "%s: %d records came with an id and revision that other bytes have: "
                        "see the table sink_conflicts",
                        decoded.table.name,
                        conflicts,
                    )
                return

    async def _bury(self, bad: list[Bad]) -> None:
        """Put bad records into the dead letters and wait until the broker has them."""
        sent = []
        for one in bad:
            record = one.record
            sent.append(
                await self.producer.send(
                    dead_letters.dead_letter_topic(record.topic),
                    value=record.value,
                    key=record.key,
                    headers=dead_letters.headers(
                        topic=record.topic,
                        partition=record.partition,
                        offset=record.offset,
                        refused_by=REFUSED_BY,
                        stage=DECODING,
                        error=one.error,
                        original=record.headers or (),
                    ),
                )
            )
        await asyncio.gather(*sent)

    async def _commit(self, at: TopicPartition, lane: Lane, offset: int, metadata: str) -> None:
        """Commit, fenced by the group's generation. Raises MovedError if the lane is not ours."""
        while True:
            if lane.abandoned:
                raise MovedError
            try:
                await self.consumer.commit({at: (offset, metadata)})
            except _MOVED as error:
                raise MovedError from error
            except KafkaError as error:
                if not error.retriable:
                    raise
                self.account.held_up(_name(at), f"Kafka, commit: {error!r}", time.time())
                await asyncio.sleep(self.limits.backoff_s[0])
            else:
                self.account.gets_on(_name(at))
                return

    async def _threaded(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)


def _name(at: TopicPartition) -> str:
    return f"{at.topic}/{at.partition}"
