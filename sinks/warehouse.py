"""The way into ClickHouse: blocks go in, each once, however often they are sent.

An insert carries a token made of its topic's UUID, partition and offsets: a server that has seen
the token ignores the insert. The token covers retries; the table's identity covers all else.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from clickhouse_driver import Client
from clickhouse_driver.errors import Error as DriverError

from sinks.columns import Block
from sinks.tables import Table

UNAVAILABLE = (DriverError, OSError, EOFError)
"""What the driver raises when ClickHouse is away or refuses: none of it is a record's fault."""

_SETTINGS = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    # A retry that the table has already had still brings to the view what it had not yet had.
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    # A clock gone wild must not hold up the rest: identity, not the partition, keeps rows apart.
    "max_partitions_per_insert_block": 0,
    "throw_on_max_partitions_per_insert_block": 0,
}
_PAIRS = 5_000
_CONFLICTS = "sink_conflicts"


class Warehouse:
    """Inserts into one database. Its methods block; several threads may call them."""

    def __init__(self, url: str, database: str, *, timeout_s: float = 120) -> None:
        self._url, self._database, self._timeout_s = url, database, timeout_s
        self._idle: dict[bool, queue.LifoQueue[Client]] = {
            True: queue.LifoQueue(),
            False: queue.LifoQueue(),
        }

    def close(self) -> None:
        """Disconnect."""
        for clients in self._idle.values():
            while not clients.empty():
                clients.get_nowait().disconnect()

    def insert(self, block: Block, token: str) -> None:
        """Insert a block once. Raises one of UNAVAILABLE; then it may be there or not: retry."""
        if not block.rows:
            return
        names = ", ".join(f"`{name}`" for name in block.table.columns)
        with self._client(numpy=block.table.hot) as client:
            client.execute(
                f"INSERT INTO {block.table.name} ({names}) VALUES",
                # The driver writes its own zeros over nulls: a retry needs them unharmed.
                [column[:] if isinstance(column, list) else column for column in block.columns],
                columnar=True,
                settings={**_SETTINGS, "insert_deduplication_token": token},
            )

    def conflicts(self, block: Block) -> int:
        """Count records whose id and revision stand in the table with other bytes; keep the proof.

        The same id and revision always has the same bytes (``shared/design.md``): one that has not
        is an alarm. Raises one of UNAVAILABLE.
        """
        table = block.table
        if not table.versioned or not block.rows:
            return 0
        key = table.identity[0]
        met: dict[tuple[str, int], dict[int, int]] = {}
        pairs = zip(block.column(key), block.column("revision"), strict=True)
        for row, (pair, hashed) in enumerate(zip(pairs, block.column("_bytes"), strict=True)):
            met.setdefault(pair, {})[hashed] = row
        found: list[tuple[Any, ...]] = []
        wanted = list(met)
        with self._client(numpy=False) as client:
            for begin in range(0, len(wanted), _PAIRS):
                part = tuple(wanted[begin : begin + _PAIRS])
                stored = client.execute(
                    f"SELECT {key}, revision, _bytes FROM {table.name} "  # noqa: S608 -- our names
                    # A rebuild counts its inputs anew: what its revisions say is its own.
                    f"WHERE ({key}, revision) IN %(pairs)s AND _topic = %(topic)s",
                    {"pairs": part, "topic": block.column("_topic")[0]},
                )
                for one, revision, hashed in stored:
                    others = met[one, revision]
                    found += [
                        (table.name, one, revision, hashed, other, *_place(block, row))
                        for other, row in others.items()
                        if other != hashed
                    ]
            found += list(_within(table, block, met))
            if found:
                client.execute(f"INSERT INTO {_CONFLICTS} VALUES", found)
        return len(found)

    @contextmanager
    def _client(self, *, numpy: bool) -> Iterator[Client]:
        try:
            client = self._idle[numpy].get_nowait()
        except queue.Empty:
            client = Client.from_url(
                at_database(
                    self._url,
                    self._database,
                    use_numpy=str(numpy).lower(),
                    connect_timeout="10",
                    send_receive_timeout=str(self._timeout_s),
                )
            )
        try:
            yield client
        except BaseException:
            client.disconnect()  # what it was in the middle of is not known
            raise
        self._idle[numpy].put(client)


def reason_of(error: BaseException) -> str:
    """What one of UNAVAILABLE says, without the server's stack trace; its name if it is mute."""
    return str(error).split("Stack trace")[0].strip() or type(error).__name__


def at_database(url: str, database: str, **options: str) -> str:
    """The address of a database on the server of this ``clickhouse://`` URL, with more options."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | options
    return urlunsplit(parts._replace(path=f"/{database}", query=urlencode(query)))


def _within(
    table: Table, block: Block, met: dict[tuple[str, int], dict[int, int]]
) -> Iterator[tuple[Any, ...]]:
    """Conflicts between records of one batch."""
    for (one, revision), hashes in met.items():
        first, *rest = hashes
        for other in rest:
            yield (table.name, one, revision, first, other, *_place(block, hashes[other]))


def _place(block: Block, row: int) -> tuple[Any, ...]:
    names = ("_topic", "_partition", "_offset", "_timestamp")
    return tuple(block.column(name)[row] for name in names)
