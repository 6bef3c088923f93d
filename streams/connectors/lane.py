"""One lane's life: fetch, keep, publish, log progress, move the cursor; and again, whatever fails.

What goes wrong in one lane stays in it. A document is on disk before it is parsed and in Kafka
before the cursor says so; while Kafka is away the lane goes on fetching into the archive.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from deploy.errors import StackError
from schemas.codec import encode
from streams.connectors.account import Account
from streams.connectors.answers import FetchError, now
from streams.connectors.archive import RedactedError
from streams.connectors.cursors import Cursor
from streams.connectors.delivery import Parcel, parcel
from streams.connectors.entries import Document, Entry, entry_of
from streams.connectors.outlet import Message, OutletError
from streams.connectors.progress import advance, outage
from streams.connectors.source import Source, Surroundings, Unchanged
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.feeds.documents import BadItem
from streams.feeds.publish import address_of, dead_letter

_LOG = logging.getLogger(__name__)
_A_SEND = 5_000
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 15.0, 600.0
_TOO_MANY = 429
_T = TypeVar("_T")


class Lane:
    """A source with its cursor and its account."""

    def __init__(
        self, source: Source, account: Account, cursor: Cursor, shared: Surroundings
    ) -> None:
        self._source, self._account, self._cursor = source, account, cursor
        self._shared = shared
        self._pending: deque[Entry] = deque()
        self._position: Mapping[str, Any] = cursor.position
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
        lane, archive = self._source.name, self._shared.archive
        try:
            await self._in_thread(archive.skip_to, lane, self._cursor.seq)
            held = await self._in_thread(lambda: archive.entries(lane, after=self._cursor.seq))
        except (OSError, ValueError, TypeError) as error:
            self._failed("disk", str(error))
            return False
        self._pending.extend(held)
        if held:
            self._position = held[-1].position
        account, cursor = self._account, self._cursor
        account.published, account.complete_through = cursor.published, _at(cursor.complete_through)
        account.last_success, account.last_new = _at(cursor.last_success), _at(cursor.last_new)
        await self._publish()
        return True

    async def turn(self) -> float:
        """Ask once. Gives the seconds until it should be asked again."""
        retry_after_s = 0.0
        failures = self._failures
        try:
            async for found in self._source.turn(self._position, self._shared.fetcher):
                if isinstance(found, Unchanged):
                    await self._unchanged(found)
                else:
                    await self._take(found)
            await self._publish()
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
        (entry,) = await self._in_thread(
            lambda: self._shared.archive.keep(self._source.name, [document])
        )
        self._account.granted(document.headers)
        self._account.fetches += 1
        self._account.fetched_bytes += len(document.data)
        self._position = entry.position
        self._pending.append(entry)
        await self._publish()

    async def _without_keeping(self, document: Document) -> bool:
        """A document that holds something redacted is published without it, and is not kept."""
        before = self._cursor
        entry = entry_of(self._source.name, before.seq, document, "")
        redacted = self._shared.redacted
        held = await self._in_thread(
            lambda: parcel(entry, document.data, before.seen, redacted=redacted)
        )
        if not held.withheld:
            return False
        await self._publish()
        if self._pending:
            raise OutletError("earlier documents wait")
        await self._send(entry, held)
        self._position = self._cursor.position
        return True

    async def _publish(self) -> None:
        """Publish what waits, oldest first; what Kafka does not take goes on waiting."""
        try:
            while self._pending:
                await self._deliver(self._pending[0])
        except OutletError as error:
            self._failed("kafka", str(error))
        self._account.waiting = len(self._pending)

    async def _deliver(self, entry: Entry) -> None:
        held = await self._in_thread(lambda: self._parcel(entry))
        stays = await self._send(entry, held)
        if stays and entry is self._pending[-1]:
            self._position = self._cursor.position
        self._pending.popleft()

    async def _send(self, entry: Entry, held: Parcel) -> bool:
        """Records, gaps and progress, then the cursor. Whether the lane stays where it was."""
        before, lane = self._cursor, self._source
        unread = held.bad_document is not None
        advanced = advance(
            lane.stream,
            before.complete_through,
            None if unread else entry.complete_through,
            fetched_at=entry.fetched_at,
            oldest=held.oldest if lane.stream.memory == "window" else None,
            reason=self._account.last_error or "",
        )
        gaps = [outage(lane.stream, *one) for one in entry.outages]
        messages = [*held.messages, *_of(gaps), *_of(advanced.records)]
        for begin in range(0, len(messages), _A_SEND):
            await self._shared.outlet.send(messages[begin : begin + _A_SEND])
        # A page that could not be read is asked for again in full; a ledger goes on to the next.
        stays = unread and lane.stream.memory != "ledger"
        cursor = replace(
            before,
            seq=entry.seq,
            position=before.position if stays else entry.position,
            complete_through=advanced.complete_through,
            seen=held.seen,
            bad=entry.sha256 if unread else None,
            published=before.published + held.records,
            last_success=before.last_success if unread else entry.fetched_at,
            last_new=entry.fetched_at if held.records else before.last_new,
        )
        await self._move(cursor)
        self._count(held, advanced.complaint)
        return stays

    def _parcel(self, entry: Entry) -> Parcel:
        cursor = self._cursor
        try:
            data = self._shared.archive.read(entry)
        except RedactedError:
            return Parcel([], cursor.seen)
        except OSError as error:
            bad = BadItem(entry.url, "document", "document", "the archived bytes", str(error))
            letter = Message(*_letter(entry.kind, bad))
            return Parcel([letter], cursor.seen, refused=1, bad_document=str(error))
        return parcel(
            entry,
            data,
            cursor.seen,
            redacted=self._shared.redacted,
            again=cursor.bad == entry.sha256,
        )

    async def _unchanged(self, found: Unchanged) -> None:
        if self._pending:
            return
        before = self._cursor
        through = found.complete_through
        advanced = advance(
            self._source.stream, before.complete_through, through, fetched_at=found.fetched_at
        )
        gaps = [outage(self._source.stream, *one) for one in found.outages]
        await self._shared.outlet.send(_of([*gaps, *advanced.records]))
        if found.position is not None:
            self._position = found.position
        cursor = replace(
            before,
            position=self._position,
            complete_through=advanced.complete_through,
            last_success=found.fetched_at,
        )
        await self._move(cursor)
        self._count(Parcel([], before.seen), advanced.complaint)

    async def _move(self, cursor: Cursor) -> None:
        """Only now does the cursor move: all that it covers is acknowledged."""
        keep_seen = self._source.stream.topic != "flights.positions"
        await self._shared.outlet.send([cursor.message(self._source.name, keep_seen=keep_seen)])
        self._cursor = cursor

    def _count(self, held: Parcel, complaint: str | None) -> None:
        account, cursor = self._account, self._cursor
        account.published, account.complete_through = cursor.published, _at(cursor.complete_through)
        account.last_new = _at(cursor.last_new)
        account.repeated += held.repeated
        account.refused += held.refused
        account.withheld += held.withheld
        if held.refused and held.bad_document is None:
            account.errors["items"] += held.refused
        if complaint:
            self._failed("clock", complaint)
        if held.bad_document is not None:
            self._failed("document", held.bad_document)

    async def _tell_of_silence(self) -> None:
        """While a snapshot feed is silent, say since when: an outage without an end yet."""
        stream, through = self._source.stream, self._cursor.complete_through
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
            await self._shared.outlet.send(_of([gap]))
        except OutletError as error:
            self._failed("kafka", str(error))
        else:
            self._outage_told = True

    def _failed(self, kind: str, words: str) -> None:
        self._failures += 1
        self._account.failed(kind, words)
        _LOG.warning("%s: %s: %s", self._source.name, kind, words)

    async def _in_thread(self, call: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(
            self._shared.workers, call, *arguments
        )


def _of(records: list[Progress] | tuple[Progress, ...]) -> list[Message]:
    return [Message(*address_of(one), encode(one)) for one in records]


def _letter(kind: str, bad: BadItem) -> tuple[str, str, bytes, tuple[tuple[str, bytes], ...]]:
    topic, key, value, headers = dead_letter(kind, bad)
    return topic, key, value, tuple(headers)


def _at(moment: int | None) -> Instant | None:
    return None if moment is None else Instant(moment)
