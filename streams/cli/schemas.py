"""Commands on the schemas: ``schemas check``."""

from __future__ import annotations

import typer

from streams.cli.output import console, errors


def register(app: typer.Typer) -> None:
    """Add the commands."""
    schemas = typer.Typer(help="The schemas' promises.", no_args_is_help=True)
    schemas.callback()(_schemas)
    schemas.command()(check)
    app.add_typer(schemas, name="schemas")


def _schemas() -> None:
    """Look after the schemas of the topics."""


def check() -> None:
    """Check that every version of every schema keeps its topics' compatibility promise."""
    from schemas.compatibility import breaches
    from schemas.registry import schemas

    found = breaches()
    for breach in found:
        errors.print(str(breach), markup=False, highlight=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    console.print(f"{len(schemas())} schemas keep their promises", highlight=False)
