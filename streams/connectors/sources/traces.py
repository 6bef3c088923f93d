"""Trace files of whole UTC days: one aircraft a lane, one day after the other, once it is over.

A day without a file is an outage: nobody received the aircraft, which is not to say that it stood.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from deploy.errors import StackError
from streams.connectors.answers import FetchError, NotModified, now
from streams.connectors.entries import Document
from streams.connectors.fetching import Fetcher
from streams.connectors.polled import Traces
from streams.connectors.progress import Stream
from streams.connectors.source import Source, Unchanged
from streams.connectors.sources.page import limits_of, stream_of
from streams.facts.instants import Instant, from_datetime

KIND = "flights.trace"
_MISSING = 404
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one aircraft."""

    name: str
    stream: Stream
    kind: str
    icao24: str
    feed: Traces
    first: date

    async def turn(
        self, position: Mapping[str, Any], fetcher: Fetcher
    ) -> AsyncIterator[Document | Unchanged]:
        """Files of the days that are over, and gaps for those given up. Raises FetchError."""
        day = date.fromisoformat(position["day"]) if "day" in position else self.first
        while (ends := _midnight(day + _DAY)) + self.feed.delay_s * 1000 <= now():
            after = {"day": (day + _DAY).isoformat()}
            try:
                answer = await fetcher.get(self._address(day), limits=limits_of(self.feed))
            except FetchError as error:
                if error.status != _MISSING:
                    raise
                if now() < ends + self.feed.missing_after_days * 86_400_000:
                    return
                gap = (_midnight(day), ends, f"no trace file of {self.icao24} for {day}")
                yield Unchanged(now(), ends, after, (gap,))
            else:
                if isinstance(answer, NotModified):
                    return
                yield Document(
                    kind=self.kind,
                    source=self.feed.source_name,
                    url=answer.url,
                    fetched_at=answer.fetched_at,
                    data=answer.data,
                    headers=answer.headers,
                    position=after,
                    complete_through=ends,
                )
            day += _DAY

    def _address(self, day: date) -> str:
        return self.feed.url.format(
            hex=self.icao24,
            tail=self.icao24[-2:],
            year=f"{day:%Y}",
            month=f"{day:%m}",
            day=f"{day:%d}",
        )


def sources(feed: Traces) -> Iterator[Source]:
    """A lane for each aircraft. Raises StackError for a first day or an address that is none."""
    try:
        first = date.fromisoformat(feed.since)
        feed.url.format(hex="", tail="", year="", month="", day="")
    except (ValueError, LookupError) as error:
        raise StackError(f"feed {feed.name}: since or url: {error}") from error
    for icao24 in feed.aircraft:
        yield Days(
            name=f"{feed.name}/{icao24}",
            stream=stream_of(feed, KIND, "ledger", name=feed.name, scope=icao24),
            kind=KIND,
            icao24=icao24,
            feed=feed,
            first=first,
        )


def _midnight(day: date) -> Instant:
    return from_datetime(datetime.combine(day, time(), UTC))
