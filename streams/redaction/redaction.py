"""``redact``: an id goes in; it is found, taken out everywhere, and a tombstone is left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaProducer, TopicPartition

from deploy.errors import StackError
from schemas.codec import CodecError, decode, decode_plain
from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE
from streams.addresses import Addresses
from streams.connectors.archive import Archive
from streams.connectors.delivery import tombstone_key
from streams.generations import generations, in_force
from streams.redaction import documents, tables
from streams.redaction.sought import Sought
from streams.redaction.topics import Topics
from streams.settings import Settings

TOMBSTONES = "feed.redactions"
_FEEDS = ("news.articles", "court.docket-entries")
_SPARED = ("flights.positions", "flights.legs", TOMBSTONES)
"""Topics that never hold words of courts and news."""
_PASSES = 4


@dataclass
class Redacted:
    """What was taken out."""

    records: int = 0
    """Feed records that bear the id."""
    messages: dict[str, int] = field(default_factory=dict)
    """Messages taken out, by topic."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows deleted, by table."""
    documents: dict[str, int] = field(default_factory=dict)
    """Fetches whose document went, by archive folder."""


def redact(
    settings: Settings,
    where: Addresses,
    wanted: str,
    *,
    reason: str,
    date: str,
    archives: list[Path],
    say: Callable[[str], None] = lambda _: None,
) -> Redacted:
    """Take it out of topics, tables and archives. Raises StackError, saying what is still there.

    Can be repeated: what an earlier try has taken out is not there any more.
    """
    missing = [str(folder) for folder in archives[1:] if not folder.is_dir()]
    if missing:
        raise StackError(f"the backup {missing[0]} is not there: redact cannot clean it")
    sought, result = Sought(wanted), Redacted()
    settings = in_force(settings, where.kafka)
    every = generations(settings)
    topics = Topics(where.kafka, _ours(every))
    try:
        topics.refuse_while_used([g for one in every for g in (one.worker_group, one.sink_group)])
        held = [Archive(folder, writing=True) for folder in archives]
        say("looking for it in the topics")
        out = _find(topics, settings, sought, result)
        # First of all the feeds are told: what is taken out must not come in again.
        _tombstones(where.kafka, settings, sought, reason=reason, date=date)
        say("archive")
        for archive in held:
            taken = archive.take_out(documents.holding(archive, sought), reason=reason, date=date)
            result.documents[str(archive.folder)] = taken
            archive.close()
        say("tables")
        result.rows = tables.delete(where.clickhouse, settings.database, sought)
        for beside in every[1:]:  # what was before a rebuild, or was left by one
            name = beside.staging_database
            rows = tables.delete(where.clickhouse, name, sought)
            result.rows |= {f"{name}.{table}": count for table, count in rows.items()}
        say("topics; the broker removes old segments in its own time")
        for one in topics.rewrite(out):
            result.messages[one.topic] = result.messages.get(one.topic, 0) + one.removed
        # Local copies of changelogs are made anew from them.
        shutil.rmtree(settings.home / "faust", ignore_errors=True)
    finally:
        topics.close()
    return result


def _ours(every: list[Settings]) -> Callable[[str], bool]:
    known = {one.topic_prefix + name for one in every for name in catalogue()}
    spared = {one.topic_prefix + name for one in every for name in _SPARED}
    changelogs = f"{every[0].worker_group}-"
    return lambda name: name not in spared and (name in known or name.startswith(changelogs))


def _find(
    topics: Topics, settings: Settings, sought: Sought, result: Redacted
) -> dict[TopicPartition, set[int]]:
    """Offsets of all messages that bear, quote or refer to it."""
    feeds = {settings.topic_prefix + name for name in _FEEDS}
    others = []
    for message in topics.messages(lambda name: name in feeds):
        try:
            record = decode(message.value)
        except CodecError:
            continue
        if sought.meant(record):
            result.records += 1
        else:
            others.append(message)
    for message in others:
        sought.spare(decode(message.value))
    # Facts name facts that name it: until nothing more is found.
    before, passes = -1, 0
    while before != len(sought.ids) and passes < _PASSES:
        before, passes = len(sought.ids), passes + 1
        out: dict[TopicPartition, set[int]] = {}
        for message in topics.messages():
            if _hit(message.value, message.key, sought):
                part = TopicPartition(message.topic, message.partition)
                out.setdefault(part, set()).add(message.offset)
    return out


def _hit(value: bytes | None, key: bytes | None, sought: Sought) -> bool:
    if key is not None and key.decode("utf-8", "replace") in sought.telling:
        return True
    try:
        subject, values = decode_plain(value)
    except CodecError:
        return sought.within(value or b"") or sought.within(key or b"")
    if subject in ("article", "docket_entry"):
        return sought.meant(decode(value)) or sought.refers(values)
    return sought.refers(values)


def _tombstones(kafka: str, settings: Settings, sought: Sought, *, reason: str, date: str) -> None:
    value = json.dumps({"reason": reason, "date": date}, sort_keys=True).encode()
    with KafkaProducer(bootstrap_servers=kafka, acks="all", **PATIENCE) as producer:
        for one in sorted({sought.wanted, *sought.telling}):
            producer.send(
                settings.topic_prefix + TOMBSTONES, key=tombstone_key(one).encode(), value=value
            )
        producer.flush()
