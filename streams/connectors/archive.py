"""The fetch archive: documents go in as they came, and can be read again for good.

``objects/ab/cdef….gz`` holds a document's bytes by their SHA-256, compressed, once however often
it came; ``lanes/<lane>/<month>.jsonl`` says when, from where and with which headers it did. A
document's bytes are on disk before its line is. One process writes an archive at a time.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from deploy.errors import StackError
from streams.connectors.entries import Document, Entry, entry_of, line, lines, marked
from streams.facts.instants import to_datetime

_LEVEL = 6


class ArchiveFullError(OSError):
    """The archive has reached its limit: nothing more is fetched until there is room."""


class RedactedError(LookupError):
    """The document was taken out; the message says when and why."""


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
        texts: dict[Path, list[str]] = {}
        for one, digest in zip(documents, digests, strict=True):
            entry = entry_of(lane, self._take_number(lane), one, digest)
            texts.setdefault(self._month(entry), []).append(line(entry))
            entries.append(entry)
        for file, parts in texts.items():
            self._append(file, "".join(parts), flush=flush)
        return entries

    def entries(self, lane: str, *, after: int = 0) -> list[Entry]:
        """Fetches of a lane past a number, in order."""
        found: list[Entry] = []
        for file in sorted(self._lane(lane).glob("*.jsonl"), reverse=True):
            mine = list(lines(file))
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
            entries = list(lines(file))
            hit = [one.sha256 in digests for one in entries]
            if not any(hit):
                continue
            count += sum(hit)
            said = [
                line(marked(one, reason, date) if out else one)
                for one, out in zip(entries, hit, strict=True)
            ]
            _replace(file, "".join(said).encode())
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
            self._next[lane] = max((one.seq for f in files for one in lines(f)), default=0)
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


def _mend(file: Path) -> None:
    """Cut off a last line that a kill has cut short."""
    data = file.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        os.truncate(file, whole)


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
