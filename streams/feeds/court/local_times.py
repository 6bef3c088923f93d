"""Court-local dates and times go in, intervals of instants come out.

A court's clock shows local time. Where a label does not settle which instant is meant (a district
in two zones, an hour that the clock shows twice, a zone token that contradicts the season), the
interval covers every reading.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_tz

from streams.facts.instants import Instant, Interval, from_datetime
from streams.feeds.court.courts import zones

YEARS = range(1900, 2200)
"""Years a docket's dates may lie in."""
_ABSOLUTE = re.compile(r"^(?:GMT|UTC|UT|Z|[+-]\d{4})$", re.IGNORECASE)
_OFFSETS = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "CHST": 10,
}  # fmt: skip
_ENTERED = re.compile(
    r"[\[(]\s*Entered:\s*(?P<date>\d{1,2}/\d{1,2}/\d{4})"
    r"(?:\s+(?:at\s+)?(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]\.?M\.?)?))?\s*[\])]",
    re.IGNORECASE,
)


def local_readings(court: str, wall: datetime) -> tuple[Instant, ...]:
    """Instants at which the court's clock may show this, in order; none if its zone is unknown."""
    return tuple(
        sorted(
            {
                from_datetime(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC))
                for zone in zones(court)
                for fold in (0, 1)
            }
        )
    )


def _shown_tokens(court: str, wall: datetime) -> set[str]:
    """Zone tokens that the court's clocks may show with this time: EDT in summer, EST in winter."""
    moments = [wall.replace(tzinfo=zone, fold=fold) for zone in zones(court) for fold in (0, 1)]
    return {(moment.tzname() or "").upper() for moment in moments}


def local_interval(court: str, wall: datetime, precision: timedelta) -> Interval | None:
    """The instants that a label of this precision stands for: ``[wall, wall + precision)``."""
    first, last = local_readings(court, wall), local_readings(court, wall + precision)
    if not first:
        return None
    return Interval(first[0], Instant(last[-1] - 1))


def local_day(court: str, day: date) -> Interval | None:
    """A court-local day, from its midnight to the last millisecond before the next."""
    return local_interval(court, datetime.combine(day, time()), timedelta(days=1))


def rss_instant(court: str, text: str) -> Interval:
    """When an RSS ``pubDate`` says an entry was entered; both ends are equal where it is exact.

    GMT and numeric offsets are taken at their word. A US zone token is not: it is trusted only
    where it agrees with the court's clock on that day; otherwise the interval covers both readings.
    Raises ValueError, with what was expected.
    """
    parsed = parsedate_tz(text)
    try:
        if parsed is None:
            raise ValueError
        wall = datetime(*parsed[:6])  # noqa: DTZ001 - what the clock showed, zone still in doubt
    except (ValueError, OverflowError):
        raise ValueError("a time as 'Sat, 15 Mar 2025 23:25:00 GMT'") from None
    if wall.year not in YEARS:
        raise ValueError(f"a year from {YEARS.start} to {YEARS.stop - 1}")
    token = text.split()[-1].upper()
    if _ABSOLUTE.match(token):
        instant = from_datetime((wall - timedelta(seconds=parsed[9] or 0)).replace(tzinfo=UTC))
        return Interval(instant, instant)
    readings = local_readings(court, wall)
    if token in _OFFSETS:
        zone = timezone(timedelta(hours=_OFFSETS[token]))
        by_token = from_datetime(wall.replace(tzinfo=zone))
        if token in _shown_tokens(court, wall):
            return Interval(by_token, by_token)
        readings = (by_token, *readings)
    if not readings:
        raise ValueError(f"a zone: GMT, an offset, or a court in courts.yaml (this is {court})")
    return Interval(min(readings), max(readings))


def entered_in_text(court: str, text: str) -> tuple[Interval, str] | None:
    """What ``(Entered: 10/11/2022)`` or ``[Entered: 09/01/2022 09:53 AM]`` says, and its words.

    Some bankruptcy courts write ``(Entered: 08/29/2011 at 12:27:19)``.
    A date is a court-local day, a time its minute (or second). The last one in the text counts;
    None where there is none, where it is no date, or where the court's zone is unknown.
    """
    for match in reversed(list(_ENTERED.finditer(text))):
        found = us_date_time(court, match["date"], match["time"])
        if found is not None:
            return found, match[0]
    return None


def us_date_time(court: str, day: str, clock: str | None = None) -> Interval | None:
    """``3/15/2025`` with, if given, ``9:53 AM`` or ``21:53:10``; None if it is no date."""
    try:
        on = datetime.strptime(day, "%m/%d/%Y")  # noqa: DTZ007 - a date, zone follows
        if on.year not in YEARS:
            return None
        if clock is None:
            return local_day(court, on.date())
        plain = re.sub(r"[\s.]", "", clock).upper()
        seconds = plain.count(":") == 2
        form = "%I:%M" if plain.endswith("M") else "%H:%M"
        form += (":%S" if seconds else "") + ("%p" if plain.endswith("M") else "")
        shown = datetime.strptime(plain, form)  # noqa: DTZ007 - as above
    except ValueError:
        return None
    wall = datetime.combine(on.date(), shown.time())
    return local_interval(court, wall, timedelta(seconds=1) if seconds else timedelta(minutes=1))


def precise(interval: Interval, precision_s: float | None) -> Interval:
    """The interval with a label's stated precision added: its last millisecond is the latest."""
    if precision_s is None or interval.latest is None:
        return interval
    return Interval(interval.earliest, Instant(interval.latest + round(precision_s * 1000) - 1))
