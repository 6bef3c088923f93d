"""Clients that cancel, vanish, stall, lie and crowd: the endpoint outlives them all."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import PartiallyConsumedQueryError, ServerException

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.clickhouse.wire import string, varint

pytestmark = pytest.mark.stack

ENDLESS = "SELECT count() FROM numbers(100000000000000) WHERE number % 7 = 3"
STREAM = "SELECT number, toString(number) FROM numbers(100000000000)"
HELLO = varint(0) + string("test") + varint(1) + varint(1) + varint(54447) + string("default")


def running(reader: Client) -> int:
    """Statements in the engine, but for the one that asks."""
    return int(reader.execute("SELECT count() - 1 FROM system.processes")[0][0])


def eventually(holds: Callable[[], bool], *, within_s: float = 5) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture
def raw(clickhouse: EmbeddedClickHouse) -> Iterator[socket.socket]:
    """A connection that has not said hello."""
    with socket.create_connection(("127.0.0.1", clickhouse.port), timeout=15) as connection:
        yield connection


def greet(connection: socket.socket, clickhouse: EmbeddedClickHouse) -> None:
    password = clickhouse.url.split(":")[2].split("@")[0]
    connection.sendall(HELLO + string("writer") + string(password))
    assert connection.recv(4096)[0] == 0


def query(sql: str) -> bytes:
    """A query packet of revision 54447 without client information, and its closing block."""
    packet = varint(1) + string("") + b"\x00" + string("") + string("") + varint(2) + varint(0)
    return packet + string(sql) + EMPTY


INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
EMPTY = varint(2) + string("") + INFO + varint(0) + varint(0)


def block(*numbers: int) -> bytes:
    body = varint(1) + varint(len(numbers)) + string("n") + string("UInt64")
    values = b"".join(struct.pack("<Q", n) for n in numbers)
    return varint(2) + string("") + INFO + body + values


def test_a_cancelled_query_ends_and_the_connection_goes_on(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, reader: Client
) -> None:
    greet(raw, clickhouse)
    for _ in range(3):
        raw.sendall(query(ENDLESS))
        eventually(lambda: running(reader) == 1)
        began = time.monotonic()
        raw.sendall(varint(3))
        assert raw.recv(4096) == varint(5)
        assert time.monotonic() - began < 2
        eventually(lambda: running(reader) == 0)
    raw.sendall(varint(4))
    assert raw.recv(4096) == varint(4)


def test_a_cancel_sent_with_the_query_ends_it(
    clickhouse: EmbeddedClickHouse, raw: socket.socket
) -> None:
    greet(raw, clickhouse)
    raw.sendall(query(ENDLESS) + varint(3))
    assert raw.recv(4096) == varint(5)


def test_a_stream_that_is_dropped_half_way_ends(writer: Client, reader: Client) -> None:
    stream = writer.execute_iter(STREAM)
    assert next(stream) == (0, "0")
    with pytest.raises(PartiallyConsumedQueryError):
        writer.execute("SELECT 1")
    assert writer.execute("SELECT 1") == [(1,)]
    eventually(lambda: running(reader) == 0)


def test_a_query_whose_client_vanished_is_ended(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, reader: Client
) -> None:
    greet(raw, clickhouse)
    raw.sendall(query(ENDLESS))
    eventually(lambda: running(reader) == 1)
    raw.close()
    eventually(lambda: running(reader) == 0)


def test_an_insert_whose_client_vanished_commits_nothing(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, writer: Client
) -> None:
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    greet(raw, clickhouse)
    raw.sendall(query(f"INSERT INTO {database}.t VALUES"))
    assert raw.recv(4096)
    raw.sendall(block(*range(1000)) + block(*range(1000))[:-1])
    raw.close()
    time.sleep(0.5)
    assert writer.execute("SELECT count() FROM t") == [(0,)]


def test_a_cancelled_insert_commits_nothing(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, writer: Client
) -> None:
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    greet(raw, clickhouse)
    raw.sendall(query(f"INSERT INTO {database}.t VALUES"))
    assert raw.recv(4096)
    raw.sendall(block(1, 2) + varint(3))
    assert code_of(raw.recv(4096)) == 394
    assert writer.execute("SELECT count() FROM t") == [(0,)]


def test_raw_blocks_are_inserted(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, writer: Client
) -> None:
    """The frames of the tests above are right: the same ones commit when they are ended."""
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    greet(raw, clickhouse)
    raw.sendall(query(f"INSERT INTO {database}.t VALUES"))
    assert raw.recv(4096)
    raw.sendall(block(1, 2) + block(3) + EMPTY)
    assert raw.recv(4096)
    eventually(lambda: writer.execute("SELECT sum(n) FROM t") == [(6,)])


def code_of(packet: bytes) -> int:
    """The code of an exception packet."""
    assert packet[:1] == varint(2), packet[:50]
    return int(struct.unpack_from("<i", packet, 1)[0])


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 101),
        (b"\x16\x03\x01\x02\x00\x01", 101),
        (varint(0) + varint(1 << 62), 131),
        (b"\xff" * 20, 101),
        (varint(0) + string("x") + varint(1) + varint(1) + varint(50000) + string("") * 3, 101),
    ],
    ids=["HTTP", "TLS", "a giant string", "an endless varint", "an ancient client"],
)
def test_nonsense_before_a_hello_gets_an_exception(
    raw: socket.socket, packet: bytes, code: int
) -> None:
    raw.sendall(packet)
    assert code_of(raw.recv(4096)) == code
    assert raw.recv(4096) == b""


def data(body: bytes) -> bytes:
    return varint(2) + string("") + INFO + body


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (data(varint(1) + varint(1 << 40) + string("n") + string("UInt64")), 131),
        (data(varint(1 << 40) + varint(1)), 131),
        (data(varint(1) + varint(2) + string("n") + string("String") + varint(1 << 50)), 131),
        (data(varint(1) + varint(1) + string("n") + string("Array(UInt8)") + b"\xff" * 8), 131),
        (data(varint(1) + varint(1) + string("n") + string("Variant(UInt8, String)")), 48),
        (data(varint(1) + varint(1) + string("n") + string("Array(" * 1000 + ")" * 1000)), 48),
        (data(varint(1) + varint(1) + string("n") + string("Nonsense")), 48),
        (varint(77), 101),
    ],
    ids=[
        "rows", "columns", "a string", "an array", "an unknown type", "a deep type", "no type",
        "no packet",
    ],
)  # fmt: skip
def test_a_block_that_lies_gets_an_exception_and_commits_nothing(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, writer: Client, packet: bytes, code: int
) -> None:
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    greet(raw, clickhouse)
    raw.sendall(query(f"INSERT INTO {database}.t VALUES"))
    assert raw.recv(4096)
    raw.sendall(block(1) + packet)
    assert code_of(raw.recv(4096)) == code
    assert raw.recv(4096) == b""
    assert writer.execute("SELECT count() FROM t") == [(0,)]


def test_a_block_of_another_shape_is_refused(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, writer: Client
) -> None:
    writer.execute("CREATE TABLE t (m UInt64) ENGINE = MergeTree ORDER BY m")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    greet(raw, clickhouse)
    raw.sendall(query(f"INSERT INTO {database}.t VALUES"))
    assert raw.recv(4096)
    raw.sendall(block(1) + EMPTY)
    assert raw.recv(1) == varint(2)
    assert writer.execute("SELECT count() FROM t") == [(0,)]


def test_many_clients_at_once_each_get_their_own_answer(clickhouse: EmbeddedClickHouse) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        with Client.from_url(clickhouse.readonly_url) as client:
            answers = [client.execute("SELECT %(n)s", {"n": number}) for _ in range(10)]
            wrong.extend(answer for answer in answers if answer != [(number,)])

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_slow_query_holds_nobody_up(
    clickhouse: EmbeddedClickHouse, raw: socket.socket, reader: Client
) -> None:
    greet(raw, clickhouse)
    raw.sendall(query(ENDLESS))
    eventually(lambda: running(reader) == 1)
    began = time.monotonic()
    assert reader.execute("SELECT 1") == [(1,)]
    assert time.monotonic() - began < 2


def test_one_connection_too_many_is_told_so(tmp_path: Path) -> None:
    small = EmbeddedClickHouse(tmp_path / "data", tmp_path / "run", connections=2)
    with small, Client.from_url(small.url) as first, Client.from_url(small.url) as second:
        first.execute("SELECT 1")
        second.execute("SELECT 1")
        third = Client.from_url(small.url)
        with pytest.raises(ServerException) as failed:
            third.execute("SELECT 1")
        assert failed.value.code == 202
        second.disconnect()
        third.disconnect()
        time.sleep(0.3)
        assert third.execute("SELECT 1") == [(1,)]
        third.disconnect()
