"""Publishes feed records: records go in, acknowledged messages in the feed topics come out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from types import TracebackType
from typing import Any

from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata

from schemas.codec import encode
from schemas.topics.reach import PATIENCE
from streams.facts.received import Article, DocketEntry, Position, Progress
from streams.feeds.documents import BadItem
from streams.feeds.kinds import topic_of_kind

_UNSENT_LIMIT = 10_000


def address_of(record: Any) -> tuple[str, str]:
    """Feed topic and key of a record."""
    match record:
        case Position():
            return "flights.positions", record.icao24
        case DocketEntry():
            return "court.docket-entries", f"{record.court_id}/{record.docket_number}"
        case Article():
            return "news.articles", record.article_id
        case Progress():
            key = f"{record.feed}/{record.scope}"
            # An outage has a key of its own: compaction must not let later progress replace it.
            begin = record.outage_from
            return "feed.progress", key if begin is None else f"{key}/{begin}"
    raise TypeError(f"{type(record).__name__} belongs to no feed topic")


def dead_letter(kind: str, bad: BadItem) -> tuple[str, str, bytes, list[tuple[str, bytes]]]:
    """Topic, key, value and headers of an item that could not be read.

    Text that UTF-8 has no bytes for, as half a surrogate pair, is replaced.
    """
    topic = topic_of_kind(kind)
    headers = [
        ("__connect.errors.topic", topic.encode()),
        ("__connect.errors.connector.name", kind.encode()),
        ("__connect.errors.stage", b"VALUE_CONVERTER"),
        ("__connect.errors.exception.class.name", b"BadItem"),
        ("__connect.errors.exception.message", str(bad).encode("utf-8", "replace")),
    ]
    value = json.dumps(asdict(bad), sort_keys=True).encode()
    key = f"{bad.name}/{bad.item}".encode("utf-8", "replace").decode()
    return f"{topic}.dlq", key, value, headers


class Publisher:
    """kafka-python's producer on the feed topics of one namespace. Use as a context manager."""

    def __init__(self, bootstrap_servers: str, *, prefix: str) -> None:
        self._prefix = prefix
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap_servers,
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",
            linger_ms=5,
            **PATIENCE,
        )
        self._unacknowledged: list[FutureRecordMetadata] = []
        self.counts: dict[str, int] = {}

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self._producer.close()

    def publish(self, records: Iterable[Any]) -> None:
        """Send records to their topics. ``flush`` makes sure that they arrived."""
        for record in records:
            topic, key = address_of(record)
            self._send(topic, key, encode(record))

    def refuse(self, kind: str, bad: BadItem) -> None:
        """Put an item that could not be read among the dead letters of its KIND's topic."""
        topic, key, value, headers = dead_letter(kind, bad)
        self._send(topic, key, value, headers)

    def flush(self) -> None:
        """Wait until the broker has acknowledged everything; raises what it refused."""
        self._producer.flush()
        for future in self._unacknowledged:
            future.get(timeout=30)
        self._unacknowledged.clear()

    def _send(
        self,
        topic: str,
        key: str,
        value: bytes,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> None:
        future = self._producer.send(
            self._prefix + topic, key=key.encode(), value=value, headers=headers or []
        )
        self._unacknowledged.append(future)
        self.counts[topic] = self.counts.get(topic, 0) + 1
        if len(self._unacknowledged) >= _UNSENT_LIMIT:
            self.flush()
