"""Whether versions of a schema can read each other: schemas go in, breaches with reasons come out.

The checker is the Apache Avro project's own. BACKWARD_TRANSITIVE: every version reads what all
earlier ones wrote. FULL_TRANSITIVE: also the reverse, as topics that others subscribe to need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from schemas.registry import FOLDER, Schema, schemas
from schemas.topics import catalogue


@dataclass(frozen=True, slots=True)
class Breach:
    """A version that cannot read another though its topic promises so."""

    subject: str
    reader: int
    writer: int
    field: str
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.subject}: version {self.reader} cannot read version {self.writer}: "
            f"{self.field}: {self.reason}"
        )


def breaches(folder: Path = FOLDER) -> list[Breach]:
    """Every breach of the promises that the topics' pages make."""
    promised: dict[str, set[str]] = {}
    for topic in catalogue(folder / "topics").values():
        for subject in topic.schemas:
            promised.setdefault(subject, set()).add(topic.compatibility)
    found: list[Breach] = []
    for subject, modes in sorted(promised.items()):
        versions = [schema for schema in schemas(folder) if schema.subject == subject]
        found.extend(check(versions, full="FULL_TRANSITIVE" in modes))
    return found


def check(versions: Iterable[Schema], *, full: bool) -> Iterator[Breach]:
    """Breaches among the versions of one subject; ``full`` asks both directions."""
    ordered = sorted(versions, key=lambda schema: schema.version)
    for older, newer in combinations(ordered, 2):
        yield from _unreadable(reader=newer, writer=older)
        if full:
            yield from _unreadable(reader=older, writer=newer)


def _unreadable(*, reader: Schema, writer: Schema) -> Iterator[Breach]:
    result = ReaderWriterCompatibilityChecker().get_compatibility(  # type: ignore[no-untyped-call]
        avro.schema.parse(reader.text), avro.schema.parse(writer.text)
    )
    if result.compatibility is not SchemaCompatibilityType.compatible:
        for place, message in zip(sorted(result.locations), sorted(result.messages), strict=False):
            if message in {field["name"] for field in reader.raw["fields"]}:
                field, reason = message, "has no default, and the writer lacks it"
            else:
                field, reason = _field_at(reader, writer, place), message
            yield Breach(reader.subject, reader.version, writer.version, field, reason)


def _field_at(reader: Schema, writer: Schema, place: str) -> str:
    """Name the field that a path such as ``/fields/3/type`` leads to.

    The checker gives up the path inside unions: then the fields whose types differ are named.
    """
    steps = place.strip("/").split("/")
    fields = reader.raw["fields"]
    if len(steps) >= 2 and steps[0] == "fields" and steps[1].isdigit():
        return str(fields[int(steps[1])]["name"])
    written = {field["name"]: field["type"] for field in writer.raw["fields"]}
    changed = [
        field["name"]
        for field in fields
        if field["type"] != written.get(field["name"], field["type"])
    ]
    return ", ".join(changed) or place
