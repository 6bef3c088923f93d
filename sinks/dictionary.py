"""The data dictionary: ``dictionary.yaml`` and the Avro schemas go in, comments come out.

The YAML says what a column means, its unit and what null says in it. Type, nullability, time zone,
the values of an enumeration and the source field follow from the Avro schema and the table itself:
nothing is said twice, and a test holds the three together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from clickhouse_driver import Client
from pydantic import BaseModel, ConfigDict

from schemas import registry
from sinks.tables import LEFT_OUT, tables

FILE = Path(__file__).with_name("dictionary.yaml")
OWN = frozenset({"schema_versions"})
"""Tables of the migrations' library, which are not ours to explain."""
_SUFFIXES = ("_current", "_history", "_feed")


class Meaning(BaseModel):
    """What the dictionary says of one column, or of one part of an array's tuples."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    means: str
    unit: str | None = None
    if_null: str | None = None
    """What null says; None where it is not nullable."""
    one_of: tuple[str, ...] = ()
    parts: dict[str, Meaning] = {}

    @property
    def measured(self) -> str | None:
        """Its unit; None for texts, instants and numbers that measure nothing."""
        return None if self.unit == "none" else self.unit


class Entry(BaseModel):
    """What the dictionary says of one table or view."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: str
    sorted: str | None = None
    parameters: dict[str, str] = {}
    """Of a parameterised view: an example of each parameter, as SQL."""
    columns: dict[str, Meaning] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, Meaning]
    tables: dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as ClickHouse has it."""

    table: str
    name: str
    type: str
    comment: str = ""

    @property
    def nullable(self) -> bool:
        """Whether a value of it may be null."""
        return self.type.startswith(("Nullable(", "LowCardinality(Nullable("))


@cache
def dictionary(file: Path = FILE) -> _File:
    """The file, checked. Raises pydantic's ValidationError naming the entry that is wrong."""
    return _File.model_validate(yaml.safe_load(file.read_text()))


def entry(table: str) -> Entry | None:
    """What is said of a table or view; ``*_current`` says what its table says."""
    found = dictionary().tables
    if table in found:
        return found[table]
    base = found.get(table.removesuffix("_current"))
    if base is None:
        return None
    return base.model_copy(update={"says": f"{base.says} One row each, retracted ones left out."})


def meaning(table: str, column: str) -> Meaning | None:
    """What is said of a column; None where nothing is."""
    for name in (table, *(table.removesuffix(suffix) for suffix in _SUFFIXES)):
        held = dictionary().tables.get(name)
        if held is not None and column in held.columns:
            return held.columns[column]
    return dictionary().columns.get(column)


@cache
def source_fields(table: str) -> dict[str, dict[str, Any]]:
    """Avro fields that fill a table's columns, by column; none for views and the sink's own."""
    base = table.removesuffix("_current")
    subject = next((one.subject for one in tables().values() if one.name == base), None)
    if subject is None:
        return {}
    fields = registry.latest(subject).raw["fields"]
    return {
        field["name"]: {**field, "subject": subject}
        for field in fields
        if field["name"] not in LEFT_OUT
    }


def comment(column: Column) -> str:
    """The comment that ClickHouse keeps: one line. Raises KeyError where nothing is said."""
    said = meaning(column.table, column.name)
    if said is None:
        raise KeyError(f"sinks/dictionary.yaml says nothing of {column.table}.{column.name}")
    sentences = [said.means, *_facts(said, column)]
    return " ".join(sentences)


def values_of(said: Meaning, column: Column) -> tuple[str, ...]:
    """The values of an enumeration, from the dictionary or the Avro field; empty for any other."""
    return said.one_of or enumerated(source_fields(column.table).get(column.name, {}))


def _facts(said: Meaning, column: Column) -> Iterator[str]:
    field = source_fields(column.table).get(column.name, {})
    values = values_of(said, column)
    if values:
        yield f"One of: {', '.join(values)}."
    if said.measured:
        yield f"Unit: {said.measured}."
    if "DateTime" in column.type and not column.type.startswith("Array"):
        yield "UTC, milliseconds." if "DateTime64(3" in column.type else "UTC."
    if said.parts:
        yield f"Each: {', '.join(said.parts)}."
    if column.nullable and said.if_null:
        yield f"Null: {said.if_null}."
    if field:
        yield f"From {field['subject']}.{column.name}."


def enumerated(field: dict[str, Any]) -> tuple[str, ...]:
    """Values that an Avro field's ``doc`` lists after ``One of:``."""
    _, found, rest = str(field.get("doc", "")).partition("One of: ")
    listed = rest.partition(". ")[0].rstrip(".")
    return tuple(one.strip() for one in listed.split(",")) if found else ()


def columns(client: Client) -> list[Column]:
    """Columns of every table and plain view of the database that a client is connected to."""
    rows = client.execute(
        "SELECT table, name, type, comment FROM system.columns "
        "WHERE database = currentDatabase() ORDER BY table, position"
    )
    return [Column(*row) for row in rows if row[0] not in OWN]


def answered(client: Client) -> list[Column]:
    """Columns that the parameterised views answer with; ClickHouse keeps no comments for them."""
    found = []
    for name, said in dictionary().tables.items():
        if said.parameters:
            given = ", ".join(f"{key} = {value}" for key, value in said.parameters.items())
            rows = client.execute(f"DESCRIBE (SELECT * FROM {name}({given}))")  # noqa: S608
            found += [Column(name, row[0], row[1]) for row in rows]
    return found


def annotate(client: Client) -> int:
    """Write the comments that differ into ClickHouse; the number of columns that did.

    Columns and tables of which nothing is said keep what they have: a migration may run before the
    dictionary knows them. A parameterised view has no columns of its own in ClickHouse: only what
    it says as a whole is written.
    """
    changed: dict[str, list[str]] = {}
    for column in columns(client):
        if entry(column.table) is None or meaning(column.table, column.name) is None:
            continue
        wanted = comment(column)
        if wanted != column.comment:
            changed.setdefault(column.table, []).append(
                f"COMMENT COLUMN `{column.name}` {_quoted(wanted)}"
            )
    for table, parts in changed.items():
        client.execute(f"ALTER TABLE `{table}` {', '.join(parts)}")
    held = client.execute(
        "SELECT name, comment FROM system.tables WHERE database = currentDatabase()"
    )
    for table, found in held:
        said = entry(table)
        if said is not None and said.says != found:
            client.execute(f"ALTER TABLE `{table}` MODIFY COMMENT {_quoted(said.says)}")
    return sum(len(parts) for parts in changed.values())


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
