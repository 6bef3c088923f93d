"""The host on the real broker: nothing lost, nothing doubled, nothing committed early."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.kafka.broker import EmbeddedKafka
from deploy.processes import free_port
from streams.settings import Settings
from tests.streams.host.words import Words, assert_counted

pytestmark = pytest.mark.stack


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
    """60 MB wait in the topic, a long work; the agent holds only some batches of it."""
    words.produce([f"slow{number % 7}-{'x' * 5000}" for number in range(12_000)])
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
        words.tend_until_done()
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
