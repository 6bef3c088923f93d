"""Options that name a moment: their text goes in, an instant comes out."""

from __future__ import annotations

import typer

from streams.facts.instants import Instant, parse_rfc3339


def instant(option: str, text: str) -> Instant:
    """The instant that an option's RFC 3339 text names. Raises BadParameter where it is none."""
    try:
        return parse_rfc3339(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} {text}: {error}") from error


def instant_if_given(option: str, text: str | None) -> Instant | None:
    """The same of an option that may be left out."""
    return None if text is None else instant(option, text)
