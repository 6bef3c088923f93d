"""The data dictionary as a page: columns as ClickHouse has them go in, Markdown comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sinks.dictionary import Column, dictionary, entry, meaning, source_fields, values_of


def page(found: Sequence[Column]) -> str:
    """The dictionary as a page of Markdown, of these columns."""
    lines = [
        "# Data dictionary",
        "Written by `policy-events schemas dictionary`; do not edit. What columns mean stands in",
        "`sinks/dictionary.yaml`, types and sources follow from the tables and `schemas/avro`.",
        "",
        "Instants are UTC with milliseconds. Columns that begin with `_` say where in Kafka a row",
        "came from. `<table>_current` shows one row for each identity, without retracted ones:",
        "query those.",
    ]
    for table in sorted({column.table for column in found}):
        mine = [column for column in found if column.table == table]
        said = entry(table)
        lines += ["", f"## {table}", said.says if said else ""]
        if said is not None and said.parameters:
            given = ", ".join(f"{name} = {value}" for name, value in said.parameters.items())
            lines += ["", f"`SELECT * FROM {table}({given})`"]  # noqa: S608 -- text to read
        if said is not None and said.sorted and not table.endswith("_current"):
            lines += ["", f"Sorted: {said.sorted}"]
        if table.endswith("_current") and table.removesuffix("_current") in dictionary().tables:
            base = table.removesuffix("_current")
            held = {column.name for column in found if column.table == base}
            mine = [column for column in mine if column.name not in held]
            lines += ["", f"The columns of `{base}` without those of Kafka and revision, and:"]
        lines += ["", *_table(mine)]
    return "\n".join(lines) + "\n"


def _table(mine: Iterable[Column]) -> Iterator[str]:
    yield "| column | type | meaning | unit | null says | from |"
    yield "|---|---|---|---|---|---|"
    for column in mine:
        said = meaning(column.table, column.name)
        if said is None:
            continue
        field = source_fields(column.table).get(column.name)
        values = values_of(said, column)
        means = said.means + (f" One of: {', '.join(values)}." if values else "")
        source = f"{field['subject']}.{column.name}" if field else ""
        null = said.if_null if column.nullable else None
        kind = _short(column.type)
        yield _row(f"`{column.name}`", kind, means, said.measured, null, source)
        for name, part in said.parts.items():
            yield _row(f"&nbsp;&nbsp;`.{name}`", "", part.means, part.measured, part.if_null, "")


def _short(kind: str) -> str:
    return kind if len(kind) <= 60 else kind.partition("(")[0] + "(…)"


def _row(*cells: str | None) -> str:
    return "| " + " | ".join((cell or "").replace("|", "\\|") for cell in cells) + " |"
