"""The host on the real broker: nothing lost, nothing doubled, nothing committed early."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from deploy.kafka.broker import EmbeddedKafka
from deploy.processes import free_port
from streams.lag import committed
from streams.settings import Settings
from tests.streams.host.counting import PARTITIONS

pytestmark = pytest.mark.stack


class Words:
    """Topics and workers of one test."""

    def __init__(self, kafka: str, data: Path) -> None:
        self.kafka, self.data = kafka, data
        self.prefix = f"t{uuid.uuid4().hex[:8]}."
        self.app_id = f"{self.prefix}app"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.words = [TopicPartition(f"{self.prefix}words", one) for one in range(PARTITIONS)]
        self.counts = [TopicPartition(f"{self.prefix}counts", one) for one in range(PARTITIONS)]
        self.dead = [TopicPartition(f"{self.prefix}words.dlq", 0)]
        self.admin = KafkaAdminClient(bootstrap_servers=kafka)
        topics = {"words": PARTITIONS, "counts": PARTITIONS, "words.dlq": 1}
        self.admin.create_topics(
            {
                self.prefix + name: {"num_partitions": n, "replication_factor": 1}
                for name, n in topics.items()
            },
            wait_for_metadata=True,
        )
        self.connect()

    def connect(self) -> None:
        """Make the clients of the test itself."""
        self.producer = KafkaProducer(bootstrap_servers=self.kafka, linger_ms=20)
        self.consumer = KafkaConsumer(bootstrap_servers=self.kafka, enable_auto_commit=False)

    def produce(self, words: list[str]) -> None:
        for word in words:
            partition = sum(word.encode()) % PARTITIONS
            self.producer.send(
                self.words[0].topic, value=word.encode(), key=b"k", partition=partition
            )
        self.producer.flush()

    def start(self, *more: str, data: str | None = None) -> subprocess.Popen[bytes]:
        """Start a worker; ``data`` names its folder, else it has one of its own."""
        argv = [
            self.kafka,
            self.app_id,
            self.prefix,
            str(self.data / (data or str(len(self.workers)))),
            *more,
        ]
        with (self.data / f"worker-{len(self.workers)}.log").open("wb") as log:
            command = [sys.executable, "-m", "tests.streams.host.counting", *argv]
            worker = subprocess.Popen(command, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def committed(self) -> dict[TopicPartition, int]:
        return dict.fromkeys(self.words, 0) | committed(self.admin, self.app_id, self.words)

    def ends(self) -> dict[TopicPartition, int]:
        return self.consumer.end_offsets(self.words)

    def wait_until_done(self, within_s: float = 60) -> None:
        ends = self.ends()
        self.wait(lambda: self.committed() == ends, within_s)

    def wait(self, true: Callable[[], object], within_s: float = 60) -> None:
        deadline = time.monotonic() + within_s
        while not true():
            assert any(worker.poll() is None for worker in self.workers), self.logs()
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(path.read_text()[-3000:] for path in self.data.glob("worker-*.log"))

    def read(self, partitions: list[TopicPartition]) -> list:
        self.consumer.assign(partitions)
        self.consumer.seek_to_beginning(*partitions)
        ends = self.consumer.end_offsets(partitions)
        found = []
        while any(self.consumer.position(one) < ends[one] for one in partitions):
            for batch in self.consumer.poll(timeout_ms=300).values():
                found.extend(batch)
        return found

    def outputs(self) -> dict[str, dict[int, int]]:
        """Count by word and revision; two counts for one revision are an error."""
        found: dict[str, dict[int, int]] = {}
        for message in self.read(self.counts):
            record = json.loads(message.value)
            seen = found.setdefault(record["word"], {})
            assert seen.setdefault(record["revision"], record["count"]) == record["count"]
        return found

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.producer.close()
        self.consumer.close()
        self.admin.close()


@pytest.fixture
def words(kafka: str, tmp_path: Path) -> Iterator[Words]:
    made = Words(kafka, tmp_path)
    yield made
    made.close()


def assert_counted(words: Words, produced: list[str]) -> None:
    """Every word was counted exactly once, in order, whatever happened on the way."""
    expected: dict[str, int] = {}
    for word in produced:
        expected[word] = expected.get(word, 0) + 1
    outputs = words.outputs()
    assert {word: max(counts.values()) for word, counts in outputs.items()} == expected
    for counts in outputs.values():
        assert [counts[one] for one in sorted(counts)] == list(range(1, len(counts) + 1))


def test_batches_are_worked_off_and_committed_to_the_end(words: Words) -> None:
    produced = [f"w{number % 50}" for number in range(5000)]
    words.produce(produced)
    worker = words.start()
    words.wait_until_done()
    assert_counted(words, produced)
    worker.terminate()
    assert worker.wait(30) == 0


def test_a_poison_a_refused_and_a_raising_record_are_dead_lettered_and_the_rest_goes_on(
    words: Words,
) -> None:
    produced = [f"w{number % 10}" for number in range(200)]
    words.produce([*produced[:100], "poison", "refused", "raises", *produced[100:]])
    words.start()
    words.wait_until_done()
    assert_counted(words, produced)
    dead = {message.value: dict(message.headers) for message in words.read(words.dead)}
    assert set(dead) == {b"poison", b"refused", b"raises"}
    reasons = {
        value: headers["__connect.errors.exception.message"] for value, headers in dead.items()
    }
    assert reasons[b"poison"] == b"expected a word, found poison"
    assert reasons[b"refused"] == b"this word is refused"
    assert reasons[b"raises"] == b"this record makes the stage raise"
    for value, headers in dead.items():
        (message,) = [one for one in words.read(words.words) if one.value == value]
        assert headers["__connect.errors.topic"].decode() == message.topic
        assert int(headers["__connect.errors.partition"]) == message.partition
        assert int(headers["__connect.errors.offset"]) == message.offset


SOAK = bool(os.environ.get("POLICY_EVENTS_SOAK"))


@pytest.mark.parametrize(
    ("store", "guarantee", "kills"),
    [
        ("memory://", "at_least_once", 4),
        ("rocksdb://", "at_least_once", 2),
        ("memory://", "exactly_once", 2),
        ("rocksdb://", "exactly_once", 2),
    ],
)
def test_workers_killed_at_random_lose_and_double_nothing(
    words: Words, store: str, guarantee: str, kills: int
) -> None:
    chance = random.Random(7)
    produced: list[str] = []
    for _ in range(50 if SOAK else kills):
        more = [f"w{chance.randrange(80)}" for _ in range(2000)]
        words.produce(more)
        produced += more
        worker = words.start(store, guarantee, data="kept")
        before = words.committed()
        words.wait(lambda before=before: words.committed() != before)
        words.produce(more)
        produced += more
        time.sleep(chance.uniform(0, 0.15))
        worker.kill()
        worker.wait()
    words.start(store, guarantee, data="kept")
    words.wait_until_done()
    assert_counted(words, produced)


def test_the_counts_are_those_of_plain_faust_on_the_same_words(words: Words) -> None:
    produced = [f"w{number * number % 37}" for number in range(3000)]
    words.produce(produced)
    words.start()
    words.wait_until_done()
    ours = {word: max(counts.values()) for word, counts in words.outputs().items()}
    script = (
        "import sys, faust\n"
        "app = faust.App(sys.argv[2] + 'plain', broker='kafka://' + sys.argv[1], "
        "datadir=sys.argv[4], web_enabled=False, topic_disable_leader=True, "
        "consumer_auto_offset_reset='earliest')\n"
        "table = app.Table('counts', default=int, partitions=4)\n"
        "seen = 0\n"
        "@app.agent(app.topic(sys.argv[3] + 'words', value_type=bytes, value_serializer='raw'))\n"
        "async def count(stream):\n"
        "    global seen\n"
        "    async for word in stream:\n"
        "        table[word.decode()] += 1\n"
        "        seen += 1\n"
        "        if seen == 3000:\n"
        "            import json, os\n"
        "            print(json.dumps(dict(table.items())), flush=True)\n"
        "            os._exit(0)\n"
        "faust.Worker(app, loglevel='ERROR', redirect_stdouts=False).execute_from_commandline()\n"
    )
    argv = [words.kafka, words.app_id, words.prefix, str(words.data / "plain")]
    done = subprocess.run(
        [sys.executable, "-c", script, *argv],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if "{" in line]
    assert lines, done.stderr[-2000:]
    assert json.loads(lines[-1][lines[-1].index("{") :]) == ours


def test_a_static_member_gets_its_partitions_back_and_shows_its_page(words: Words) -> None:
    for _ in range(2):
        words.produce(["w1"] * 500)
        worker = words.start("memory://", "at_least_once", "worker-1")
        words.wait_until_done()
        pages = [
            one.laddr.port
            for one in psutil.Process(worker.pid).net_connections("tcp")
            if one.status == psutil.CONN_LISTEN
        ]
        assert pages
        for port in pages:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                assert page.status == 200
        worker.kill()
        worker.wait()
    assert_counted(words, ["w1"] * 1000)


def test_a_slow_agents_memory_stays_flat(words: Words) -> None:
    """60 MB wait in the topic, half a minute's work; the agent holds only some batches of it."""
    words.produce([f"slow{number % 7}-{'x' * 2000}" for number in range(30_000)])
    worker = words.start("memory://", "at_least_once", "slow-1")
    words.wait(lambda: sum(words.committed().values()) > 0)
    process, sizes = psutil.Process(worker.pid), list[int]()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        sizes.append(process.memory_info().rss)
        time.sleep(0.05)
    assert words.committed() != words.ends(), "the agent was not slow"
    assert max(sizes) - sizes[0] < 40 * 2**20, f"{(max(sizes) - sizes[0]) / 2**20:.0f} MB more"
    assert max(sizes) < 300 * 2**20, f"{max(sizes) / 2**20:.0f} MB"


# kafka-python leaves sockets behind when its broker goes
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_restarts_loses_and_doubles_nothing(tmp_path: Path) -> None:
    port = free_port()
    jars = Settings().cache / "jars"
    broker = EmbeddedKafka(tmp_path / "data", tmp_path / "run", port=port, jars_cache=jars)
    broker.start()
    words = Words(broker.bootstrap_servers, tmp_path)
    try:
        produced = [f"w{number % 60}" for number in range(4000)]
        words.produce(produced)
        words.start()
        words.wait(lambda: sum(words.committed().values()) > 0)
        broker.stop()
        broker.start()
        # The test's own clients are not what is tested: those of a broker that went are let go.
        for client in (words.producer, words.consumer, words.admin):
            with contextlib.suppress(KafkaError):
                client.close()
        words.admin = KafkaAdminClient(bootstrap_servers=words.kafka)
        words.connect()
        more = [f"w{number % 60}" for number in range(2000)]
        words.produce(more)
        # A worker may end on an error of the world; whoever looks after it starts it again.
        deadline = time.monotonic() + 90
        while words.committed() != words.ends():
            assert time.monotonic() < deadline, words.logs()
            if words.workers[-1].poll() is not None:
                assert words.workers[-1].returncode != 0
                words.start()
            time.sleep(0.2)
        assert_counted(words, produced + more)
    finally:
        words.close()
        broker.stop()


@pytest.mark.parametrize("store", ["memory://", "rocksdb://"])
def test_a_second_worker_joins_and_leaves_under_load(words: Words, store: str) -> None:
    """With RocksDB: partitions that were taken away and come back are read whole."""
    produced: list[str] = []

    def load() -> None:
        more = [f"w{number % 40}" for number in range(2000)]
        words.produce(more)
        produced.extend(more)

    words.start(store)
    load()
    words.wait(lambda: sum(words.committed().values()) > 0)
    second = words.start(store)
    for _ in range(6):
        load()
        time.sleep(1)
    second.terminate()
    load()
    second.wait(30)
    load()
    words.wait_until_done()
    assert_counted(words, produced)
