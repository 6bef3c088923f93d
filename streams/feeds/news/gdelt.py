"""Rows of GDELT 2.0's tab-separated files: bytes in, checked rows out (GDELT's codebooks)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from streams.facts.instants import Instant, from_datetime
from streams.feeds.documents import BadItem, Received


def rows(
    data: bytes, received: Received, columns: int
) -> Iterator[tuple[str, list[str]] | BadItem]:
    """Name and cells of each row that has as many columns as the format says."""
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        name = f"line {number}"
        if len(cells) != columns:
            expected, found = f"{columns} columns", f"{len(cells)} columns"
            yield BadItem(received.name, name, "row", expected, found)
        else:
            yield name, cells


def instant(cell: str) -> Instant | None:
    """The instant of ``YYYYMMDDHHMMSS`` in UTC; None if it is none."""
    if len(cell) != len("YYYYMMDDHHMMSS") or not (cell.isascii() and cell.isdigit()):
        return None
    try:
        moment = datetime.strptime(cell, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return from_datetime(moment)
