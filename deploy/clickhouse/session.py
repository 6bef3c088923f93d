"""One client's connection, from hello to goodbye, on a thread of its own."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

from deploy.clickhouse import packets
from deploy.clickhouse.blocks import BLOCK_INFO, Block, header, read_block, read_info
from deploy.clickhouse.compression import frames, read_frame
from deploy.clickhouse.connection import EngineSession
from deploy.clickhouse.engine import Engine
from deploy.clickhouse.failures import Code, DatabaseError, Disconnected, ProtocolError
from deploy.clickhouse.spool import Spool
from deploy.clickhouse.statements import Insert, Statement, admitted, insert_of
from deploy.clickhouse.users import User, Users
from deploy.clickhouse.watch import Watch
from deploy.clickhouse.wire import Reader

_RECEIVE = 1 << 18
_PROGRESS_S = 0.2
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one client may take. Seconds, bytes, rows, connections."""

    handshake_s: float = 10
    idle_s: float = 3600
    packet_s: float = 300
    block_bytes: int = 1 << 30
    block_rows: int = 20_000_000
    insert_bytes: int = 8 << 30
    connections: int = 100


class Session:
    """A client's connection. ``run`` returns when it is over and never raises."""

    def __init__(
        self, connection: socket.socket, tag: str, engine: Engine, users: Users, watch: Watch,
        limits: Limits,
    ) -> None:  # fmt: skip
        self._socket = connection
        self._tag = tag
        self._engine = engine
        self._users = users
        self._watch = watch
        self._limits = limits
        self._reader = Reader(self._receive, cap=limits.block_bytes)
        self._revision = packets.REVISION
        self._compressed = False
        self.busy = False

    def run(self, *, full: bool) -> None:
        """Serve the client. ``full``: tell it that there are too many, and close."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.settimeout(self._limits.handshake_s)
            session, user = self._handshake(full=full)
            try:
                while True:
                    self._packet(session, user)
            finally:
                session.close()
        except (Disconnected, OSError):
            pass
        except DatabaseError as error:
            with suppress(OSError):
                self._socket.sendall(packets.exception(error))
        except Exception:  # the process outlives whatever one client does
            _LOG.exception("session %s failed", self._tag)
        finally:
            self._hang_up()

    def close(self) -> None:
        """End the connection from another thread."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        """Close so that what we sent last arrives: unread input would turn it into a reset."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(0.5)
            until = time.monotonic() + 1
            while time.monotonic() < until and self._socket.recv(_RECEIVE):
                pass
        self._socket.close()

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(_RECEIVE)
        except OSError as error:  # silence past the timeout included
            raise Disconnected from error

    def _handshake(self, *, full: bool) -> tuple[EngineSession, User]:
        hello = packets.read_hello(self._reader)
        if full:
            raise DatabaseError(
                Code.TOO_MANY_SIMULTANEOUS_QUERIES,
                f"Too many connections: at most {self._limits.connections} at a time",
            )
        user = self._users.authenticate(hello.user, hello.password)
        self._revision = hello.revision
        session = EngineSession(
            self._engine, tag=self._tag, writer=user.writer, database=hello.database
        )
        engine = self._engine
        self._send(packets.server_hello(self._revision, engine.version, engine.timezone))
        return session, user

    def _send(self, *parts: bytes) -> None:
        self._socket.sendall(b"".join(parts))

    def _packet(self, session: EngineSession, user: User) -> None:
        """The next packet and all that follows from it."""
        self._reader.compact()
        self._socket.settimeout(self._limits.idle_s)
        kind = self._reader.varint()
        self._socket.settimeout(self._limits.packet_s)
        if kind == packets.PING:
            self._send(packets.PONG)
        elif kind == packets.QUERY:
            self.busy = True
            try:
                self._query(session, user)
            finally:
                self.busy = False
        elif kind != packets.CANCEL:  # a cancel that came after the answer is nothing
            raise ProtocolError(Code.UNEXPECTED_PACKET_FROM_CLIENT, f"Unknown packet {kind}")

    def _query(self, session: EngineSession, user: User) -> None:
        query = packets.read_query(self._reader, self._revision)
        self._compressed = query.compressed
        external = False
        while (block := self._block()).columns:
            external = external or block.rows > 0
        try:
            if external:
                raise DatabaseError(Code.NOT_IMPLEMENTED, "External tables are not supported")
            insert = insert_of(query.sql)
            if insert is not None:
                self._insert(session, insert, query)
                return
            with session.settings(query.settings):
                statement = admitted(query.sql, writer=user.writer, normal_form=session.normal_form)
                self._answer(session, statement)
        except ProtocolError:
            raise
        except DatabaseError as error:
            self._send(packets.exception(error))
            return
        self._send(packets.END)

    def _answer(self, session: EngineSession, statement: Statement) -> None:
        """Send a statement's result, block by block, as fast as the client takes it."""
        rows = size = count = 0
        reported = (0, 0)
        at = time.monotonic()
        result = session.blocks(statement)
        heard = self._reader.pending > 0
        with self._watch.statement(self._socket, self._stop, heard=heard) as running:
            try:
                for block_rows, body in result:
                    rows, size, count = (
                        rows + block_rows,
                        size + len(body),
                        count + (block_rows > 0),
                    )
                    self._socket.sendall(self._data(body))
                    if (now := time.monotonic()) - at > _PROGRESS_S:
                        self._progress(rows - reported[0], size - reported[1])
                        reported, at = (rows, size), now
            except DatabaseError as error:
                if running.stopped and error.code == Code.QUERY_WAS_CANCELLED:
                    return  # cancelled: what was sent is all there is
                raise
            finally:
                result.close()  # type: ignore[attr-defined]  # a generator's
        if count:
            self._send(packets.profile(rows, count, size))
        self._progress(rows - reported[0], size - reported[1])

    def _stop(self) -> None:
        self._engine.kill(self._tag)

    def _progress(self, rows: int, size: int) -> None:
        self._send(packets.progress(self._revision, rows=rows, size=size))

    def _data(self, body: bytes) -> bytes:
        block = BLOCK_INFO + body
        return packets.data(frames(block) if self._compressed else block)

    def _insert(self, session: EngineSession, insert: Insert, query: packets.Query) -> None:
        """Take blocks until the empty one, then commit; whatever goes wrong commits nothing."""
        target = session.target(insert, query.settings)
        self._send(self._data(header(target.columns)))
        spool = Spool(self._engine.folder, most=self._limits.insert_bytes)
        try:
            failure: DatabaseError | None = None
            while (block := self._block()).columns:
                if failure is None and block.rows:  # the rest of a failed insert is dropped
                    failure = _failing(spool, block.body)
            if failure is not None:
                raise failure
            written = session.insert(target, spool.path) if spool.size else 0
            progress = packets.progress(self._revision, written=(written, spool.size))
        finally:
            spool.close()
        self._send(progress, packets.END)

    def _block(self) -> Block:
        """The next data packet's block. Raises ProtocolError if something else comes."""
        reader = self._reader
        reader.compact()
        kind = reader.varint()
        if kind == packets.CANCEL:
            raise ProtocolError(Code.QUERY_WAS_CANCELLED, "The client cancelled its insert")
        if kind != packets.DATA:
            raise ProtocolError(
                Code.UNEXPECTED_PACKET_FROM_CLIENT, f"Packet {kind} where a block was expected"
            )
        reader.string(limit=4096)  # the external table's name
        if not self._compressed:
            read_info(reader)
            return read_block(reader, most_rows=self._limits.block_rows)
        most = self._limits.block_bytes
        plain = Reader(lambda: read_frame(reader, most=most), cap=most)
        read_info(plain)
        block = read_block(plain, most_rows=self._limits.block_rows)
        if plain.pending:
            raise ProtocolError(
                Code.UNEXPECTED_PACKET_FROM_CLIENT, "A compressed frame goes on after its block"
            )
        return block


def _failing(spool: Spool, body: bytes) -> DatabaseError | None:
    """Append to the spool; its failure, if it fails."""
    try:
        spool.append(body)
    except DatabaseError as error:
        return error
    return None
