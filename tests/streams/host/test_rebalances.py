"""Partitions change hands: nothing lost, nothing doubled, no two workers' states mixed."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.streams.host.words import Words, assert_counted

pytestmark = pytest.mark.stack

guarantees = pytest.mark.parametrize(
    "guarantee", ["at_least_once", pytest.param("exactly_once", marks=pytest.mark.soak)]
)


def some(count: int) -> list[str]:
    return [f"w{number % 40}" for number in range(count)]


def restart_and_check(words: Words, guarantee: str, produced: list[str], last: list[str]) -> None:
    """A new worker, which has nothing but the changelog, counts on from it."""
    for worker in words.workers:
        worker.kill()
        worker.wait()
    words.produce(last)
    words.start("memory://", guarantee)
    words.wait_until_done()
    assert_counted(words, produced + last)


@guarantees
def test_a_batch_at_work_is_finished_before_its_partition_goes(
    words: Words, tmp_path: Path, guarantee: str
) -> None:
    """A marker that the old owner writes late would declare the new owner's state its own."""
    produced = some(3000)
    words.produce(produced[:1000])
    hold = tmp_path / "hold"
    words.start("memory://", guarantee, hold=hold)
    words.wait(lambda: sum(words.committed().values()) > 0)
    hold.touch()
    words.produce(produced[1000:2000])
    time.sleep(1)
    words.start("memory://", guarantee)
    time.sleep(5)
    words.produce(produced[2000:])
    time.sleep(1)
    hold.unlink()
    words.wait_until_done()
    restart_and_check(words, guarantee, produced, some(1000))


@guarantees
def test_a_worker_that_was_frozen_and_replaced_spoils_nothing(
    words: Words, tmp_path: Path, guarantee: str
) -> None:
    """It wakes up in the middle of a batch, after another worker went on from there."""
    produced = some(3000)
    words.produce(produced[:1000])
    hold = tmp_path / "hold"
    frozen = words.start("memory://", guarantee, hold=hold)
    words.wait(lambda: sum(words.committed().values()) > 0)
    hold.touch()
    words.produce(produced[1000:2000])
    time.sleep(1)
    frozen.send_signal(signal.SIGSTOP)
    words.start("memory://", guarantee)
    words.produce(produced[2000:])
    words.wait_until_done()
    hold.unlink()
    frozen.send_signal(signal.SIGCONT)
    time.sleep(4)
    restart_and_check(words, guarantee, produced, some(1000))


def test_a_fetch_from_before_a_rebalance_takes_nothing_from_recovery(words: Words) -> None:
    """What it brings is for nobody: dropped, it would leave recovery waiting for it for ever."""
    produced = some(3000)
    words.produce(produced[:1000])
    words.start(slow_fetch=True)
    words.wait_until_done()
    second = words.start()
    words.wait(lambda: words.members() == 2)
    words.produce(produced[1000:2000])
    words.wait_until_done()
    time.sleep(5)
    second.terminate()
    second.wait(30)
    words.produce(produced[2000:])
    words.wait_until_done()
    assert_counted(words, produced)


def within(seconds: float, words: Words, done: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    words.wait(done, seconds)
    return time.monotonic() - began


@pytest.mark.soak
@pytest.mark.parametrize("guarantee", ["at_least_once", "exactly_once"])
def test_workers_come_and_go_under_load(words: Words, guarantee: str) -> None:
    """Three at most; one leaves politely, one is killed, both while records keep coming."""
    produced: list[str] = []

    def load(times: int) -> None:
        for _ in range(times):
            more = some(2000)
            words.produce(more)
            produced.extend(more)
            time.sleep(0.5)

    words.start("memory://", guarantee)
    load(4)
    second = words.start("memory://", guarantee)
    load(8)
    third = words.start("memory://", guarantee)
    load(12)
    second.terminate()
    load(6)
    assert second.wait(30) == 0
    third.kill()
    load(6)
    words.tend_until_done("memory://", guarantee)
    assert_counted(words, produced)


@pytest.mark.soak
def test_partitions_are_taken_over_within_fifteen_seconds(words: Words) -> None:
    """With the session timeout that is used outside tests: ten seconds."""
    words.produce(some(500))
    first = words.start("memory://", "at_least_once", "takeover-1")
    words.wait_until_done()
    words.start("memory://", "at_least_once", "takeover-2")
    time.sleep(15)
    first.kill()
    words.produce(some(500))
    ends = words.ends()
    took = within(15, words, lambda: words.committed() == ends)
    assert_counted(words, some(500) + some(500))
    assert took < 15
