"""What the host's tests share: a topic of words, workers that count them, Kafka as witness."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from streams.lag import committed
from tests.streams.host.counting import PARTITIONS


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

    def start(
        self,
        *more: str,
        data: str | None = None,
        hold: Path | None = None,
        slow_fetch: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a worker; ``data`` names its folder, else it has one of its own.

        While the file ``hold`` exists, its batches stand still between state and marker. With
        ``slow_fetch`` a fetch under way as partitions move ends after recovery has sought.
        """
        argv = [
            self.kafka,
            self.app_id,
            self.prefix,
            str(self.data / (data or str(len(self.workers)))),
            *more,
        ]
        with (self.data / f"worker-{len(self.workers)}.log").open("wb") as log:
            command = [sys.executable, "-m", "tests.streams.host.counting", *argv]
            hooks = ({"HOLD": str(hold)} if hold else {}) | (
                {"SLOW_FETCH": "1"} if slow_fetch else {}
            )
            environment = os.environ | hooks
            worker = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self.workers.append(worker)
        return worker

    def committed(self) -> dict[TopicPartition, int]:
        return dict.fromkeys(self.words, 0) | committed(self.admin, self.app_id, self.words)

    def members(self) -> int:
        """How many workers share the partitions, once they have agreed on it; 0 until then."""
        (said,) = self.admin.describe_groups([self.app_id]).values()
        return len(said["members"]) if said["group_state"] == "Stable" else 0

    def ends(self) -> dict[TopicPartition, int]:
        return self.consumer.end_offsets(self.words)

    def wait_until_done(self, within_s: float = 60) -> None:
        ends = self.ends()
        self.wait(lambda: self.committed() == ends, within_s)

    def tend_until_done(self, *more: str, within_s: float = 90) -> None:
        """As whoever looks after workers does: where none is left, one is started again.

        A worker may end itself on an error of the world (a broker that went, a producer that was
        fenced while partitions moved), but never as if nothing had happened.
        """
        deadline = time.monotonic() + within_s
        while self.committed() != self.ends():
            assert time.monotonic() < deadline, self.logs()
            if all(worker.poll() is not None for worker in self.workers):
                assert self.workers[-1].returncode != 0
                self.start(*more)
            time.sleep(0.2)

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


def assert_counted(words: Words, produced: list[str]) -> None:
    """Every word was counted exactly once, in order, whatever happened on the way."""
    expected: dict[str, int] = {}
    for word in produced:
        expected[word] = expected.get(word, 0) + 1
    outputs = words.outputs()
    assert {word: max(counts.values()) for word, counts in outputs.items()} == expected
    for counts in outputs.values():
        assert [counts[one] for one in sorted(counts)] == list(range(1, len(counts) + 1))
