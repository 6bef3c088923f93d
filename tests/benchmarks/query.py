"""`policy-events bench query`: the worked queries on generated tables, beside raw positions.

10 million positions, 100,000 legs, 10,000 orders and the links between them are made by ClickHouse
itself from numbers and a seed (``tests/benchmarks/query_data``). Times are those of a client over
the native protocol on this machine, in milliseconds; a list counts as answered with its first
1,000 rows. Of five flights in the air at an order one has a link, about 13 an order.

``airborne_at``: the view, at the time of an order. ``order_now``: the stored links of an order, as
they stand. ``order_as_of``: the same as published at a past moment. ``raw_positions``: which
aircraft were in the air then, asked of the positions, as one would without legs: last reading of
each in the twenty minutes before, not on the ground. It knows no margin, no gap and no rival.
"""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.migrate import migrate
from sinks.queries import bound, worked_queries

DATA = Path(__file__).with_name("query_data")
_SEED = 12
_LEGS, _ORDERS, _A_DAY = 100_000, 10_000, 2_000
_ROUNDS = 3
_ASKED = 40
_LISTS = frozenset({"events", "legs", "orders", "record_counts"})
"""Queries beside the twelve."""

RAW = """
SELECT icao24, argMax(callsign, observed_at) AS last_callsign, max(observed_at) AS last_seen
FROM flights_positions
WHERE
    observed_at BETWEEN {at:DateTime64(3, 'UTC')} - INTERVAL 20 MINUTE AND {at:DateTime64(3, 'UTC')}
GROUP BY icao24
HAVING NOT argMax(coalesce(on_ground, false), observed_at)
"""
NOW = """
SELECT
    clock, at_earliest, at_latest, clock_source, policy, flight, registration, callsign, icao24,
    leg_id, certainty, phase, margin_s, left_us, claimed_removal, claimed_by, gap, rivals,
    reconstructed, known_at, published_at
FROM policy_links_current
WHERE relation = 'airborne_at' AND object_id = {order_id:String}
ORDER BY at_earliest, clock, flight, icao24
"""


def run(*, quick: bool) -> dict[str, Any]:
    """Sizes, milliseconds (median and p99) by question, and the ratios."""
    share = 10 if quick else 1
    legs, orders = _LEGS // share, _ORDERS // share
    asked = _ASKED // 2 if quick else _ASKED
    with _engine() as client:
        began = time.perf_counter()
        sizes = fill(client, legs=legs, orders=orders)
        generated_s = time.perf_counter() - began
        moments = _moments(client, asked)
        questions: dict[str, Callable[[int], str]] = {
            "airborne_at": lambda n: f"SELECT * FROM airborne_at(at = '{moments[n][1]}')",
            "raw_positions": lambda n: bound(RAW, {"at": moments[n][1]}),
            "order_now": lambda n: bound(NOW, {"order_id": moments[n][0]}),
            "order_as_of": lambda n: bound(
                worked_queries()["airborne_as_of"].sql,
                {"order_id": moments[n][0], "as_of": moments[n][2]},
            ),
        }
        times = {name: _times(client, map(ask, range(asked))) for name, ask in questions.items()}
        flying = _rows(client, questions["airborne_at"](0))
        worked = {name: _times(client, [sql] * _ROUNDS) for name, sql in _worked(moments)}
    median = {name: statistics.median(found) for name, found in times.items()}
    return {
        "sizes": sizes,
        "generated_s": round(generated_s, 1),
        "seed": _SEED,
        "flights_in_the_air": flying,
        "asked": asked,
        "ms": {name: _figures(found) for name, found in times.items()},
        "rounds": _ROUNDS,
        "worked_ms": {name: _figures(found) for name, found in worked.items()},
        "as_of_vs_now": round(median["order_as_of"] / median["order_now"], 2),
        "raw_vs_airborne_at": round(median["raw_positions"] / median["airborne_at"], 2),
    }


def fill(client: Client, *, legs: int, orders: int) -> dict[str, int]:
    """Fill the tables; rows by table. ``client`` is connected to a migrated, empty database."""
    given = {"seed": _SEED, "legs": legs, "orders": orders, "days": max(legs // _A_DAY, 1)}
    for file in sorted(DATA.glob("*.sql")):
        sql = file.read_text()
        wanted = {name: value for name, value in given.items() if f"{{{name}:" in sql}
        client.execute(bound(sql, wanted))
    tables = ("flights_legs", "flights_positions", "court_orders", "policy_links")
    return {
        table: client.execute(f"SELECT count() FROM {table}")[0][0]
        for table in (*tables, "policy_links_history")
    }


@contextmanager
def _engine() -> Iterator[Client]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with EmbeddedClickHouse(home / "data", home / "run") as engine:
            migrate(engine.url, "measured")
            with Client.from_url(f"{engine.url}measured") as client:
                yield client


def _moments(client: Client, count: int) -> list[tuple[str, str, str]]:
    """Orders by id, their time, and half an hour later: as of then, before the correction."""
    rows: list[tuple[str, str, str]] = client.execute(
        "SELECT order_id, toString(clocks[1].at_earliest),"
        " toString(clocks[1].at_earliest + INTERVAL 30 MINUTE) "
        f"FROM court_orders_current ORDER BY cityHash64(order_id) LIMIT {count}"
    )
    return rows


def _worked(moments: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    order_id, at, as_of = moments[0]
    values: Mapping[str, str] = {"order_id": order_id, "at": at, "as_of": as_of}
    for name, query in worked_queries().items():
        if name in _LISTS:
            continue
        given = {one: values[one] for one in query.parameters}
        yield name, f"SELECT * FROM ({bound(query.sql, given)}) LIMIT 1000"


def _times(client: Client, statements: Any) -> list[float]:
    """Milliseconds of each statement; the first is asked once before, cold."""
    found = []
    for place, sql in enumerate(statements):
        if place == 0:
            client.execute(sql)
        began = time.perf_counter()
        client.execute(sql)
        found.append(1000 * (time.perf_counter() - began))
    return found


def _rows(client: Client, sql: str) -> int:
    return len(client.execute(sql))


def _figures(found: Sequence[float]) -> dict[str, float]:
    ranked = sorted(found)
    p99 = ranked[math.ceil(0.99 * len(ranked)) - 1]
    return {"median": round(statistics.median(ranked), 1), "p99": round(p99, 1)}
