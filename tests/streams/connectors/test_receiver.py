"""Deliveries: answered once they are in Kafka, published once, and refused to strangers."""

import asyncio
import json
import os
import signal
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from deploy.kafka.broker import EmbeddedKafka
from deploy.processes import free_port
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from streams.connectors import outlet as outlets
from streams.connectors.account import Account
from streams.connectors.answers import now
from streams.connectors.archive import Archive
from streams.connectors.configuration import CourtListenerWebhook
from streams.connectors.cursors import TOPIC as CURSORS
from streams.connectors.cursors import Cursor
from streams.connectors.fetching import Fetcher
from streams.connectors.outlet import Outlet, newest_by_key
from streams.connectors.receiver import KIND, TOPIC, Receiver, known_deliveries
from streams.connectors.source import Surroundings
from streams.settings import Settings
from tests.streams.connectors.conftest import TOPICS, Desk
from tests.streams.feeds.court.documents import DOCKET, entry

pytestmark = pytest.mark.stack

SECRET = "nobody-else-knows-where-to-knock-0123456789"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH_OF_TEST", SECRET)


def delivery(number: int) -> bytes:
    return json.dumps(
        {
            "payload": {"results": [entry(id=number, entry_number=number, docket=DOCKET)]},
            "webhook": {"version": 1, "event_type": 1, "date_created": "2025-03-15T10:00:00Z"},
        }
    ).encode()


class Open:
    """A receiver that listens, and a client of it."""

    def __init__(self, receiver: Receiver, account: Account, client: aiohttp.ClientSession) -> None:
        self.receiver, self.account, self.client = receiver, account, client

    def url(self, path: str) -> str:
        host, port = self.receiver.address
        return f"http://{host}:{port}{path}"

    async def post(
        self,
        body: bytes,
        key: str | None = None,
        *,
        path: str = f"/alerts/{SECRET}",
        **headers: str,
    ) -> tuple[int, str]:
        """Status and what the answer says of it."""
        named = {"Idempotency-Key": key} if key else {}
        sent = self.client.post(self.url(path), data=body, headers={**named, **headers})
        async with sent as answer:
            said = await answer.json() if answer.content_type == "application/json" else {}
            return answer.status, said.get("status", "")


@asynccontextmanager
async def listening(desk: Desk, **settings: Any) -> AsyncIterator[Open]:
    """One life of a receiver."""
    feed = CourtListenerWebhook.model_validate(
        {
            "name": "alerts", "type": "courtlistener-webhook", "listen": "127.0.0.1:0",
            "path_secret": {"env": "PATH_OF_TEST"},
            # The tests' broker may be busy; what an answer in time takes is measured elsewhere.
            "answer_within_s": 30, **settings,
        }
    )  # fmt: skip
    account = Account("alerts", KIND, 0, None, None, now())
    marks = known_deliveries("alerts", newest_by_key(desk.kafka, desk.prefix + TOPIC))
    value = newest_by_key(desk.kafka, desk.prefix + CURSORS).get("alerts")
    archive = Archive(desk.folder, writing=True)
    outlet = Outlet(desk.kafka, prefix=desk.prefix)
    with ThreadPoolExecutor(4) as workers:
        async with Fetcher("x") as fetcher:
            shared = Surroundings(archive, outlet, fetcher, workers, {})
            cursor = Cursor.read(value) if value else Cursor()
            receiver = Receiver(feed, account, cursor, marks, shared)
            running = asyncio.create_task(receiver.run())
            while not receiver.address[1]:
                await asyncio.sleep(0.01)
                if running.done():
                    running.result()
            try:
                connector = aiohttp.TCPConnector(limit=0)
                async with aiohttp.ClientSession(connector=connector) as client:
                    yield Open(receiver, account, client)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
    outlet.close()
    archive.close()


def numbers(desk: Desk) -> list[int]:
    return sorted(one.entry_number for one in desk.records("court.docket-entries"))


def test_a_thousand_at_once_are_each_published_once(desk: Desk) -> None:
    async def burst() -> list[int]:
        async with listening(desk) as one:
            posts = (one.post(delivery(n), str(uuid.UUID(int=n))) for n in range(1000))
            return [code for code, _ in await asyncio.gather(*posts)]

    assert set(asyncio.run(burst())) == {200}
    assert numbers(desk) == list(range(1000))
    archive = Archive(desk.folder)
    assert {archive.read(one) for one in archive.entries("alerts")} == {
        delivery(n) for n in range(1000)
    }


def test_one_too_many_is_told_to_come_back(desk: Desk) -> None:
    async def burst() -> list[int]:
        async with listening(desk, max_waiting=5) as one:
            posts = (one.post(delivery(n), str(n)) for n in range(60))
            first = [code for code, _ in await asyncio.gather(*posts)]
            assert one.account.errors["busy"] == first.count(503) > 0
            for n, code in enumerate(first):
                if code == 503:
                    assert (await one.post(delivery(n), str(n)))[0] == 200
            return first

    assert set(asyncio.run(burst())) == {200, 503}
    assert numbers(desk) == list(range(60))


def test_a_delivery_is_known_by_its_key_at_once_and_after_a_restart(desk: Desk) -> None:
    async def deliver(count: int) -> list[str]:
        async with listening(desk) as one:
            posts = (one.post(delivery(1), "the-same-key") for _ in range(count))
            return [said for _, said in await asyncio.gather(*posts)]

    assert "taken" in asyncio.run(deliver(20))
    assert asyncio.run(deliver(2)) == ["known", "known"]
    assert numbers(desk) == [1]


def test_an_oversized_body_and_key_are_refused(desk: Desk) -> None:
    async def knock() -> tuple[int, int]:
        async with listening(desk, max_body_bytes=2000) as one:
            return (await one.post(bytes(2001), "k"))[0], (await one.post(b"", "k" * 201))[0]

    assert asyncio.run(knock()) == (413, 400)
    assert numbers(desk) == []


def test_what_cannot_be_read_is_kept_and_not_asked_for_again(desk: Desk) -> None:
    async def deliver() -> list[tuple[int, str]]:
        async with listening(desk) as one:
            return [await one.post(b'{"payload": [', "k") for _ in range(2)]

    assert asyncio.run(deliver()) == [(200, "kept, not readable"), (200, "known")]
    assert len(desk.messages("court.docket-entries.dlq")) == 1
    assert len(Archive(desk.folder).entries("alerts")) == 1


def test_while_kafka_is_away_the_sender_is_told_to_come_back_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker of its own, killed with -9 and started again."""
    for name, value in (("_BLOCK_MS", 2_000), ("_REQUEST_MS", 3_000), ("_DELIVERY_MS", 6_000)):
        monkeypatch.setattr(outlets, name, value)
    jars = Settings().cache / "jars"

    def broker() -> EmbeddedKafka:
        return EmbeddedKafka(tmp_path / "k", tmp_path / "run", port=port, jars_cache=jars)

    async def deliver() -> list[int]:
        async with listening(desk, answer_within_s=3) as one:
            codes = [(await one.post(delivery(1), "1"))[0]]
            for process in psutil.Process(os.getpid()).children():
                if f"{tmp_path}" in " ".join(process.cmdline()):
                    process.send_signal(signal.SIGKILL)
            codes.append((await one.post(delivery(2), "2"))[0])
            codes.append((await one.post(delivery(3), "3"))[0])
            again.start()  # not in a thread of the loop's: a broker ends with its starter
            # The sender tries the second again, and gives up on the third: we do not.
            async with asyncio.timeout(300):
                while (code := (await one.post(delivery(2), "2"))[0]) == 503:
                    await asyncio.sleep(0.5)
                while one.account.published < 3:
                    await asyncio.sleep(0.1)
            return [*codes, code]

    port = free_port()
    first, again = broker(), broker()
    try:
        first.start()
        desk = Desk(first.bootstrap_servers, "", tmp_path / "archive")
        wanted = [catalogue()[one] for topic in TOPICS for one in (topic, f"{topic}.dlq")]
        ensure_topics(desk.kafka, partitions=2, topics=wanted)
        assert asyncio.run(deliver()) == [200, 503, 503, 200]
        ids = {one.source_entry_id for one in desk.facts("court.docket-entries")}
        assert len(ids) == 3
    finally:
        again.stop()
        first.stop()
