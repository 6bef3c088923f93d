"""Options that name a moment: their text goes in, an instant comes out."""

from __future__ import annotations

from typing import Annotated

import typer

from streams.facts.instants import Instant, parse_rfc3339

AsOf = Annotated[
    str | None, typer.Option("--as-of", help="As it was published by this time, RFC 3339.")
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", help="As the evidence that had arrived by this time has it."),
]


def instant(option: str, text: str) -> Instant:
    """The instant that an option's RFC 3339 text names. Raises BadParameter where it is none."""
    try:
        return parse_rfc3339(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} {text}: {error}") from error


def instant_if_given(option: str, text: str | None) -> Instant | None:
    """The same of an option that may be left out."""
    return None if text is None else instant(option, text)


def by_when(as_of: str | None, known_at: str | None) -> tuple[Instant | None, Instant | None]:
    """By when something was published, and by when its evidence had arrived: one at the most."""
    if as_of is not None and known_at is not None:
        raise typer.BadParameter("--as-of and --known-at are two questions: ask one at a time")
    return instant_if_given("--as-of", as_of), instant_if_given("--known-at", known_at)
