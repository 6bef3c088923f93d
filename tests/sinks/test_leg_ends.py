"""flights_leg_ends holds what flights_legs does, whatever happens to either."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import Error as DriverError

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.columns import block
from sinks.migrate import MIGRATIONS, migrate
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.redaction.sought import Sought
from streams.redaction.tables import delete
from tests.sinks.records import T0, consumed, leg

pytestmark = pytest.mark.stack
CITED = "https://paper.example.org/sealed"
MISSED = """
SELECT leg_id, revision FROM flights_legs FINAL
EXCEPT
SELECT leg_id, revision FROM flights_leg_ends FINAL
"""
NOTHING_LEFT = """
SELECT leg_id FROM flights_leg_ends FINAL
EXCEPT
SELECT leg_id FROM flights_legs FINAL
"""


class Database:
    """A database of its own, and a sink's way into it."""

    def __init__(self, clickhouse: EmbeddedClickHouse) -> None:
        self.url = clickhouse.url
        self.name = f"e{uuid.uuid4().hex[:8]}"
        self._warehouse = Warehouse(self.url, self.name)

    def insert(self, legs: list[Leg], token: str) -> None:
        messages: list[Any] = [consumed(one, place) for place, one in enumerate(legs)]
        self._warehouse.insert(block(tables()["flights.legs"], messages), token)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with Client.from_url(f"{self.url}{self.name}") as client:
            found: list[tuple[Any, ...]] = client.execute(sql)
        return found

    def in_the_air(self) -> list[tuple[Any, ...]]:
        at = "2025-03-15 12:05:00"
        return self.ask(f"SELECT * FROM airborne_at(at = '{at}') ORDER BY mission_id")

    def close(self) -> None:
        self._warehouse.close()
        self.ask(f"DROP DATABASE {self.name} SYNC")


@pytest.fixture
def database(clickhouse: EmbeddedClickHouse) -> Iterator[Database]:
    made = Database(clickhouse)
    yield made
    made.close()


def flown(count: int = 5) -> list[Leg]:
    noon = Instant(1_742_040_000_000)
    return [
        leg(
            f"leg-{n}",
            takeoff_earliest=noon,
            takeoff_latest=Instant(noon + 60_000 * n),
            observed_from=noon,
            observed_through=Instant(noon + 600_000),
            callsign=("", "GXA6143", None)[n % 3],
            registration=("", "N278GX")[n % 2],
        )
        for n in range(count)
    ]


def test_legs_from_before_the_table_are_in_it_and_answer_as_they_did(
    database: Database, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(
        MIGRATIONS, before, ignore=lambda _, names: {one for one in names if one >= "061"}
    )
    migrate(database.url, database.name, folder=before)
    first, *others = flown()
    corrected = replace(first, revision=Revision(2), takeoff_latest=Instant(T0 + 1))
    gone = replace(others[-1], revision=Revision(3), is_deleted=True)
    for place, legs in enumerate(([corrected, *others], [first], [gone])):
        database.insert(legs, f"before-{place}")
    answered = database.in_the_air()
    assert len(answered) == 4
    migrate(database.url, database.name)
    assert database.in_the_air() == answered
    assert database.ask(MISSED) == []


def test_a_retry_brings_what_only_the_legs_had_been_given(database: Database) -> None:
    migrate(database.url, database.name)
    fence = "ALTER TABLE flights_leg_ends"
    database.ask(f"{fence} ADD CONSTRAINT away CHECK leg_id = ''")
    with pytest.raises(DriverError, match="away"):
        database.insert(flown(), "token")
    assert len(database.ask(MISSED)) == len(flown())
    database.ask(f"{fence} DROP CONSTRAINT away")
    for _ in range(2):
        database.insert(flown(), "token")
        assert database.ask("SELECT count() FROM flights_legs") == [(len(flown()),)]
        assert database.ask(MISSED) == []
        assert len(database.in_the_air()) == len(flown())


def test_what_is_redacted_is_gone_from_it_and_it_goes_on_being_filled(database: Database) -> None:
    migrate(database.url, database.name)
    sealed = replace(flown()[0], cites=(CITED,))
    database.insert([sealed, *flown()[1:]], "first")
    assert delete(database.url, database.name, Sought(CITED)) == {
        "flights_legs": 1,
        "flights_leg_ends": 1,
    }
    assert database.ask(MISSED) == database.ask(NOTHING_LEFT) == []
    assert len(database.in_the_air()) == len(flown()) - 1
    database.insert([replace(flown()[0], leg_id="leg-later", mission_id="leg-later")], "second")
    assert database.ask(MISSED) == []
    assert len(database.in_the_air()) == len(flown())
