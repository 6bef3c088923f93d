"""Tables and schemas say the same: what a record has, a row has."""

import re
from collections.abc import Iterator

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from schemas import registry
from schemas.topics import catalogue
from sinks.tables import LEFT_OUT, PROVENANCE, Table, tables

ALL = sorted(set(tables().values()), key=lambda table: table.name)
each_table = pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)


@pytest.fixture(scope="module")
def client(clickhouse: EmbeddedClickHouse, database: str) -> Iterator[Client]:
    with Client.from_url(f"{clickhouse.url}{database}") as connected:
        yield connected


def test_every_topic_that_the_catalogue_gives_to_the_sink_has_a_table() -> None:
    meant = {name for name, topic in catalogue().items() if "sink" in topic.consumers}
    dead = {name for name in catalogue() if name.endswith(".dlq")}
    assert set(tables()) == meant | dead


@each_table
def test_each_topic_carries_the_subject_of_its_table(table: Table) -> None:
    if table.subject is not None:
        assert catalogue()[table.topic].schemas == (table.subject,)


@pytest.mark.stack
@each_table
def test_each_field_has_its_column_and_each_column_its_field(client: Client, table: Table) -> None:
    rows = client.execute(
        "SELECT name, default_kind FROM system.columns "
        "WHERE database = currentDatabase() AND table = %(table)s ORDER BY position",
        {"table": table.name},
    )
    filled = [name for name, kind in rows if kind != "MATERIALIZED"]
    assert tuple(filled) == table.columns
    if table.subject is not None:
        fields = {field["name"] for field in registry.latest(table.subject).raw["fields"]}
        own = set(PROVENANCE) | {"_bytes", "generation"}
        assert set(filled) - own == fields - LEFT_OUT


@pytest.mark.stack
@each_table
def test_types_hold_every_value_that_the_schema_admits(client: Client, table: Table) -> None:
    if table.subject is None:
        return
    types = dict(
        client.execute(
            "SELECT name, type FROM system.columns "
            "WHERE database = currentDatabase() AND table = %(table)s",
            {"table": table.name},
        )
    )
    expected = {"string": "String", "double": "Float64", "boolean": "Bool"}
    for field in registry.latest(table.subject).raw["fields"]:
        name, kind = field["name"], field["type"]
        if name in LEFT_OUT | {"revision", "is_deleted"}:
            continue
        nullable = isinstance(kind, list)
        plain = kind[1] if nullable else kind
        if isinstance(plain, dict) and plain["type"] == "array":
            assert types[name].startswith("Array("), name
            continue
        instant = isinstance(plain, dict) and "unit" in plain
        wanted = "DateTime64(3, 'UTC')" if instant else expected.get(str(plain), "Int64")
        found = re.sub(r"^LowCardinality\((.*)\)$", r"\1", types[name])
        assert found == (f"Nullable({wanted})" if nullable else wanted), name


@pytest.mark.stack
@each_table
def test_rows_are_sorted_by_identity_and_parted_by_nothing_that_changes(
    client: Client, table: Table
) -> None:
    [(engine, sorting, partition, settings)] = client.execute(
        "SELECT engine, sorting_key, partition_key, create_table_query FROM system.tables "
        "WHERE database = currentDatabase() AND name = %(table)s",
        {"table": table.name},
    )
    assert engine == "ReplacingMergeTree"
    assert tuple(sorting.split(", ")) == table.identity
    parts = set(re.findall(r"\w+", partition)) - {"toYYYYMM", "tuple"}
    assert parts <= set(table.identity)
    assert "non_replicated_deduplication_window = 10000" in settings


@pytest.mark.stack
def test_every_column_says_what_it_is(client: Client) -> None:
    silent = client.execute(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() "
        "AND comment = '' AND table NOT LIKE '%\\_current' AND table != 'schema_versions'"
    )
    assert silent == []


@pytest.mark.stack
@each_table
def test_views_show_no_internals(client: Client, table: Table) -> None:
    if table.has_generation:
        return
    names = [row[0] for row in client.execute(f"DESCRIBE TABLE {table.name}_current")]
    assert not [name for name in names if name.startswith("_") or name in {"revision"}]
