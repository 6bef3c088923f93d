"""What a lane has kept and Kafka has not: entries of the archive go in, a cursor comes out.

Oldest first, their records, gaps and progress are published, and only then does the cursor say so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from schemas.codec import encode
from streams.connectors.account import Account
from streams.connectors.archive import RedactedError
from streams.connectors.cursors import Cursor
from streams.connectors.delivery import Parcel, parcel
from streams.connectors.entries import Entry
from streams.connectors.outlet import Message, OutletError
from streams.connectors.progress import advance, outage
from streams.connectors.source import Source, Surroundings, Unchanged
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.feeds.documents import BadItem
from streams.feeds.publish import address_of, dead_letter

_A_SEND = 5_000


class Backlog:
    """One lane's entries that wait, beside the cursor that covers those before."""

    def __init__(
        self,
        source: Source,
        account: Account,
        cursor: Cursor,
        shared: Surroundings,
        *,
        failed: Callable[[str, str], None],
    ) -> None:
        """``failed`` is told the kind of an error and its words."""
        self._source, self._account, self._shared, self._failed = source, account, shared, failed
        self.cursor = cursor
        self._pending: deque[Entry] = deque()
        self.position: Mapping[str, Any] = cursor.position
        """Where the next fetch goes on."""

    async def take_up(self) -> None:
        """Find what an earlier life has archived and not published. Raises OSError, ValueError."""
        lane, archive, cursor = self._source.name, self._shared.archive, self.cursor
        await self._shared.in_thread(archive.skip_to, lane, cursor.seq)
        held = await self._shared.in_thread(lambda: archive.entries(lane, after=cursor.seq))
        self._pending.extend(held)
        if held:
            self.position = held[-1].position
        account = self._account
        account.published, account.complete_through = cursor.published, _at(cursor.complete_through)
        account.last_success, account.last_new = _at(cursor.last_success), _at(cursor.last_new)

    def add(self, entry: Entry) -> None:
        """One more that waits."""
        self.position = entry.position
        self._pending.append(entry)

    async def publish(self) -> None:
        """Publish what waits, oldest first; what Kafka does not take goes on waiting."""
        try:
            while self._pending:
                await self._deliver(self._pending[0])
        except OutletError as error:
            self._failed("kafka", str(error))
        self._account.waiting = len(self._pending)

    async def publish_past(self, entry: Entry, held: Parcel) -> None:
        """Publish one that is not in the archive, once nothing waits. Raises OutletError."""
        await self.publish()
        if self._pending:
            raise OutletError("earlier documents wait")
        await self._send(entry, held)
        self.position = self.cursor.position

    async def _deliver(self, entry: Entry) -> None:
        held = await self._shared.in_thread(lambda: self._parcel(entry))
        stays = await self._send(entry, held)
        if stays and entry is self._pending[-1]:
            self.position = self.cursor.position
        self._pending.popleft()

    async def _send(self, entry: Entry, held: Parcel) -> bool:
        """Records, gaps and progress, then the cursor. Whether the lane stays where it was."""
        before, lane = self.cursor, self._source
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
        messages = [*held.messages, *messages_of(gaps), *messages_of(advanced.records)]
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
        cursor = self.cursor
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

    async def unchanged(self, found: Unchanged) -> None:
        """The source has nothing new: log progress alone. Raises OutletError."""
        if self._pending:
            return
        before = self.cursor
        through = found.complete_through
        advanced = advance(
            self._source.stream, before.complete_through, through, fetched_at=found.fetched_at
        )
        gaps = [outage(self._source.stream, *one) for one in found.outages]
        await self._shared.outlet.send(messages_of([*gaps, *advanced.records]))
        if found.position is not None:
            self.position = found.position
        cursor = replace(
            before,
            position=self.position,
            complete_through=advanced.complete_through,
            last_success=found.fetched_at,
        )
        await self._move(cursor)
        self._count(Parcel([], before.seen), advanced.complaint)

    async def _move(self, cursor: Cursor) -> None:
        """Only now does the cursor move: all that it covers is acknowledged."""
        keep_seen = self._source.stream.topic != "flights.positions"
        await self._shared.outlet.send([cursor.message(self._source.name, keep_seen=keep_seen)])
        self.cursor = cursor

    def _count(self, held: Parcel, complaint: str | None) -> None:
        account, cursor = self._account, self.cursor
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


def messages_of(records: Sequence[Progress]) -> list[Message]:
    """Progress and gaps, as the topic has them."""
    return [Message(*address_of(one), encode(one)) for one in records]


def _letter(kind: str, bad: BadItem) -> tuple[str, str, bytes, tuple[tuple[str, bytes], ...]]:
    topic, key, value, headers = dead_letter(kind, bad)
    return topic, key, value, tuple(headers)


def _at(moment: int | None) -> Instant | None:
    return None if moment is None else Instant(moment)
