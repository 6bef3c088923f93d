"""The webhook receiver: a delivery comes in, and 200 goes out once its records are in Kafka.

CourtListener wants an answer within a second and tries again for 54 hours; so without Kafka's word
in time the answer is 503. A delivery is known by its Idempotency-Key, and each is published once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any

from aiohttp import web

from streams.connectors.account import Account
from streams.connectors.answers import now
from streams.connectors.configuration import CourtListenerWebhook
from streams.connectors.cursors import Cursor
from streams.connectors.delivery import Parcel, parcel
from streams.connectors.entries import Document, Entry, entry_of
from streams.connectors.gate import Gate
from streams.connectors.outlet import Message, OutletError
from streams.connectors.source import Surroundings

KIND = "court.courtlistener-webhook"
TOPIC = "feed.deliveries"
_LOG = logging.getLogger(__name__)
_KEY_LENGTH = 200
_BATCH = 256
_BODY_WITHIN_S = 10
_LATE_EVERY_S = 2.0
_BACKLOG = 2048


class Receiver:
    """One listening address, one lane."""

    def __init__(
        self,
        feed: CourtListenerWebhook,
        account: Account,
        cursor: Cursor,
        known: Iterable[str],
        shared: Surroundings,
    ) -> None:
        """``known``: keys of deliveries that were published. Raises StackError for a weak path."""
        self._feed, self._account, self._shared = feed, account, shared
        self._gate = Gate(feed)
        self._known = set(known)
        self._under_way: dict[str, asyncio.Task[Parcel]] = {}
        self._to_keep: deque[tuple[Document, asyncio.Future[Entry]]] = deque()
        self._wake = asyncio.Event()
        self._late: deque[Entry] = deque()
        """Kept and not published: Kafka was away."""
        self._open: set[int] = set()
        self._newest = cursor.seq
        self._cursor = cursor
        self.address: tuple[str, int] = ("", 0)
        """Where it listens, once it does."""

    async def run(self) -> None:
        """Listen until cancelled."""
        lane, archive = self._feed.name, self._shared.archive
        await self._shared.in_thread(lambda: archive.skip_to(lane, self._cursor.seq))
        held = await self._shared.in_thread(lambda: archive.entries(lane, after=self._cursor.seq))
        self._newest = max([self._newest, *(entry.seq for entry in held)])
        # The cursor follows with a delay: a key says better what was published.
        late = [entry for entry in held if entry.headers.get("idempotency-key") not in self._known]
        self._late.extend(late)
        self._open |= {entry.seq for entry in late}
        app = web.Application(client_max_size=self._feed.max_body_bytes)
        app.router.add_route("*", "/{tail:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)  # the path is a secret
        await runner.setup()
        host, _, port = self._feed.listen.rpartition(":")
        try:
            site = web.TCPSite(runner, host.strip("[]"), int(port), backlog=_BACKLOG)
            await site.start()
            self.address = runner.addresses[0][:2]
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_all())
                tasks.create_task(self._tend())
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        if (refused := self._gate.refused(request)) is not None:
            return refused
        try:
            async with asyncio.timeout(_BODY_WITHIN_S):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        key = request.headers.get("Idempotency-Key", "").strip()
        if len(key) > _KEY_LENGTH:
            return web.json_response({"error": "Idempotency-Key is too long"}, status=400)
        key = key or hashlib.sha256(body).hexdigest()
        if key in self._known:
            return web.json_response({"status": "known"})
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= self._feed.max_waiting:
                self._account.errors["busy"] += 1
                return _later("too many deliveries at once")
            task = asyncio.create_task(self._take(key, body))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        try:
            async with asyncio.timeout(self._feed.answer_within_s):
                held = await asyncio.shield(task)
        except TimeoutError:
            # The delivery goes on; the sender's next try will find it known, or under way.
            return _later("Kafka has not answered yet")
        except OutletError:
            return _later("Kafka is away")
        except OSError as error:
            self._account.failed("disk", str(error))
            return _later("the archive cannot be written")
        if held.bad_document is not None:
            # Kept, and among the dead letters: to send it again would not make it readable.
            return web.json_response({"status": "kept, not readable"})
        return web.json_response({"status": "taken", "records": held.records})

    async def _take(self, key: str, body: bytes) -> Parcel:
        """Keep and publish one delivery. Raises OutletError, OSError."""
        document = Document(
            kind=KIND,
            source=self._feed.source_name,
            url=f"webhook {self._feed.name}",
            fetched_at=now(),
            data=body,
            headers={"idempotency-key": key},
        )
        redacted = self._shared.redacted
        if redacted:
            # What is sealed is not kept: what else the delivery holds is published all the same.
            unkept = entry_of(self._feed.name, 0, document, "")
            held = await self._shared.in_thread(
                lambda: parcel(unkept, body, frozenset(), redacted=redacted)
            )
            if held.withheld:
                return await self._publish(unkept, body)
        future: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        self._to_keep.append((document, future))
        self._wake.set()
        entry = await future
        self._account.fetches += 1
        self._account.fetched_bytes += len(body)
        try:
            return await self._publish(entry, body)
        except OutletError as error:
            self._late.append(entry)
            self._account.failed("kafka", str(error))
            raise

    async def _publish(self, entry: Entry, body: bytes) -> Parcel:
        redacted = self._shared.redacted
        held = await self._shared.in_thread(
            lambda: parcel(entry, body, frozenset(), redacted=redacted)
        )
        key = entry.headers["idempotency-key"]
        mark = Message(TOPIC, f"{self._feed.name}/{key}", b"{}")
        await self._shared.outlet.send(held.messages)
        await self._shared.outlet.send([mark])
        self._known.add(key)
        self._open.discard(entry.seq)
        account = self._account
        account.published += held.records
        account.refused += held.refused
        account.withheld += held.withheld
        account.succeeded(now())
        if held.records:
            account.last_new = entry.fetched_at
        if held.bad_document is not None:
            account.failed("document", held.bad_document)
        elif held.refused:
            account.errors["items"] += held.refused
        return held

    async def _keep_all(self) -> None:
        """Put deliveries on disk, those that came together together."""
        lane, archive = self._feed.name, self._shared.archive
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._to_keep:
                batch = [self._to_keep.popleft() for _ in range(min(_BATCH, len(self._to_keep)))]
                documents = [document for document, _ in batch]
                try:
                    keep = partial(archive.keep, lane, documents, flush=False)
                    entries = await self._shared.in_thread(keep)
                except OSError as error:
                    for _, future in batch:
                        if not future.done():
                            future.set_exception(OSError(str(error)))
                    continue
                for (_, future), entry in zip(batch, entries, strict=True):
                    self._open.add(entry.seq)
                    self._newest = max(self._newest, entry.seq)
                    if not future.done():
                        future.set_result(entry)

    async def _tend(self) -> None:
        """Publish what Kafka did not take, and move the cursor up to what it has."""
        while True:
            try:
                while self._late:
                    entry = self._late[0]
                    if entry.headers.get("idempotency-key") in self._known:
                        self._open.discard(self._late.popleft().seq)
                        continue
                    body = await self._shared.in_thread(partial(self._shared.archive.read, entry))
                    await self._publish(entry, body)
                    self._late.popleft()
                await self._move()
            except OutletError as error:
                self._account.failed("kafka", str(error))
            except (OSError, LookupError) as error:
                # Redacted, or gone from the disk: there is nothing left to publish.
                self._account.failed("disk", str(error))
                self._open.discard(self._late.popleft().seq)
            self._account.waiting = len(self._late)
            await asyncio.sleep(_LATE_EVERY_S)

    async def _move(self) -> None:
        """Everything up to the first open delivery is acknowledged."""
        seq = min(self._open) - 1 if self._open else self._newest
        if seq > self._cursor.seq:
            cursor = Cursor(
                seq=seq, published=self._account.published, last_new=self._account.last_new
            )
            await self._shared.outlet.send([cursor.message(self._feed.name, keep_seen=False)])
            self._cursor = cursor


def _later(words: str) -> web.Response:
    return web.json_response({"error": words}, status=503, headers={"Retry-After": "30"})


def known_deliveries(name: str, marks: dict[str, Any]) -> set[str]:
    """Keys of a feed's deliveries, from what the topic holds."""
    return {key.removeprefix(f"{name}/") for key in marks if key.startswith(f"{name}/")}
