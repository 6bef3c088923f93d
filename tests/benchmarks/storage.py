"""`policy-events bench storage`: bytes a row on disk, beside plain columns and Parquet.

Rows are those of ``tests/benchmarks/query_data``, legs with a thinned track as the pipeline keeps
one. ``ours``: the tables as migrated. ``plain``: the same columns with ClickHouse's own LZ4 and no
thought. ``parquet``: the fields that the record has, without Kafka's place, in the table's order,
written by polars with zstd. All is merged to one part a partition; a table's bytes are those of its
files.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.migrate import migrate
from sinks.tables import tables
from tests.benchmarks.query import fill

_TABLES = ("flights_positions", "flights_legs", "court_orders", "policy_links")
_PARQUET_ROWS = 200_000
_TRACKS = """
INSERT INTO flights_legs
SELECT legs.* REPLACE (points AS track, legs.revision + 1 AS revision)
FROM (SELECT * FROM flights_legs) AS legs
INNER JOIN
(
    SELECT
        icao24,
        toDate(observed_at - INTERVAL 50 MINUTE) AS day,
        arraySort(groupArray((observed_at, latitude, longitude, altitude_m))) AS points
    FROM flights_positions
    WHERE _offset % 5 = 0
    GROUP BY icao24, day
) AS tracks ON tracks.icao24 = legs.icao24 AND tracks.day = toDate(legs.takeoff_earliest)
"""


def run(*, quick: bool) -> dict[str, Any]:
    """Bytes a row by table and way."""
    legs, orders = (4_000, 500) if quick else (10_000, 1_000)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with EmbeddedClickHouse(home / "data", home / "run") as engine:
            migrate(engine.url, "measured")
            with Client.from_url(f"{engine.url}measured") as client:
                sizes = fill(client, legs=legs, orders=orders)
                client.execute(_TRACKS)
                found = {name: _measure(client, name) for name in _TABLES}
                columns = _columns(client, "flights_positions")
    return {"rows": sizes, "bytes_a_row": found, "positions_by_column": columns}


def _measure(client: Client, name: str) -> dict[str, float]:
    client.execute(f"OPTIMIZE TABLE {name} FINAL")
    [(sorting, partition)] = client.execute(
        "SELECT sorting_key, partition_key FROM system.tables "
        f"WHERE database = currentDatabase() AND name = '{name}'"
    )
    client.execute(
        f"CREATE TABLE plain_{name} ENGINE = MergeTree "
        f"PARTITION BY ({partition or 'tuple()'}) ORDER BY ({sorting}) "
        f"AS SELECT *{', _content' if '_content' in sorting else ''} FROM {name}"
    )
    client.execute(f"OPTIMIZE TABLE plain_{name} FINAL")
    return {
        "ours": _bytes(client, name),
        "plain": _bytes(client, f"plain_{name}"),
        "parquet": _parquet(client, name, sorting),
    }


def _bytes(client: Client, name: str) -> float:
    [(size, rows)] = client.execute(
        "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts "
        f"WHERE database = currentDatabase() AND table = '{name}' AND active"
    )
    return round(size / rows, 1)


def _parquet(client: Client, name: str, sorting: str) -> float:
    table = next(one for one in tables().values() if one.name == name)
    data, names = client.execute(
        f"SELECT {', '.join(table.fields)} FROM {name} ORDER BY {sorting} LIMIT {_PARQUET_ROWS}",
        columnar=True,
        with_column_types=True,
    )
    frame = pl.DataFrame(
        {name: list(column) for (name, _), column in zip(names, data, strict=True)},
        strict=False,
    )
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    frame = frame.with_columns(pl.col(times).cast(pl.Datetime("ms", "UTC")))
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    return round(out.tell() / len(frame), 1)


def _columns(client: Client, name: str) -> dict[str, float]:
    rows = client.execute(
        "SELECT column, sum(column_data_compressed_bytes) / sum(rows) AS size "
        "FROM system.parts_columns "
        f"WHERE database = currentDatabase() AND table = '{name}' AND active "
        "GROUP BY column HAVING size >= 0.05 ORDER BY size DESC"
    )
    return {column: round(size, 2) for column, size in rows}
