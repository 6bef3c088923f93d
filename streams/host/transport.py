"""Faust by the fetch: a transport, a schema and an app whose agents iterate over batches.

The work is done by ``consumer``, which delivers each (partition, fetch) as one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver

from schemas.topics.reach import paced
from streams.host.consumer import BatchConsumer
from streams.host.lease import AtWork


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


class PacedProducer(driver.Producer):
    """Faust's producer, which pauses between looks for a broker that is away."""

    def _new_producer(self, transactional_id: str | None = None) -> Any:
        producer = super()._new_producer(transactional_id)
        paced(producer.client)
        return producer


class BatchTransport(driver.Transport):
    """aiokafka's transport with the consumer that delivers batches."""

    Consumer = BatchConsumer
    Producer = PacedProducer


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
