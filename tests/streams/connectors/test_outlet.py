"""The way into Kafka, while Kafka is away for longer than a message may wait, and afterwards."""

import asyncio
import contextlib
import os
from pathlib import Path

import psutil
import pytest

from deploy.kafka.broker import EmbeddedKafka
from deploy.processes import free_port
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from streams.connectors import outlet as outlets
from streams.connectors.outlet import Message, Outlet, OutletError, newest_by_key
from streams.settings import Settings

pytestmark = pytest.mark.stack

TOPIC = "feed.cursors"


# kafka-python leaves sockets behind when its broker goes
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_after_messages_expired_the_next_are_delivered_by_a_producer_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the broker died with a batch under way, kafka-python's own never delivers again."""
    for name, value in (("_BLOCK_MS", 1_000), ("_REQUEST_MS", 1_000), ("_DELIVERY_MS", 1_500)):
        monkeypatch.setattr(outlets, name, value)
    port, jars = free_port(), Settings().cache / "jars"
    broker = EmbeddedKafka(tmp_path / "k", tmp_path / "run", port=port, jars_cache=jars)

    async def send(*numbers: int) -> None:
        messages = [Message(TOPIC, "feed", str(one).encode()) for one in numbers]
        await outlet.send(messages, within_s=8)

    async def lives() -> None:
        await send(0)
        (process,) = (
            one
            for one in psutil.Process(os.getpid()).children()
            if str(tmp_path) in " ".join(one.cmdline())
        )
        process.suspend()
        under_way = asyncio.create_task(send(1))
        await asyncio.sleep(0.5)  # it has been sent, and nobody answers
        process.kill()
        with pytest.raises(OutletError):
            await under_way
        broker.start()  # not in a thread of the loop's: a broker ends with its starter
        for number in range(3, 13):
            with contextlib.suppress(OutletError):
                await send(number, number + 1)
                return
        pytest.fail("it never delivered again")

    try:
        broker.start()
        ensure_topics(broker.bootstrap_servers, partitions=1, topics=[catalogue()[TOPIC]])
        outlet = Outlet(broker.bootstrap_servers, prefix="")
        asyncio.run(lives())
        outlet.close()
        assert newest_by_key(broker.bootstrap_servers, TOPIC)["feed"] >= 4
    finally:
        broker.stop()
