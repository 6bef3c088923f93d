"""Each worked query gives its expected answer on the recording, and the answer is the record's.

The recording goes through the pure stages (tests/sinks/played.py) into real tables; how the same
gets there through Kafka is tests/streams/test_pipeline.py's matter. After a change that is meant,
write the expected answers anew with POLICY_EVENTS_EXPECT=write, and read the difference.
"""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks import queries
from sinks.columns import block
from sinks.migrate import migrate
from sinks.queries import WorkedQuery, bound, run_query, worked_queries
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.cli.output import plain
from tests.sinks.played import played

EXPECTED = Path(queries.__file__).with_name("expected")
NAME = "worked"
TWELVE = (
    "airborne_at_orders", "airborne_as_of", "rival_clocks", "margins", "unknown_answers",
    "missions", "left_us_before", "orders_in_force", "appeals", "docket_lag",
    "claims_by_source", "feed_freshness",
)  # fmt: skip
each_query = pytest.mark.parametrize("query", worked_queries().values(), ids=lambda one: one.name)


@pytest.fixture(scope="module")
def database(clickhouse: EmbeddedClickHouse) -> Iterator[str]:
    migrate(clickhouse.url, NAME)
    warehouse = Warehouse(clickhouse.url, NAME)
    for topic, records in played().items():
        if topic in tables():
            warehouse.insert(block(tables()[topic], records), topic)
    warehouse.close()
    yield NAME
    with Client.from_url(clickhouse.url) as client:
        client.execute(f"DROP DATABASE {NAME}")


@pytest.fixture
def ask(clickhouse: EmbeddedClickHouse, database: str) -> Any:
    def asked(name: str, **changes: str) -> list[dict[str, Any]]:
        given = {**worked_queries()[name].example, **changes}
        names, rows = run_query(clickhouse.readonly_url, database, name, given)
        return [dict(zip(names, map(plain, row), strict=True)) for row in rows]

    return asked


def test_the_twelve_are_there() -> None:
    assert set(TWELVE) <= set(worked_queries())


@each_query
def test_each_has_an_example_of_all_its_parameters(query: WorkedQuery) -> None:
    assert query.example.keys() == query.parameters.keys()
    bound(query.sql, query.example)


@pytest.mark.stack
@each_query
def test_each_gives_its_expected_answer(ask: Any, query: WorkedQuery) -> None:
    out = io.StringIO()
    rows = ask(query.name)
    if rows:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(rows[0])
        for row in rows:
            values = [json.dumps(v) if isinstance(v, list | dict) else v for v in row.values()]
            writer.writerow(values)
    file = EXPECTED / f"{query.name}.csv"
    if os.environ.get("POLICY_EVENTS_EXPECT") == "write":
        file.write_text(out.getvalue())
    assert out.getvalue() == file.read_text()


@pytest.mark.stack
def test_the_expected_answers_are_those_of_the_record(ask: Any) -> None:
    """From shared facts, not from what the queries gave: 15 and 16 March 2025."""
    flips = {(one["flight"], one["rival_earliest"][11:16]) for one in ask("rival_clocks")}
    assert flips == {("6122", "23:26"), ("6122", "23:27")}
    least = [one for one in ask("margins") if one["order_kind"] == "minute_order"]
    assert [one["minutes"] for one in least if one["flight"] == "6122"] == [None, None]
    assert {one["minutes"] for one in least if one["flight"] == "6143"} == {10.0}  # 23:36
    assert {one["minutes"] for one in least if one["flight"] == "6145"} == {36.0}  # 00:02
    flown = {one["callsign"]: one for one in ask("missions")}
    assert set(flown) == {"GXA6143", "GXA6145", "GXA6122"}
    assert all(one["airports"] == ["KHRL", "MHPR", "MSLP"] for one in flown.values())
    # landed 23:36-23:38, left again 03:39-03:44
    assert flown["GXA6143"]["stops_min"] == [[241.0, 248.0]]
    # 'left U.S. territory and airspace before 7:25 PM' EDT, the government's own predicate
    gone = {one["callsign"]: one["surely"] for one in ask("left_us_before")}
    assert gone == {"GXA6143": 1, "GXA6145": 1}
    [appeal] = ask("appeals")
    assert (appeal["court_id"], appeal["docket_number"]) == ("cadc", "25-5067")
    assert appeal["appeal_of"] == "dcd/1:25-cv-00766"
    assert {one[1] for one in appeal["district_orders"]} >= {"tro", "minute_order", "oral_order"}
    assert appeal["at_earliest"] == "2025-03-26T04:00:00.000Z"
    claims = {(one["outlet"], one["flight"]) for one in ask("claims_by_source")}
    assert claims == {("CBS News", flight) for flight in ("6122", "6143", "6145")}


@pytest.mark.stack
def test_as_of_before_the_flights_were_fetched_nothing_is_known_of_them(ask: Any) -> None:
    assert ask("airborne_as_of", as_of="2025-03-28 23:59:59") == []
    answers = {(one["clock"], one["flight"]): one["certainty"] for one in ask("airborne_as_of")}
    assert answers["entered", "6143"] == answers["entered", "6145"] == "definite"
    assert answers["entered", "6122"] == "no"


@pytest.mark.stack
def test_the_links_as_of_now_are_the_current_ones(
    clickhouse: EmbeddedClickHouse, database: str
) -> None:
    columns = "link_id, certainty, phase, margin_s, published_at"
    now = "policy_links_as_of(as_of = '2100-01-01 00:00:00')"
    one = run_query(clickhouse.url, database, f"SELECT {columns} FROM {now} ORDER BY link_id")
    other = run_query(
        clickhouse.url, database, f"SELECT {columns} FROM policy_links_current ORDER BY link_id"
    )
    assert one == other
    assert len(one[1]) > 40


@pytest.mark.stack
def test_the_timeline_of_a_docket_has_its_appeal_and_its_flights(
    clickhouse: EmbeddedClickHouse, database: str
) -> None:
    for docket in ("1:25-cv-00766", "dcd/1:25-cv-00766", "25-5067"):
        _, rows = run_query(
            clickhouse.readonly_url,
            database,
            f"SELECT at, what, docket_number, certainty FROM timeline(docket = '{docket}')",
        )
        told = {(row[1], row[2]) for row in rows}
        assert ("appeal.ruled", "25-5067") in told
        assert ("docket.entry", "1:25-cv-00766") in told
        assert ("flight.airborne", "1:25-cv-00766") in told
        assert rows == sorted(rows, key=lambda row: row[0])
        flying = [row for row in rows if row[1] == "flight.airborne"]
        assert {row[3] for row in flying} == {"definite"}
    _, rows = run_query(
        clickhouse.readonly_url, database, "SELECT * FROM timeline(docket = '1:99-cv-1')"
    )
    assert rows == []


@pytest.mark.stack
def test_feeds_are_as_complete_as_their_outages_leave_them(
    clickhouse: EmbeddedClickHouse, database: str
) -> None:
    name = f"{NAME}_freshness"
    migrate(clickhouse.url, name)
    with Client.from_url(f"{clickhouse.url}{name}") as client:
        client.execute(
            "INSERT INTO feed_progress (feed, topic, scope, complete_through, outage_from, "
            "outage_to, reason) VALUES "
            "('a', 'flights.positions', '*', '2025-03-01 00:00:00', NULL, NULL, NULL),"
            "('a', 'flights.positions', '*', NULL, '2025-03-01 06:00:00', '2025-03-01 10:00:00',"
            " 'first'),"
            # overlaps the other: six hours in all, of 24
            "('a', 'flights.positions', '*', NULL, '2025-03-01 08:00:00', '2025-03-01 12:00:00',"
            " 'second'),"
            "('a', 'flights.positions', '*', '2025-03-02 00:00:00', NULL, NULL, NULL)"
        )
        rows = client.execute(
            "SELECT feed, outages, outage_s, complete_share, last_outage_reason, last_record_at "
            "FROM feed_freshness"
        )
        assert rows == [("a", 2, 6 * 3600.0, 0.75, "second", None)]
        client.execute(f"DROP DATABASE {name}")
