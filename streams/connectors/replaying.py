"""The archive read again: every fetch in the order of its time, through today's parsers.

What the document before it held is not given twice, as when it was live; what was redacted since
is left out.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any

from schemas.codec import decode
from streams.addresses import Addresses
from streams.connectors import configuration
from streams.connectors.archive import Archive, RedactedError
from streams.connectors.delivery import parcel
from streams.connectors.entries import Entry
from streams.connectors.outlet import newest_by_key
from streams.feeds.documents import BadItem
from streams.settings import Settings


class Archived:
    """Records of an archive, to be iterated over; what is bad is told and counted in ``bad``."""

    def __init__(
        self,
        settings: Settings,
        where: Addresses,
        *,
        kind: str | None,
        lane: str | None,
        tell: Callable[[str], None],
    ) -> None:
        """``settings``: those of the archive's own namespace. ``lane`` may be a feed's name."""
        file = configuration.load(settings.feeds) if settings.feeds.exists() else None
        self._archive = Archive((file and file.archive) or settings.archive)
        self._redacted = newest_by_key(where.kafka, settings.topic_prefix + "feed.redactions")
        self._kind, self._lane, self._tell = kind, lane, tell
        self.on_bad: Callable[[str, BadItem], None] = lambda _kind, _bad: None
        self.bad = 0

    def __iter__(self) -> Iterator[Any]:
        lanes = [
            self._archive.entries(lane)
            for lane in self._archive.lanes()
            if self._lane is None or lane == self._lane or lane.startswith(f"{self._lane}/")
        ]
        seen: dict[str, frozenset[bytes]] = {}
        for entry in heapq.merge(*lanes, key=lambda one: (one.fetched_at, one.lane, one.seq)):
            if self._kind in (None, entry.kind):
                yield from self._records(entry, seen)

    def _records(self, entry: Entry, seen: dict[str, frozenset[bytes]]) -> Iterator[Any]:
        try:
            data = self._archive.read(entry)
        except RedactedError:
            return
        except OSError as error:
            self._refuse(entry, BadItem(entry.url, "document", "document", "its bytes", str(error)))
            return
        before = seen.get(entry.lane, frozenset())
        held = parcel(entry, data, before, redacted=self._redacted)
        seen[entry.lane] = held.seen
        if held.bad_document is not None:
            bad = BadItem(entry.url, "document", "document", "a readable one", held.bad_document)
            self._refuse(entry, bad)
            return
        for bad in held.bad:
            self._refuse(entry, bad)
        for message in held.messages:
            if not message.topic.endswith(".dlq"):
                yield decode(message.value)

    def _refuse(self, entry: Entry, bad: BadItem) -> None:
        self.bad += 1
        self._tell(f"{entry.lane}: {bad}")
        self.on_bad(entry.kind, bad)
