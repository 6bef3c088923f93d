"""``in-force``: which orders stood at a moment, by what is known now or was known then."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from streams import addresses
from streams.cli.instants import AsOf, KnownAt, by_when, instant
from streams.cli.output import Format, as_json, print_json, print_rows
from streams.facts.court import OrderState
from streams.facts.instants import Instant
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.hindsight.in_force import Stood

_LEFT_OUT = ("state_id", "revision", "is_deleted")
_COLUMNS = (
    "court_id", "docket_number", "document_number", "kind", "status", "certainty",
    "from_earliest", "to_latest", "term_words", "began_words", "began_in", "order_id",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("in-force")(in_force)


def in_force(
    at: Annotated[str, typer.Option(help="A moment, RFC 3339.")],
    docket: Annotated[
        str,
        typer.Option(help="Of one docket, as cadc/25-5067; of a case with its appeals."),
    ] = "",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also orders stayed, vacated or lapsed at that moment.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
) -> None:
    """Say which orders stood at a moment, in their words, and how sure that is."""
    moment = instant("--at", at)
    published, arrived = by_when(as_of, known_at)
    found = [
        one
        for one in _stood(moment, published, arrived, docket)
        if (every or one.state.in_force) and (not docket or one.is_of(docket))
    ]
    rows = [{"certainty": one.certainty, **as_json(one.state)} for one in found]
    if form is Format.json:
        kept = (name for name in OrderState.__dataclass_fields__ if name not in _LEFT_OUT)
        names = ["certainty", *kept]
        print_json([{name: row[name] for name in names} for row in rows])
    else:
        print_rows(_COLUMNS, [[row[name] for name in _COLUMNS] for row in rows], form)


def _stood(
    at: Instant, as_of: Instant | None, known_at: Instant | None, docket: str
) -> list[Stood]:
    from sinks.queries import run_query
    from streams.hindsight import in_force as hindsight

    settings = Settings()
    ask = partial(run_query, addresses.find(settings).clickhouse_readonly, settings.database)
    if known_at is not None:
        return hindsight.supported_by(ask, at, known_at, docket)
    if as_of is not None:
        return hindsight.published_by(ask, at, as_of)
    return hindsight.now(ask, at)
