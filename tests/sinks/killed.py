"""A sink that kills itself with -9 after one of its steps: run by the tests as a process."""

import os
import random
import signal
import sys

from aiokafka import TopicPartition

from sinks.consumer import run_sink
from sinks.limits import Limits


def main(kafka: str, clickhouse_url: str, name: str, seed: str) -> None:
    """Carry small batches and die, seeded, at the second to sixth step."""
    left = random.Random(seed).randint(2, 6)

    def probe(step: str, at: TopicPartition) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    run_sink(
        kafka,
        clickhouse_url,
        name,
        topic_prefix=f"{name}.",
        group=f"{name}-sink",
        only=["flights.positions"],
        limits=Limits(linger_s=0.01, batch_rows=200),
        instance="killed",
        probe=probe,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
