"""When a sentence says that something happened: words and publication in, intervals out.

A named weekday is the last one up to publication, in the outlet's zone (the next one for plans);
a clock time to the minute covers that minute. Without a date there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from streams.facts.instants import Instant, from_datetime, to_datetime

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
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAY = re.compile(
    r"\b(" + "|".join(_WEEKDAYS) + r")\b(?:\s+(morning|afternoon|evening|night))?", re.I
)
_CALENDAR = re.compile(
    r"\b(jan(?:uary|\.)?|feb(?:ruary|\.)?|march|april|may|june|july|aug(?:ust|\.)?|sept(?:ember|\.)?"
    r"|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?) (\d{1,2})(?:, (\d{4}))?\b",
    re.I,
)
_TODAY = re.compile(r"\b(today|yesterday|tomorrow|tonight)\b", re.I)
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\.?", re.I)
_BETWEEN = re.compile(r"\bbetween\s+(?:about\s+)?\d", re.I)
_ONE_SIDED = re.compile(r"\b(?:after|before|until|since|by)\s+(?:about\s+)?$", re.I)
_ZONE = re.compile(r"\b(eastern|central|mountain|pacific|gmt|utc)\b", re.I)
_AFTER_MIDNIGHT = re.compile(r"\bafter midnight\b|\bearly (?:the )?next (?:day|morning)\b", re.I)
_UNTIL = re.compile(r"\b(?:until|through|by|since|expire on|for|than)\s+(?:on\s+)?$", re.I)


@dataclass(frozen=True, slots=True)
class When:
    """An interval, how precise, and where its words stand."""

    day: date
    valid_from: Instant
    valid_to: Instant
    precision: Precision
    at: int


def days(sentence: str, published: Instant, *, planned: bool = False) -> list[tuple[int, date]]:
    """Dates that the sentence names for what happens in it, with their places."""
    zone = ZoneInfo(DEFAULT_ZONE)
    today = to_datetime(published).astimezone(zone).date()
    found = [
        (match.start(), _weekday(match[1], today, planned=planned))
        for match in _WEEKDAY.finditer(sentence)
        if not _UNTIL.search(sentence[: match.start()])
    ]
    for match in _CALENDAR.finditer(sentence):
        if _UNTIL.search(sentence[: match.start()]):
            continue
        named = _calendar(match, today, planned=planned)
        if named is not None:
            # 'Saturday, March 15': the date settles which Saturday.
            found = [one for one in found if match.start() - one[0] > 14 or one[0] > match.start()]
            found.append((match.start(), named))
    shifts = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
    found += [
        (match.start(), today + timedelta(days=shifts[match[1].lower()]))
        for match in _TODAY.finditer(sentence)
    ]
    return sorted(found)


def _weekday(name: str, today: date, *, planned: bool) -> date:
    number = _WEEKDAYS.index(name.lower())
    if planned:
        return today + timedelta(days=(number - today.weekday()) % 7)
    return today - timedelta(days=(today.weekday() - number) % 7)


def _calendar(match: re.Match[str], today: date, *, planned: bool) -> date | None:
    month = next(
        i for i, m in enumerate(_MONTHS, 1) if m.startswith(match[1].lower().rstrip(".")[:3])
    )
    try:
        if match[3]:
            return date(int(match[3]), month, int(match[2]))
        named = date(today.year, month, int(match[2]))
    except ValueError:
        return None
    if not planned and named > today + timedelta(days=1):
        return named.replace(year=today.year - 1)
    return named


def when(clause: str, day: date, at: int, *, clocked: bool = True) -> When:
    """The interval of what a clause says happened on a day."""
    zone = ZoneInfo(_zone(clause))
    clocks = [
        match for match in _CLOCK.finditer(clause) if not _ONE_SIDED.search(clause[: match.start()])
    ]
    if clocked and clocks:
        last = clocks[1] if len(clocks) > 1 and _BETWEEN.search(clause) else clocks[0]
        begin, end = _minute(clocks[0], day, zone), _minute(last, day, zone)
        minute = timedelta(minutes=1) if clocks[0][2] or last[2] else timedelta(hours=1)
        precision: Precision = "minute" if clocks[0][2] else "hour"
        return When(
            day, from_datetime(begin), Instant(from_datetime(end + minute) - 1), precision, at
        )
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return When(day, from_datetime(begin), Instant(from_datetime(end) - 1), "day", at)


def says_after_midnight(clause: str) -> bool:
    """Whether the clause moves on to the next day."""
    return bool(_AFTER_MIDNIGHT.search(clause))


def has_clock(clause: str) -> bool:
    """Whether the clause states a time of day."""
    return bool(_CLOCK.search(clause))


def _zone(clause: str) -> str:
    match = _ZONE.search(clause)
    return _ZONES[match[1].lower()] if match else DEFAULT_ZONE


def _minute(match: re.Match[str], day: date, zone: ZoneInfo) -> datetime:
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    return datetime(day.year, day.month, day.day, hour, int(match[2] or 0), tzinfo=zone)
