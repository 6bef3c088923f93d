"""A benchmark is found by its name; what is not there is said in one sentence."""

import json
import sys
import types

import pytest
import typer
from typer.testing import CliRunner

from deploy.errors import StackError
from streams.cli import bench


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    bench.register(made)
    made.callback()(lambda: None)
    return made


def known(monkeypatch: pytest.MonkeyPatch, name: str, **contents: object) -> None:
    module = types.ModuleType(name)
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, f"tests.benchmarks.{name}", module)
    monkeypatch.setattr(bench, "benchmarks", lambda: [name])


def test_benchmarks_are_the_modules_with_a_run() -> None:
    found = bench.benchmarks()
    assert {"chaos", "faust"} <= set(found)
    assert "servers" not in found


def test_the_options_reach_it_and_its_figures_come_out(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*, quick: bool, kills: int = 0, full: bool = False) -> dict[str, object]:
        return {"quick": quick, "kills": kills, "full": full}

    known(monkeypatch, "one", run=run)
    arguments = ["bench", "one", "--quick", "--kills", "7", "--full", "--format", "json"]
    result = CliRunner().invoke(app, arguments)
    assert json.loads(result.output) == {"quick": True, "kills": 7, "full": True}


@pytest.mark.parametrize("option", [["--kills", "7"], ["--full"]])
def test_an_option_that_it_has_not_is_wrong_use(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch, option: list[str]
) -> None:
    known(monkeypatch, "one", run=lambda quick: {"quick": quick})
    result = CliRunner().invoke(app, ["bench", "one", *option])
    assert result.exit_code == 2
    assert f"no option {option[0]}" in result.output


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(StackError, match="there is no benchmark nope: there are chaos, "):
        bench.benchmark("nope")


def test_a_missing_package_names_the_extra(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*, quick: bool) -> None:
        raise ModuleNotFoundError("No module named 'quixstreams.x'", name="quixstreams.x")

    known(monkeypatch, "one", run=run)
    result = CliRunner().invoke(app, ["bench", "one"])
    assert isinstance(result.exception, StackError)
    assert "module quixstreams: install the extra 'policy-events[bench]'" in str(result.exception)


def test_an_installed_wheel_has_no_benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_PACKAGE", "not_there.benchmarks")
    with pytest.raises(StackError, match="in the source tree"):
        bench.benchmarks()
