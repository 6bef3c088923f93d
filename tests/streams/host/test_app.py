"""The host on the real broker: nothing lost, nothing doubled, nothing committed early."""

import json
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from streams.lag import committed
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
        self.producer = KafkaProducer(bootstrap_servers=kafka, linger_ms=20)
        self.consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)

    def produce(self, words: list[str]) -> None:
        for word in words:
            partition = sum(word.encode()) % PARTITIONS
            self.producer.send(
                self.words[0].topic, value=word.encode(), key=b"k", partition=partition
            )
        self.producer.flush()

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        argv = [
            self.kafka,
            self.app_id,
            self.prefix,
            str(self.data / str(len(self.workers))),
            *more,
        ]
        with (self.data / f"worker-{len(self.workers)}.log").open("wb") as log:
            command = [sys.executable, "-m", "tests.streams.host.counting", *argv]
            worker = subprocess.Popen(command, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def committed(self) -> dict[TopicPartition, int]:
        return committed(self.admin, self.app_id, self.words)

    def wait_until_done(self, within_s: float = 60) -> None:
        ends = self.consumer.end_offsets(self.words)
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


def test_workers_killed_at_random_lose_and_double_nothing(words: Words) -> None:
    chance = random.Random(7)
    produced: list[str] = []
    for _ in range(3):
        more = [f"w{chance.randrange(80)}" for _ in range(3000)]
        words.produce(more)
        produced += more
        worker = words.start()
        before = words.committed()
        words.wait(lambda before=before: words.committed() != before)
        words.produce(more)
        produced += more
        time.sleep(chance.uniform(0, 0.15))
        worker.kill()
        worker.wait()
    words.start()
    words.wait_until_done()
    assert_counted(words, produced)


def test_a_second_worker_joins_and_leaves_under_load(words: Words) -> None:
    produced: list[str] = []

    def load() -> None:
        more = [f"w{number % 40}" for number in range(2000)]
        words.produce(more)
        produced.extend(more)

    words.start()
    load()
    words.wait(lambda: sum(words.committed().values()) > 0)
    second = words.start()
    for _ in range(8):
        load()
        time.sleep(1)
    second.terminate()
    load()
    second.wait(30)
    load()
    words.wait_until_done()
    assert_counted(words, produced)
