"""A receiver's aircraft.json and the v2 API: what is in the air now; the clock is ``now``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from streams.connectors.answers import Answer
from streams.connectors.polled import Aircraft
from streams.connectors.source import Source
from streams.connectors.sources.page import Page, limits_of, stream_of
from streams.facts.instants import Instant, from_seconds

_FIRST_MILLISECONDS = 1e11
"""As seconds this is the year 5138, as milliseconds 1973."""


def sources(feed: Aircraft) -> Iterator[Source]:
    """One lane."""
    kind = f"flights.{feed.type}"
    yield Page(
        name=feed.name,
        stream=stream_of(feed, kind, "snapshot", name=feed.name),
        kind=kind,
        source=feed.source_name,
        url=feed.url,
        limits=limits_of(feed),
        clock=_now,
    )


def _now(answer: Answer) -> Instant | None:
    return seconds_at(answer, "now")


def seconds_at(answer: Answer, field: str) -> Instant | None:
    """A time in seconds or milliseconds at the top of a JSON document; None where there is none."""
    try:
        value = json.loads(answer.data)[field]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e14:
        return None
    return from_seconds(value / 1000 if value >= _FIRST_MILLISECONDS else value)
