"""What a request brings: an answer, word that nothing has changed, or an error with a name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from streams.facts.instants import Instant, from_datetime, from_seconds

_DIGITS = 10
_LONGEST_REST_S = 86_400.0
"""However long a server says: its mistake must not silence a feed for ever."""


class FetchError(Exception):
    """A request that brought nothing; ``kind`` is a word for counting, the text has no secrets."""

    def __init__(
        self,
        kind: str,
        words: str,
        *,
        passing: bool = False,
        retry_after_s: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(words)
        self.kind, self.passing = kind, passing
        self.retry_after_s, self.status = retry_after_s, status


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    url: str
    """Where it came from in the end, without query."""
    fetched_at: Instant
    data: bytes
    """Content encoding undone."""
    headers: dict[str, str]

    @property
    def validators(self) -> dict[str, str]:
        """What a conditional request sends back."""
        return {
            name: self.headers[name] for name in ("etag", "last-modified") if name in self.headers
        }

    @property
    def server_time(self) -> Instant | None:
        """The server's clock when it made the answer: Date, less the Age of a cached one."""
        return server_time(self.headers)


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: what we have is what there is."""

    fetched_at: Instant
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one answer."""

    timeout_s: float = 30
    body_bytes: int = 64 << 20
    unpacked_bytes: int = 256 << 20
    per_minute: float = 60
    """Requests to this host, evenly spread: a burst of a minute's worth would not be polite."""


def now() -> Instant:
    """Our own clock."""
    return from_seconds(time.time())


def retry_after(headers: Mapping[str, str], at: Instant) -> float | None:
    """Seconds that a server asks us to wait: Retry-After, a number or a date, or OpenSky's own."""
    said = headers.get("retry-after") or headers.get("x-rate-limit-retry-after-seconds")
    if said is None:
        return None
    if said.isascii() and said.strip().isdigit():
        return min(float(said), _LONGEST_REST_S)
    moment = _date(said)
    return None if moment is None else min(max(0.0, (moment - at) / 1000), _LONGEST_REST_S)


def server_time(headers: Mapping[str, str]) -> Instant | None:
    """The server's clock, from Date and Age."""
    moment = _date(headers.get("date", ""))
    age = headers.get("age", "")
    if moment is None:
        return None
    aged = age.isascii() and age.isdigit() and len(age) < _DIGITS
    return Instant(moment - 1000 * int(age)) if aged else moment


def _date(text: str) -> Instant | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
