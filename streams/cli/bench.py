"""``bench``: a benchmark's name goes in, what it measured comes out.

A benchmark is a module of ``tests/benchmarks`` with ``run(*, quick: bool, **options) -> dict``. It
starts what servers it needs and stops them. They are in the source tree only: an installed wheel
has none.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.errors import StackError
from streams.cli.output import Format, print_json, print_rows

_PACKAGE = "tests.benchmarks"
_ROOT = Path(__file__).parents[2]
_OURS = frozenset({"deploy", "schemas", "sinks", "streams", "tests"})

Run = Callable[..., Mapping[str, Any]]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(bench)


def bench(
    name: Annotated[str, typer.Argument(help="A benchmark's name, as sink, faust or chaos.")],
    quick: Annotated[bool, typer.Option("--quick", help="Under a minute, less exact.")] = False,
    full: Annotated[bool, typer.Option("--full", help="join: to the end, minutes.")] = False,
    kills: Annotated[int | None, typer.Option(min=1, help="chaos: how many kills.")] = None,
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
) -> None:
    """Measure on this machine, beside others. Needs the source tree and the extra ``bench``."""
    run = benchmark(name)
    options: dict[str, Any] = {} if kills is None else {"kills": kills}
    if full:
        options["full"] = True
    unknown = options.keys() - inspect.signature(run).parameters.keys()
    if unknown:
        raise typer.BadParameter(f"the benchmark {name} has no option --{unknown.pop()}")
    try:
        found = run(quick=quick, **options)
    except ModuleNotFoundError as error:
        raise _missing(name, error) from error
    if form is Format.json:
        print_json(dict(found))
    else:
        print_rows(("figure", "value"), found.items(), form)


def benchmark(name: str) -> Run:
    """The ``run`` of a benchmark. Raises StackError: not known, or not to be run here."""
    names, name = benchmarks(), name.replace("-", "_")
    if name not in names:
        raise StackError(f"there is no benchmark {name}: there are {', '.join(names)}")
    try:
        run: Run = importlib.import_module(f"{_PACKAGE}.{name}").run
    except ModuleNotFoundError as error:
        raise _missing(name, error) from error
    return run


def benchmarks() -> list[str]:
    """Names of the benchmarks: modules with a ``run``. Raises StackError in an installed wheel."""
    if (_ROOT / "tests" / "benchmarks").is_dir() and str(_ROOT) not in sys.path[:1]:
        sys.path.insert(0, str(_ROOT))  # before packages that install a 'tests' of their own
    try:
        found = importlib.util.find_spec(_PACKAGE)
    except ModuleNotFoundError:
        found = None
    if found is None or found.submodule_search_locations is None:
        raise StackError(
            "the benchmarks are in the source tree (tests/benchmarks) and not in an installed "
            "package: run this in a checkout, after `make install`"
        )
    return sorted(
        one.name
        for folder in found.submodule_search_locations
        for one in pkgutil.iter_modules([folder])
        # Read, not imported: what one benchmark needs must not be missing for another.
        if "\ndef run(" in (Path(folder) / f"{one.name}.py").read_text()
    )


def _missing(name: str, error: ModuleNotFoundError) -> Exception:
    module = (error.name or "").partition(".")[0]
    if module in _OURS:  # a fault of ours, not of the installation
        return error
    return StackError(
        f"the benchmark {name} needs the package of the module {module}: "
        "install the extra 'policy-events[bench]'"
    )
