"""What stood at a moment, which appeal belongs to which case, what was filed together."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.columns import block
from sinks.migrate import migrate
from sinks.queries import run_query
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.orders.force_stage import ForceStage
from tests.sinks.records import consumed
from tests.streams.feeds.court.documents import numbered
from tests.streams.orders.cases import APPEALS, CASE, family_records
from tests.streams.orders.records import arrivals, emitted, listed, rss, stored

pytestmark = pytest.mark.stack


_FORCE = ForceStage()
DAY_MS, PUBLISHED = 86_400_000, 1_800_000_000_000


def facts() -> dict[str, list[Any]]:
    """What the stages make of one case, and of one document on two dockets."""
    base = "https://ecf.cadc.uscourts.gov/n/beam/servlet/TransportRoom?caseNum="
    link = numbered(9, "01218491112", 1, court="cadc").replace(">9<", ">Document<")
    twice = [
        rss(f"[Order Filed] {link}", title=f"{number} A v. B", court="cadc", link=base + number)
        for number in ("22-1214", "22-1315")
    ]
    vague = [
        listed(docket=docket, description="ORDER filed.", id=number)
        for number, docket in enumerate([
            {"id": 8, "court_id": "ca2", "docket_number": "25-1000", "appeal_from": "nysd",
             "original_court_info": {"docket_number": "25-cv-00766"}},
            {"id": 9, "court_id": "nysd", "docket_number": "7:25-cv-00766"},
            {"id": 10, "court_id": "nysd", "docket_number": "1:25-cv-00766"},
        ])
    ]  # fmt: skip
    emits = emitted(arrivals([*family_records(), *twice, *vague]))
    orders = stored(emits, "court.orders")
    # each order published a day after the last, by the day it is of
    orders.sort(key=lambda order: (order.clocks[0].at_earliest, order.order_id))
    states = [
        (emit.topic, emit.record)
        for one in arrivals(orders)
        for emit in [*_FORCE.apply([one]).emits]
    ]
    return {
        "court.entries": stored(emits, "court.entries"),
        "court.orders": orders,
    } | {
        topic: [record for name, record in states if name == topic]
        for topic in ("court.order-states", "court.order-states.changes")
    }


@pytest.fixture(scope="module")
def ask(clickhouse: EmbeddedClickHouse) -> Iterator[Any]:
    name = f"c{uuid.uuid4().hex[:8]}"
    migrate(clickhouse.url, name)
    warehouse = Warehouse(clickhouse.url, name)
    for topic, records in facts().items():
        # the order that caused a revision was published on a day of its own
        batch = [
            consumed(record, offset, timestamp=PUBLISHED + DAY_MS * record.revision)
            for offset, record in enumerate(records)
        ]
        warehouse.insert(block(tables()[topic], batch), topic)

    def asked(sql: str) -> list[tuple[Any, ...]]:
        return run_query(clickhouse.readonly_url, name, sql)[1]

    yield asked
    warehouse.close()
    with Client.from_url(clickhouse.url) as client:
        client.execute(f"DROP DATABASE {name}")


STOOD = """
    SELECT document_number, status, in_force, certainty FROM orders_in_force_at(at = '{at}')
    WHERE case_family = 'dcd/1:25-cv-00123' AND kind IN ('tro', 'preliminary_injunction')
    ORDER BY toUInt32(document_number)
"""


@pytest.mark.parametrize(
    ("at", "stood"),
    [
        ("2025-01-31 12:00:00", []),
        ("2025-02-05 12:00:00", [("10", "issued", True, "definite")]),
        ("2025-02-17 12:00:00", [("10", "extended", True, "definite")]),
        # the court of appeals does not say what it stays
        ("2025-03-05 12:00:00", [("10", "lapsed", False, "definite"),
                                 ("15", "stayed", False, "possible")]),
        ("2025-03-20 12:00:00", [("10", "lapsed", False, "definite"),
                                 ("15", "issued", True, "definite")]),
        ("2025-05-20 12:00:00", [("10", "lapsed", False, "definite"),
                                 ("15", "vacated", False, "definite")]),
        # a day is all that is known of when the restraining order was entered
        ("2025-02-01 12:00:00", [("10", "issued", True, "possible")]),
    ],
)  # fmt: skip
def test_orders_in_force_at_a_moment(ask: Any, at: str, stood: list[Any]) -> None:
    assert ask(STOOD.format(at=at)) == stood


def test_each_order_comes_with_words_scope_and_disputes(ask: Any) -> None:
    [(words, scope, disputes)] = ask(
        "SELECT DISTINCT description, scope, disputes FROM orders_in_force"
        " WHERE document_number = '15' AND in_force"
    )
    assert words.startswith("PRELIMINARY INJUNCTION.")
    assert scope == ["shall not enforce the memo as to the plaintiff States"]
    assert [what for what, _, _ in disputes] == ["appealed", "kept"]


def test_each_stretch_says_by_whom_it_began(ask: Any) -> None:
    rows = ask(
        "SELECT status, began_in FROM orders_in_force WHERE document_number = '15'"
        " ORDER BY from_earliest"
    )
    above, own = f"cadc/{APPEALS[0]}", f"dcd/{CASE}"
    assert rows == [("issued", own), ("stayed", above), ("issued", above), ("vacated", above)]


def test_appeals_and_their_cases_both_ways(ask: Any) -> None:
    found = ask(
        "SELECT appeal, appeal_of, said_by, certainty, candidates FROM case_appeals"
        " WHERE appeal LIKE 'cadc/%' ORDER BY appeal"
    )
    assert found == [
        (f"cadc/{APPEALS[0]}", f"dcd/{CASE}", ["appeal", "case"], "definite", []),
        (f"cadc/{APPEALS[1]}", f"dcd/{CASE}", ["case"], "definite", []),
    ]


def test_a_number_that_may_be_of_several_dockets_is_possible_with_all_of_them(ask: Any) -> None:
    found = ask(
        "SELECT appeal_of, certainty, candidates FROM case_appeals WHERE appeal = 'ca2/25-1000'"
    )
    both = ["sdny/1:25-cv-00766", "sdny/7:25-cv-00766"]
    assert found == [("sdny/25-cv-00766", "possible", both)]


def test_orders_in_force_at_a_moment_as_they_were_published_at_another(ask: Any) -> None:
    def stood(at: str, as_of_day: int) -> list[Any]:
        when = PUBLISHED + DAY_MS * as_of_day
        return ask(
            "SELECT document_number, status FROM orders_in_force_as_of(at ="
            f" '{at}', as_of = fromUnixTimestamp64Milli({when}, 'UTC'))"
            f" WHERE case_family = 'dcd/{CASE}' AND document_number IN ('10', '15')"
            " ORDER BY toUInt32(document_number)"
        )

    # orders by day: 10, 12 (extends 10), 15, the appeal's stay ...
    assert stood("2025-02-05 12:00:00", -1) == []
    assert stood("2025-02-17 12:00:00", 0) == [("10", "lapsed")]
    assert stood("2025-02-17 12:00:00", 1) == [("10", "extended")]
    assert stood("2025-03-05 12:00:00", 2) == [("10", "lapsed"), ("15", "issued")]
    late = 1000
    now = ask(
        "SELECT document_number, status FROM orders_in_force_at(at = '2025-03-05 12:00:00')"
        f" WHERE case_family = 'dcd/{CASE}' AND document_number IN ('10', '15')"
        " ORDER BY toUInt32(document_number)"
    )
    assert stood("2025-03-05 12:00:00", late) == now == [("10", "lapsed"), ("15", "stayed")]


def test_a_filing_on_two_dockets_is_two_entries_that_name_each_other(ask: Any) -> None:
    rows = ask("SELECT docket_number, entry_id, others FROM entries_filed_together ORDER BY 1")
    (first, one, [(named, other)]), (second, two, [(back, again)]) = rows
    assert (first, second) == ("22-1214", "22-1315")
    assert (named, other) == (second, two)
    assert (back, again) == (first, one)


def test_entries_that_are_no_orders_say_so(ask: Any) -> None:
    rows = dict(ask("SELECT kind, any(rests_on) FROM court_entries_current GROUP BY kind"))
    assert rows["no_order"]
