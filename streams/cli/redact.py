"""``redact``: takes sealed or withdrawn material out of everything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.errors import StackError
from streams import addresses
from streams.cli.output import console
from streams.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(redact)


def redact(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="An article's URL or guid; court/docket, as dcd/1:25-cv-00766; or an entry of it: "
            "court/docket/ and its document number, PACER document id or source's id.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why: stays in the tombstone.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: there is no way back.")] = False,
) -> None:
    """Take sealed or withdrawn material out of archive, topics, tables and backups, for good.

    Worker, sink and feeds must not run: they hold what is taken out. Facts that rested on it go
    too; `rebuild` works out anew what rested on it only in part.
    """
    from streams.bootstrap import embedded_stack
    from streams.connectors import configuration
    from streams.redaction.redaction import redact as take_out

    settings = Settings()
    if addresses.running(settings) is not None:
        raise StackError(
            "the stack is up: `policy-events down` first, then redact starts it itself"
        )
    if not yes:
        typer.confirm(f"Take {wanted} out for good?", abort=True)
    file = configuration.load(settings.feeds) if settings.feeds.exists() else None
    archives = [(file and file.archive) or settings.archive, *(file.backups if file else ())]
    date = datetime.now(UTC).date().isoformat()

    def run(where: addresses.Addresses) -> None:
        done = take_out(
            settings, where, wanted, reason=reason, date=date, archives=archives,
            say=lambda words: console.print(f"{words} ...", highlight=False),
        )  # fmt: skip
        for name, count in (*done.documents.items(), *done.rows.items(), *done.messages.items()):
            console.print(f"{name}: {count} taken out", highlight=False)
        if not (done.records or done.rows or done.messages or any(done.documents.values())):
            console.print(f"Nothing bore {wanted}; a tombstone keeps it out.")

    if settings.kafka_bootstrap_servers and settings.clickhouse_url:
        run(addresses.find(settings))
        return
    try:
        with embedded_stack(settings, roles=False):
            run(addresses.written(settings))
    finally:
        addresses.stack_file(settings).unlink(missing_ok=True)
