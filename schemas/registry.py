"""The registry of record: schema files and their fixed ids go in, parsed schemas come out.

``schemas/ids.yaml`` gives each version of each subject its id; ``schemas/avro`` holds the texts.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import yaml

FOLDER = Path(__file__).parent


class SchemaError(ValueError):
    """A schema file, its id or its hash is wrong; the message names the file."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of one subject."""

    id: int
    subject: str
    version: int
    text: str

    @property
    def raw(self) -> dict[str, Any]:
        """The schema as its file gives it."""
        loaded: dict[str, Any] = json.loads(self.text)
        return loaded


@cache
def schemas(folder: Path = FOLDER) -> tuple[Schema, ...]:
    """All schemas by id. Raises SchemaError for a repeated id or a text that was edited."""
    found: dict[int, Schema] = {}
    for entry in yaml.safe_load((folder / "ids.yaml").read_text()):
        path = folder / "avro" / f"{entry['subject']}.v{entry['version']}.avsc"
        text = path.read_text()
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest != entry["sha256"]:
            raise SchemaError(
                f"{path.name} was edited after it got id {entry['id']}: its SHA-256 is {digest}, "
                f"ids.yaml says {entry['sha256']}; make a new version with a new id"
            )
        if entry["id"] in found:
            raise SchemaError(f"ids.yaml gives id {entry['id']} twice")
        found[entry["id"]] = Schema(entry["id"], entry["subject"], entry["version"], text)
    return tuple(found[key] for key in sorted(found))


@cache
def by_id(schema_id: int) -> Schema:
    """The schema of this id. Raises SchemaError if there is none."""
    for schema in schemas():
        if schema.id == schema_id:
            return schema
    raise SchemaError(f"no schema has id {schema_id}")


@cache
def latest(subject: str) -> Schema:
    """The newest version of a subject. Raises SchemaError if there is none."""
    versions = [schema for schema in schemas() if schema.subject == subject]
    if not versions:
        raise SchemaError(f"no schema is called {subject!r}")
    return max(versions, key=lambda schema: schema.version)


@cache
def parsed(schema_id: int) -> Any:
    """The schema as fastavro wants it: parsed once (an unparsed one costs five times)."""
    return fastavro.parse_schema(by_id(schema_id).raw, named_schemas={})
