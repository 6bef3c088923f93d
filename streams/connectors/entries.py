"""What the archive holds: a document as it came, and the line that says when and from where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from streams.facts.instants import Instant


@dataclass(frozen=True, slots=True)
class Document:
    """One document as a source gave it, and what a turn has learned with it."""

    kind: str
    source: str
    url: str
    """Without query: it may carry what is nobody's business."""
    fetched_at: Instant
    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    position: Mapping[str, Any] = field(default_factory=dict)
    """Where the lane goes on once this document is published."""
    complete_through: Instant | None = None
    """The source's own clock."""
    outages: Sequence[tuple[int, int, str]] = ()
    context: Mapping[str, Any] | None = None
    """What a parser needs beside the document, as the docket that a page's entries belong to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a lane: a fetch."""

    lane: str
    seq: int
    kind: str
    source: str
    url: str
    fetched_at: Instant
    sha256: str
    size: int
    headers: dict[str, str]
    position: dict[str, Any]
    complete_through: Instant | None
    outages: list[list[Any]]
    context: dict[str, Any] | None
    redacted: dict[str, str] | None = None
    """Reason and date, where the document was taken out."""


def entry_of(lane: str, seq: int, document: Document, digest: str) -> Entry:
    """The line of a document in a lane."""
    context = document.context
    return Entry(
        lane=lane,
        seq=seq,
        kind=document.kind,
        source=document.source,
        url=document.url,
        fetched_at=document.fetched_at,
        sha256=digest,
        size=len(document.data),
        headers=dict(document.headers),
        position=dict(document.position),
        complete_through=document.complete_through,
        outages=[list(outage) for outage in document.outages],
        context=None if context is None else dict(context),
    )


def line(entry: Entry) -> str:
    """An entry as its lane's file holds it."""
    return json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False) + "\n"


def lines(file: Path) -> Iterator[Entry]:
    """Entries of a file; a last line cut short by a kill was never acted upon and is left out."""
    for line in file.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield Entry(**json.loads(line))


def marked(entry: Entry, reason: str, date: str) -> Entry:
    """The entry once its document was taken out."""
    kept = {name: value for name, value in asdict(entry).items() if name not in ("headers", "url")}
    kept |= {
        "url": "",
        "headers": {},
        "context": None,
        "redacted": {"reason": reason, "date": date},
    }
    return Entry(**kept)
