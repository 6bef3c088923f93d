"""Packages import each other in one direction; facts rest on nothing, the pure core on no server.

Read from the source: what a module imports when it is loaded, not what it asks for later by itself.
"""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("deploy", "schemas", "sinks", "streams")
PURE = (
    "facts", "feeds/court", "feeds/flights", "feeds/news", "legs", "mentions", "orders",
    "relations",
)  # fmt: skip
SERVERS = {"aiokafka", "chdb", "clickhouse_driver", "confluent_kafka", "faust", "kafka"}


def imported(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def package(module: str) -> str | None:
    """``streams.legs`` of ``streams.legs.stage``; None of modules that stand beside packages."""
    name = ".".join(module.split(".")[:2])
    return name if (ROOT / name.replace(".", "/")).is_dir() else None


def test_packages_import_each_other_in_one_direction() -> None:
    graph: dict[str, set[str]] = {}
    for top in OURS:
        for file in (ROOT / top).rglob("*.py"):
            own = package(".".join(file.relative_to(ROOT).with_suffix("").parts))
            if own is not None:
                others = {one for one in map(package, imported(file)) if one not in (None, own)}
                graph.setdefault(own, set()).update(one for one in others if one is not None)
    TopologicalSorter(graph).prepare()  # raises CycleError, with the cycle
    assert len(graph) > len(PURE)


@pytest.mark.parametrize("name", PURE)
def test_pure_packages_know_no_server(name: str) -> None:
    files = list((ROOT / "streams" / name).rglob("*.py"))
    assert files
    for file in files:
        found = {one.partition(".")[0] for one in imported(file)}
        assert not found & SERVERS, file
        assert "sinks" not in found, file


def test_facts_rest_on_the_standard_library_and_on_facts() -> None:
    for file in (ROOT / "streams" / "facts").rglob("*.py"):
        for one in imported(file):
            top = one.partition(".")[0]
            assert top in sys.stdlib_module_names or one.startswith("streams.facts"), (file, one)
