"""A block comes into its table once, with every value as it was."""

import uuid
from collections.abc import Iterator

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.columns import block
from sinks.migrate import migrate
from sinks.tables import tables
from sinks.warehouse import UNAVAILABLE, Warehouse, at_database
from tests.sinks.records import T0, consumed, event, leg, order, position

pytestmark = pytest.mark.stack
POSITIONS = tables()["flights.positions"]


@pytest.fixture
def client(clickhouse: EmbeddedClickHouse) -> Iterator[Client]:
    name = f"w{uuid.uuid4().hex[:8]}"
    migrate(clickhouse.url, name)
    with Client.from_url(f"{clickhouse.url}{name}") as connected:
        yield connected
        connected.execute(f"DROP DATABASE {name}")


@pytest.fixture
def warehouse(clickhouse: EmbeddedClickHouse, client: Client) -> Iterator[Warehouse]:
    made = Warehouse(clickhouse.url, client.connection.database)
    yield made
    made.close()


def _batch(first: int, last: int):
    return block(POSITIONS, [consumed(position(n), n) for n in range(first, last + 1)])


def test_values_come_back_as_they_were(warehouse: Warehouse, client: Client) -> None:
    records = [position(number) for number in range(60)]
    warehouse.insert(block(POSITIONS, [consumed(r, n) for n, r in enumerate(records)]), "t")
    fields = [name for name in POSITIONS.fields if name not in {"fetched_at", "observed_at"}]
    times = "toUnixTimestamp64Milli(observed_at), toUnixTimestamp64Milli(fetched_at)"
    rows = client.execute(
        f"SELECT {times}, {', '.join(fields)} FROM flights_positions ORDER BY _offset"
    )
    assert rows == [
        (r.observed_at, r.fetched_at, *(getattr(r, name) for name in fields)) for r in records
    ]


def test_nested_records_come_back_and_a_retry_sends_the_same(
    warehouse: Warehouse, client: Client
) -> None:
    table = tables()["flights.legs"]
    made = block(table, [consumed(leg(gaps=()), 0), consumed(leg("leg-2"), 1)])
    for token in ("first", "second"):
        warehouse.insert(made, token)
    nested = "arrayMap(p -> (toUnixTimestamp64Milli(p.at), p.latitude, p.altitude_m), track)"
    rows = client.execute(
        f"SELECT leg_id, destination, landing_latest, gaps.reason, {nested} FROM flights_legs "
        "ORDER BY leg_id, _offset"
    )
    track = [(T0, 26.2, None), (T0, 26.3, 900.0)]
    first = ("leg-1", None, None, [], track)
    second = ("leg-2", None, None, ['no receiver\'s "ear"'], track)
    assert rows == [first, first, second, second]


@pytest.mark.parametrize(
    ("topic", "record"), [("court.orders", order()), ("policy.events", event())]
)
def test_every_kind_of_fact_fits_its_table(
    warehouse: Warehouse, client: Client, topic: str, record: object
) -> None:
    table = tables()[topic]
    warehouse.insert(block(table, [consumed(record)]), "t")
    assert client.execute(f"SELECT count() FROM {table.name}_current") == [(1,)]


def test_a_token_is_inserted_once(warehouse: Warehouse, client: Client) -> None:
    for _ in range(3):
        warehouse.insert(_batch(0, 49), "uuid:0:0-49")
    assert client.execute("SELECT count() FROM flights_positions") == [(50,)]


def test_where_the_window_has_overflowed_identity_keeps_rows_apart(
    warehouse: Warehouse, client: Client
) -> None:
    client.execute(
        "ALTER TABLE flights_positions MODIFY SETTING non_replicated_deduplication_window = 2"
    )
    for first in range(0, 100, 10):
        warehouse.insert(_batch(first, first + 9), f"uuid:0:{first}-{first + 9}")
    warehouse.insert(_batch(0, 9), "uuid:0:0-9")
    assert client.execute("SELECT count() FROM flights_positions_current") == [(100,)]
    client.execute("OPTIMIZE TABLE flights_positions FINAL")
    identity = ", ".join(POSITIONS.identity)
    assert client.execute(f"SELECT count(), uniqExact({identity}) FROM flights_positions") == [
        (100, 100)
    ]


def test_fetched_twice_is_one_row_and_said_otherwise_is_another(
    warehouse: Warehouse, client: Client
) -> None:
    fetched_again = position(1, fetched_at=None)
    other = position(1, latitude=1.0)
    records = [position(1), fetched_again, other]
    warehouse.insert(block(POSITIONS, [consumed(r, n) for n, r in enumerate(records)]), "t")
    assert client.execute("SELECT count() FROM flights_positions_current") == [(2,)]


def test_a_clock_gone_wild_holds_up_nothing(warehouse: Warehouse, client: Client) -> None:
    month = 31 * 86_400_000
    wild = [consumed(position(n, observed_at=n * month), n) for n in range(300)]
    warehouse.insert(block(POSITIONS, wild), "t")
    assert client.execute("SELECT count() FROM flights_positions") == [(300,)]


def test_two_bytes_of_one_revision_are_found_in_the_table_and_in_the_batch(
    warehouse: Warehouse, client: Client
) -> None:
    table = tables()["flights.legs"]
    first = block(table, [consumed(leg()), consumed(leg("b")), consumed(leg("b", origin=None))])
    assert warehouse.conflicts(first) == 1
    warehouse.insert(first, "1")
    assert warehouse.conflicts(block(table, [consumed(leg()), consumed(leg(revision=2))])) == 0
    assert warehouse.conflicts(block(table, [consumed(leg(origin="MHPR"))])) == 1
    assert client.execute("SELECT DISTINCT identity FROM sink_conflicts ORDER BY 1") == [
        ("b",),
        ("leg-1",),
    ]


def test_a_server_that_is_not_there_is_one_of_the_errors_to_wait_out() -> None:
    with pytest.raises(UNAVAILABLE):
        Warehouse("clickhouse://writer@127.0.0.1:1", "x").insert(_batch(0, 1), "t")


def test_options_of_an_address_stay() -> None:
    url = "clickhouses://u:p%40@host:9440/default?compression=lz4&secure=1"
    made = at_database(url, "policy_events", use_numpy="true")
    assert made == (
        "clickhouses://u:p%40@host:9440/policy_events?compression=lz4&secure=1&use_numpy=true"
    )
