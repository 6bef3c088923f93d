"""One lane's life: fetch, keep, have it published; and again, whatever fails.

What goes wrong in one lane stays in it. A document is on disk before it is parsed; while Kafka is
away the lane goes on fetching into the archive, and ``backlog`` holds what waits.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time

from deploy.errors import StackError
from streams.connectors.account import Account
from streams.connectors.answers import FetchError, now
from streams.connectors.backlog import Backlog, messages_of
from streams.connectors.cursors import Cursor
from streams.connectors.delivery import parcel
from streams.connectors.entries import Document, entry_of
from streams.connectors.outlet import OutletError
from streams.connectors.progress import outage
from streams.connectors.source import Source, Surroundings, Unchanged

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 15.0, 600.0
_TOO_MANY = 429


class Lane:
    """A source with its cursor and its account."""

    def __init__(
        self, source: Source, account: Account, cursor: Cursor, shared: Surroundings
    ) -> None:
        self._source, self._account, self._shared = source, account, shared
        self._backlog = Backlog(source, account, cursor, shared, failed=self._failed)
        self._failures = 0
        self._alive_at = time.monotonic()
        self._outage_told = False

    async def run(self) -> None:
        """Until cancelled."""
        while not await self.take_up():
            await asyncio.sleep(self._pause())
        while True:
            await asyncio.sleep(await self.turn())

    async def take_up(self) -> bool:
        """Publish what an earlier life has archived and not published. False: not now."""
        try:
            await self._backlog.take_up()
        except (OSError, ValueError, TypeError) as error:
            self._failed("disk", str(error))
            return False
        await self._backlog.publish()
        return True

    async def turn(self) -> float:
        """Ask once. Gives the seconds until it should be asked again."""
        retry_after_s = 0.0
        failures = self._failures
        try:
            async for found in self._source.turn(self._backlog.position, self._shared.fetcher):
                if isinstance(found, Unchanged):
                    await self._backlog.unchanged(found)
                else:
                    await self._take(found)
            await self._backlog.publish()
        except FetchError as error:
            retry_after_s = error.retry_after_s or 0.0
            if error.status == _TOO_MANY and self._account.credits_left is not None:
                self._account.credits_left = 0
            self._failed(error.kind, str(error))
        except OutletError as error:
            self._failed("kafka", str(error))
        except OSError as error:
            self._failed("disk", f"{type(error).__name__}: {error}")
        except StackError as error:
            self._failed("settings", str(error))
        except Exception as error:
            # A fault of ours must not end the lane, and still less the other lanes.
            _LOG.exception("%s: a fault of the connector", self._source.name)
            self._failed("fault", f"{type(error).__name__}: {error}")
        else:
            if self._failures == failures:
                self._account.succeeded(now())
                self._alive_at, self._outage_told = time.monotonic(), False
            self._failures = 0
            return self._account.every_s
        await self._tell_of_silence()
        return max(retry_after_s, self._pause())

    def _pause(self) -> float:
        longest = max(self._account.every_s, _LONGEST_PAUSE_S)
        first = min(self._account.every_s, _FIRST_PAUSE_S)
        grown: float = first * 2.0 ** min(self._failures, 10)
        return min(longest, grown) * random.uniform(0.5, 1)  # noqa: S311 -- jitter

    async def _take(self, document: Document) -> None:
        # Aircraft are not redacted: their snapshots need no second look.
        looked_at = self._shared.redacted and self._source.stream.topic != "flights.positions"
        if looked_at and await self._without_keeping(document):
            return
        (entry,) = await self._shared.in_thread(
            lambda: self._shared.archive.keep(self._source.name, [document])
        )
        self._account.granted(document.headers)
        self._account.fetches += 1
        self._account.fetched_bytes += len(document.data)
        self._backlog.add(entry)
        await self._backlog.publish()

    async def _without_keeping(self, document: Document) -> bool:
        """A document that holds something redacted is published without it, and is not kept."""
        before = self._backlog.cursor
        entry = entry_of(self._source.name, before.seq, document, "")
        redacted = self._shared.redacted
        held = await self._shared.in_thread(
            lambda: parcel(entry, document.data, before.seen, redacted=redacted)
        )
        if not held.withheld:
            return False
        await self._backlog.publish_past(entry, held)
        return True

    async def _tell_of_silence(self) -> None:
        """While a snapshot feed is silent, say since when: an outage without an end yet."""
        stream, through = self._source.stream, self._backlog.cursor.complete_through
        silent_ms = (time.monotonic() - self._alive_at) * 1000
        if (
            stream.memory != "snapshot"
            or through is None
            or self._outage_told
            or silent_ms < stream.longest_gap_ms
        ):
            return
        gap = outage(stream, through, None, self._account.last_error or "silent")
        try:
            await self._shared.outlet.send(messages_of([gap]))
        except OutletError as error:
            self._failed("kafka", str(error))
        else:
            self._outage_told = True

    def _failed(self, kind: str, words: str) -> None:
        self._failures += 1
        self._account.failed(kind, words)
        _LOG.warning("%s: %s: %s", self._source.name, kind, words)
