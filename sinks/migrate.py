"""Numbered ``.sql`` migrations applied to a ClickHouse database, by ``clickhouse-migrations``.

A migration is a file ``NNN_what_it_does.sql`` of statements that end with ``;``. ClickHouse has no
transactional DDL: one that fails half-way is run again from its first statement, so each statement
says IF NOT EXISTS or the like. One that was applied is never edited: its hash is recorded in the
table ``schema_versions``.
"""

from __future__ import annotations

import logging
from pathlib import Path

from clickhouse_driver import Client
from clickhouse_driver.errors import Error as DriverError
from clickhouse_migrations.clickhouse_cluster import ClickhouseCluster
from clickhouse_migrations.exceptions import MigrationException
from clickhouse_migrations.migration import MigrationStorage
from clickhouse_migrations.migrator import STATUS_APPLIED, STATUS_PENDING
from clickhouse_migrations.util import quote_identifier

from deploy.errors import StackError
from sinks.dictionary import annotate
from sinks.warehouse import at_database, reason_of

MIGRATIONS = Path(__file__).with_name("migrations")
_LOG = logging.getLogger(__name__)


def migrate(
    url: str,
    database: str,
    *,
    dry_run: bool = False,
    folder: Path = MIGRATIONS,
    replicated: bool = False,
) -> list[str]:
    """Apply what is pending; the names of the files applied (``dry_run``: to be applied), in order.

    ``url`` is a writer's ``clickhouse://…``; the database is made, ``ENGINE = Atomic``, if there is
    none. A dry run changes nothing. ``replicated`` makes the tables' engines Replicated ones, for a
    server with Keeper: it is what ``${REPLICATED}`` in a file stands for. Comments are brought up
    to ``sinks/dictionary.yaml``. Raises StackError naming the file that failed, or that differs
    from what was applied or is missing; what came before it stays applied.
    """
    try:
        storage = MigrationStorage(folder)
        names = storage.migration_filenames()
        cluster = ClickhouseCluster(db_url=url)
        pending = _pending(cluster, database, folder, names)
        if not dry_run:
            _create(cluster, database)
            for done, version in enumerate(pending):
                _apply(cluster, database, folder, version, names, done=done, replicated=replicated)
            with Client.from_url(at_database(url, database)) as client:
                annotate(client)
    except MigrationException as error:
        raise StackError(f"migrations in {folder}: {error}") from error
    except (DriverError, OSError, EOFError) as error:
        raise StackError(f"ClickHouse could not be asked for its migrations: {error}") from error
    return [names[version] for version in pending]


def _pending(
    cluster: ClickhouseCluster, database: str, folder: Path, names: dict[int, str]
) -> list[int]:
    """Versions to be applied. Raises MigrationException if files and database contradict."""
    rows = cluster.status(database, folder)
    for row in rows:
        if row.state in (STATUS_APPLIED, STATUS_PENDING):
            continue
        if row.version in names:
            message = f"{names[row.version]} was edited after it was applied: add a new one instead"
        else:
            message = f"number {row.version} was applied, but its file is missing"
        raise MigrationException(message)
    pending = [row.version for row in rows if row.state == STATUS_PENDING]
    applied = [row.version for row in rows if row.state == STATUS_APPLIED]
    if pending and applied and min(pending) < max(applied):
        raise MigrationException(
            f"{names[min(pending)]} comes before {names[max(applied)]}, which was applied: "
            "give it a higher number"
        )
    return pending


def _create(cluster: ClickhouseCluster, database: str) -> None:
    with cluster.connection("") as connection:
        connection.command(
            f"CREATE DATABASE IF NOT EXISTS {quote_identifier(database)} ENGINE = Atomic"
        )


def _apply(
    cluster: ClickhouseCluster,
    database: str,
    folder: Path,
    version: int,
    names: dict[int, str],
    *,
    done: int,
    replicated: bool,
) -> None:
    """One migration, so that a failure has a name."""
    try:
        cluster.migrate(
            database,
            folder,
            create_db_if_no_exists=False,
            to_version=version,
            variables={"REPLICATED": "Replicated" if replicated else ""},
        )
    except DriverError as error:
        raise StackError(
            f"migration {names[version]} failed ({done} applied before it): {reason_of(error)}"
        ) from error
    _LOG.info("applied migration %s", names[version])
