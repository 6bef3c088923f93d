"""Sealed material through the whole pipeline, and then nowhere: the bytes are looked for."""

import asyncio
import contextlib
import gzip
import io
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from clickhouse_driver import Client
from kafka import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError, NotCoordinatorError
from kafka.record import MemoryRecords

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.errors import StackError
from deploy.kafka.broker import EmbeddedKafka
from streams.addresses import Addresses
from streams.bootstrap import prepare_namespace
from streams.connectors.archive import Archive
from streams.connectors.delivery import parcel, tombstone_key
from streams.connectors.entries import Document
from streams.connectors.outlet import Outlet, newest_by_key
from streams.facts.instants import Instant
from streams.generations import in_force
from streams.playback import settle
from streams.rebuilding import rebuild
from streams.redaction.redaction import redact
from streams.settings import Settings
from tests.streams.connectors.conftest import Desk
from tests.streams.connectors.station import Station, ok
from tests.streams.feeds.court.documents import DOCKET, dumped, entry
from tests.streams.feeds.news.articles import rss

pytestmark = pytest.mark.stack

SEALED = "Zyxwvut Qwertzian"
URL = "https://paper.example.org/1"
ARTICLE = (
    f"Homeland Security Secretary Kristi Noem visited the CECOT prison in El Salvador on March 14, "
    f"2025, where {SEALED} Asdfghjklian received her, officials said on Saturday."
)
OTHER = "Secretary of State Marco Rubio visited Guatemala on March 14, 2025, officials said."
ORDER = f"MINUTE ORDER granting the motion of {SEALED} Asdfghjklian. (Entered: 03/15/2025)"
KEPT = "MINUTE ORDER setting a hearing for the parties on Friday. (Entered: 03/16/2025)"


def paper(*titles: str) -> bytes:
    """The outlet's page: its second article holds what is sealed."""
    first, second, *rest = rss(*titles, text=OTHER).split(b"<item>")[1:]
    head = rss(*titles, text=OTHER).split(b"<item>")[0]
    second = second.replace(OTHER.encode(), ARTICLE.encode())
    return b"<item>".join([head, first, second, *rest])


FETCHED = Instant(1_743_100_000_000)


@dataclass
class Stack:
    settings: Settings
    where: Addresses
    home: Path

    @property
    def archives(self) -> list[Path]:
        return [self.settings.archive, self.home / "backup"]

    def receive(self) -> None:
        """As a feed would: kept, then published."""
        pages = {
            "paper": ("news.rss", paper("Another visit", "A visit")),
            "wire": ("news.rss", rss("Elsewhere", text=OTHER)),
            "docket": (
                "court.courtlistener-entries",
                dumped(
                    {
                        "dockets": [DOCKET],
                        "results": [entry(id=1, description=ORDER), entry(id=2, description=KEPT)],
                    }
                ),
            ),
        }
        archive = Archive(self.settings.archive, writing=True)

        async def publish() -> None:
            outlet = Outlet(self.where.kafka, prefix="")
            for lane, (kind, data) in pages.items():
                document = Document(kind, lane, f"https://{lane}/", FETCHED, data)
                (line,) = archive.keep(lane, [document])
                await outlet.send(parcel(line, data, frozenset()).messages)
            outlet.close()

        asyncio.run(publish())
        archive.close()
        shutil.copytree(self.settings.archive, self.home / "backup")

    def work(self) -> None:
        """Worker and sink, until all is worked off."""
        environment = self.settings.environment(
            KAFKA_BOOTSTRAP_SERVERS=self.where.kafka, CLICKHOUSE_URL=self.where.clickhouse
        )
        roles = []
        with (self.home / "roles.log").open("ab") as log:
            for name in ("worker", "sink"):
                command = [sys.executable, "-m", "streams.cli", name]
                roles.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        try:
            settle(in_force(self.settings, self.where.kafka), self.where, timeout_s=90)
        finally:
            for one in roles:
                one.terminate()
            for one in roles:
                one.wait(30)

    def holding(self, words: str) -> dict[str, set[str]]:
        """Where some bytes are: kinds of places, and files. Compressed ones are unpacked."""
        found: dict[str, set[str]] = {}
        for file in self.home.rglob("*"):
            if file.is_file() and any(words.encode() in part for part in _contents(file)):
                found.setdefault(file.relative_to(self.home).parts[0], set()).add(str(file))
        with Client.from_url(self.where.clickhouse + "policy_events") as client:
            tables = client.execute(
                "SELECT concat(database, '.', name) FROM system.tables "
                "WHERE endsWith(database, 'policy_events') AND engine LIKE '%MergeTree'"
            )
            for (table,) in tables:
                rows = f"SELECT count() FROM {table} WHERE position(toString(tuple(*)), %(w)s) > 0"
                if client.execute(rows, {"w": words})[0][0]:
                    found.setdefault("tables", set()).add(table)
        return found


def _contents(file: Path) -> Iterator[bytes]:
    data = file.read_bytes()
    yield data
    if file.suffix == ".gz":
        yield gzip.decompress(data)
    if file.suffix in (".log", ".deleted") and "kafka" in file.parts:
        yield from _batches(data)


def _batches(data: bytes) -> Iterator[bytes]:
    """Keys and values of a segment, whatever it is compressed with, given up or not."""
    stream = io.BytesIO(data)
    while len(head := stream.read(12)) == 12:
        size = struct.unpack(">q i", head)[1]
        body = stream.read(size)
        if size <= 0 or len(body) < size:
            return
        records = MemoryRecords(head + body)
        while (batch := records.next_batch()) is not None:
            for one in batch:
                yield (one.key or b"") + b"\x00" + (one.value or b"")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    jars = Settings().cache / "jars"
    kafka = EmbeddedKafka(tmp_path / "kafka", tmp_path / "run", port=None, jars_cache=jars)
    clickhouse = EmbeddedClickHouse(tmp_path / "clickhouse", tmp_path / "run")
    with kafka, clickhouse:
        settings = Settings(home=tmp_path, partitions=2)
        where = Addresses(kafka.bootstrap_servers, clickhouse.url, clickhouse.readonly_url)
        prepare_namespace(settings, where)
        yield Stack(settings, where, tmp_path)


def test_what_is_redacted_is_nowhere_and_the_rest_is_where_it_was(stack: Stack) -> None:
    stack.receive()
    stack.work()
    before = stack.holding(SEALED)
    # The look finds it where it is: else finding nothing would mean nothing.
    assert {"archive", "backup", "kafka", "tables"} <= before.keys()
    topics = " ".join(before["kafka"])
    for topic in ("news.articles", "court.docket-entries", "news.mentions", "policy.events",
                  "relate.inputs", "changelog"):  # fmt: skip
        assert topic in topics

    told: list[str] = []
    for wanted in (URL, "dcd/1:25-cv-00766/1/2025-03-15.002"):
        if wanted != URL:
            # A rebuild in between reads what is left, from the archive too: it brings nothing
            # back, and what it leaves of the generation before is cleaned as well.
            assert rebuild(stack.settings, stack.where, reason="redacted", quiet_s=0.5) == 1
            assert {"kafka", "tables"} <= stack.holding(SEALED).keys()
            assert "mentions" not in " ".join(stack.holding(SEALED)["tables"])
        done = redact(
            stack.settings, stack.where, wanted, reason="sealed by order", date="2025-03-30",
            archives=stack.archives, say=told.append,
        )  # fmt: skip
        assert done.records == 1
    assert stack.holding(SEALED) == {}

    desk = Desk(stack.where.kafka, "live.g1.", stack.settings.archive)
    # From the archive and from the log: what comes twice is one row, and the first time stays.
    assert {one.title for one in desk.records("news.articles")} == {"Another visit", "Elsewhere"}
    assert {one.description for one in desk.records("court.docket-entries")} == {KEPT}
    tombstones = newest_by_key(stack.where.kafka, "live.g1.feed.redactions")
    assert tombstones[tombstone_key(URL)] == {"date": "2025-03-30", "reason": "sealed by order"}
    marked = [one for one in Archive(stack.home / "backup").entries("paper") if one.redacted]
    assert [one.redacted for one in marked] == [tombstones[tombstone_key(URL)]]

    # The source still serves it, and the pipeline runs on: it does not come back.
    with Station() as station:
        url = station.on("/p", ok(paper("Another visit", "A visit", "New")))
        feed = {"name": "paper", "type": "news-rss", "url": url}
        accounts = desk.live(feed, turns=2)
    assert accounts["paper"].withheld >= 1
    stack.work()
    titles = {one.title for one in desk.records("news.articles")}
    assert titles == {"Another visit", "Elsewhere", "New"}
    assert stack.holding(SEALED) == {}


def test_it_does_not_start_while_somebody_holds_what_it_takes_out(stack: Stack) -> None:
    environment = stack.settings.environment(
        KAFKA_BOOTSTRAP_SERVERS=stack.where.kafka, CLICKHOUSE_URL=stack.where.clickhouse
    )
    sink = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "sink"], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with KafkaAdminClient(bootstrap_servers=stack.where.kafka) as admin:
            group = stack.settings.sink_group
            deadline = time.monotonic() + 60
            state = ""
            while "Stable" not in state:
                assert time.monotonic() < deadline, state
                time.sleep(0.2)
                # A broker that is new has no coordinator until its offsets topic is made.
                with contextlib.suppress(CoordinatorNotAvailableError, NotCoordinatorError):
                    state = str(admin.describe_groups([group]))
        with pytest.raises(StackError, match="stop worker, sink and feeds first"):
            redact(
                stack.settings, stack.where, URL, reason="r", date="d",
                archives=[stack.settings.archive],
            )  # fmt: skip
    finally:
        sink.terminate()
        sink.wait(30)
