"""The swap: tables of a rebuild, built beside the live ones, take their places while queries go on.

Each step can be done again, and ClickHouse itself says how far a swap that was cut short has
come: a table that belongs to a generation carries a constraint of its name, which moves with it.
The constraint is a fence, too: rows of another generation's topics are refused, so that a sink that
has not heard of the swap holds its place and can spoil nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from clickhouse_driver import Client

from deploy.errors import StackError
from schemas.topics import catalogue
from sinks.migrate import migrate
from sinks.tables import Table, tables
from sinks.warehouse import UNAVAILABLE, at_database, reason_of

FEEDS = frozenset({"feeds", "redact"})
"""Who writes what is received. All else is worked out from it."""
Probe = Callable[[str], None]
"""Called after each step: tests are killed there."""


def derived() -> list[Table]:
    """Tables of what is worked out from the feed topics, in the order of the data file."""
    topics = catalogue()
    return [
        table
        for topic, table in tables().items()
        if table.subject is not None and not FEEDS.issuperset(topics[topic].producers)
    ]


def replaced() -> list[str]:
    """Tables that a rebuild replaces: one row for each thing, the newest."""
    return [table.name for table in derived() if not table.has_generation]


FOLLOWING = ("flights_leg_ends",)
"""Tables that ClickHouse itself fills from those: each goes with what it was filled from."""


def exchanged() -> list[str]:
    """Tables of a rebuild that take the places of the live ones."""
    return [*replaced(), *FOLLOWING]


def histories() -> list[Table]:
    """Tables that a rebuild adds its own rows to: every revision of every generation."""
    return [table for table in derived() if table.has_generation]


@dataclass(frozen=True, slots=True)
class Swap:
    """One generation's tables, from the database they were built in to the live one."""

    url: str
    live: str
    staging: str
    """Database beside the live one; after the swap it holds the tables from before."""
    generation: int
    topic_prefix: str
    """What the generation's topics begin with: nothing else may be written to its tables."""
    replicated: bool = False

    @property
    def _fence(self) -> str:
        return f"of_generation_{self.generation}"

    def prepare(self) -> None:
        """Make the staging database anew, and take away what a try cut short has left.

        Raises StackError where the swap of this generation has begun: then only ``run`` goes on.
        """
        if self.replicated:
            raise StackError(
                "rebuild: tables with Replicated engines cannot be exchanged between databases; "
                "rebuild into a namespace of its own, and point readers there"
            )
        if self.begun():
            raise StackError(f"generation {self.generation} is being swapped in already")
        with self._client() as client:
            client.execute(f"DROP DATABASE IF EXISTS {self.staging} SYNC")
            for table in histories():
                mine = f"FROM {self.live}.{table.name} WHERE generation = {self.generation}"
                if client.execute(f"SELECT count() {mine}")[0][0]:
                    client.execute(
                        f"ALTER TABLE {self.live}.{table.name} "
                        f"DELETE WHERE generation = {self.generation}",
                        settings={"mutations_sync": 2},
                    )
        migrate(self.url, self.staging)

    def newest(self) -> int:
        """The newest generation that was ever opened."""
        with self._client() as client:
            rows = client.execute(f"SELECT max(generation) FROM {self.live}.generations")  # noqa: S608
            return int(rows[0][0])

    def begun(self) -> bool:
        """Whether any table of this generation is live already: there is no way back then."""
        with self._client() as client:
            rows = f"SELECT count() FROM {self.live}.generations WHERE generation = %(one)s"  # noqa: S608
            opened = client.execute(rows, {"one": self.generation})[0][0]
            return bool(opened) or any(self._swapped(client, name) for name in exchanged())

    def run(self, reason: str, *, probe: Probe = lambda _: None) -> None:
        """Swap. Nothing may write to the staging database any more. Can be done again.

        The history goes first: it takes longest, and nobody reads it until the generation is open.
        """
        with self._client() as client:
            for name in exchanged():
                if not self._swapped(client, name):
                    self._put_fence(client, name)
            probe("fenced")
            for table in histories():
                self._add_history(client, table)
                probe(f"history {table.name}")
            for name in exchanged():
                if not self._swapped(client, name):
                    client.execute(f"EXCHANGE TABLES {self.staging}.{name} AND {self.live}.{name}")
                probe(f"exchanged {name}")
            # Never before an earlier one, whatever the server's clock does.
            client.execute(
                f"INSERT INTO {self.live}.generations SELECT %(one)s, "  # noqa: S608 -- our names
                f"greatest(now64(3, 'UTC'), max(opened_at) + INTERVAL 1 MILLISECOND), %(why)s "
                f"FROM {self.live}.generations HAVING countIf(generation = %(one)s) = 0",
                {"one": self.generation, "why": reason},
            )
            probe("opened")

    def counts(self) -> Iterator[tuple[str, int, int]]:
        """For each table that is replaced: its name, rows that stand live, rows that will."""
        with self._client() as client:
            for name in replaced():
                live, staged = (
                    client.execute(f"SELECT count() FROM {database}.{name}_current")[0][0]  # noqa: S608
                    for database in (self.live, self.staging)
                )
                yield name, live, staged

    def drop(self) -> None:
        """Remove the staging database with all that is in it."""
        with self._client() as client:
            client.execute(f"DROP DATABASE IF EXISTS {self.staging} SYNC")

    def _put_fence(self, client: Client, name: str) -> None:
        client.execute(
            f"ALTER TABLE {self.staging}.{name} ADD CONSTRAINT IF NOT EXISTS {self._fence} "
            f"CHECK startsWith(CAST(_topic, 'String'), '{self.topic_prefix}')"
        )

    def _swapped(self, client: Client, name: str) -> bool:
        ((made,),) = client.execute(
            "SELECT create_table_query FROM system.tables "
            "WHERE database = %(database)s AND name = %(name)s",
            {"database": self.live, "name": name},
        )
        return f"CONSTRAINT {self._fence} " in made

    def _add_history(self, client: Client, table: Table) -> None:
        key = f"({table.identity[0]}, revision)"
        columns = ", ".join(f"`{name}`" for name in table.columns)
        mine = f"generation = {self.generation}"
        client.execute(
            f"INSERT INTO {self.live}.{table.name} ({columns}) "  # noqa: S608 -- our names
            f"SELECT {columns} FROM {self.staging}.{table.name} WHERE {mine} AND {key} NOT IN "
            f"(SELECT {key} FROM {self.live}.{table.name} WHERE {mine})"
        )

    @contextmanager
    def _client(self) -> Iterator[Any]:
        try:
            with Client.from_url(at_database(self.url, "default")) as client:
                yield client
        except UNAVAILABLE as error:
            raise StackError(
                f"ClickHouse, generation {self.generation}: {reason_of(error)}"
            ) from error
