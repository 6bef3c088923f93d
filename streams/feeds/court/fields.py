"""A JSON object of a court's feed goes in, one field of the wanted kind comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streams.feeds.court.refusal import Refusal

Json = Mapping[str, Any]


def whole_number(entry: Json, name: str) -> int | None:
    """A whole number, None where there is none. Raises Refusal for anything else."""
    value = entry.get(name)
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
        if abs(number) >= 1 << 63:
            raise ValueError
    except ValueError as error:
        raise Refusal(name, "a whole number or null", repr(value)) from error
    return number


def text(entry: Json, name: str) -> str:
    """A text without blanks around it; empty where it is none."""
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def string(value: object) -> str | None:
    """A value as text; None where it is empty."""
    return None if value is None or value == "" else str(value)
