"""Instants and intervals: text or numbers go in, UTC epoch milliseconds come out.

Every time in the pipeline is an interval of possible instants. An interval is closed at both
ends; ``None`` at an end means that no source bounds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return Instant((moment - _EPOCH) // _MILLISECOND)


def to_datetime(instant: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + instant * _MILLISECOND


def from_seconds(seconds: float) -> Instant:
    """The instant of Unix time in seconds, rounded to the millisecond."""
    return Instant(round(seconds * 1000))


def parse_rfc3339(text: str) -> Instant:
    """The instant of RFC 3339 text.

    Raises ValueError, naming the text, if it is no time or has no zone.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is not an RFC 3339 time, as 2025-03-15T23:25:00Z") from error
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: end it with Z or an offset such as -04:00")
    return from_datetime(moment)


def rfc3339(instant: Instant) -> str:
    """RFC 3339 in UTC with milliseconds: ``2025-03-15T23:25:00.000Z``."""
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Interval:
    """The instants at which something may have happened: closed, in UTC; None is unbounded."""

    earliest: Instant | None
    latest: Instant | None

    def __post_init__(self) -> None:
        if self.earliest is not None and self.latest is not None and self.earliest > self.latest:
            raise ValueError(f"interval ends before it begins: {self.earliest} > {self.latest}")
