"""Packets of the native protocol: what a client says, read; what a server says, written.

Numbers and fields: ClickHouse's ``Protocol.h``, ``ProtocolDefines.h``, ``TCPHandler.cpp``. We
advertise revision 54447 and speak the lower of that and the client's: below 54454 blocks carry no
serialization byte per column, and no later feature is worth its duties.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from deploy.clickhouse.failures import Code, DatabaseError, ProtocolError
from deploy.clickhouse.wire import Reader, string, varint

REVISION = 54447
OLDEST_REVISION = 54058  # the first that has a server time zone, ClickHouse 1.1.54058

# From clients.
HELLO, QUERY, DATA, CANCEL, PING = range(5)
# From the server, where they differ.
_SERVER_DATA, _SERVER_EXCEPTION, _SERVER_PROGRESS = 1, 2, 3
_SERVER_PONG, _SERVER_END, _SERVER_PROFILE = 4, 5, 6

_LONGEST_QUERY = 64 << 20


@dataclass(frozen=True)
class Hello:
    """How a client introduces itself."""

    client: str
    revision: int
    database: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Hello(client={self.client!r}, revision={self.revision}, user={self.user!r})"


@dataclass(frozen=True)
class Setting:
    """A setting sent with a query; ``important``: fail if it is unknown."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True)
class Query:
    """A statement, its settings, and whether the client compresses its blocks."""

    sql: str
    settings: tuple[Setting, ...]
    compressed: bool


def read_hello(reader: Reader) -> Hello:
    """A client's first packet. Raises ProtocolError if it is something else."""
    first = reader.varint()
    if first in (ord("G"), ord("P"), ord("H"), ord("O")):
        raise ProtocolError(
            Code.UNEXPECTED_PACKET_FROM_CLIENT,
            "This port speaks ClickHouse's native protocol, not HTTP",
        )
    if first != HELLO:
        raise ProtocolError(Code.UNEXPECTED_PACKET_FROM_CLIENT, f"Packet {first} before a hello")
    client = reader.string(limit=1024)
    reader.varint()
    reader.varint()
    revision = reader.varint()
    database, user, password = (reader.string(limit=4096) for _ in range(3))
    if revision < OLDEST_REVISION:
        raise ProtocolError(
            Code.UNEXPECTED_PACKET_FROM_CLIENT,
            f"Protocol revision {revision} is older than {OLDEST_REVISION}",
        )
    return Hello(client, min(revision, REVISION), database, user, password)


def server_hello(revision: int, version: tuple[int, int, int], timezone: str) -> bytes:
    """The answer to a hello."""
    major, minor, patch = version
    out = varint(0) + string("ClickHouse") + varint(major) + varint(minor) + varint(REVISION)
    out += string(timezone)
    if revision >= 54372:
        out += string("policy-events embedded")
    if revision >= 54401:
        out += varint(patch)
    return out


def read_query(reader: Reader, revision: int) -> Query:
    """The rest of a query packet."""
    reader.string(limit=4096)  # query id
    _read_client_info(reader, revision)
    settings = _read_settings(reader, revision)
    if revision >= 54441:
        reader.string(limit=4096)  # secret between servers
    reader.varint()  # stage: a client's wish to stop half-way is for servers only
    compressed = reader.varint() == 1
    return Query(reader.string(limit=_LONGEST_QUERY), settings, compressed)


def _read_client_info(reader: Reader, revision: int) -> None:
    if reader.byte() == 0:
        return
    for _ in range(3):  # initial user, query id, address
        reader.string(limit=4096)
    interface = reader.byte()
    if interface != 1:
        raise ProtocolError(
            Code.UNEXPECTED_PACKET_FROM_CLIENT, f"Interface {interface} in a query: expected TCP"
        )
    for _ in range(3):  # operating system's user, host name, client name
        reader.string(limit=4096)
    for _ in range(3):  # version and revision
        reader.varint()
    if revision >= 54060:
        reader.string(limit=4096)  # quota key
    if revision >= 54401:
        reader.varint()  # patch
    if revision >= 54442 and reader.byte():
        reader.skip(24)  # OpenTelemetry's trace and span
        reader.string(limit=4096)
        reader.skip(1)


def _read_settings(reader: Reader, revision: int) -> tuple[Setting, ...]:
    found: list[Setting] = []
    while name := reader.string(limit=4096):
        if revision < 54429:
            raise ProtocolError(
                Code.NOT_IMPLEMENTED,
                f"Setting {name} in the binary form of clients older than revision 54429",
            )
        important = bool(reader.varint() & 1)
        found.append(Setting(name, reader.string(), important))
    return tuple(found)


def data(block: bytes) -> bytes:
    """What stands before a block: the block itself may be compressed."""
    return varint(_SERVER_DATA) + string("") + block


def exception(error: DatabaseError) -> bytes:
    """A failure, without a stack trace."""
    words = error.message if "DB::" in error.message[:20] else f"DB::Exception: {error.message}"
    return (
        varint(_SERVER_EXCEPTION)
        + struct.pack("<i", error.code)
        + string("DB::Exception")
        + string(words.encode("utf-8", "replace"))
        + string("")
        + b"\x00"
    )


def progress(
    revision: int, *, rows: int = 0, size: int = 0, written: tuple[int, int] = (0, 0)
) -> bytes:
    """Rows and bytes read, and (rows, bytes) written, since the last one."""
    out = varint(_SERVER_PROGRESS) + varint(rows) + varint(size) + varint(0)
    if revision >= 54420:
        out += varint(written[0]) + varint(written[1])
    return out


def profile(rows: int, blocks: int, size: int) -> bytes:
    """The result's size. We do not know the rows before a limit, and say so."""
    return varint(_SERVER_PROFILE) + varint(rows) + varint(blocks) + varint(size) + b"\0\0\0"


PONG = varint(_SERVER_PONG)
END = varint(_SERVER_END)
