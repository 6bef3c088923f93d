"""What stood at a moment, by what had arrived by another: the views' rule on other evidence."""

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
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import DocketEntry
from streams.hindsight import in_force
from streams.hindsight.in_force import Stood, stood
from streams.hindsight.recomputed import order_states
from streams.orders.force_stage import ForceStage
from tests.sinks.records import consumed
from tests.streams.orders.cases import APPEALS, CASE, dated, family_records
from tests.streams.orders.records import FIRST, HOUR, arrivals, emitted, stored

ANOTHER = {"id": 70000003, "court_id": "dcd", "docket_number": "1:25-cv-00999"}
RECORDS = [
    replace(record, fetched_at=Instant(FIRST + HOUR * place))
    for place, record in enumerate(
        [*family_records(), dated("2025-02-01", "TEMPORARY RESTRAINING ORDER.", 4, ANOTHER)]
    )
]
"""The made-up case, an entry an hour in the order of its docket, and another case."""
FETCHED = [one.fetched_at for one in RECORDS]
DAYS = [
    parse_rfc3339(f"2025-{day}T12:00:00Z")
    for day in ("01-31", "02-01", "02-05", "02-17", "03-05", "03-20", "05-20")
]
FAMILY = f"dcd/{CASE}"


def by(moment: Instant) -> list[DocketEntry]:
    return [one for one in RECORDS if one.fetched_at <= moment]


def told(found: list[Stood], *numbers: str) -> list[tuple[str | None, str, str]]:
    return sorted(
        (one.state.document_number, one.state.status, one.certainty)
        for one in found
        if one.state.document_number in numbers
    )


def test_what_had_not_arrived_changes_nothing_yet() -> None:
    at = parse_rfc3339("2025-03-05T12:00:00Z")

    def known(place: int) -> list[tuple[str | None, str, str]]:
        return told(stood(order_states(by(FETCHED[place])), at), "10", "15")

    assert known(0) == [("10", "lapsed", "definite")]
    assert known(2) == [("10", "lapsed", "definite"), ("15", "issued", "definite")]
    # the eighth entry is the stay, which does not say of what
    assert known(6) == known(2)
    assert known(7) == [("10", "lapsed", "definite"), ("15", "stayed", "possible")]


def test_it_rests_on_nothing_that_came_later() -> None:
    for moment in FETCHED:
        for state in order_states(by(moment)):
            assert state.known_at is not None
            assert state.known_at <= moment


@pytest.fixture(scope="module")
def ask(clickhouse: EmbeddedClickHouse) -> Iterator[Any]:
    name = f"f{uuid.uuid4().hex[:8]}"
    migrate(clickhouse.url, name)
    warehouse = Warehouse(clickhouse.url, name)
    emits = emitted(arrivals(RECORDS))
    orders = stored(emits, "court.orders")
    force = ForceStage()
    lives = [emit for one in arrivals(orders) for emit in force.apply([one]).emits]
    facts: dict[str, list[Any]] = {
        "court.docket-entries": RECORDS,
        "court.entries": stored(emits, "court.entries"),
        "court.orders": orders,
    } | {
        topic: [emit.record for emit in lives if emit.topic == topic]
        for topic in ("court.order-states", "court.order-states.changes")
    }
    for topic, records in facts.items():
        batch = [consumed(record, offset) for offset, record in enumerate(records)]
        warehouse.insert(block(tables()[topic], batch), topic)
    yield lambda sql, parameters: run_query(clickhouse.readonly_url, name, sql, parameters)
    warehouse.close()
    with Client.from_url(clickhouse.url) as client:
        client.execute(f"DROP DATABASE {name}")


def nameless(found: list[Stood]) -> list[Stood]:
    """Without its id and its place in a log, which are not asked."""
    return [
        replace(one, state=replace(one.state, state_id="", revision=Revision(0))) for one in found
    ]


@pytest.mark.stack
@pytest.mark.parametrize("at", DAYS)
def test_by_all_that_has_arrived_it_is_what_the_view_says(ask: Any, at: Instant) -> None:
    found = in_force.supported_by(ask, at, FETCHED[-1])
    assert nameless(found) == in_force.now(ask, at)
    assert in_force.published_by(ask, at, parse_rfc3339("2100-01-01T00:00:00Z")) == in_force.now(
        ask, at
    )


@pytest.mark.stack
@pytest.mark.parametrize("at", DAYS)
def test_the_tables_give_the_evidence_that_had_arrived(ask: Any, at: Instant) -> None:
    for moment in FETCHED:
        found = nameless(in_force.supported_by(ask, at, moment))
        assert found == nameless(stood(order_states(by(moment)), at))


@pytest.mark.stack
@pytest.mark.parametrize("docket", [FAMILY, CASE, f"cadc/{APPEALS[0]}"])
def test_one_docket_is_answered_with_the_evidence_of_its_whole_family(
    ask: Any, docket: str
) -> None:
    at = DAYS[4]
    found = in_force.supported_by(ask, at, FETCHED[-1], docket)
    assert told(found, "4", "15") == [("15", "stayed", "possible")]
    assert {one.state.case_family for one in found} == {FAMILY}
    assert any(one.is_of(docket) for one in found)
    assert told(in_force.supported_by(ask, at, FETCHED[-1]), "4") == [("4", "issued", "definite")]
