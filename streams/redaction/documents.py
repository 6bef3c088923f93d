"""Archived documents that hold what is taken out: an archive and what is sought go in, hashes out.

A document goes whole: to cut an item out of it would make it another document. What else it held
stays in the topics.
"""

from __future__ import annotations

from streams.connectors.archive import Archive, RedactedError
from streams.connectors.delivery import composed, names
from streams.connectors.entries import Entry
from streams.facts.received import Article, DocketEntry
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.kinds import parse
from streams.redaction.sought import Sought


def holding(archive: Archive, sought: Sought) -> set[str]:
    """SHA-256 of each document of courts and news that holds it."""
    found: set[str] = set()
    looked: set[str] = set()
    for lane in archive.lanes():
        for entry in archive.entries(lane):
            if entry.kind.startswith("flights.") or entry.sha256 in looked:
                continue
            looked.add(entry.sha256)
            if _holds(archive, entry, sought):
                found.add(entry.sha256)
    return found


def _holds(archive: Archive, entry: Entry, sought: Sought) -> bool:
    try:
        data = archive.read(entry)
    except (RedactedError, OSError):
        return False
    if sought.within(data):
        return True
    received = Received(entry.source, entry.fetched_at, entry.url)
    try:
        for record in parse(entry.kind, composed(entry, data), received):
            if isinstance(record, BadItem):
                if sought.within(str(record).encode("utf-8", "replace")):
                    return True
            elif names(record) & ({sought.wanted} | sought.telling) or _quotes(record, sought):
                return True
    except BadDocument:
        return False
    return False


def _quotes(record: object, sought: Sought) -> bool:
    match record:
        case Article():
            texts = (record.title, record.text)
        case DocketEntry():
            texts = (record.description, record.short_description)
        case _:
            return False
    return any(sought.quoted(text.encode("utf-8", "surrogatepass")) for text in texts)
