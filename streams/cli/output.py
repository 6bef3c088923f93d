"""How the command line prints data: rows go in, a table, JSON or CSV comes out."""

from __future__ import annotations

import csv
import dataclasses
import json
import sys
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.facts.instants import Instant, from_datetime, rfc3339

console = Console()
errors = Console(stderr=True)


LINES_HELP = "json (one line each), table or csv"
_LONGEST_CELL = 300


class Format(StrEnum):
    """Choices of ``--format``."""

    table = "table"
    json = "json"
    csv = "csv"


_instants_of: dict[type[Any], frozenset[str]] = {}


def _instants(record_class: type[Any]) -> frozenset[str]:
    """Names of the fields that hold instants."""
    if record_class not in _instants_of:
        hints = typing.get_type_hints(record_class)
        _instants_of[record_class] = frozenset(
            name
            for name, hint in hints.items()
            if hint is Instant or Instant in typing.get_args(hint)
        )
    return _instants_of[record_class]


def as_json(record: Any) -> dict[str, Any]:
    """Field values of a record for JSON: instants as RFC 3339 UTC with milliseconds."""
    instants = _instants(type(record))
    values: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        if field.name == "sentinel":  # a mark of the wire format, not a fact
            continue
        value = getattr(record, field.name)
        if field.name in instants and value is not None:
            value = rfc3339(value)
        elif isinstance(value, tuple):
            value = [as_json(one) if dataclasses.is_dataclass(one) else one for one in value]
        values[field.name] = value
    return values


def plain(value: Any) -> Any:
    """Turn a value as ClickHouse gives it into one that JSON has."""
    match value:
        case datetime():
            return rfc3339(from_datetime(value))
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple() | set():
            return [plain(one) for one in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)


class Lines:
    """Prints records as they come: JSON lines, CSV under the first one's names, or small tables.

    A record has too many fields for a line of a terminal: its table has one a line, without those
    that say nothing, and long values cut short.
    """

    def __init__(self, form: Format) -> None:
        self._form = form
        self._names: list[str] | None = None

    def print(self, values: Mapping[str, Any]) -> None:
        """Print one record. CSV leaves out fields that the first one had not."""
        match self._form:
            case Format.json:
                print_line(values)
            case Format.csv:
                writer = csv.writer(sys.stdout)
                if self._names is None:
                    self._names = list(values)
                    writer.writerow(self._names)
                writer.writerow(_cells(plain(values.get(name)) for name in self._names))
            case Format.table:
                table = Table(show_header=False)
                for name, value in values.items():
                    if value not in (None, "", [], ()):
                        table.add_row(name, escape(_short(str(plain(value)))))
                console.print(table)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]} ..."


def _cells(row: Iterable[Any]) -> list[Any]:
    return [json.dumps(v) if isinstance(v, list | dict) else v for v in row]


def print_line(values: Mapping[str, Any]) -> None:
    """Print one JSON line."""
    sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")


def print_json(value: Any) -> None:
    """Print one JSON document, indented."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], form: Format) -> None:
    """Print rows under their column names. JSON is an array of objects."""
    cleaned = ([plain(value) for value in row] for row in rows)
    match form:
        case Format.json:
            print_json([dict(zip(names, row, strict=True)) for row in cleaned])
        case Format.csv:
            writer = csv.writer(sys.stdout)
            writer.writerow(names)
            writer.writerows(map(_cells, cleaned))
        case Format.table:
            table = Table(*names, header_style="bold")
            for row in cleaned:
                # Feeds' texts are not ours: they must not be read as markup.
                table.add_row(*("" if v is None else escape(str(v)) for v in row))
            console.print(table)
