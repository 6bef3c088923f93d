"""From an archived document to messages: the parser's records that the last document did not hold.

Deterministic: the same document after the same one before gives the same messages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from schemas.codec import CodecError, encode
from streams.connectors.cursors import DIGEST_BYTES
from streams.connectors.entries import Entry
from streams.connectors.outlet import Message
from streams.facts.instants import Instant
from streams.facts.received import Article, DocketEntry, Position
from streams.feeds.documents import BadDocument, BadItem, Received, unpacked
from streams.feeds.kinds import parse
from streams.feeds.publish import address_of, dead_letter

_ENCODER = msgspec.msgpack.Encoder()


@dataclass(slots=True)
class Parcel:
    """What a document comes to."""

    messages: list[Message]
    seen: frozenset[bytes]
    records: int = 0
    repeated: int = 0
    refused: int = 0
    withheld: int = 0
    oldest: Instant | None = None
    newest: Instant | None = None
    bad_document: str | None = None
    bad: list[BadItem] = field(default_factory=list)


def parcel(
    entry: Entry,
    data: bytes,
    seen: frozenset[bytes],
    *,
    redacted: Mapping[str, Any] | None = None,
    again: bool = False,
) -> Parcel:
    """Parse a document into messages. Never raises for what is in it.

    ``seen``: digests of what is known; ``again``: it could not be read before, and is known to be
    so. ``redacted``: what is not let in, by ``tombstone_key``.
    """
    found = Parcel([], frozenset())
    digests = set()
    try:
        for record in _records(entry, data):
            mark = _digest(record)
            digests.add(mark)
            _note_time(found, record)
            if redacted and any(tombstone_key(name) in redacted for name in names(record)):
                found.withheld += 1
            elif mark in seen:
                found.repeated += 1
            elif isinstance(record, BadItem):
                _refuse(found, entry, record)
            else:
                _add(found, entry, record)
    except BadDocument as error:
        found.bad_document = str(error)
        bad = BadItem(entry.url, "document", "document", "a readable document", str(error))
        found.messages = [] if again else [_refusal(entry, bad)]
        found.refused += 0 if again else 1
        found.seen = seen
        return found
    # A document of nothing, as a docket's own, says nothing about what was seen.
    found.seen = frozenset(digests) or seen
    return found


def names(record: Any) -> set[str]:
    """Every id by which ``redact`` may name this record."""
    match record:
        case Article():
            return {record.article_id, record.url or "", record.guid or ""} - {""}
        case DocketEntry():
            docket = f"{record.court_id}/{record.docket_number}"
            parts = {record.source_entry_id, record.document_number, record.pacer_doc_id}
            return {docket} | {f"{docket}/{part}" for part in parts if part}
        case Position():
            return {record.icao24}
    return set()


def tombstone_key(name: str) -> str:
    """What a tombstone is known by: an id may itself say what is sealed."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _records(entry: Entry, data: bytes) -> Iterator[Any]:
    received = Received(entry.source, entry.fetched_at, entry.url)
    yield from parse(entry.kind, composed(entry, data), received)


def composed(entry: Entry, data: bytes) -> bytes:
    """The document with the context that its parser needs: objects beside a page's results."""
    if not entry.context:
        return data
    plain = unpacked(data, entry.url)
    try:
        page = json.loads(plain)
    except (ValueError, RecursionError):
        return data
    return json.dumps({**entry.context, **page}).encode() if isinstance(page, dict) else data


def _add(found: Parcel, entry: Entry, record: Any) -> None:
    topic, key = address_of(record)
    try:
        value = encode(record)
        key.encode()
    except (CodecError, UnicodeEncodeError) as error:
        bad = BadItem(entry.url, key[:200], "record", "what its schema admits", str(error))
        _refuse(found, entry, bad)
        return
    found.records += 1
    found.messages.append(Message(topic, key, value))


def _refuse(found: Parcel, entry: Entry, bad: BadItem) -> None:
    found.refused += 1
    found.bad.append(bad)
    found.messages.append(_refusal(entry, bad))


def _refusal(entry: Entry, bad: BadItem) -> Message:
    topic, key, value, headers = dead_letter(entry.kind, bad)
    place = (("archive.sha256", entry.sha256.encode()), ("archive.lane", entry.lane.encode()))
    return Message(topic, key, value, (*headers, *place))


def _digest(record: Any) -> bytes:
    said = record if isinstance(record, BadItem) else replace(record, fetched_at=None)
    try:
        text = _ENCODER.encode(said)
    except UnicodeEncodeError:  # half a surrogate pair
        text = repr(said).encode("utf-8", "backslashreplace")
    return hashlib.sha256(text).digest()[:DIGEST_BYTES]


def _note_time(found: Parcel, record: Any) -> None:
    match record:
        case Position():
            at: Instant | None = record.observed_at
        case DocketEntry():
            at = record.entered_at or record.filed_at
        case Article():
            at = record.published_at
        case _:
            at = None
    if at is not None:
        found.oldest = at if found.oldest is None else min(found.oldest, at)
        found.newest = at if found.newest is None else max(found.newest, at)
