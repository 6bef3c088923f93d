"""The agent without a broker: a batch that did not arrive is noticed, one of before is left."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams.host.agent import StageAgent, StageSpec
from streams.host.lease import SupersededError
from streams.host.offsets import Range
from streams.host.transport import Batch
from tests.streams.host.counting import Counting


class Table(dict[bytes, bytes]):
    """A table whose changelog is acknowledged at once."""

    async def acknowledged(self) -> None:
        """Nothing is under way."""


class World:
    """What an agent needs of a Faust app: where its consumer stands, and a producer."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.consumer = SimpleNamespace(
            offsets=SimpleNamespace(sitting=1), flow_active=True, is_member=self._is_member
        )
        self.consumer_generation_id = 1
        self.producer = SimpleNamespace(send=self._send)

    async def _is_member(self, _generation: int) -> bool:
        return True

    async def _send(self, *args: Any) -> asyncio.Future[None]:
        self.sent.append(args)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def agent(world: World) -> StageAgent:
    return StageAgent(
        world,  # type: ignore[arg-type]
        StageSpec("counting", "words", lambda _partition: Counting(), 1),
        Table(),
        prefix="",
        epoch=0,
        partitions_of=lambda _topic: 1,
        decode=lambda value: (value or b"").decode(),
        encode=lambda record: repr(record).encode(),
        session_s=3,
    )


def deliver(agent: StageAgent, first: int, number: int, *, sitting: int = 1) -> None:
    """One batch of one word at an offset."""
    record = SimpleNamespace(topic="words", partition=0, offset=first, key=b"k", value=b"word")
    message = SimpleNamespace(range=Range(first, first + 1, sitting, number), generation_id=1)
    asyncio.run(agent._batch(Batch("words", 0, first, first, [record]), message))


def test_batches_that_follow_on_each_other_are_worked_off(agent: StageAgent, world: World) -> None:
    for number in range(3):
        deliver(agent, number, number)
    assert len(world.sent) == 3


def test_a_batch_that_did_not_arrive_ends_the_work(agent: StageAgent, world: World) -> None:
    deliver(agent, 0, 0)
    with pytest.raises(RuntimeError, match="the batch before offset 2 was delivered and did not"):
        deliver(agent, 2, 2)
    assert len(world.sent) == 1


def test_a_batch_of_an_earlier_sitting_is_left_and_so_are_those_that_follow_on_it(
    agent: StageAgent, world: World
) -> None:
    deliver(agent, 0, 0)
    world.consumer.flow_active = False
    with pytest.raises(SupersededError, match="is being given up"):
        deliver(agent, 1, 1)
    world.consumer.flow_active = True
    with pytest.raises(SupersededError, match="follows one that was left"):
        deliver(agent, 2, 2)
    world.consumer.offsets.sitting = 2
    deliver(agent, 1, 0, sitting=2)
    deliver(agent, 2, 1, sitting=2)
    assert len(world.sent) == 3
