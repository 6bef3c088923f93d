"""Topics to tables: ``tables.yaml`` and the Avro schemas go in, tables with typed columns come out.

A column has its Avro field's name. The migrations say the types; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from schemas import registry
from schemas.topics import catalogue

FILE = Path(__file__).with_name("tables.yaml")
PROVENANCE = ("_topic", "_partition", "_offset", "_timestamp")
LEFT_OUT = frozenset({"sentinel"})
"""Fields that are marks of the wire format, not facts."""
DEAD_LETTERS = "dead_letters"
DEAD_LETTER_COLUMNS = (
    "source_topic",
    "source_partition",
    "source_offset",
    "refused_by",
    "stage",
    "error_class",
    "reason",
    "key",
    "bytes",
)

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One table and what fills it."""

    topic: str
    """Catalogue name, without a namespace's prefix; ``*.dlq`` for the dead letters."""
    name: str
    subject: str | None
    """Subject of its records; None for dead letters, which have no schema."""
    identity: tuple[str, ...]
    hot: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns that hold what the record says, in order."""
        if self.subject is None:
            return DEAD_LETTER_COLUMNS
        return tuple(converters(self.subject))

    @property
    def versioned(self) -> bool:
        """Whether its records carry a revision."""
        return "revision" in self.fields

    @property
    def has_generation(self) -> bool:
        """Whether it keeps every revision of every rebuild."""
        return "generation" in self.identity

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that an insert fills, in order."""
        hashed = ("_bytes",) if self.versioned else ()
        rebuilt = ("generation",) if self.has_generation else ()
        return (*self.fields, *PROVENANCE, *hashed, *rebuilt)


@cache
def tables() -> dict[str, Table]:
    """Tables by topic, dead letters included, which share one."""
    entries = yaml.safe_load(FILE.read_text())
    found = {
        entry["topic"]: Table(
            entry["topic"],
            entry["table"],
            entry["subject"],
            tuple(entry["identity"]),
            entry.get("hot", False),
        )
        for entry in entries
    }
    identity = ("source_topic", "source_partition", "source_offset", "refused_by")
    dead = Table("*.dlq", DEAD_LETTERS, None, identity)
    found |= {topic: dead for topic in catalogue() if topic.endswith(".dlq")}
    return found


@cache
def converters(subject: str) -> dict[str, Convert | None]:
    """For each field that becomes a column: how its Avro value becomes ClickHouse's; None: as is.

    Arrays of records become lists of tuples, fields in the schema's order.
    """
    fields = registry.latest(subject).raw["fields"]
    return {
        field["name"]: _converter(field["name"], field["type"])
        for field in fields
        if field["name"] not in LEFT_OUT
    }


def _converter(name: str, kind: Any) -> Convert | None:
    if name == "is_deleted":  # ReplacingMergeTree wants a UInt8
        return int
    if isinstance(kind, dict) and kind["type"] == "array":
        items = kind["items"]
        if isinstance(items, dict) and items["type"] == "record":
            names = tuple(field["name"] for field in items["fields"])
            return lambda rows: [tuple(row[each] for each in names) for row in rows]
    return None
