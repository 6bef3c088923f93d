"""Dates and times as docket entries write them: patterns, and what their matches mean."""

from __future__ import annotations

import re
from datetime import date, time

from streams.feeds.court.local_times import YEARS

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
DATE = (
    r"(?:\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d)"
    rf"|(?:{'|'.join(_MONTHS)})\s+\d{{1,2}}(?!\d)(?:,?\s+\d{{4}})?)"
)
"""``3/15/2025``, ``3/4/22``, ``April 12, 2025``, ``April 12``; case ignored."""
CLOCK = r"\d{1,2}(?::\d{2})?\s*[ap]\.?\s?m\b\.?"
"""``6:46 p.m.``, ``8 PM``."""


def day_named(text: str) -> tuple[int | None, int, int] | None:
    """Year, where it is stated, month and day of a text that matches DATE; None if it is none."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    word = text[:3].lower()
    months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    if "/" in text and len(numbers) == 3:
        month, day, year = numbers
        return (year + 2000 if year < 100 else year, month, day)
    if months and numbers:
        return (numbers[1] if len(numbers) > 1 else None, months[0], numbers[0])
    return None


def date_named(text: str, since: date | None = None) -> date | None:
    """The date of a text that matches DATE; one without a year is the next from ``since`` on."""
    named = day_named(text)
    if named is None:
        return None
    year, month, day = named
    try:
        if year is not None:
            return date(year, month, day) if year in YEARS else None
        if since is None:
            return None
        on = date(since.year, month, day)
        return on if on >= since else on.replace(year=since.year + 1)
    except ValueError:
        return None


def time_named(text: str) -> time | None:
    """The time of a text that matches CLOCK; None if there is no such time."""
    hour, *minute = (int(number) for number in re.findall(r"\d+", text))
    if not 1 <= hour <= 12 or (minute and minute[0] > 59):
        return None
    afternoon = "p" in text.lower()
    return time(hour % 12 + 12 * afternoon, minute[0] if minute else 0)
