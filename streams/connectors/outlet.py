"""The way into Kafka: messages go in, and it returns once the broker has acknowledged them all."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from schemas.topics.reach import PATIENCE

_POLL_MS = 500
_BLOCK_MS = 5_000
_REQUEST_MS = 10_000
_DELIVERY_MS = 30_000
_LET_GO_S = 60
_SILENT_S = 30.0
_LOG = logging.getLogger(__name__)


class OutletError(Exception):
    """Kafka did not acknowledge: the messages may be there or not, and must be sent again."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``topic`` is the catalogue's name, without a namespace's prefix."""

    topic: str
    key: str
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = field(default=())


class Outlet:
    """One idempotent producer for all feeds of a process.

    A producer that failed to deliver is not trusted again: kafka-python's idempotent producer loses
    its id when a batch expires, does not ask for another, and delivers nothing ever after.
    """

    def __init__(self, bootstrap_servers: str, *, prefix: str) -> None:
        """Raises KafkaError if there is no broker."""
        self._servers, self._prefix = bootstrap_servers, prefix
        self._producer = self._made()
        self._distrusted: KafkaProducer | None = None
        # One thread: send() blocks when Kafka is away, and messages must keep their order.
        self._sender = ThreadPoolExecutor(1, "outlet")

    def _made(self, **patience: int) -> KafkaProducer:
        return KafkaProducer(
            bootstrap_servers=self._servers,
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",
            linger_ms=2,
            max_block_ms=_BLOCK_MS,
            request_timeout_ms=_REQUEST_MS,
            delivery_timeout_ms=_DELIVERY_MS,
            max_request_size=16 << 20,
            **{**PATIENCE, **patience},
        )

    def _trusted(self) -> KafkaProducer:
        """The producer; a new one in place of one that failed. Raises KafkaError without broker."""
        if self._distrusted is self._producer:
            failed, self._producer = self._producer, self._made(bootstrap_timeout_ms=_BLOCK_MS)
            # Waits until what it still holds has expired.
            threading.Thread(target=_let_go, args=(failed, _LET_GO_S), daemon=True).start()
        return self._producer

    async def send(self, messages: Sequence[Message], *, within_s: float = 45) -> None:
        """Send, and wait for every acknowledgement. Raises OutletError."""
        if not messages:
            return
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        left = len(messages)

        def settle(error: Any) -> None:
            nonlocal left
            left -= 1
            if done.done():
                return
            if error is not None:
                done.set_exception(OutletError(f"Kafka: {type(error).__name__}: {error}"))
            elif left == 0:
                done.set_result(None)

        def report(error: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, error)

        def failed(producer: KafkaProducer, error: Any) -> None:
            self._distrusted = producer
            report(error)

        def push() -> None:
            for message in messages:
                if done.done():  # given up meanwhile, and sent again by whoever gave up
                    return
                try:
                    producer = self._trusted()
                except KafkaError as error:
                    report(error)
                    return
                try:
                    future = producer.send(
                        self._prefix + message.topic,
                        key=message.key.encode(),
                        value=message.value,
                        headers=list(message.headers),
                    )
                except (AssertionError, ValueError, MessageSizeTooLargeError) as error:
                    report(error)
                    return
                except KafkaError as error:
                    failed(producer, error)
                    return
                future.add_callback(lambda _: report(None))
                future.add_errback(partial(failed, producer))

        self._sender.submit(push)
        try:
            async with asyncio.timeout(within_s):
                await done
        except TimeoutError:
            self._distrusted = self._producer
            raise OutletError(f"Kafka: no acknowledgement within {within_s:g} s") from None

    def close(self) -> None:
        """Let go of the broker."""
        self._sender.shutdown(wait=False, cancel_futures=True)
        _let_go(self._producer, 5)


def _let_go(producer: KafkaProducer, within_s: float) -> None:
    try:
        producer.close(timeout=within_s)
    except KafkaError as error:  # what it holds was reported as not delivered, or will be
        _LOG.warning("a producer was let go with messages not delivered: %s", error)


def newest_by_key(bootstrap_servers: str, topic: str) -> dict[str, Any]:
    """The last JSON value of each key of a topic of one partition; nothing of a missing topic.

    Raises KafkaError.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers, enable_auto_commit=False, **PATIENCE
    )
    found: dict[str, Any] = {}
    try:
        if not consumer.partitions_for_topic(topic):
            return found
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        consumer.seek_to_beginning(part)
        end = consumer.end_offsets([part])[part]
        heard = time.monotonic()
        while consumer.position(part) < end:
            messages = consumer.poll(timeout_ms=_POLL_MS).get(part, [])
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > _SILENT_S:
                at = consumer.position(part)
                raise KafkaTimeoutError(f"{topic} ends at {end}: nothing came after {at}")
            for message in messages:
                key = message.key.decode()
                if message.value is None:
                    found.pop(key, None)
                else:
                    found[key] = json.loads(message.value)
    finally:
        consumer.close()
    return found
