"""The way into Kafka: messages go in, and it returns once the broker has acknowledged them all."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

_POLL_MS = 500
_BLOCK_MS = 5_000
_DELIVERY_MS = 30_000
_RENEW_AFTER_S = 120.0


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
    """One idempotent producer for all feeds of a process."""

    def __init__(self, bootstrap_servers: str, *, prefix: str) -> None:
        """Raises KafkaError if there is no broker."""
        self._servers, self._prefix = bootstrap_servers, prefix
        self._producer = self._made()
        self._failing_since: float | None = None
        # One thread: send() blocks when Kafka is away, and messages must keep their order.
        self._sender = ThreadPoolExecutor(1, "outlet")

    def _made(self) -> KafkaProducer:
        return KafkaProducer(
            bootstrap_servers=self._servers,
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",
            linger_ms=2,
            max_block_ms=_BLOCK_MS,
            request_timeout_ms=10_000,
            delivery_timeout_ms=_DELIVERY_MS,
            max_request_size=16 << 20,
        )

    def _renew(self) -> None:
        """A producer that has failed for long may never recover: another takes its place."""
        now = time.monotonic()
        if self._failing_since is not None and now - self._failing_since > _RENEW_AFTER_S:
            fresh = self._made()
            self._producer.close(timeout=0)
            self._producer, self._failing_since = fresh, None

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

        def push() -> None:
            for message in messages:
                try:
                    self._renew()
                    future = self._producer.send(
                        self._prefix + message.topic,
                        key=message.key.encode(),
                        value=message.value,
                        headers=list(message.headers),
                    )
                except (KafkaError, AssertionError, ValueError) as error:
                    report(error)
                    return
                future.add_callback(lambda _: report(None))
                future.add_errback(report)

        self._sender.submit(push)
        try:
            async with asyncio.timeout(within_s):
                await done
            self._failing_since = None
        except OutletError:
            self._failing_since = self._failing_since or time.monotonic()
            raise
        except TimeoutError:
            self._failing_since = self._failing_since or time.monotonic()
            raise OutletError(f"Kafka: no acknowledgement within {within_s:g} s") from None

    def close(self) -> None:
        """Let go of the broker."""
        self._sender.shutdown(wait=False, cancel_futures=True)
        self._producer.close(timeout=5)


def newest_by_key(bootstrap_servers: str, topic: str) -> dict[str, Any]:
    """The last JSON value of each key of a topic of one partition; nothing of a missing topic.

    Raises KafkaError.
    """
    consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
    found: dict[str, Any] = {}
    try:
        if not consumer.partitions_for_topic(topic):
            return found
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        consumer.seek_to_beginning(part)
        end = consumer.end_offsets([part])[part]
        while consumer.position(part) < end:
            for message in consumer.poll(timeout_ms=_POLL_MS).get(part, []):
                key = message.key.decode()
                if message.value is None:
                    found.pop(key, None)
                else:
                    found[key] = json.loads(message.value)
    finally:
        consumer.close()
    return found
