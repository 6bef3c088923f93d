"""Questions to the running stack: ``airborne``, ``query``, ``tail``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deploy.errors import StackError
from streams import addresses
from streams.cli.output import LINES_HELP, Format, Lines, as_json, print_rows
from streams.settings import Settings

FormatOption = Annotated[Format, typer.Option("--format", help="table, json or csv")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(query)
    app.command()(tail)


def query(
    what: Annotated[
        str | None,
        typer.Argument(metavar="NAME|SQL", help="A worked query or SQL; none: a list."),
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE for {NAME:Type} in the query.")
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """Run a worked query, or SQL, on ClickHouse as a user who may only read."""
    from sinks.queries import run_query, worked_queries

    if what is None:
        rows = [(one.name, one.title) for one in worked_queries().values()]
        print_rows(("query", "answers"), rows, form)
        return
    parameters: dict[str, Any] = {}
    for pair in parameter or []:
        name, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"--param {pair}: expected NAME=VALUE")
        parameters[name] = value
    settings = Settings()
    where = addresses.find(settings)
    names, rows = run_query(where.clickhouse_readonly, settings.database, what, parameters)
    print_rows(names, rows, form)


def tail(
    topic: Annotated[str, typer.Argument(help="A topic of the catalogue, as court.orders.")],
    from_start: Annotated[
        bool, typer.Option("--from-start", help="From the first record on, not the next one.")
    ] = False,
    count: Annotated[int, typer.Option("-n", min=0, help="Stop after so many; 0 is never.")] = 0,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Wait for more, or stop at the end.")
    ] = True,
    form: Annotated[Format, typer.Option("--format", help=LINES_HELP)] = Format.json,
) -> None:
    """Print the decoded records of a topic, by default as JSON lines."""
    from streams.generations import in_force
    from streams.tailing import records

    where = addresses.find(Settings())
    settings = in_force(Settings(), where.kafka)
    try:
        found = records(
            where.kafka,
            settings.topic_prefix + topic,
            from_start=from_start,
            count=count,
            follow=follow,
        )
        lines = Lines(form)
        for one in found:
            lines.print(
                {"key": one.key, "partition": one.partition, "offset": one.offset}
                | ({"error": one.error} if one.record is None else as_json(one.record))
            )
    except KeyError:
        raise StackError(f"there is no topic {settings.topic_prefix}{topic}") from None
