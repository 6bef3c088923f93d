"""``airborne``: the headline question, asked of the running stack or of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from deploy.errors import StackError
from streams.cli.documents import read_records
from streams.cli.output import Format, as_json, print_json, print_rows
from streams.facts.derived import Leg
from streams.facts.instants import Instant, parse_rfc3339

_COLUMNS = ("flight", "registration", "icao24", "certainty", "phase", "margin_s", "position", "gap")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("airborne")(airborne)


def airborne(
    at: Annotated[str | None, typer.Option(help="A moment, RFC 3339.")] = None,
    order: Annotated[str | None, typer.Option(help="An order's id, on all its clocks.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also flights that were not in the air at that moment.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KIND FILE...]", help="Flight documents to ask instead."),
    ] = None,
) -> None:
    """Say which flights were in the air at a moment, or at an order, and how sure that is."""
    if (at is None) == (order is None):
        raise typer.BadParameter("give either --at TIME or --order ID")
    if order is not None:
        if documents:
            raise typer.BadParameter("--order asks the running stack, not files")
        _at_order(order, form)
        return
    try:
        moment = parse_rfc3339(at or "")
    except ValueError as error:
        raise typer.BadParameter(f"--at: {error}") from error
    if documents:
        from streams.legs import legs_of

        kind, *files = documents
        if not files or not kind.startswith("flights."):
            raise typer.BadParameter("expected a flights.* KIND and files")
        reader = read_records(kind, files)
        legs: Iterable[Leg] = legs_of(reader)
        _print(legs, moment, form, every=every)
        reader.finish()
    else:
        _print(_held_legs(), moment, form, every=every)


def _at_order(order: str, form: Format) -> None:
    from sinks.queries import run_query
    from streams import addresses
    from streams.answers import QUERY, answers
    from streams.settings import Settings

    settings = Settings()
    where = addresses.find(settings)
    names, rows = run_query(where.clickhouse_readonly, settings.database, QUERY)
    found = [one.as_json() for one in answers(names, rows) if one.order_id == order]
    if not found:
        raise StackError(f"there is no order {order}: `policy-events query orders` lists them")
    if form is Format.json:
        print_json(found)
        return
    flat = [
        (one["clock"], one["at_earliest"], one["at_latest"], *flight.values())
        for one in found
        for flight in one["flights"]
    ]
    flights = next((list(one["flights"][0]) for one in found if one["flights"]), [])
    print_rows(("clock", "at_earliest", "at_latest", *flights), flat, form)


def _held_legs() -> list[Leg]:
    """Legs that ClickHouse holds."""
    from sinks.facts import facts
    from sinks.queries import run_query
    from streams import addresses
    from streams.settings import Settings

    settings = Settings()
    where = addresses.find(settings)
    sql = "SELECT *, toUInt8(0) AS is_deleted, toUInt64(0) AS revision FROM flights_legs_current"
    names, rows = run_query(where.clickhouse_readonly, settings.database, sql)
    return list(facts(Leg, names, rows))


def _print(legs: Iterable[Leg], moment: Instant, form: Format, *, every: bool) -> None:
    from streams.relations.airborne import airborne as answer_of
    from streams.relations.flight import Flight
    from streams.relations.track import position_at

    missions: dict[str, list[Leg]] = {}
    for leg in legs:
        missions.setdefault(leg.mission_id, []).append(leg)
    rows: list[Sequence[Any]] = []
    evidence: list[dict[str, Any]] = []
    for mission_id, mine in sorted(missions.items()):
        flight = Flight(mission_id, tuple(sorted(mine, key=lambda leg: leg.mission_index)))
        answer = answer_of(flight.legs, moment, moment)
        if answer.certainty == "no" and not every:
            continue
        place = position_at(answer.leg, moment) if answer.phase == "airborne" else None
        where = None if place is None else [round(one, 4) for one in place]
        row = (
            flight.number,
            flight.registration,
            answer.leg.icao24,
            answer.certainty,
            answer.phase,
            answer.margin_s,
            where,
            answer.gap,
        )
        rows.append(row)
        values = as_json(answer.leg)
        del values["track"]  # long; `policy-events legs` prints it
        evidence.append({**dict(zip(_COLUMNS, row, strict=True)), "leg": values})
    if form is Format.json:
        print_json(evidence)
    else:
        print_rows(_COLUMNS, rows, form)
