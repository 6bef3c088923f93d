"""``rebuild``: everything that is derived, worked out anew beside the live pipeline."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from streams import addresses
from streams.cli.output import console, errors
from streams.settings import Settings

_LINE_EVERY_S = 5.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rebuild)


def rebuild(
    reason: Annotated[
        str, typer.Option("--reason", help="Why: stays in the table `generations`.")
    ] = "rebuilt",
    accept_fewer: Annotated[
        bool,
        typer.Option(
            "--accept-fewer", help="Swap in even if a table would lose over a tenth of its rows."
        ),
    ] = False,
    drop_old: Annotated[
        bool,
        typer.Option(
            "--drop-old",
            help="Rebuild nothing: remove topics and tables of the generations before.",
        ),
    ] = False,
) -> None:
    """Work out anew all that is derived, beside the live pipeline, then swap it in.

    Reads the feed topics, and the archive for what they have given up, by the rules and settings of
    now. Queries go on meanwhile; answers as of a moment before the swap stay what they were. A
    rebuild that dies leaves the live tables as they are: run it again. Worker, sink and feeds go
    over by themselves; give them the same settings.
    """
    settings = Settings()
    with _servers(settings) as where:
        if drop_old:
            from streams.rebuilding import drop_old_generations

            for words in drop_old_generations(settings, where):
                console.print(words, highlight=False)
            return
        from streams.rebuilding import rebuild as run

        with _Bar() as bar:
            number = run(
                settings, where,
                reason=reason, accept_fewer=accept_fewer, show=bar.show, say=bar.say,
            )  # fmt: skip
    console.print(f"Generation {number} is in force.", highlight=False)
    console.print("`policy-events rebuild --drop-old` removes what was before, once you are sure.")


@contextmanager
def _servers(settings: Settings) -> Iterator[addresses.Addresses]:
    """The running servers, or this home's own ones for as long as it takes."""
    from streams.bootstrap import embedded_stack

    own = all(addresses.configured(settings))
    if own or addresses.running(settings) is not None:
        yield addresses.find(settings)
        return
    try:
        with embedded_stack(settings, roles=False):
            yield addresses.written(settings)
    finally:
        addresses.stack_file(settings).unlink(missing_ok=True)


class _Bar:
    """A bar with the time left, on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            TimeRemainingColumn(),
            console=errors,
            disable=not errors.is_terminal,
        )
        self._stage, self._task = "", TaskID(0)
        self._began, self._first, self._said = 0.0, 0, 0.0

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, words: str) -> None:
        """One sentence above the bar."""
        self._bar.console.print(words, highlight=False, markup=False)

    def show(self, stage: str, done: int, total: int) -> None:
        """Move the bar of a stage; a new stage has a new one."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._first, self._said = stage, now, done, now
            self._task = self._bar.add_task(stage, total=total, pace="")
        seconds = max(now - self._began, 0.001)
        pace = (done - self._first) / seconds
        self._bar.update(self._task, completed=done, total=total, pace=f"{pace:,.0f}/s")
        if errors.is_terminal or (now - self._said < _LINE_EVERY_S and done < total):
            return
        self._said = now
        left = f", {(total - done) / pace:,.0f} s left" if pace and done < total else ""
        self.say(f"{stage}: {done} of {total}, {pace:,.0f}/s{left}")
