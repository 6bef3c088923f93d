"""The fetch archive: documents go in as they came, and can be read again for good.

``objects/ab/cdef….gz`` holds a document's bytes by their SHA-256, compressed, once however often
it came; ``lanes/<lane>/<month>.jsonl`` says when, from where and with which headers it did. A
document's bytes are on disk before its line is. One process writes an archive at a time.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from deploy.errors import StackError
from streams.facts.instants import Instant, to_datetime

_LEVEL = 6


class ArchiveFullError(OSError):
    """The archive has reached its limit: nothing more is fetched until there is room."""


class RedactedError(LookupError):
    """The document was taken out; the message says when and why."""


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


class Archive:
    """A folder of fetches. ``writing`` takes the folder for this process. Methods block."""

    def __init__(self, folder: Path, *, limit_bytes: int = 1 << 40, writing: bool = False) -> None:
        self.folder = folder
        self._limit = limit_bytes
        self._next: dict[str, int] = {}
        self._lock: int | None = None
        self._size = 0
        if writing:
            self._hold()
            self._size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def lanes(self) -> list[str]:
        """Names of all lanes that ever had a fetch."""
        root = self.folder / "lanes"
        found = root.iterdir() if root.is_dir() else ()
        return sorted(unquote(one.name) for one in found)

    def keep(self, lane: str, documents: Sequence[Document], *, flush: bool = True) -> list[Entry]:
        """Put documents on disk, in this order. Raises ArchiveFullError or OSError.

        Without ``flush`` they outlive any kill of ours, but not a power cut: no more does what a
        broker has just acknowledged.
        """
        if self._size >= self._limit:
            raise ArchiveFullError(f"the archive {self.folder} is full: {self._limit} bytes")
        digests = self._put([one.data for one in documents], flush=flush)
        entries = []
        lines: dict[Path, list[str]] = {}
        for one, digest in zip(documents, digests, strict=True):
            entry = entry_of(lane, self._take_number(lane), one, digest)
            lines.setdefault(self._month(entry), []).append(_line(entry))
            entries.append(entry)
        for file, texts in lines.items():
            self._append(file, "".join(texts), flush=flush)
        return entries

    def entries(self, lane: str, *, after: int = 0) -> list[Entry]:
        """Fetches of a lane past a number, in order."""
        found: list[Entry] = []
        for file in sorted(self._lane(lane).glob("*.jsonl"), reverse=True):
            mine = list(_lines(file))
            found[:0] = [one for one in mine if one.seq > after]
            if mine and mine[0].seq <= after:
                break
        return found

    def read(self, entry: Entry) -> bytes:
        """The bytes of a fetch. Raises RedactedError, or OSError if they are gone or damaged."""
        if entry.redacted is not None:
            said = entry.redacted
            raise RedactedError(f"{entry.sha256} was taken out {said['date']}: {said['reason']}")
        data = gzip.decompress(self._object(entry.sha256).read_bytes())
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise OSError(f"{self._object(entry.sha256)}: the bytes are not those it is named for")
        return data

    def take_out(self, digests: set[str], *, reason: str, date: str) -> int:
        """Remove documents for good; their lines say why. How many lines did; can be repeated."""
        count = 0
        for file in sorted((self.folder / "lanes").glob("*/*.jsonl")):
            entries = list(_lines(file))
            hit = [one.sha256 in digests for one in entries]
            if not any(hit):
                continue
            count += sum(hit)
            marked = [
                _line(_marked(one, reason, date) if out else one)
                for one, out in zip(entries, hit, strict=True)
            ]
            _replace(file, "".join(marked).encode())
        for digest in digests:
            self._object(digest).unlink(missing_ok=True)
        return count

    def _hold(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise StackError(
                f"the archive {self.folder} is held by another process: is `feeds` running?"
            ) from None

    def _put(self, documents: Sequence[bytes], *, flush: bool) -> list[str]:
        """Bytes on disk, whole or not at all; many together cost little more than one."""
        digests = [hashlib.sha256(data).hexdigest() for data in documents]
        new = {}
        for digest, data in zip(digests, documents, strict=True):
            target = self._object(digest)
            if target not in new and not target.exists():
                new[target] = gzip.compress(data, _LEVEL, mtime=0)
        for target, packed in new.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.with_suffix(".partial").write_bytes(packed)
        for target, packed in new.items():
            partial = target.with_suffix(".partial")
            if flush:
                _sync(partial)
            partial.replace(target)
            self._size += len(packed)
        for folder in {target.parent for target in new} if flush else ():
            _sync(folder)
        return digests

    def _object(self, digest: str) -> Path:
        return self.folder / "objects" / digest[:2] / f"{digest[2:]}.gz"

    def _lane(self, lane: str) -> Path:
        return self.folder / "lanes" / quote(lane, safe="")

    def _month(self, entry: Entry) -> Path:
        """The file of the month; never an earlier one than before, whatever our clock does."""
        folder = self._lane(entry.lane)
        newest = max((one.stem for one in folder.glob("*.jsonl")), default="")
        return folder / f"{max(newest, f'{to_datetime(entry.fetched_at):%Y-%m}')}.jsonl"

    def _take_number(self, lane: str) -> int:
        if lane not in self._next:
            files = sorted(self._lane(lane).glob("*.jsonl"))
            for file in files:
                _mend(file)
            self._next[lane] = max((one.seq for f in files for one in _lines(f)), default=0)
        self._next[lane] += 1
        return self._next[lane]

    def skip_to(self, lane: str, seq: int) -> None:
        """Number the lane's next fetch past this one: an archive may have been lost."""
        self._take_number(lane)
        self._next[lane] = max(self._next[lane] - 1, seq)

    def _append(self, file: Path, text: str, *, flush: bool) -> None:
        new = not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as log:
            log.write(text.encode())
            log.flush()
            if flush:
                os.fsync(log.fileno())
        if new and flush:
            _sync(file.parent)
        self._size += len(text)


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False) + "\n"


def _lines(file: Path) -> Iterator[Entry]:
    """Entries of a file; a last line cut short by a kill was never acted upon and is left out."""
    for line in file.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield Entry(**json.loads(line))


def _mend(file: Path) -> None:
    """Cut off a last line that a kill has cut short."""
    data = file.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        os.truncate(file, whole)


def _marked(entry: Entry, reason: str, date: str) -> Entry:
    kept = {name: value for name, value in asdict(entry).items() if name not in ("headers", "url")}
    kept |= {
        "url": "",
        "headers": {},
        "context": None,
        "redacted": {"reason": reason, "date": date},
    }
    return Entry(**kept)


def _replace(target: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
    _sync(target.parent)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
