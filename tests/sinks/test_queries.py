"""Worked queries answer from the tables, for a user who may only read."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.errors import StackError
from sinks.columns import block
from sinks.migrate import migrate
from sinks.queries import bound, run_query, worked_queries
from sinks.tables import tables
from sinks.warehouse import Warehouse
from tests.sinks.records import consumed, event, leg, link, order

BEFORE = {"certainty": "no", "phase": "before_takeoff", "margin_s": None}


@pytest.fixture(scope="module")
def database(clickhouse: EmbeddedClickHouse) -> Iterator[str]:
    name = f"q{uuid.uuid4().hex[:8]}"
    migrate(clickhouse.url, name)
    warehouse = Warehouse(clickhouse.url, name)
    facts: dict[str, list[Any]] = {
        "court.orders": [order(), order("order-2", clocks=order().clocks[:1])],
        "policy.events": [event()],
        "flights.legs": [leg(), leg("leg-2", is_deleted=True)],
        "policy.links": [
            link(),
            link("link-2", subject_id="mission-C", flight="6122", **BEFORE),
            link("link-3", flight="9999", is_deleted=True),
            link("link-4", flight="6145", certainty="unknown", phase="unknown", gap="no reading"),
        ],
    }
    for topic, records in facts.items():
        batch = [consumed(record, offset) for offset, record in enumerate(records)]
        warehouse.insert(block(tables()[topic], batch), topic)
    yield name
    warehouse.close()
    with Client.from_url(clickhouse.url) as client:
        client.execute(f"DROP DATABASE {name}")


def _ask(clickhouse: EmbeddedClickHouse, database: str, what: str, **parameters: Any) -> list[Any]:
    names, rows = run_query(clickhouse.readonly_url, database, what, parameters)
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.stack
@pytest.mark.parametrize("name", worked_queries())
def test_each_query_runs_for_a_reader_and_says_what_it_answers(
    clickhouse: EmbeddedClickHouse, database: str, name: str
) -> None:
    _ask(clickhouse, database, name, **worked_queries()[name].example)
    assert len(worked_queries()[name].title) > 10
    assert len(worked_queries()[name].answers) > 30


@pytest.mark.stack
def test_flights_stand_by_order_and_clock_with_who_reported_the_order(
    clickhouse: EmbeddedClickHouse, database: str
) -> None:
    rows = _ask(clickhouse, database, "airborne_at_orders")
    keys = ("order_id", "clock", "flight", "certainty", "phase", "margin_s")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("order-1", "entered", "6122", "no", "before_takeoff", None),
        ("order-1", "entered", "6143", "definite", "airborne", 660.0),
        ("order-1", "entered", "6145", "unknown", "unknown", 660.0),
        ("order-2", "entered", None, None, None, None),
    ]
    assert rows[0]["reported_by"] == [("ABC", None), ("CBS", "https://news.example/1")]
    assert rows[3]["reported_by"] == []
    assert rows[0]["docket_number"] == "1:25-cv-00766"
    assert rows[0]["at_earliest"].isoformat() == "2025-03-15T23:25:00+00:00"
    assert rows[3]["kind"] == "minute_order"


@pytest.mark.stack
def test_counts_tell_what_stands_from_what_was_retracted(
    clickhouse: EmbeddedClickHouse, database: str
) -> None:
    counts = {row["table_name"]: row for row in _ask(clickhouse, database, "record_counts")}
    assert (counts["flights_legs"]["records"], counts["flights_legs"]["current"]) == (2, 1)
    assert set(counts) == {table.name for table in tables().values()}


@pytest.mark.stack
def test_sql_takes_parameters(clickhouse: EmbeddedClickHouse, database: str) -> None:
    evil = "6143' OR 1 = 1 -- \\"
    sql = "SELECT {flight:String} AS given, {n:Nullable(UInt8)} + 1 AS more"
    assert _ask(clickhouse, database, sql, flight=evil, n="4") == [{"given": evil, "more": 5}]


@pytest.mark.stack
def test_what_cannot_be_asked_is_said(clickhouse: EmbeddedClickHouse, database: str) -> None:
    with pytest.raises(StackError, match="no query airborne; there are: airborne_as_of, airb"):
        _ask(clickhouse, database, "airborne")
    with pytest.raises(StackError, match=r"(?s)ClickHouse: .*nothing_here"):
        _ask(clickhouse, database, "SELECT * FROM nothing_here")
    with pytest.raises(StackError, match="read-only"):
        _ask(clickhouse, database, "DROP TABLE policy_links")
    with pytest.raises(StackError, match="ClickHouse: "):
        run_query("clickhouse://x@127.0.0.1:1", "d", "SELECT 1")


def test_parameters_that_do_not_fit_are_named() -> None:
    with pytest.raises(StackError, match=r"parameter a \(UInt8\) is missing; there is no param"):
        bound("SELECT {a:UInt8}", {"b": 1})
