"""Schemas keep their promises: a breach names subject, versions, field and reason."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import compatibility, registry
from schemas.registry import Schema, SchemaError

LEG = registry.latest("leg")


def second_version(change: Callable[[list[dict[str, object]]], object]) -> Schema:
    raw = LEG.raw
    change(raw["fields"])
    return Schema(999, "leg", 2, json.dumps(raw))


def test_published_schemas_have_no_breach() -> None:
    assert compatibility.breaches() == []


def test_a_new_field_without_default_breaks_both_ways_of_reading() -> None:
    newer = second_version(lambda fields: fields.append({"name": "mood", "type": "string"}))
    (breach,) = compatibility.check([LEG, newer], full=True)
    assert (breach.reader, breach.writer, breach.field) == (2, 1, "mood")


def test_a_new_field_with_default_is_fine() -> None:
    field = {"name": "mood", "type": "string", "default": ""}
    newer = second_version(lambda fields: fields.append(field))
    assert list(compatibility.check([LEG, newer], full=True)) == []


def test_a_removed_field_without_default_breaks_only_the_full_promise() -> None:
    newer = second_version(
        lambda fields: fields.remove(next(f for f in fields if f["name"] == "leg_id"))
    )
    assert list(compatibility.check([LEG, newer], full=False)) == []
    (breach,) = compatibility.check([LEG, newer], full=True)
    assert (breach.reader, breach.writer, breach.field) == (1, 2, "leg_id")


def test_a_changed_type_names_the_field_even_inside_a_union() -> None:
    def change(fields: list[dict[str, object]]) -> None:
        next(f for f in fields if f["name"] == "registration")["type"] = ["null", "long"]

    found = list(compatibility.check([LEG, second_version(change)], full=False))
    assert [one.field for one in found] == ["registration"]


def test_a_breach_between_any_two_versions_is_found_not_only_neighbours() -> None:
    middle = second_version(
        lambda fields: fields.append({"name": "mood", "type": "string", "default": ""})
    )
    raw = middle.raw
    raw["fields"][-1] = {"name": "mood", "type": "string"}
    third = Schema(1000, "leg", 3, json.dumps(raw))
    found = list(compatibility.check([LEG, middle, third], full=False))
    assert [(one.reader, one.writer) for one in found] == [(3, 1)]


def test_a_schema_edited_in_place_is_refused(tmp_path: Path) -> None:
    shutil.copytree(registry.FOLDER / "avro", tmp_path / "avro")
    shutil.copy(registry.FOLDER / "ids.yaml", tmp_path)
    assert registry.schemas(tmp_path)
    registry.schemas.cache_clear()
    leg = tmp_path / "avro" / "leg.v1.avsc"
    leg.write_text(leg.read_text().replace("landing", "touchdown"))
    with pytest.raises(SchemaError, match=r"leg.v1.avsc was edited after it got id 5"):
        registry.schemas(tmp_path)
