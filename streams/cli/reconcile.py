"""``reconcile``: whether every record of Kafka's topics is in ClickHouse."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from deploy.errors import StackError
from streams import addresses
from streams.cli.output import Format, print_json, print_rows
from streams.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reconcile)


def reconcile(
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Only this topic; may be repeated.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
) -> None:
    """Check that every offset the sink has committed is a row, a dead letter, or explained.

    Exit code 1 where a record is missing, or rows are there that Kafka never had.
    """
    from sinks.reconcile import Account
    from sinks.reconcile import reconcile as accounts_of
    from streams.generations import in_force

    where = addresses.find(Settings())
    settings = in_force(Settings(), where.kafka)
    try:
        found = list(
            accounts_of(
                where.kafka,
                where.clickhouse,
                settings.database,
                topic_prefix=settings.topic_prefix,
                group=settings.sink_group,
                only=topic or (),
            )
        )
    except KeyError as error:
        raise StackError(f"{error.args[0]} has no table that holds every record") from None
    if form is Format.json:
        print_json([dataclasses.asdict(one) | {"right": one.right} for one in found])
    else:
        names = [field.name for field in dataclasses.fields(Account)]
        rows = ([getattr(one, name) for name in names] for one in found)
        print_rows(names, rows, form)
    if not all(one.right for one in found):
        raise typer.Exit(1)
