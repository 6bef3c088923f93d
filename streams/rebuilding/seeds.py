"""What the log has lost and the rebuild needs first: from the fetch archive, and from the table.

Positions stay in their topic for days only; the archive has every document. What feeds said of
their progress and outages is in no document: outages older than the log stand in ``feed_progress``,
and without them an 'unknown' would become a 'no'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from clickhouse_driver import Client
from kafka import KafkaProducer

from schemas.codec import encode
from schemas.topics.reach import PATIENCE
from sinks.facts import facts, text
from sinks.warehouse import at_database
from streams.addresses import Addresses
from streams.connectors.replaying import Archived
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.feeds.publish import Publisher, address_of
from streams.settings import Settings

PROGRESS = Path(__file__).with_name("progress_before.sql")
_SHOW_EVERY = 1_000


def from_archive(
    old: Settings,
    new: Settings,
    where: Addresses,
    cut: Mapping[str, int],
    *,
    tell: Callable[[str], None],
    show: Callable[[int], None],
) -> int:
    """Publish archived records of topics whose log lost its beginning, fetched before it; how many.

    They are logged now: of records that say the same the first stays, so that what was known when
    does not change.
    """
    wanted = {topic: since for topic, since in cut.items() if topic != "feed.progress"}
    if not wanted:
        return 0
    count = 0
    with Publisher(where.kafka, prefix=new.topic_prefix) as publisher:
        for record in Archived(old, where, kind=None, lane=None, tell=tell):
            since = wanted.get(address_of(record)[0])
            if since is None or (record.fetched_at or 0) > since:
                continue
            publisher.publish([record])
            count += 1
            if count % _SHOW_EVERY == 0:
                show(count)
    return count


def progress_from_table(new: Settings, where: Addresses, cut: Mapping[str, int]) -> int:
    """Publish what feeds said of their progress before the log begins, at its time; how many."""
    if "feed.progress" not in cut:
        return 0
    count = 0
    with KafkaProducer(bootstrap_servers=where.kafka, acks="all", **PATIENCE) as producer:
        for logged_at, one in _progress_before(new, where, cut["feed.progress"]):
            topic, key = address_of(one)
            producer.send(
                new.topic_prefix + topic,
                key=key.encode(),
                value=encode(one),
                timestamp_ms=logged_at,
            ).get(timeout=60)
            count += 1
    return count


def _progress_before(new: Settings, where: Addresses, since: int) -> Iterator[tuple[int, Progress]]:
    with Client.from_url(at_database(where.clickhouse, new.database)) as client:
        rows, columns = client.execute(
            PROGRESS.read_text(),
            {"since": text(Instant(min(since, _LATEST)))},
            with_column_types=True,
        )
    names = [name for name, _ in columns]
    at = names.index("logged_at")
    for row, one in zip(rows, facts(Progress, names, rows), strict=True):
        yield round(row[at].timestamp() * 1000), one


_LATEST = 4_102_444_800_000
"""The year 2100: what ClickHouse's and Python's times can hold."""
