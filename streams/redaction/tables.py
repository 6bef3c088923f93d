"""Tables without some of their rows: ids and words go in; rows that hold them go, and their parts.

ClickHouse keeps a part for minutes after a mutation has replaced it: it is told not to.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from clickhouse_driver import Client

from deploy.errors import StackError
from sinks.warehouse import at_database
from streams.redaction.sought import Sought

_PATTERNS = 200
_QUOTES = ("'", "\\")


def delete(url: str, database: str, sought: Sought, *, within_s: float = 120) -> dict[str, int]:
    """Delete rows from every table of a database; how many, by table. Raises StackError."""
    removed: dict[str, int] = {}
    with Client.from_url(at_database(url, database)) as client:
        for table, columns in _tables(client, database):
            for condition, values in _conditions(columns, sought):
                counted = f"SELECT count() FROM {table} WHERE {condition}"  # noqa: S608 -- our names
                count = client.execute(counted, values)[0][0]
                if not count:
                    continue
                client.execute(f"ALTER TABLE {table} MODIFY SETTING old_parts_lifetime = 1")
                client.execute(
                    f"ALTER TABLE {table} DELETE WHERE {condition}",
                    values,
                    settings={"mutations_sync": 2},
                )
                removed[table] = removed.get(table, 0) + count
        for table in removed:
            _await_gone(client, database, table, within_s)
            client.execute(f"ALTER TABLE {table} RESET SETTING old_parts_lifetime")
    return removed


def _tables(client: Client, database: str) -> Iterator[tuple[str, list[str]]]:
    """Tables that hold rows, and their columns with text in them."""
    found: dict[str, list[str]] = {}
    for table, column in client.execute(
        "SELECT c.table, c.name FROM system.columns c JOIN system.tables t "
        "ON t.database = c.database AND t.name = c.table "
        "WHERE c.database = %(database)s AND t.engine LIKE '%%MergeTree' "
        "AND c.type LIKE '%%String%%' AND c.name NOT LIKE '\\_%%' ORDER BY c.table, c.position",
        {"database": database},
    ):
        found.setdefault(table, []).append(column)
    yield from found.items()


def _conditions(columns: list[str], sought: Sought) -> Iterator[tuple[str, dict[str, object]]]:
    """Conditions for rows that hold an id whole, or some of the words anywhere."""
    texts = [f"ifNull(toString({name}), '')" for name in columns]
    ids = sorted(sought.telling)
    for begin in range(0, len(ids), _PATTERNS):
        part = ids[begin : begin + _PATTERNS]
        # An array shows its texts in quotes.
        quoted = [f"'{one}'" for one in part]
        equal = " OR ".join(
            f"({text} IN %(part)s OR multiSearchAny({text}, %(quoted)s))" for text in texts
        )
        yield equal, {"part": tuple(part), "quoted": quoted}
    if sought.docket is not None and {"court_id", "docket_number"} <= set(columns):
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


def _await_gone(client: Client, database: str, table: str, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    old = (
        "SELECT count() FROM system.parts "
        "WHERE database = %(database)s AND table = %(table)s AND NOT active"
    )
    while client.execute(old, {"database": database, "table": table})[0][0]:
        if time.monotonic() > deadline:
            raise StackError(f"{database}.{table}: ClickHouse still keeps the parts from before")
        time.sleep(0.5)
