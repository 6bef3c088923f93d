"""Who may do what, over the wire: nothing outside the database, and readers only read."""

from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from deploy.clickhouse.embedded import EmbeddedClickHouse

pytestmark = pytest.mark.stack

OUTSIDE = [
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT file('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    "SELECT /* x */ file /* y */ ('/etc/passwd')",
    "WITH file('/etc/passwd') AS x SELECT x",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:1', 'system.one')",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "SELECT * FROM python('sys')",
    "SELECT 1 INTO OUTFILE '{target}'",
    "(SELECT 1) INTO OUTFILE '{target}' FORMAT CSV",
    "INSERT INTO FUNCTION file('{target}', 'TSV', 'a UInt64') SELECT 1",
    "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString",
    "CREATE TABLE f (a String) ENGINE = File(TSV, '/etc/passwd')",
    "CREATE TABLE f (a String) ENGINE = URL('http://127.0.0.1:1/', 'TSV')",
    "CREATE TABLE f (a String) ENGINE = Executable('id', 'TSV')",
    "CREATE DICTIONARY d (a String) PRIMARY KEY a "
    "SOURCE(EXECUTABLE(COMMAND 'touch {target}' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(1)",
    "CREATE DICTIONARY d (a String) PRIMARY KEY a "
    "SOURCE(HTTP(URL 'http://127.0.0.1:1/' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(1)",
    "SYSTEM STOP MERGES",
    "SELECT 1; SYSTEM STOP MERGES",
    "DROP TABLE IF EXISTS a PARALLEL WITH SYSTEM STOP MERGES",
    "CREATE USER x IDENTIFIED BY 'x'",
    "GRANT ALL ON *.* TO default",
    "BACKUP DATABASE default TO File('{target}')",
]


@pytest.mark.parametrize("sql", OUTSIDE)
def test_nobody_reaches_files_programs_or_the_network(
    clickhouse: EmbeddedClickHouse, tmp_path: Path, sql: str
) -> None:
    target = tmp_path / "out"
    for url in (clickhouse.url, clickhouse.readonly_url):
        with Client.from_url(url) as client:
            with pytest.raises(ServerException) as failed:
                client.execute(sql.format(target=target))
            assert failed.value.code in (62, 164, 497, 701)
            assert "root:" not in str(failed.value)
    assert not target.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x (a UInt8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE x (a UInt8)",
        "INSERT INTO x VALUES (1)",
        "INSERT INTO x SELECT 1",
        "WITH 1 AS n INSERT INTO x SELECT n",
        "KILL QUERY WHERE 1",
        "SET readonly = 0",
        "SET max_execution_time = 1, readonly = 0",
        "SET allow_ddl = 1",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 SETTINGS max_execution_time = 0",
        "OPTIMIZE TABLE x",
        "DROP DATABASE default",
    ],
)
def test_a_reader_only_reads(reader: Client, sql: str) -> None:
    with pytest.raises(ServerException) as failed:
        reader.execute(sql)
    assert failed.value.code == 164
    assert reader.execute("SELECT 1") == [(1,)]


def test_a_reader_cannot_insert_blocks(reader: Client, writer: Client) -> None:
    writer.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    (database,) = writer.execute("SELECT currentDatabase()")[0]
    with pytest.raises(ServerException) as failed:
        reader.execute(f"INSERT INTO {database}.t VALUES", [[1]])
    assert failed.value.code == 164
    assert writer.execute("SELECT count() FROM t") == [(0,)]


def test_a_reader_lowers_limits_and_never_raises_them(reader: Client) -> None:
    ask = "SELECT getSetting('max_execution_time')"
    ((most,),) = reader.execute(ask)
    assert most > 0
    for wanted, got in ((1, 1), (0, most), (10**6, most)):
        assert reader.execute(ask, settings={"max_execution_time": wanted}) == [(got,)]
    assert reader.execute(ask) == [(most,)]
    reader.execute("SET max_execution_time = 2")
    assert reader.execute(ask) == [(2,)]
    reader.execute("USE system")
    assert reader.execute("SELECT currentDatabase()", settings={"max_threads": 1}) == [("system",)]


def test_a_readers_query_is_ended_by_its_limit(reader: Client) -> None:
    with pytest.raises(ServerException) as failed:
        reader.execute(
            "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3",
            settings={"max_execution_time": 1},
        )
    assert failed.value.code == 159


def test_a_reader_shows_and_describes(reader: Client) -> None:
    assert ("one",) in reader.execute("SHOW TABLES FROM system")
    assert reader.execute("DESCRIBE TABLE system.one")[0][:2] == ("dummy", "UInt8")
    assert reader.execute("EXISTS TABLE system.one") == [(1,)]


@pytest.mark.parametrize(
    ("user", "password"),
    [("writer", ""), ("writer", "wrong"), ("default", ""), ("", ""), ("writer'--", "x")],
)
def test_a_wrong_password_is_refused(
    clickhouse: EmbeddedClickHouse, user: str, password: str
) -> None:
    client = Client("127.0.0.1", clickhouse.port, user=user, password=password)
    with pytest.raises(ServerException) as failed:
        client.execute("SELECT 1")
    assert failed.value.code == 516
    client.disconnect()


def test_passwords_are_in_a_private_file_and_nowhere_else(clickhouse: EmbeddedClickHouse) -> None:
    file = clickhouse.data / "credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    password = clickhouse.url.split(":")[2].split("@")[0]
    assert password in file.read_text()
    process = Path("/proc") / str(clickhouse.pid)
    for page in ("cmdline", "environ"):
        assert password not in (process / page).read_text()
    assert password not in clickhouse.log.read_text()
    assert clickhouse.data.stat().st_mode & 0o077 == 0


def test_the_durable_settings_are_on(reader: Client) -> None:
    on = reader.execute(
        "SELECT name, value FROM system.merge_tree_settings WHERE name LIKE 'fsync_%' ORDER BY name"
    )
    assert on == [("fsync_after_insert", "1"), ("fsync_part_directory", "1")]
