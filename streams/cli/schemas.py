"""Commands on the schemas: ``schemas check``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.output import console, errors


def register(app: typer.Typer) -> None:
    """Add the commands."""
    schemas = typer.Typer(help="The schemas' promises.", no_args_is_help=True)
    schemas.callback()(_schemas)
    schemas.command()(check)
    schemas.command()(dictionary)
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


def dictionary(
    file: Annotated[
        Path | None, typer.Option("--write", help="Write it to this file instead.")
    ] = None,
) -> None:
    """Print the data dictionary as Markdown, from the tables of an engine of its own."""
    from clickhouse_driver import Client

    from deploy.clickhouse.embedded import EmbeddedClickHouse
    from sinks.dictionary import answered, columns
    from sinks.dictionary_page import page
    from sinks.migrate import migrate

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with EmbeddedClickHouse(home / "data", home / "run") as engine:
            migrate(engine.url, "explained")
            with Client.from_url(f"{engine.url}explained") as client:
                text = page([*columns(client), *answered(client)])
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text)
