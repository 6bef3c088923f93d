"""Migrations against the embedded ClickHouse."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.errors import StackError
from sinks.migrate import migrate
from streams.addresses import Addresses
from streams.bootstrap import prepare_namespace
from streams.settings import Settings

pytestmark = pytest.mark.stack

FIRST = """
-- what is observed; a ';' in a comment is no end
CREATE TABLE IF NOT EXISTS seen
(
    id String,
    at DateTime64(3, 'UTC'),
    note String DEFAULT 'a;b'
)
ENGINE = ReplacingMergeTree ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;

CREATE VIEW IF NOT EXISTS seen_current AS SELECT * FROM seen FINAL;
"""
SECOND = "ALTER TABLE seen ADD COLUMN IF NOT EXISTS source LowCardinality(String);\n"


@pytest.fixture
def database() -> str:
    return f"m_{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(clickhouse: EmbeddedClickHouse) -> Iterator[Client]:
    with Client.from_url(clickhouse.url) as connected:
        yield connected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "001_seen.sql").write_text(FIRST)
    return tmp_path


def test_pending_migrations_are_applied_once_in_order(
    clickhouse: EmbeddedClickHouse, client: Client, database: str, folder: Path
) -> None:
    assert migrate(clickhouse.url, database, folder=folder) == ["001_seen.sql"]
    (folder / "002_source.sql").write_text(SECOND)
    assert migrate(clickhouse.url, database, folder=folder) == ["002_source.sql"]
    assert migrate(clickhouse.url, database, folder=folder) == []
    columns = [row[0] for row in client.execute(f"DESCRIBE TABLE {database}.seen_current")]
    assert columns[:3] == ["id", "at", "note"]
    assert ("source",) in client.execute(
        f"SELECT name FROM system.columns WHERE database = '{database}' AND table = 'seen'"
    )


def test_the_database_is_atomic(
    clickhouse: EmbeddedClickHouse, client: Client, database: str, folder: Path
) -> None:
    migrate(clickhouse.url, database, folder=folder)
    engine = client.execute(f"SELECT engine FROM system.databases WHERE name = '{database}'")
    assert engine == [("Atomic",)]


def test_a_dry_run_names_them_and_changes_nothing(
    clickhouse: EmbeddedClickHouse, client: Client, database: str, folder: Path
) -> None:
    assert migrate(clickhouse.url, database, dry_run=True, folder=folder) == ["001_seen.sql"]
    assert client.execute(f"EXISTS DATABASE {database}") == [(0,)]


def test_one_that_fails_is_named_and_tried_again(
    clickhouse: EmbeddedClickHouse, client: Client, database: str, folder: Path
) -> None:
    broken = folder / "002_broken.sql"
    broken.write_text(
        "CREATE TABLE IF NOT EXISTS half (n UInt8) ENGINE = Memory;\nALTER TABLE nowhere DELETE;\n"
    )
    with pytest.raises(StackError, match=r"002_broken\.sql failed \(1 applied before it\)"):
        migrate(clickhouse.url, database, folder=folder)
    broken.write_text("CREATE TABLE IF NOT EXISTS half (n UInt8) ENGINE = Memory;\n")
    assert migrate(clickhouse.url, database, folder=folder) == ["002_broken.sql"]
    assert client.execute(f"EXISTS TABLE {database}.half") == [(1,)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: (f / "001_seen.sql").write_text(SECOND), r"001_seen\.sql was edited"),
        (lambda f: (f / "001_seen.sql").rename(f / "009_seen.sql"), "number 1 .* missing"),
        (lambda f: (f / "000_early.sql").write_text(SECOND), r"000_early\.sql comes before"),
    ],
    ids=["edited", "missing", "inserted before"],
)
def test_files_that_contradict_the_database_are_refused(
    clickhouse: EmbeddedClickHouse, database: str, folder: Path, change: object, words: str
) -> None:
    migrate(clickhouse.url, database, folder=folder)
    change(folder)  # type: ignore[operator]
    for dry_run in (True, False):
        with pytest.raises(StackError, match=words):
            migrate(clickhouse.url, database, dry_run=dry_run, folder=folder)


def test_replicated_engines_are_asked_for_by_a_setting(
    clickhouse: EmbeddedClickHouse, kafka: str, client: Client, tmp_path: Path
) -> None:
    """The embedded engine has no Keeper: it knows the engine, and says what it lacks."""
    settings = Settings(home=tmp_path, namespace=f"r{uuid.uuid4().hex[:8]}")
    where = Addresses(kafka, clickhouse.url, clickhouse.readonly_url)
    replicated = settings.model_copy(update={"clickhouse_replicated": True})
    with pytest.raises(StackError, match=r"(?s)001_feeds\.sql failed .*Macro 'uuid' in engine"):
        prepare_namespace(replicated, where)
    prepare_namespace(settings, where)
    engines = f"SELECT DISTINCT engine FROM system.tables WHERE database = '{settings.database}'"
    assert not [name for (name,) in client.execute(engines) if name.startswith("Replicated")]


def test_a_server_that_is_not_there_is_a_sentence(database: str, folder: Path) -> None:
    with pytest.raises(StackError, match="could not be asked"):
        migrate("clickhouse://writer:secret@127.0.0.1:1/", database, folder=folder)


def test_the_read_only_user_cannot_migrate(
    clickhouse: EmbeddedClickHouse, database: str, folder: Path
) -> None:
    with pytest.raises(StackError, match="read-only"):
        migrate(clickhouse.readonly_url, database, folder=folder)
