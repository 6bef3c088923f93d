"""History in ClickHouse: what was published by a moment, and what had arrived by it."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.columns import block
from sinks.migrate import migrate
from sinks.queries import run_query
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.facts.identity import Revision
from streams.facts.instants import Instant, rfc3339
from streams.facts.policy import PolicyEvent
from streams.facts.received import Progress
from streams.hindsight import warehouse
from tests.sinks.records import consumed, event, link

pytestmark = pytest.mark.stack

HISTORY, PROGRESS = "policy.links.changes", "feed.progress"
EVENTS = "policy.events.changes"
START = 1_742_000_000_000


class Database:
    def __init__(self, clickhouse: EmbeddedClickHouse, name: str) -> None:
        self.client = Client.from_url(f"{clickhouse.url}{name}")
        self._url, self._name = clickhouse.readonly_url, name
        self._warehouse = Warehouse(clickhouse.url, name)
        self._offset = 0

    def close(self) -> None:
        self._warehouse.close()
        self.client.disconnect()

    def log(self, topic: str, record: Any, second: int, generation: int = 0) -> None:
        """A record that Kafka has since a second of the test's time."""
        self._offset += 1
        message = replace(consumed(record, self._offset), timestamp=START + second * 1000)
        batch = block(tables()[topic], [message], generation=generation)
        self._warehouse.insert(batch, f"{topic}-{self._offset}")

    def ask(self, sql: str, parameters: dict[str, Any]) -> Any:
        return run_query(self._url, self._name, sql, parameters)

    def published(self, second: int) -> dict[str, str]:
        links, _ = warehouse.published_by(self.ask, Instant(START + second * 1000))
        return {one.link_id: one.certainty for one in links}

    def events(self, second: int) -> list[PolicyEvent]:
        _, events = warehouse.published_by(self.ask, Instant(START + second * 1000))
        return events


@pytest.fixture
def database(clickhouse: EmbeddedClickHouse) -> Iterator[Database]:
    name = f"h{uuid.uuid4().hex[:8]}"
    migrate(clickhouse.url, name)
    made = Database(clickhouse, name)
    yield made
    made.client.execute(f"DROP DATABASE {name} SYNC")
    made.close()


def revised(number: int, **more: Any) -> Any:
    return replace(link(), revision=Revision(number), **more)


def test_each_moment_has_what_was_published_by_then_retractions_too(database: Database) -> None:
    database.log(HISTORY, revised(5, certainty="possible"), 10)
    database.log(HISTORY, revised(9, certainty="definite"), 20)
    database.log(HISTORY, revised(12, is_deleted=True), 30)
    # published again after a crash: the same revision, later in the log
    database.log(HISTORY, revised(5, certainty="possible"), 40)
    database.client.execute("OPTIMIZE TABLE policy_links_history FINAL")
    name = link().link_id
    assert database.published(9) == {}
    assert database.published(10) == {name: "possible"}
    assert database.published(29) == {name: "definite"}
    assert database.published(50) == {}


def test_events_too_are_those_that_were_published_by_then(database: Database) -> None:
    told = event(outlets=("CNN", "NOTUS"), first_outlet="CNN")
    database.log(EVENTS, told, 10)
    database.log(EVENTS, replace(told, revision=Revision(2), confidence=0.5), 20)
    database.log(EVENTS, replace(told, revision=Revision(3), is_deleted=True), 30)
    assert database.events(9) == []
    assert database.events(10) == [replace(told, revision=Revision(0))]
    assert [one.confidence for one in database.events(20)] == [0.5]
    assert database.events(30) == []


def test_a_rebuild_changes_no_answer_of_a_time_before_it_was_swapped_in(database: Database) -> None:
    database.log(HISTORY, revised(5, certainty="possible"), 10)
    database.log(HISTORY, revised(6, link_id="link-gone"), 10)
    # beside the live one, from second 20 on; swapped in at second 30
    database.log(HISTORY, revised(3, certainty="definite"), 20, generation=1)
    opened = rfc3339(Instant(START + 30_000)).replace("T", " ").rstrip("Z")
    database.client.execute(
        f"INSERT INTO generations VALUES (1, toDateTime64('{opened}', 3, 'UTC'), 'new rules')"
    )
    name = link().link_id
    assert database.published(25) == {name: "possible", "link-gone": "definite"}
    assert database.published(31) == {name: "definite"}


def test_of_what_was_fetched_again_the_first_time_counts(database: Database) -> None:
    said = Progress(
        "readsb", "flights.positions", "*", Instant(START), None, None, None, Instant(START + 1000)
    )
    database.log(PROGRESS, said, 1)
    database.log(PROGRESS, replace(said, fetched_at=Instant(START + 60_000)), 60)
    database.client.execute("OPTIMIZE TABLE feed_progress FINAL")
    for by_arrival in (True, False):
        early = warehouse.coverage(database.ask, Instant(START), by_arrival=by_arrival)
        assert early.missing("a2c4e0", START + 1, START + 1) is None
        known = warehouse.coverage(database.ask, Instant(START + 2000), by_arrival=by_arrival)
        assert known.missing("a2c4e0", START + 1, START + 1) is not None
