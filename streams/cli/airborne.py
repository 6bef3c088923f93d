"""``airborne``: the headline question, asked of the running stack or of files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.errors import StackError
from streams.cli.documents import read_records
from streams.cli.instants import AsOf, KnownAt, by_when, instant_if_given
from streams.cli.output import Format, as_json, errors, print_json, print_rows
from streams.facts.instants import Instant
from streams.moments import AtMoment, Which, at_moment

if TYPE_CHECKING:
    from streams.cli.hindsight import Found

_COLUMNS = (
    "flight", "registration", "icao24", "certainty", "phase", "margin_s", "position", "left_us",
    "claimed_by", "gap",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("airborne")(airborne)


def airborne(
    at: Annotated[str | None, typer.Option(help="A moment, RFC 3339.")] = None,
    order: Annotated[str | None, typer.Option(help="An order's id, on all its clocks.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    which: Annotated[
        Which, typer.Option("--scope", help="all flights, those watched, or those claimed")
    ] = Which.ALL,
    watch_list: Annotated[
        Path | None,
        typer.Option("--watch-list", help="A file of registrations, missions, operators."),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", help="Write all that backs the answer into this new folder."),
    ] = None,
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
    moment = instant_if_given("--at", at)
    published, arrived = by_when(as_of, known_at)
    if documents and (order or published or arrived or evidence or which is Which.CLAIMED):
        raise typer.BadParameter(
            "files are asked --at a moment: orders, claims, history and evidence are the stack's"
        )
    if documents and moment is not None:
        _of_files(documents, moment, form, every=every, which=which, watch=watch_list)
        return
    from streams.cli.hindsight import Question, ask

    # The demo's answer has the kind before it.
    order_id = order.split()[-1] if order else None
    question = Question(moment, order_id, published, arrived, which, watch_list, every)
    found = ask(question)
    if evidence is not None:
        from streams.cli.evidence import write_evidence

        manifest = write_evidence(found, _answer(found), evidence)
        errors.print(f"evidence: {manifest}", markup=False, highlight=False, soft_wrap=True)
    _print_found(found, form)


def _of_files(
    documents: list[str],
    moment: Instant,
    form: Format,
    *,
    every: bool,
    which: Which,
    watch: Path | None,
) -> None:
    from streams.legs import legs_of
    from streams.relations.policy import scope

    kind, *files = documents
    if not files or not kind.startswith("flights."):
        raise typer.BadParameter("expected a flights.* KIND and files")
    try:
        watching = scope(watch).watch_list
    except ValueError as error:
        raise StackError(str(error)) from error
    reader = read_records(kind, files)
    found = at_moment(legs_of(reader), moment, which=which, watch=watching, every=every)
    print_moment(list(found), form)
    reader.finish()


def _answer(found: Found) -> list[dict[str, Any]]:
    """The answer as JSON has it."""
    if found.orders is None:
        return [moment_as_json(one) for one in found.flights]
    return [one.as_json() for one in found.orders]


def _print_found(found: Found, form: Format) -> None:
    outages = {*found.outages, *(one for order in found.orders or () for one in order.outages)}
    for outage in sorted(outages):
        errors.print(
            f"{outage}: flights that nobody saw may be missing", markup=False, highlight=False
        )
    if found.orders is None:
        print_moment(found.flights, form)
        return
    answers = [one.as_json() for one in found.orders]
    if form is Format.json:
        print_json(answers)
        return
    left_out = {"rivals", "leg_id", "mission_id", "policy"}
    flat = [
        (
            one["clock"],
            one["at_earliest"],
            one["at_latest"],
            *(value for name, value in flight.items() if name not in left_out),
        )
        for one in answers
        for flight in one["flights"]
    ]
    first: dict[str, Any] = next((one["flights"][0] for one in answers if one["flights"]), {})
    names = [name for name in first if name not in left_out]
    print_rows(("clock", "at_earliest", "at_latest", *names), flat, form)


def print_moment(found: list[AtMoment], form: Format) -> None:
    """Print what was found at a moment, one row a flight."""
    if form is Format.json:
        print_json([moment_as_json(one) for one in found])
    else:
        print_rows(_COLUMNS, [_row(one) for one in found], form)


def moment_as_json(one: AtMoment) -> dict[str, Any]:
    """A row with the leg that it speaks of."""
    leg = as_json(one.answer.leg)
    del leg["track"]  # long; `policy-events legs` prints it
    return {**dict(zip(_COLUMNS, _row(one), strict=True)), "leg": leg}


def _row(one: AtMoment) -> tuple[Any, ...]:
    answer, flight = one.answer, one.flight
    return (
        flight.number,
        flight.registration,
        answer.leg.icao24,
        answer.certainty,
        answer.phase,
        answer.margin_s,
        None if one.position is None else list(one.position),
        one.left_us,
        list(one.claimed_by),
        answer.gap,
    )
