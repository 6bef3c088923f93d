"""The whole pipeline on the real broker and engine: the record's table, and what moves it."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.errors import StackError
from sinks.queries import run_query
from streams import recording
from streams.addresses import Addresses
from streams.answers import QUERY, OrderAnswer, answers
from streams.bootstrap import prepare_namespace, run_worker
from streams.facts.instants import Instant, parse_rfc3339, rfc3339
from streams.feeds.documents import Received
from streams.lag import RELATE_INPUT, offsets
from streams.playback import publish, settle
from streams.recording import Document
from streams.settings import Settings

pytestmark = pytest.mark.stack

LINKS = """
    SELECT * EXCEPT (revision, published_at)
    FROM policy_links_current ORDER BY link_id
"""
EVENTS = """
    SELECT * EXCEPT (revision, published_at)
    FROM policy_events_current ORDER BY event_id
"""

COURT = """
    SELECT * FROM orders_in_force ORDER BY order_id, from_earliest, status
"""
IN_FORCE = """
    SELECT kind, form, status FROM orders_in_force_at(at = '{at}')
    WHERE in_force ORDER BY kind, form
"""


@dataclass
class Pipeline:
    """A namespace of its own, with a worker and a sink of its own."""

    settings: Settings
    where: Addresses
    children: dict[str, subprocess.Popen[bytes]]
    logs: Path

    def start(self, role: str) -> subprocess.Popen[bytes]:
        environment = self.settings.environment(
            KAFKA_BOOTSTRAP_SERVERS=self.where.kafka, CLICKHOUSE_URL=self.where.clickhouse
        )
        with (self.logs / f"{role}.log").open("ab") as log:
            command = [sys.executable, "-m", "streams.cli", role]
            child = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.children[role] = child
        return child

    def command(self, *argv: str) -> str:
        """What a command prints, run on this pipeline."""
        environment = self.settings.environment(
            KAFKA_BOOTSTRAP_SERVERS=self.where.kafka, CLICKHOUSE_URL=self.where.clickhouse_readonly
        )
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", *argv],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def play(self, documents: list[Document]) -> None:
        publish(self.settings, self.where, documents, recording.progress())

    def settle(self) -> None:
        def alive() -> None:
            for role, child in self.children.items():
                assert child.poll() is None, (self.logs / f"{role}.log").read_text()[-3000:]

        settle(self.settings, self.where, timeout_s=300, tend=alive)

    def query(self, what: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        return run_query(self.where.clickhouse, self.settings.database, what)

    def answers(self) -> list[OrderAnswer]:
        return answers(*self.query(QUERY))

    def tables(self) -> tuple[object, object, object]:
        """Links, events, orders' lives as they stand, but for where in the log they came from."""
        return self.query(LINKS), self.query(EVENTS), self.query(COURT)

    def dead_letters(self, topic: str) -> list[dict[str, str]]:
        consumer = KafkaConsumer(bootstrap_servers=self.where.kafka, enable_auto_commit=False)
        at = TopicPartition(f"{self.settings.topic_prefix}{topic}.dlq", 0)
        consumer.assign([at])
        consumer.seek_to_beginning(at)
        end, found = consumer.end_offsets([at])[at], []
        while consumer.position(at) < end:
            for batch in consumer.poll(timeout_ms=300).values():
                found += [{name: value.decode() for name, value in one.headers} for one in batch]
        consumer.close()
        return found


@contextmanager
def pipelines(
    kafka: str, clickhouse: EmbeddedClickHouse, folder: Path
) -> Iterator[Callable[[], Pipeline]]:
    made: list[Pipeline] = []

    def make() -> Pipeline:
        home = folder / str(len(made))
        home.mkdir()
        settings = Settings(home=home, namespace=f"t{uuid.uuid4().hex[:10]}", partitions=3)
        where = Addresses(kafka, clickhouse.url, clickhouse.readonly_url)
        prepare_namespace(settings, where)
        made.append(Pipeline(settings, where, {}, home))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            for child in one.children.values():
                child.terminate()
        for one in made:
            for child in one.children.values():
                child.wait(120)


@pytest.fixture
def pipeline(
    kafka: str, clickhouse: EmbeddedClickHouse, tmp_path: Path
) -> Iterator[Callable[[], Pipeline]]:
    with pipelines(kafka, clickhouse, tmp_path) as make:
        yield make


def played(make: Callable[[], Pipeline], documents: list[Document]) -> Pipeline:
    one = make()
    one.play(documents)
    one.start("worker")
    one.start("sink")
    one.settle()
    return one


def summary(found: list[OrderAnswer]) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    return {
        (one.kind, one.clock): {
            flight.flight or "": (flight.certainty, flight.phase) for flight in one.flights
        }
        for one in found
    }


DOCUMENTS = recording.documents()
MINUTE_ORDER = ("minute_order", "entered")
STANDING = {
    "2025-03-20 12:00:00": "issued",
    "2025-04-01 12:00:00": "extended",
    "2025-04-14 12:00:00": None,  # their stated term is over
}
BEFORE, AIR, LANDED = ("no", "before_takeoff"), ("definite", "airborne"), ("no", "after_landing")


@dataclass(frozen=True)
class Clean:
    """What the recording gives when it is played in order and nothing happens."""

    answers: list[OrderAnswer]
    tables: tuple[object, object]
    in_force: dict[str, list[tuple[Any, ...]]]
    """Orders in force, by the moment asked about."""


@pytest.fixture(scope="module")
def clean(
    kafka: str, clickhouse: EmbeddedClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Clean:
    with pipelines(kafka, clickhouse, tmp_path_factory.mktemp("clean")) as make:
        one = played(make, DOCUMENTS)
        in_force = {at: one.query(IN_FORCE.format(at=at))[1] for at in STANDING}
        return Clean(one.answers(), one.tables(), in_force)


def test_the_recording_gives_the_table_of_the_record(clean: Clean) -> None:
    found = clean.answers
    table = summary(found)
    assert table["tro", "issued"] == {"6143": BEFORE, "6145": BEFORE, "6122": BEFORE}
    assert table["oral_order", "pronounced"] == {"6143": AIR, "6145": AIR, "6122": BEFORE}
    assert table["minute_order", "entered"] == {"6143": AIR, "6145": AIR, "6122": BEFORE}
    assert table["appellate_order", "entered"] == {"6143": LANDED, "6145": LANDED, "6122": LANDED}

    (oral,) = [one for one in found if one.clock == "pronounced"]
    assert oral.at_earliest == parse_rfc3339("2025-03-15T22:45:00Z")
    assert oral.at_latest == parse_rfc3339("2025-03-15T22:48:59.999Z")
    (written,) = [one for one in found if (one.kind, one.clock) == ("minute_order", "entered")]
    assert written.at_earliest == parse_rfc3339("2025-03-15T23:25:00Z")
    assert written.docket_number == "1:25-cv-00766"
    assert {outlet for outlet, _ in written.reported_by} >= {"CNN", "CBS News", "NOTUS"}
    flights = {flight.flight: flight for flight in written.flights}
    # A lands 9 to 12 minutes later, by the rival chosen; C's margin is supported by no source
    assert flights["6143"].margin_s == pytest.approx(600, abs=1)
    assert flights["6122"].margin_s is None
    rivals = {rival["at_earliest"][11:16]: rival["certainty"] for rival in flights["6122"].rivals}
    assert rivals == {"23:26": "possible", "23:27": "possible"}

    kinds = [("minute_order", "written"), ("oral_order", "oral"), ("tro", "written")]
    assert clean.in_force == {
        at: [(*kind, status) for kind in kinds if status] for at, status in STANDING.items()
    }


def test_a_worker_refuses_topics_whose_facts_would_not_meet(
    pipeline: Callable[[], Pipeline],
) -> None:
    one = pipeline()
    more = one.settings.model_copy(update={"partitions": 4})
    with pytest.raises(StackError, match=r"must have equal partition counts: .*relate\.inputs"):
        run_worker(more, one.where)


def test_hindsight_answers_what_was_published_and_what_the_evidence_supported(
    pipeline: Callable[[], Pipeline], tmp_path: Path
) -> None:
    one = pipeline()
    one.start("worker")
    one.start("sink")
    docket = [document for document in DOCUMENTS if not document.kind.startswith("news.")]
    one.play(docket)
    one.settle()
    order_id = next(
        found.order_id for found in one.answers() if (found.kind, found.clock) == MINUTE_ORDER
    )
    before_the_news = rfc3339(Instant(round(time.time() * 1000)))
    time.sleep(0.01)  # Kafka's times are whole milliseconds
    one.play([document for document in DOCUMENTS if document not in docket])
    one.settle()

    def ask(*options: str) -> dict[str, Any]:
        found = one.command("airborne", "--order", order_id, "--format", "json", *options)
        (entered,) = [answer for answer in json.loads(found) if answer["clock"] == "entered"]
        return {flight["flight"]: flight for flight in entered["flights"]}

    now, then = ask(), ask("--as-of", before_the_news)
    assert {name: flight["certainty"] for name, flight in now.items()} == {
        "6143": "definite",
        "6145": "definite",
        "6122": "no",
    }
    # without a claim a plain 'no' is not stored, and nobody had claimed anything yet
    assert {name: flight["claimed_by"] for name, flight in then.items()} == {"6143": [], "6145": []}
    assert ask("--scope", "claimed").keys() == now.keys()
    assert not ask("--scope", "watched")

    latest = max(document.received.fetched_at for document in DOCUMENTS)
    assert ask("--known-at", rfc3339(latest)) == now
    # by then the docket's feed had been read, and no position yet
    assert ask("--known-at", "2025-03-16T00:00:00Z") == {}

    def stood(*options: str) -> list[tuple[str, str]]:
        asked = ("in-force", "--at", "2025-03-20T00:00:00Z", "--format", "json", *options)
        return sorted((order["kind"], order["status"]) for order in json.loads(one.command(*asked)))

    assert len(stood()) == 3
    assert stood("--known-at", rfc3339(latest)) == stood("--as-of", "2100-01-01T00:00:00Z")
    assert stood("--known-at", rfc3339(latest)) == stood()
    assert stood("--known-at", "2025-03-01T00:00:00Z") == []
    assert stood("--docket", "dcd/1:25-cv-00766") == stood()
    assert stood("--docket", "dcd/1:25-cv-00001") == []

    folder = tmp_path / "evidence"
    assert ask("--evidence", str(folder)) == now
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    received = (folder / "received" / "flights.positions.jsonl").read_text().splitlines()
    assert {json.loads(line)["icao24"] for line in received} == {"a2c4e0", "ab7437", "a83f98"}
    assert (folder / "received" / "court.docket-entries.jsonl").read_text()

    at = ("airborne", "--at", "2025-03-15T23:25:00Z", "--format", "json")
    assert [flight["flight"] for flight in json.loads(one.command(*at))] == ["6143", "6145"]
    assert json.loads(one.command(*at, "--as-of", "2025-03-01T00:00:00Z")) == []
    claimed = json.loads(one.command(*at, "--scope", "claimed", "--all"))
    assert {flight["flight"]: bool(flight["claimed_by"]) for flight in claimed} == {
        "6143": True,
        "6145": True,
        "6122": True,
    }


def test_shuffled_doubled_and_cut_into_pieces_it_gives_the_same_tables(
    pipeline: Callable[[], Pipeline], clean: Clean
) -> None:
    chance = random.Random(3)
    pieces = [piece for document in DOCUMENTS for piece in cut(document)]
    assert len(pieces) > 1.5 * len(DOCUMENTS)
    pieces += chance.sample(pieces, len(pieces) // 2)
    chance.shuffle(pieces)
    assert played(pipeline, pieces).tables() == clean.tables


def test_a_worker_killed_9_half_way_gives_the_same_tables(
    pipeline: Callable[[], Pipeline], clean: Clean
) -> None:
    one = pipeline()
    one.start("sink")
    one.play(DOCUMENTS)
    with offsets(one.where.kafka, one.settings.topic_prefix) as look:
        for moment in (RELATE_INPUT, "policy.links"):
            worker = one.start("worker")
            deadline = time.monotonic() + 300
            while not sum(look.ends([moment]).values()):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
    one.start("worker")
    one.settle()
    assert one.tables() == clean.tables


def test_without_a_flights_positions_it_is_gone_and_a_moved_order_moves_the_phases(
    pipeline: Callable[[], Pipeline],
) -> None:
    changed = []
    for document in DOCUMENTS:
        if "ab7437" in document.received.name:
            continue
        data = document.data
        if document.received.name.startswith("court/"):  # the minute order, an hour later
            data = data.replace(b"23:25:00 GMT", b"00:25:00 GMT").replace(b"19:25:00", b"20:25:00")
            data = data.replace(b"Sat, 15 Mar 2025 00:25", b"Sun, 16 Mar 2025 00:25")
        changed.append(replace(document, data=data))
    table = summary(played(pipeline, changed).answers())
    assert table["oral_order", "pronounced"] == {"6143": AIR, "6122": BEFORE}
    between = ("no", "between_legs")
    assert table["minute_order", "entered"] == {"6143": between, "6122": AIR}


def test_bad_items_and_undecodable_records_go_to_the_dead_letters_and_the_rest_goes_on(
    pipeline: Callable[[], Pipeline],
) -> None:
    one = pipeline()
    trace = next(d for d in DOCUMENTS if d.received.name.endswith("a2c4e0_2025-03-15.json"))
    broken = json.loads(trace.data)
    broken["trace"][5][1] = "north"
    name = Received("readsb", trace.received.fetched_at, "broken.json")
    others = [document for document in DOCUMENTS if document is not trace]
    one.play([Document(trace.kind, name, json.dumps(broken).encode()), *others])
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=one.where.kafka)
    topic = f"{one.settings.topic_prefix}flights.positions"
    producer.send(topic, key=b"a2c4e0", value=b"\x00\x00\x00\x00\x01junk")
    producer.close()
    one.start("worker")
    one.start("sink")
    one.settle()
    table = summary(one.answers())
    assert table["minute_order", "entered"] == {"6143": AIR, "6145": AIR, "6122": BEFORE}
    reasons = [
        letter["__connect.errors.exception.message"]
        for letter in one.dead_letters("flights.positions")
    ]
    assert any("broken.json: row 5: latitude: expected a number" in reason for reason in reasons)
    assert any("no datum of position" in reason for reason in reasons)


def cut(document: Document) -> list[Document]:
    """The same items in several documents."""
    if document.kind == "flights.trace":
        whole = json.loads(document.data)
        rows = whole["trace"]
        parts = [rows[:1] + rows[1::2], rows[2::2]]
        # a callsign holds from the row that states it: each part states its own
        return [
            replace(document, data=json.dumps({**whole, "trace": part}).encode()) for part in parts
        ]
    if document.kind in ("court.cmecf-rss", "news.rss"):
        head, *items = document.data.split(b"<item>")
        last, tail = items[-1].split(b"</item>")
        items = [*(item.split(b"</item>")[0] for item in items[:-1]), last]
        return [
            replace(document, data=head + b"<item>" + item + b"</item>" + tail) for item in items
        ]
    if document.kind == "court.courtlistener-entries":
        docket = json.loads(document.data)
        return [
            replace(document, data=json.dumps({**docket, "docket_entries": [entry]}).encode())
            for entry in docket["docket_entries"]
        ]
    return [document]
