"""The whole pipeline in the background: ``up``, ``down``, ``status``; and ``demo``."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.errors import StackError
from deploy.processes import Child, last_lines, recorded, stop, stop_recorded
from streams import addresses
from streams.addresses import SUPERVISOR, stack_file
from streams.cli.output import Format, console, errors, print_json, print_rows
from streams.settings import Settings

_PARTS = ("kafka", "clickhouse", "worker", "sink", "feeds")
_READY_WITHIN_S = 180


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(up)
    app.command()(down)
    app.command()(status)
    app.command(hidden=True)(supervise)


@contextmanager
def jar_progress() -> Iterator[object]:
    """Show a progress bar while Kafka's jars come; nothing when they are there."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("Kafka's jars", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=f"Kafka's jars: {name}")

        yield show


def up() -> None:
    """Start the whole pipeline in the background and wait until it is ready."""
    settings = Settings()
    if (where := addresses.running(settings)) is not None:
        console.print(f"Already up: Kafka on {where.kafka}. See `policy-events status`.")
        return
    fetch_jars(settings)
    stack_file(settings).unlink(missing_ok=True)
    failure = settings.run / "failure.txt"
    failure.unlink(missing_ok=True)
    argv = [sys.executable, "-m", "streams.cli", "supervise"]
    child = Child.start(
        SUPERVISOR, argv, folder=settings.run, env=settings.environment(), tied=False
    )
    try:
        deadline = time.monotonic() + _READY_WITHIN_S
        with console.status("Starting Kafka, ClickHouse, worker and sink ..."):
            while (where := addresses.running(settings)) is None:
                if not child.alive:
                    said = failure.read_text() if failure.exists() else last_lines(child.log, 5)
                    raise StackError(said.strip())
                if time.monotonic() > deadline:
                    raise StackError(f"not ready after {_READY_WITHIN_S} s: see {child.log}")
                time.sleep(0.1)
    except BaseException:
        child.stop(grace_s=30)
        raise
    console.print(f"Up: Kafka on {where.kafka}, data in {settings.home}.", highlight=False)
    console.print("Next: `policy-events status`, `policy-events replay`, `policy-events down`.")


def fetch_jars(settings: Settings) -> None:
    """Make sure of Kafka's jars, with a progress bar; nothing to do with a broker of yours."""
    if settings.kafka_bootstrap_servers is None:
        from deploy.kafka.jars import ensure_jars

        with jar_progress() as show:
            ensure_jars(settings.cache / "jars", progress=show)  # type: ignore[arg-type]


def down() -> None:
    """Stop the pipeline. Data stays."""
    settings = Settings()
    supervisor = recorded(settings.run, SUPERVISOR)
    if supervisor is not None:
        with console.status("Stopping ..."):
            stop(supervisor, grace_s=60)
    stop_recorded(settings.run, SUPERVISOR)
    # Parts outlive a supervisor that was killed with -9 for a moment: end them too.
    left = [name for name in reversed(_PARTS) if stop_recorded(settings.run, name)]
    stack_file(settings).unlink(missing_ok=True)
    if supervisor is None and not left:
        console.print("Nothing was running.")
    else:
        console.print("Down.")


def status(
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
) -> None:
    """Show the state of each part, its lag, and the last record of each feed."""
    from streams.status import report

    settings = Settings()
    parts = {
        name: process.pid if (process := recorded(settings.run, name)) else None
        for name in (SUPERVISOR, *_PARTS)
    }
    where = addresses.find(settings)
    found = report(settings, where)
    if form is Format.json:
        print_json({"namespace": settings.namespace, "processes": parts, **found.as_json()})
        return
    if form is Format.table and addresses.running(settings):
        rows = [(name, "running" if pid else "stopped", pid) for name, pid in parts.items()]
        print_rows(("part", "state", "process"), rows, form)
    print_rows(("group", "topic", "behind", "last record"), found.rows(), form)
    if found.feeds and form is Format.table:
        names = ("feed", "health", "last success", "last new", "its clock", "records", "errors")
        print_rows(names, found.feed_rows(), form)
    if found.sink_error:
        console.print(f"sink: {found.sink_error}", markup=False)


def supervise() -> None:
    """Hold the stack in the foreground until told to stop (``up`` starts this)."""
    from streams.bootstrap import embedded_stack

    settings = Settings()

    def end(*_: object) -> None:
        # Once is enough: a second signal must not cut the stopping short.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        with embedded_stack(settings) as parts:
            parts.watch(threading.Event())
    except StackError as error:
        settings.run.mkdir(parents=True, exist_ok=True)
        (settings.run / "failure.txt").write_text(str(error))
        raise
    finally:
        if _ours(settings):
            stack_file(settings).unlink(missing_ok=True)


def _ours(settings: Settings) -> bool:
    process = recorded(settings.run, SUPERVISOR)
    return process is None or process.pid == os.getpid()
