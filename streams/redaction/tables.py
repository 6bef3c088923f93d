"""Tables without some of their rows: ids and words go in; rows that hold them go, and their bytes.

A mutation leaves the old parts on disk for as long as the server likes: a table that holds such
rows is written anew and takes the old one's place, which is dropped at once. A replicated table
cannot be exchanged: there the rows are deleted, and its old parts awaited.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clickhouse_driver import Client

from deploy.errors import StackError
from sinks.warehouse import at_database
from streams.redaction.sought import Sought

_PATTERNS = 200
_QUOTES = ("'", "\\")
_ANEW = "redacting"
_ROWS = {"max_insert_threads": 1, "max_partitions_per_insert_block": 0}


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    replicated: bool
    stored: tuple[str, ...]
    """Columns that an insert fills."""
    texts: tuple[str, ...]
    """Those with text in them."""


def delete(url: str, database: str, sought: Sought, *, within_s: float = 600) -> dict[str, int]:
    """Delete rows from every table of a database, if it is there; how many. Raises StackError."""
    removed: dict[str, int] = {}
    with Client.from_url(at_database(url, "default")) as client:
        there = "SELECT count() FROM system.databases WHERE name = %(database)s"
        if not client.execute(there, {"database": database})[0][0]:
            return removed
    with Client.from_url(at_database(url, database)) as client:
        # A try that was cut short may have left this.
        client.execute(f"DROP TABLE IF EXISTS {_ANEW} SYNC")
        for table in _tables(client, database):
            conditions = [
                (condition, values)
                for condition, values in _conditions(table, sought)
                if _count(client, table, condition, values)
            ]
            if not conditions:
                continue
            before = _count(client, table, "1", {})
            if table.replicated:
                _mutate(client, database, table, conditions, within_s)
            else:
                _write_anew(client, table, conditions)
            removed[table.name] = before - _count(client, table, "1", {})
    return removed


def _write_anew(
    client: Client, table: _Table, conditions: list[tuple[str, dict[str, Any]]]
) -> None:
    for condition, values in conditions:
        client.execute(f"CREATE TABLE {_ANEW} AS {table.name}")
        columns = ", ".join(f"`{name}`" for name in table.stored)
        client.execute(
            f"INSERT INTO {_ANEW} ({columns}) "  # noqa: S608 -- our names
            f"SELECT {columns} FROM {table.name} WHERE NOT ({condition})",
            values,
            settings=_ROWS,
        )
        client.execute(f"EXCHANGE TABLES {_ANEW} AND {table.name}")
        client.execute(f"DROP TABLE {_ANEW} SYNC")


def _mutate(
    client: Client,
    database: str,
    table: _Table,
    conditions: list[tuple[str, dict[str, Any]]],
    within_s: float,
) -> None:
    client.execute(f"ALTER TABLE {table.name} MODIFY SETTING old_parts_lifetime = 1")
    for condition, values in conditions:
        client.execute(
            f"ALTER TABLE {table.name} DELETE WHERE {condition}",
            values,
            settings={"mutations_sync": 2},
        )
    deadline = time.monotonic() + within_s
    old = (
        "SELECT count() FROM system.parts "
        "WHERE database = %(database)s AND table = %(table)s AND NOT active"
    )
    while client.execute(old, {"database": database, "table": table.name})[0][0]:
        if time.monotonic() > deadline:
            raise StackError(f"{database}.{table.name}: the parts from before are still there")
        time.sleep(0.5)
    client.execute(f"ALTER TABLE {table.name} RESET SETTING old_parts_lifetime")


def _count(client: Client, table: _Table, condition: str, values: dict[str, Any]) -> int:
    counted = f"SELECT count() FROM {table.name} WHERE {condition}"  # noqa: S608 -- our names
    return int(client.execute(counted, values)[0][0])


def _tables(client: Client, database: str) -> Iterator[_Table]:
    """Tables that hold rows with text in them."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for table, engine, column, kind, default in client.execute(
        "SELECT t.name, t.engine, c.name, c.type, c.default_kind FROM system.columns c "
        "JOIN system.tables t ON t.database = c.database AND t.name = c.table "
        "WHERE c.database = %(database)s AND endsWith(t.engine, 'MergeTree') "
        "ORDER BY t.name, c.position",
        {"database": database},
    ):
        found.setdefault((table, engine), []).append((column, kind, default))
    for (table, engine), columns in found.items():
        stored = tuple(name for name, _, default in columns if default in ("", "DEFAULT"))
        texts = tuple(name for name, kind, _ in columns if "String" in kind and name[0] != "_")
        if texts:
            yield _Table(table, engine.startswith("Replicated"), stored, texts)


def _conditions(table: _Table, sought: Sought) -> Iterator[tuple[str, dict[str, Any]]]:
    """Conditions for rows that hold an id whole, or some of the words anywhere."""
    texts = [f"ifNull(toString({name}), '')" for name in table.texts]
    ids = sorted(sought.telling)
    for begin in range(0, len(ids), _PATTERNS):
        part = ids[begin : begin + _PATTERNS]
        # An array shows its texts in quotes.
        quoted = [f"'{one}'" for one in part]
        equal = " OR ".join(
            f"({text} IN %(part)s OR multiSearchAny({text}, %(quoted)s))" for text in texts
        )
        yield equal, {"part": tuple(part), "quoted": quoted}
    if sought.docket is not None and {"court_id", "docket_number"} <= set(table.texts):
        court, number = sought.docket.split("/")
        both = "ifNull(court_id, '') = %(court)s AND ifNull(docket_number, '') = %(number)s"
        yield both, {"court": court, "number": number}
    words = sorted(
        one.encode("latin-1").decode("utf-8", "ignore")
        for one in sought.windows
        if not any(quote in one for quote in _QUOTES)
    )
    for begin in range(0, len(words), _PATTERNS):
        part = words[begin : begin + _PATTERNS]
        held = " OR ".join(f"multiSearchAny({text}, %(part)s)" for text in texts)
        yield held, {"part": part}
