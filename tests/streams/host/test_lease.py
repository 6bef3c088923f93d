"""Who may write: a worker whom the group confirmed lately; no handover cuts a batch off."""

import asyncio
from collections.abc import Sequence

import pytest

from streams.host.lease import AtWork, Lease, SupersededError


class Group:
    """Answers in turn; each answer takes so long."""

    def __init__(self, answers: Sequence[bool | None], takes_s: float = 0.0) -> None:
        self.answers, self.takes_s = list(answers), takes_s
        self.asked: list[int] = []
        self.clock = 0.0

    async def ask(self, generation: int) -> bool | None:
        self.asked.append(generation)
        self.clock += self.takes_s
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def lease(self) -> Lease:
        return Lease(self.ask, fresh_s=2.5, session_s=10, now=lambda: self.clock, pause_s=0)


def test_a_word_counts_for_a_while_from_when_it_was_asked() -> None:
    async def scene() -> None:
        group = Group([True], takes_s=2.0)
        lease = group.lease()
        await lease.confirm(1)
        await lease.confirm(1)
        assert group.asked == [1]
        group.clock += 0.6  # 2.6 s after the question, 0.6 s after the answer
        await lease.confirm(1)
        assert group.asked == [1, 1]

    asyncio.run(scene())


def test_a_word_for_one_generation_says_nothing_of_the_next() -> None:
    async def scene() -> None:
        group = Group([True, False])
        lease = group.lease()
        await lease.confirm(1)
        with pytest.raises(SupersededError, match="generation 2"):
            await lease.confirm(2)

    asyncio.run(scene())


def test_a_worker_that_was_frozen_asks_before_it_writes() -> None:
    async def scene() -> None:
        group = Group([True, False])
        lease = group.lease()
        await lease.confirm(1)
        group.clock += 30
        with pytest.raises(SupersededError):
            await lease.confirm(1)

    asyncio.run(scene())


def test_a_group_that_cannot_be_asked_is_asked_again_for_a_session_and_no_longer() -> None:
    async def scene() -> None:
        group = Group([None, None, True], takes_s=1)
        await group.lease().confirm(1)
        assert len(group.asked) == 3
        silent = Group([None], takes_s=1)
        with pytest.raises(TimeoutError, match="10 s"):
            await silent.lease().confirm(1)
        assert len(silent.asked) == 11

    asyncio.run(scene())


def test_a_handover_waits_for_every_batch_at_work_and_for_none_else() -> None:
    async def scene() -> None:
        at_work = AtWork()
        await at_work.finished()
        first, second = at_work.begun(), at_work.begun()
        first.__enter__()
        second.__enter__()
        waiting = asyncio.create_task(at_work.finished())
        first.__exit__(None, None, None)
        await asyncio.sleep(0.01)
        assert not waiting.done()
        second.__exit__(None, None, None)
        await asyncio.wait_for(waiting, 1)
        with pytest.raises(OSError, match="disk"), at_work.begun():
            raise OSError("disk")
        await asyncio.wait_for(at_work.finished(), 1)

    asyncio.run(scene())
