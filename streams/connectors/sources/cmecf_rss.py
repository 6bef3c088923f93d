"""CM/ECF's RSS: the page of a court, which shows about a day of entries; its clock is its build."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.connectors.answers import Answer
from streams.connectors.polled import CmecfRss
from streams.connectors.source import Source
from streams.connectors.sources.page import Clock, Page, limits_of, stream_of
from streams.facts.instants import Instant
from streams.feeds.court.courts import court_id, is_appellate
from streams.feeds.court.local_times import rss_instant

KIND = "court.cmecf-rss"
_DISTRICT = "https://ecf.{court}.uscourts.gov/cgi-bin/rss_outside.pl"
_APPELLATE = "https://ecf.{court}.uscourts.gov/n/beam/servlet/TransportRoom?servlet=RSSGenerator"
_BUILT = re.compile(rb"<(lastBuildDate|pubDate)>([^<]{1,80})</\1>")
_HEAD = 4096


def sources(feed: CmecfRss) -> Iterator[Source]:
    """A lane for each court."""
    for court in feed.courts:
        ours = court_id(court)
        address = feed.url or (_APPELLATE if is_appellate(ours) else _DISTRICT)
        yield Page(
            name=f"{feed.name}/{court}",
            stream=stream_of(feed, KIND, "window", name=feed.name, scope=ours),
            kind=KIND,
            source=feed.source_name,
            url=address.format(court=court),
            limits=limits_of(feed),
            clock=_clock(ours),
        )


def _clock(court: str) -> Clock:
    """When the page was built, as the court's clock shows it: the earliest reading of its zone."""

    def built(answer: Answer) -> Instant | None:
        channel = answer.data[:_HEAD].partition(b"<item")[0]
        found: dict[bytes, bytes] = dict(_BUILT.findall(channel))
        raw = found.get(b"lastBuildDate") or found.get(b"pubDate")
        if raw is None:
            return answer.server_time
        try:
            return rss_instant(court, raw.decode("latin-1")).earliest
        except ValueError:
            return answer.server_time

    return built
