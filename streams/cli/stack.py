"""The whole pipeline in the background: ``up``, ``down``, ``status``; and ``demo``."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.errors import StackError
from deploy.processes import Child, last_lines, recorded, stop, stop_recorded, untie
from streams import addresses
from streams.addresses import PARTS, SUPERVISOR, Addresses, stack_file
from streams.cli.failures import sentence
from streams.cli.output import Format, console, errors, print_json, print_rows
from streams.settings import Settings

_READY_WITHIN_S = 180
_FAILURE = "failure.txt"


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
    bar = Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
    task = bar.add_task("Kafka's jars", total=None)

    def show(done: int, total: int, name: str) -> None:
        bar.start()
        bar.update(task, completed=done, total=total, description=f"Kafka's jars: {name}")

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()


def up() -> None:
    """Start the whole pipeline in the background and wait until it is ready.

    Kafka and ClickHouse are started unless KAFKA_BOOTSTRAP_SERVERS and CLICKHOUSE_URL name yours;
    a worker and a sink always are. Logs are in POLICY_EVENTS_HOME/run. What an earlier run left
    behind, however it ended, is cleaned up first.
    """
    settings = Settings()
    with _starting(settings):
        where = _earlier(settings)
        if where is not None:
            console.print(f"Already up: Kafka on {where.kafka}. See `policy-events status`.")
            return
        where = _start(settings)
    console.print(f"Up: Kafka on {where.kafka}, data in {settings.home}.", highlight=False)
    console.print("Next: `policy-events status`, `policy-events replay`, `policy-events down`.")


@contextmanager
def _starting(settings: Settings) -> Iterator[None]:
    """Hold the right to start: of two at once, the second waits for the first."""
    try:
        settings.run.mkdir(parents=True, exist_ok=True)
        lock = (settings.run / "up.lock").open("w")
    except OSError as error:
        raise StackError(f"{settings.run} can't be used: {error.strerror or error}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _earlier(settings: Settings) -> Addresses | None:
    """Addresses of a stack that runs already. One that still comes up, or ends, is waited for."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while (holder := recorded(settings.run, SUPERVISOR)) is not None:
        if (where := addresses.running(settings)) is not None:
            return where
        if time.monotonic() > deadline:
            raise StackError(
                f"process {holder.pid} holds {settings.home} and is not ready: end it with "
                "`policy-events down`"
            )
        time.sleep(0.1)
    return None


def _start(settings: Settings) -> Addresses:
    fetch_jars(settings)
    stack_file(settings).unlink(missing_ok=True)
    failure = settings.run / _FAILURE
    failure.unlink(missing_ok=True)
    argv = [sys.executable, "-m", "streams.cli", "supervise"]
    # Until it is ready it belongs to this process: kill that, and the kernel ends both.
    child = Child.start(
        SUPERVISOR, argv, folder=settings.run, env=settings.environment(), record=False
    )
    try:
        deadline = time.monotonic() + _READY_WITHIN_S
        with console.status("Starting Kafka, ClickHouse, worker and sink ..."):
            while (where := addresses.running(settings)) is None:
                if not child.alive:
                    raise StackError(_why_not(child, failure))
                if time.monotonic() > deadline:
                    raise StackError(f"not ready after {_READY_WITHIN_S} s: see {child.log}")
                time.sleep(0.1)
    except BaseException:
        child.stop(grace_s=30)
        raise
    return where


def _why_not(child: Child, failure: Path) -> str:
    if failure.exists():
        return failure.read_text().strip()
    if child.process.returncode == 0:
        return "the stack was stopped while it started"
    return f"the stack ended while it started; {child.log} says:\n{last_lines(child.log, 5)}"


def fetch_jars(settings: Settings) -> None:
    """Make sure of Kafka's jars, with a progress bar; nothing to do with a broker of yours."""
    if settings.kafka_bootstrap_servers is None:
        from deploy.kafka.jars import ensure_jars

        with jar_progress() as show:
            ensure_jars(settings.cache / "jars", progress=show)  # type: ignore[arg-type]


def down() -> None:
    """Stop the pipeline; data stays.

    Inserts and batches under way are finished first. To begin anew, remove POLICY_EVENTS_HOME.
    """
    settings = Settings()
    supervisor = recorded(settings.run, SUPERVISOR)
    if supervisor is not None:
        with console.status("Stopping ..."):
            stop(supervisor, grace_s=60)
    stop_recorded(settings.run, SUPERVISOR)
    # Parts outlive a supervisor that was killed with -9 for a moment: end them too.
    left = [name for name in reversed(PARTS) if stop_recorded(settings.run, name)]
    stack_file(settings).unlink(missing_ok=True)
    if supervisor is None and not left:
        console.print("Nothing was running.")
    else:
        console.print("Down.")


def status(
    form: Annotated[Format, typer.Option("--format", help="table, json or csv")] = Format.table,
) -> None:
    """Show the state of each part, its lag, and the last record of each feed.

    What holds the sink up, if anything does, is said with its reason and since when.
    """
    from streams.status import report

    settings = Settings()
    parts = {
        name: process.pid if (process := recorded(settings.run, name)) else None
        for name in (SUPERVISOR, *PARTS)
    }
    where = addresses.find(settings)
    if form is Format.table and addresses.running(settings):
        rows = [(name, "running" if pid else "stopped", pid) for name, pid in parts.items()]
        print_rows(("part", "state", "process"), rows, form)
    try:
        found = report(settings, where)
    except Exception:
        if form is Format.json:  # which parts run is known all the same
            print_json({"namespace": settings.namespace, "processes": parts})
        raise
    if form is Format.json:
        print_json({"namespace": settings.namespace, "processes": parts, **found.as_json()})
        return
    print_rows(("group", "topic", "behind", "last record"), found.rows(), form)
    if found.feeds and form is Format.table:
        names = (
            "feed", "health", "last success", "last new", "its clock", "records", "errors",
            "credits",
        )  # fmt: skip
        print_rows(names, found.feed_rows(), form)
    for remark in found.remarks():
        errors.print(remark, markup=False, highlight=False, soft_wrap=True)


def supervise() -> None:
    """Hold the stack in the foreground until told to stop (``up`` starts this)."""
    from streams.bootstrap import embedded_stack

    settings = Settings()

    def end(*_: object) -> None:
        # Once is enough: a second signal must not cut the stopping short.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if _ours(settings):  # what is being stopped must not be taken for what runs
            stack_file(settings).unlink(missing_ok=True)
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        with embedded_stack(settings, ready=untie) as parts:
            parts.watch(threading.Event())
    except Exception as error:
        with suppress(OSError):  # the disk may be what is wrong
            (settings.run / _FAILURE).write_text(sentence(error) or repr(error))
        raise


def _ours(settings: Settings) -> bool:
    process = recorded(settings.run, SUPERVISOR)
    return process is not None and process.pid == os.getpid()
