"""The endpoint as a client sees it: what a ClickHouse server would do."""

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal

import numpy as np
import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

pytestmark = pytest.mark.stack

VALUES = [
    ("UInt8", [0, 255]),
    ("Int64", [-(2**63), 2**63 - 1]),
    ("UInt256", [0, 2**256 - 1]),
    ("Float64", [0.0, -1.5e300]),
    ("Bool", [True, False]),
    ("String", ["", "x" * 127, "y" * 128, "z" * 20_000, "é"]),
    ("FixedString(3)", ["abc", "xyz"]),
    ("UUID", [uuid.UUID(int=1), uuid.UUID(int=2**128 - 1)]),
    ("IPv4", [ipaddress.IPv4Address("10.0.0.1")]),
    ("IPv6", [ipaddress.IPv6Address("fe80::1")]),
    ("Date", [dt.date(1970, 1, 1), dt.date(2149, 6, 6)]),
    ("Date32", [dt.date(1900, 1, 1), dt.date(2299, 12, 31)]),
    ("DateTime", [dt.datetime.fromisoformat("2025-03-15T23:01:02")]),
    ("DateTime64(3, 'UTC')", [dt.datetime(2025, 3, 15, 23, 1, 2, 345000, tzinfo=dt.UTC)]),
    ("Decimal(9, 2)", [Decimal("1.25")]),
    ("Decimal(38, 10)", [Decimal("-1.0000000001")]),
    ("Decimal(76, 5)", [Decimal("123456789012345678901234567890.00001")]),
    ("Enum8('a' = 1, 'b, (c)' = 2)", ["a", "b, (c)"]),
    ("Enum16('it''s' = 1000)", ["it's"]),
    ("Nullable(String)", [None, "x", ""]),
    ("Nullable(DateTime64(3, 'UTC'))", [None, dt.datetime(2025, 1, 1, tzinfo=dt.UTC)]),
    ("LowCardinality(String)", ["a", "b", "a"] * 200),
    ("LowCardinality(Nullable(String))", ["a", None, "b"]),
    ("LowCardinality(FixedString(2))", ["aa", "bb"]),
    ("Array(UInt32)", [[], [1], [1, 2, 3]]),
    ("Array(Array(String))", [[[]], [["a"], ["b", "c"]], []]),
    ("Array(Nullable(Int8))", [[None, 1], []]),
    ("Array(LowCardinality(String))", [["a", "b", "a"], [], ["c"]]),
    ("Array(LowCardinality(String))", [[], []]),
    ("Map(String, UInt64)", [{}, {"a": 1, "b": 2}]),
    ("Map(LowCardinality(String), Array(String))", [{"a": ["x"]}, {}]),
    ("Tuple(UInt8, String)", [(1, "a"), (2, "b")]),
    ("Tuple(a UInt8, `b c` Nullable(String))", [(1, None), (2, "b")]),
    ("Array(Tuple(at DateTime64(3, 'UTC'), why LowCardinality(String)))",
     [[(dt.datetime(2025, 1, 1, tzinfo=dt.UTC), "x")], []]),
    ("SimpleAggregateFunction(max, UInt64)", [1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values"), VALUES, ids=[kind for kind, _ in VALUES])
def test_values_of_every_type_come_back_as_they_went_in(
    writer: Client, kind: str, values: list[object]
) -> None:
    writer.execute(f"CREATE TABLE t (n UInt32, v {kind}) ENGINE = MergeTree ORDER BY n")
    rows = list(enumerate(values))
    # A column after it: had the endpoint lost its place in v, w would show it.
    writer.execute("ALTER TABLE t ADD COLUMN w String")
    assert writer.execute("INSERT INTO t (n, v, w) VALUES", [(n, v, f"w{n}") for n, v in rows])
    back = writer.execute("SELECT n, v, w FROM t ORDER BY n")
    assert back == [(n, v, f"w{n}") for n, v in rows]


def test_an_answer_without_rows_has_its_columns(writer: Client) -> None:
    _, columns = writer.execute(
        "SELECT number AS n, 'x' AS s FROM numbers(3) WHERE n > 5 -- nothing",
        with_column_types=True,
    )
    assert columns == [("n", "UInt64"), ("s", "String")]


def test_an_answer_with_rows_has_its_columns(writer: Client) -> None:
    rows, columns = writer.execute(
        "SELECT 'a' AS s, [1, 2] AS `an array`, toLowCardinality('b') AS l", with_column_types=True
    )
    assert rows == [("a", [1, 2], "b")]
    assert columns == [
        ("s", "String"), ("an array", "Array(UInt8)"), ("l", "LowCardinality(String)")
    ]  # fmt: skip
    _, columns = writer.execute("SHOW DATABASES", with_column_types=True)
    assert columns == [("name", "String")]


def test_many_blocks_arrive_in_full(writer: Client) -> None:
    (total,) = np.array(
        [[row[0] for row in writer.execute_iter("SELECT number FROM numbers(300000)")]]
    )
    assert total.sum() == sum(range(300_000))


def test_a_large_insert_in_many_blocks_is_complete(writer: Client) -> None:
    writer.execute("CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    count = 70_000
    rows = [[n, "k" * (n % 300)] for n in range(count)]
    writer.execute("INSERT INTO t VALUES", rows, settings={"insert_block_size": 7_000})
    expected = (count, count * (count - 1) // 2, sum(n % 300 for n in range(count)))
    assert writer.execute("SELECT count(), sum(n), sum(length(s)) FROM t") == [expected]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELEC 1", 62),
        ("SELECT 1; SELECT 2", 62),
        ("SELECT * FROM nowhere", 60),
        ("SELECT * FROM default.nowhere", 60),
        ("SELECT nothing FROM system.one", 47),
        ("SELECT throwIf(number = 200000) FROM numbers(300000)", 395),
        ("INSERT INTO nowhere VALUES", 60),
        ("DROP TABLE nowhere", 60),
        ("USE nowhere", 81),
    ],
)
def test_a_failure_has_clickhouses_code_and_the_connection_goes_on(
    writer: Client, sql: str, code: int
) -> None:
    rows = [(1,)] if sql.startswith("INSERT") else None
    with pytest.raises(ServerException) as failed:
        writer.execute(sql, rows)
    assert failed.value.code == code
    socket_before = writer.connection.socket
    assert writer.execute("SELECT 1") == [(1,)]
    if socket_before is not None:
        assert writer.connection.socket is socket_before


def test_a_failed_insert_commits_nothing_and_the_connection_goes_on(writer: Client) -> None:
    writer.execute(
        "CREATE TABLE t (n UInt64, CONSTRAINT small CHECK n < 100) ENGINE = MergeTree ORDER BY n"
    )
    with pytest.raises(ServerException) as failed:
        writer.execute(
            "INSERT INTO t VALUES", [[n] for n in range(200)], settings={"insert_block_size": 50}
        )
    assert failed.value.code == 469
    assert writer.execute("SELECT count() FROM t") == [(0,)]
    writer.execute("INSERT INTO t VALUES", [[1]])
    assert writer.execute("SELECT count() FROM t") == [(1,)]


def test_an_insert_that_a_view_cannot_take_is_an_error(writer: Client) -> None:
    """chDB's own streaming insert reports success here."""
    writer.execute("CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY s")
    writer.execute("CREATE TABLE u (n UInt64) ENGINE = MergeTree ORDER BY n")
    writer.execute("CREATE MATERIALIZED VIEW v TO u AS SELECT toUInt64(s) AS n FROM t")
    with pytest.raises(ServerException) as failed:
        writer.execute("INSERT INTO t VALUES", [["1"], ["two"]])
    assert failed.value.code == 6
    writer.execute("INSERT INTO t VALUES", [["3"]])
    assert ("3",) in writer.execute("SELECT s FROM t")


def test_settings_hold_for_one_statement_and_set_for_the_connection(writer: Client) -> None:
    ask = "SELECT getSetting('max_threads'), getSetting('max_block_size')"
    writer.execute("SET max_threads = 3")
    (before,) = writer.execute(ask)
    assert before[0] == 3
    assert writer.execute(ask, settings={"max_threads": 1, "max_block_size": 7}) == [(1, 7)]
    assert writer.execute(ask) == [before]


def test_an_unknown_setting_fails_only_if_important(writer: Client) -> None:
    assert writer.execute("SELECT 1", settings={"no_such_setting": 1}) == [(1,)]
    writer.connection.settings_is_important = True
    with pytest.raises(ServerException) as failed:
        writer.execute("SELECT 1", settings={"no_such_setting": 1})
    assert failed.value.code == 115


def test_an_insert_token_is_honoured(writer: Client) -> None:
    writer.execute(
        "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    for n in (1, 2):
        token = {"insert_deduplication_token": "it's 0-1", "insert_deduplicate": 1}
        writer.execute("INSERT INTO t VALUES", [[n]], settings=token)
    assert writer.execute("SELECT n FROM t") == [(1,)]


def test_inserts_of_every_form(writer: Client) -> None:
    writer.execute(
        "CREATE TABLE t (n UInt64, s String DEFAULT 'd', m UInt8 MATERIALIZED 7) "
        "ENGINE = MergeTree ORDER BY n"
    )
    database = writer.execute("SELECT currentDatabase()")[0][0]
    writer.execute("INSERT INTO t VALUES", [[1, "a"]])
    writer.execute(f"insert into {database}.`t` (`n`) values", [[2]])
    writer.execute("INSERT INTO TABLE t (s, n) SETTINGS async_insert = 0 VALUES", [["c", 3]])
    writer.execute("INSERT INTO t (n, s) VALUES (4, 'it''s; here')")
    writer.execute("INSERT INTO t SELECT 5, 'VALUES'")
    writer.execute('INSERT INTO t FORMAT JSONEachRow {"n": 6, "s": "f"}')
    assert writer.execute("SELECT n, s, m FROM t ORDER BY n") == [
        (1, "a", 7), (2, "d", 7), (3, "c", 7), (4, "it's; here", 7), (5, "VALUES", 7), (6, "f", 7)
    ]  # fmt: skip


def test_statements_that_do_not_stream(writer: Client) -> None:
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    assert writer.execute("SHOW TABLES") == [("t",)]
    assert writer.execute("EXISTS TABLE t") == [(1,)]
    assert writer.execute("DESCRIBE TABLE t")[0][:2] == ("n", "UInt64")
    assert "ReadFrom" in str(writer.execute("EXPLAIN SELECT 1"))
    assert "ENGINE = MergeTree" in writer.execute("SHOW CREATE TABLE t")[0][0]


def test_a_format_clause_is_the_clients_business(writer: Client) -> None:
    assert writer.execute("SELECT 1 AS format FORMAT JSON SETTINGS max_threads = 1;") == [(1,)]
    assert writer.execute("SELECT 'FORMAT x' /* FORMAT y */ FORMAT TSV -- end") == [("FORMAT x",)]


def test_the_database_is_the_one_asked_for(writer: Client) -> None:
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = Memory")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    writer.execute("USE system")
    assert writer.execute("SELECT count() FROM one") == [(1,)]
    writer.execute(f"USE {database}")
    assert writer.execute("SELECT count() FROM t") == [(0,)]


def test_numpy_columns_go_in_and_out(writer: Client) -> None:
    writer.execute("CREATE TABLE t (n UInt64, at DateTime64(3, 'UTC'), c String) ENGINE = Memory")
    count = 10_000
    n = np.arange(count, dtype=np.uint64)
    at = (np.datetime64("2025-03-15T00:00:00.123") + n.astype(np.int64)).astype("datetime64[ns]")
    c = np.array([f"a{i:05x}" for i in range(count)], dtype=object)
    numpy = {"use_numpy": True, "insert_block_size": 3_000}
    with Client(
        writer.connection.host, writer.connection.port, user=writer.connection.user,
        password=writer.connection.password, settings=numpy,
    ) as client:  # fmt: skip
        database = writer.connection.database
        client.execute(f"INSERT INTO {database}.t VALUES", [n, at, c], columnar=True)
        back = client.execute(f"SELECT n, at, c FROM {database}.t ORDER BY n", columnar=True)
    assert (back[0] == n).all()
    assert (back[2] == c).all()
