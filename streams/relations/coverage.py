"""What is not known for want of data: progress and outages of position feeds go in, gaps come out.

A feed that logs its progress is waited for; one that never did is not, as nothing says how far it
will come. Of each feed and scope the furthest progress counts, so that order does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streams.facts.instants import Instant, rfc3339
from streams.facts.received import Progress
from streams.relations.intervals import Intervals

_TOPIC = "flights.positions"
_EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a 'no' at a moment is not sure, and when that was learned."""

    words: str
    is_pending: bool
    """Whether it is only that a feed has not come so far yet."""
    known_at: Instant | None


class Coverage:
    """How far the feeds have come that would have shown an aircraft, and where they were silent."""

    def __init__(self) -> None:
        self._through: dict[str, dict[str, int]] = {}
        """By scope, by feed."""
        self._outages: dict[str, Progress] = {}
        self._index = Intervals()

    def take(self, key: str, one: Progress) -> tuple[int, int] | None:
        """Take in what a feed said; the stretch for which answers may have changed, if any."""
        if one.topic != _TOPIC:
            return None
        if one.outage_from is not None and one.outage_to is not None:
            known = self._outages.get(key)
            if known is not None and (known.outage_to or 0) >= one.outage_to:
                return None
            self._outages[key] = one
            self._index.put(key, one.outage_from, max(one.outage_from, one.outage_to))
            return one.outage_from, one.outage_to
        if one.complete_through is None:
            return None
        feeds = self._through.setdefault(one.scope, {})
        before = feeds.get(one.feed)
        if before is not None and before >= one.complete_through:
            return None
        feeds[one.feed] = one.complete_through
        if before is not None:
            return before, one.complete_through
        # The first word makes what lies after it wait, and lets what waited for another scope go.
        everything = one.scope == _EVERYTHING
        scopes = self._through.values() if everything else (self._through.get(_EVERYTHING, {}),)
        words = [feeds[one.feed] for feeds in scopes if one.feed in feeds]
        return min([one.complete_through, *words]), 2**62

    def outages(self, earliest: int, latest: int) -> list[Progress]:
        """Outages that touch a stretch, in order of time."""
        found = (self._outages[key] for key in self._index.overlapping(earliest, latest))
        return sorted(found, key=lambda one: (one.outage_from or 0, one.feed, one.scope))

    def missing(self, icao24: str, earliest: int, latest: int) -> Missing | None:
        """What makes a 'no' about an aircraft at a moment within [earliest, latest] unsure."""
        for one in self.outages(earliest, latest):
            if one.scope in (_EVERYTHING, icao24):
                return Missing(outage_words(one), False, one.fetched_at)
        behind = [feed for feed, through in self._complete(icao24) if through < latest]
        if not behind:
            return None
        feed = min(behind)
        # The words name the moment and not how far the feed is: they stay while it catches up.
        words = f"unknown so far: {feed} has not come to {rfc3339(Instant(latest))}"
        return Missing(words, True, None)

    def _complete(self, icao24: str) -> Iterable[tuple[str, int]]:
        """Each feed that would have shown the aircraft, and how far it has come."""
        through = dict(self._through.get(_EVERYTHING, {}))
        for feed, own in self._through.get(icao24, {}).items():
            through[feed] = max(own, through.get(feed, own))
        return through.items()


def outage_words(one: Progress) -> str:
    """An outage as answers name it."""
    return f"outage of {one.feed}" + (f": {one.reason}" if one.reason else "")


NOTHING_MISSING = Coverage()
"""Coverage that no feed has said anything about."""
