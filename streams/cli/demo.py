"""``demo``: plays the built-in recording through the whole pipeline and prints the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from streams import addresses, recording
from streams.answers import QUERY, OrderAnswer, answers
from streams.cli.output import Format, console, errors, print_json, print_rows
from streams.cli.stack import fetch_jars
from streams.facts.instants import Instant, to_datetime
from streams.settings import Settings

_COLUMNS = ("flight", "aircraft", "in the air?", "phase", "holds by", "if a rival is right")
_FLAT = (
    "order_id", "kind", "docket_number", "clock", "at_earliest", "at_latest",
    "flight", "registration", "certainty", "phase", "margin_s", "reported_by",
)  # fmt: skip
_SHADES = {"definite": "bold green", "possible": "yellow", "unknown": "magenta", "no": "dim"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
    documents: Annotated[
        Path | None,
        typer.Option(help="A folder with a manifest.yaml of its own."),
    ] = None,
) -> None:
    """Play the record of March 2025 through the pipeline and print who was in the air when."""
    from sinks.queries import run_query
    from streams.bootstrap import embedded_stack
    from streams.playback import forget, publish, settle

    began = time.monotonic()
    settings = _settings()
    folder = documents or recording.FOLDER
    fetch_jars(settings)
    kafka, clickhouse = addresses.configured(settings)
    forget(settings, kafka, clickhouse)
    with (
        _status("Starting Kafka, ClickHouse, worker and sink ...") as say,
        embedded_stack(settings, fresh=True) as parts,
    ):
        where = addresses.written(settings)
        say("Playing the recording ...")
        publish(settings, where, recording.documents(folder), recording.progress(folder))
        settle(
            settings,
            where,
            tend=parts.tend,
            show=lambda behind: say(f"Working it off: {behind} records to go ..."),
        )
        found = answers(*run_query(where.clickhouse_readonly, settings.database, QUERY))
        _, counts = run_query(where.clickhouse_readonly, settings.database, "record_counts")
        topics = _topic_counts(settings, where)
        say("Stopping ...")
    records = {**topics, **{table: number for table, number, _current in counts}}
    match form:
        case Format.json:
            print_json({"orders": [one.as_json() for one in found], "records": records})
        case Format.csv:
            print_rows(_FLAT, _flat(found), form)
        case Format.table:
            _print(found, records)
            console.print(f"\n{time.monotonic() - began:.0f} s in all.", highlight=False)
            _print_next(settings, embedded=not (kafka or clickhouse))


def _settings() -> Settings:
    """The deployment's settings, in a home and a namespace of the recording's own."""
    settings = Settings()
    changed: dict[str, Any] = {
        "namespace": recording.NAMESPACE,
        "home": settings.home / "demo",
        "kafka_port": 0,
        "clickhouse_port": 0,
    }
    return settings.model_copy(update=changed)


@contextmanager
def _status(first: str) -> Iterator[Any]:
    """Show what goes on, on stderr, so that stdout holds nothing but the answer."""
    with errors.status(first) as status:
        yield status.update


def _topic_counts(settings: Settings, where: addresses.Addresses) -> dict[str, int]:
    from streams.lag import offsets

    topics = [
        "news.articles", "court.docket-entries", "flights.positions", "feed.progress",
        "news.mentions", "court.orders", "flights.legs", "relate.inputs",
        "policy.events", "policy.links",
    ]  # fmt: skip
    with offsets(where.kafka, settings.topic_prefix) as look:
        ends = look.ends(topics)
    return {
        name: sum(end for at, end in ends.items() if at.topic == settings.topic_prefix + name)
        for name in topics
    }


def _flat(found: list[OrderAnswer]) -> Iterator[list[Any]]:
    for order in found:
        values = order.as_json()
        reports = [one["outlet"] for one in values["reported_by"]]
        for flight in values["flights"]:
            row = {**values, **flight, "reported_by": reports}
            yield [row[name] for name in _FLAT]


def _print(found: list[OrderAnswer], records: dict[str, int]) -> None:
    for order, clocks in _together(found):
        named = ", ".join(clocks)
        title = f"{order.kind.replace('_', ' ')}, {named} {_span(order)}"
        table = Table(title=escape(title), title_justify="left", title_style="bold")
        for name in _COLUMNS:
            table.add_column(name)
        for one in order.flights:
            shade = _SHADES[one.certainty]
            table.add_row(
                escape(one.flight or "?"),
                escape(one.registration or "?"),
                f"[{shade}]{one.certainty}[/]",
                one.phase.replace("_", " "),
                _margin(one.margin_s),
                escape(one.gap or "; ".join(one.flips)),
            )
        console.print(table)
        told = ", ".join(dict.fromkeys(outlet for outlet, _url in order.reported_by)) or "nobody"
        mark = "; reconstructed" if order.reconstructed else ""
        line = f"{order.court_id} {order.docket_number}; clock by {order.clock_source}"
        console.print(escape(f"{line}; reported by {told}{mark}\n"), highlight=False)
    counted = ", ".join(f"{name} {number}" for name, number in records.items())
    console.print(f"Records: {escape(counted)}", highlight=False)


def _together(found: list[OrderAnswer]) -> Iterator[tuple[OrderAnswer, list[str]]]:
    """One answer for the clocks of an order that state the same time and give the same answer."""
    same: dict[tuple[object, ...], list[OrderAnswer]] = {}
    for one in found:
        flights = tuple((flight.flight, flight.certainty, flight.phase) for flight in one.flights)
        same.setdefault((one.order_id, one.at_earliest, one.at_latest, flights), []).append(one)
    for group in same.values():
        # The one with the most rivals tells the most.
        first = max(group, key=lambda one: sum(len(flight.rivals) for flight in one.flights))
        yield first, sorted({one.clock for one in group})


def _margin(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def _span(order: OrderAnswer) -> str:
    """The interval in UTC, to the minute, or to the day where no more is known."""
    first, last = _moment(order.at_earliest), _moment(order.at_latest)
    if order.at_latest - order.at_earliest >= 20 * 3_600_000:
        return f"{first:%d %B %Y} (day only)"
    return f"{first:%d %B %Y %H:%M:%S} to {last:%H:%M:%S} UTC"


def _moment(instant: Instant) -> Any:
    return to_datetime(instant)


def _print_next(settings: Settings, *, embedded: bool) -> None:
    if not embedded:
        console.print("Next: `POLICY_EVENTS_NAMESPACE=recording policy-events query`.")
        return
    console.print("\nLook around in what it left behind:", highlight=False)
    console.print(
        f"  export POLICY_EVENTS_HOME={settings.home} POLICY_EVENTS_NAMESPACE=recording\n"
        "  policy-events up\n"
        "  policy-events query                      # the worked queries\n"
        "  policy-events airborne --at 2025-03-15T23:25:00Z\n"
        "  policy-events tail policy.links --from-start --no-follow\n"
        "  policy-events down",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
