"""When something happened, as an interval: a day and the words around it in, instants out.

A clock time to the minute covers that minute; without one, the whole local day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from streams.facts.instants import Instant, from_datetime

Precision = Literal["instant", "minute", "hour", "day", "longer"]

DEFAULT_ZONE = "America/New_York"
_ZONES = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "gmt": "UTC",
    "utc": "UTC",
}
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\.?", re.I)
_BETWEEN = re.compile(r"\bbetween\s+(?:about\s+)?\d", re.I)
_ONE_SIDED = re.compile(
    r"\b(?:after|before|until|since|by|around|past|through)\s+(?:about\s+)?$", re.I
)
_ZONE = re.compile(r"\b(eastern|central|mountain|pacific|gmt|utc)\b")
_AFTER_MIDNIGHT = re.compile(r"\bafter midnight\b|\bearly (?:the )?next (?:day|morning)\b", re.I)
_WEEKDAY = re.compile(r"\b\w+day\b")


@dataclass(frozen=True, slots=True)
class When:
    """An interval, and how precise it is."""

    day: date
    valid_from: Instant
    valid_to: Instant
    precision: Precision


def when(words: str, day: date, zone: str = DEFAULT_ZONE, *, clocked: bool = True) -> When:
    """The interval of what some words say happened on a day."""
    low = words.lower()
    named = _ZONE.search(low) if any(name in low for name in _ZONES) else None
    local = ZoneInfo(_ZONES[named[1]] if named else zone)
    clocks = [
        match
        for match in (_CLOCK.finditer(words) if clocked else ())
        if not _ONE_SIDED.search(words[: match.start()])
    ]
    clocks = [match for match in clocks if 1 <= int(match[1]) <= 12 and int(match[2] or 0) < 60]
    if clocks:
        last = clocks[1] if len(clocks) > 1 and _BETWEEN.search(words) else clocks[0]
        begin, end = _minute(clocks[0], day, local), _minute(last, day, local)
        if end >= begin:
            width = timedelta(minutes=1) if clocks[0][2] or last[2] else timedelta(hours=1)
            until = Instant(from_datetime(end + width) - 1)
            return When(day, from_datetime(begin), until, "minute" if clocks[0][2] else "hour")
    return _whole_day(day, local)


@lru_cache(maxsize=1024)
def _whole_day(day: date, zone: ZoneInfo) -> When:
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return When(day, from_datetime(begin), Instant(from_datetime(end) - 1), "day")


def says_after_midnight(words: str) -> bool:
    """Whether the words move on to the next day: 'shortly after midnight'."""
    return bool(_AFTER_MIDNIGHT.search(words)) and not _WEEKDAY.search(words)


def _minute(match: re.Match[str], day: date, zone: ZoneInfo) -> datetime:
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    return datetime(day.year, day.month, day.day, hour, int(match[2] or 0), tzinfo=zone)
