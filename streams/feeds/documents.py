"""The contract of parsers: a feed's document goes in, records and refused items come out.

A parser is ``parse(data, received) -> Iterator[record | BadItem]``: it never sees the network or
the clock. One bad item is yielded as ``BadItem`` and the rest goes on; a document that is bad as a
whole raises ``BadDocument``.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass

from streams.facts.instants import Instant

MAX_DOCUMENT_BYTES = 512 * 1024 * 1024
"""A document larger than this, or that unpacks to more, is refused whole."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Received:
    """Where a document came from."""

    source: str
    """Name of the feed."""
    fetched_at: Instant | None
    name: str
    """What errors call it: a file's name or a URL."""


@dataclass(frozen=True, slots=True)
class BadItem:
    """One item of a document that could not be read; the rest of the document could."""

    name: str
    item: str
    """Which: ``item 3``, ``row 17``, ``aircraft a2c4e0``."""
    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        found = self.found if len(self.found) <= 80 else self.found[:77] + "..."
        return f"{self.name}: {self.item}: {self.field}: expected {self.expected}, found {found}"


class BadDocument(ValueError):  # noqa: N818 - the pair of BadItem
    """A document that can't be read at all; the message names it and says what was expected."""


def unpacked(data: bytes, name: str, *, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The document, with gzip or zip undone where its first bytes say so.

    Raises BadDocument if it is damaged, unpacks to more than ``limit`` bytes, or is a zip of
    anything but one file.
    """
    if data.startswith(_ZIP_MAGIC):
        return _unzipped(data, name, limit)
    if not data.startswith(_GZIP_MAGIC):
        if len(data) > limit:
            raise BadDocument(f"{name}: {len(data)} bytes, more than the {limit} allowed")
        return data
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    size = 0
    try:
        while data:
            part = unpacker.decompress(data, limit + 1 - size)
            size += len(part)
            parts.append(part)
            if size > limit:
                raise BadDocument(f"{name}: unpacks to more than the {limit} bytes allowed")
            if unpacker.eof:
                data = unpacker.unused_data
                unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            else:
                data = unpacker.unconsumed_tail
                if not data:
                    raise BadDocument(f"{name}: gzip data ends too early")
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BadDocument(f"{name}: damaged gzip data: {error}") from error
    return b"".join(parts)


def _unzipped(data: bytes, name: str, limit: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) != 1:
                raise BadDocument(f"{name}: expected a zip of one file, found {len(members)}")
            with archive.open(members[0]) as member:
                found = member.read(limit + 1)
                # Its checksum is looked at when the end is reached.
                if len(found) <= limit:
                    found += member.read(1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError,
            NotImplementedError) as error:  # fmt: skip
        if isinstance(error, BadDocument):
            raise
        raise BadDocument(f"{name}: damaged zip: {error}") from error
    if len(found) > limit:
        raise BadDocument(f"{name}: unpacks to more than the {limit} bytes allowed")
    return found
