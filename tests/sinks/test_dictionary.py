"""One dictionary: Avro schema, table and what is said of them agree, and ClickHouse repeats it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.dictionary import (
    OWN,
    Column,
    annotate,
    answered,
    columns,
    comment,
    dictionary,
    entry,
    meaning,
    source_fields,
)
from sinks.dictionary_page import page
from sinks.tables import tables

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
UNITS = {"none", "share", "deg", "m", "m/s", "s", "count", "byte", "row"}
NUMBER = re.compile(r"(?:Nullable\()?(?:U?Int\d+|Float\d+)")
NAMED_UNITS = {"_m": "m", "_mps": "m/s", "_deg": "deg", "_s": "s"}


@pytest.fixture(scope="module")
def client(clickhouse: EmbeddedClickHouse, database: str) -> Iterator[Client]:
    with Client.from_url(f"{clickhouse.url}{database}") as connected:
        yield connected


@pytest.fixture(scope="module")
def found(client: Client) -> list[Column]:
    return columns(client)


@pytest.fixture(scope="module")
def everywhere(client: Client, found: list[Column]) -> list[Column]:
    """Those of parameterised views too."""
    return [*found, *answered(client)]


@pytest.mark.stack
def test_every_column_has_a_meaning_and_every_table_says_what_it_is(
    client: Client, everywhere: list[Column]
) -> None:
    assert [one for one in everywhere if meaning(one.table, one.name) is None] == []
    held = {row[0] for row in client.execute("SHOW TABLES")} - OWN
    assert [name for name in held if entry(name) is None] == []
    # and nothing is said of what does not exist
    assert dictionary().tables.keys() <= held
    assert dictionary().columns.keys() <= {one.name for one in everywhere}


@pytest.mark.stack
def test_clickhouse_says_it_too(client: Client, found: list[Column]) -> None:
    assert [one for one in found if one.comment != comment(one)] == []
    assert annotate(client) == 0
    said = client.execute(
        "SELECT name, comment FROM system.tables WHERE database = currentDatabase()"
    )
    assert {name: text for name, text in said if name != "schema_versions"} == {
        name: entry(name).says for name, _ in said if name != "schema_versions"
    }


@pytest.mark.stack
def test_schema_table_and_dictionary_agree_on_null_and_on_parts(found: list[Column]) -> None:
    by_place = {(one.table, one.name): one for one in found}
    for table in {one.name for one in tables().values()}:
        for name, field in source_fields(table).items():
            column, said = by_place[table, name], meaning(table, name)
            optional = isinstance(field["type"], list)
            assert column.nullable == optional, (table, name)
            assert said is not None
            assert not optional or said.if_null, f"{table}.{name}: what does null say?"
            assert tuple(said.parts) == _parts(field["type"]), (table, name)
            assert not said.parts or re.findall(r"(?:\(|, )(\w+) ", column.type) == list(said.parts)


def _parts(kind: Any) -> tuple[str, ...]:
    items = kind.get("items") if isinstance(kind, dict) else None
    return tuple(one["name"] for one in items["fields"]) if isinstance(items, dict) else ()


@pytest.mark.stack
def test_what_may_be_null_says_what_null_means(everywhere: list[Column]) -> None:
    silent = [
        (one.table, one.name)
        for one in everywhere
        if one.nullable and not getattr(meaning(one.table, one.name), "if_null", None)
    ]
    assert silent == []


@pytest.mark.stack
def test_numbers_have_a_unit_and_nothing_else_has(everywhere: list[Column]) -> None:
    for one in everywhere:
        said = meaning(one.table, one.name)
        assert said is not None
        number = NUMBER.match(one.type) is not None
        assert (said.unit in UNITS) if number else (said.unit is None), one
        for ending, unit in NAMED_UNITS.items():
            if one.name.endswith(ending) and number:
                assert said.unit == unit, one


@pytest.mark.stack
def test_every_instant_is_in_utc(everywhere: list[Column]) -> None:
    for one in everywhere:
        for zone in re.findall(r"DateTime(?:64)?\b(\([^)]*\))?", one.type):
            assert "'UTC'" in zone, one


@pytest.mark.stack
def test_the_page_is_the_dictionary(everywhere: list[Column]) -> None:
    said = page(everywhere)
    assert PAGE.read_text() == said, (
        f"run `policy-events schemas dictionary --write docs/{PAGE.name}`"
    )


@pytest.mark.stack
def test_a_comment_that_was_changed_is_put_right(client: Client) -> None:
    client.execute("ALTER TABLE flights_legs COMMENT COLUMN origin 'its name''s secret'")
    assert annotate(client) == 1
    [held] = [one for one in columns(client) if (one.table, one.name) == ("flights_legs", "origin")]
    assert held.comment == (
        "Airport that it left from, ICAO code. Null: not sure. From leg.origin."
    )


def test_an_enumeration_lists_what_the_schema_lists() -> None:
    said = comment(Column("policy_links", "certainty", "LowCardinality(String)"))
    assert said.endswith("One of: definite, possible, no, unknown. From link.certainty.")
    assert said.count("One of") == 1


def test_of_a_column_unknown_to_it_the_dictionary_says_so() -> None:
    with pytest.raises(KeyError, match=r"says nothing of flights_legs\.nonsense"):
        comment(Column("flights_legs", "nonsense", "String"))
