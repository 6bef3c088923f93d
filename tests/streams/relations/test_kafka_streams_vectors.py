"""Kafka Streams' published vectors for its stream-stream join, where our semantics agree.

The steps and what each produces are those of ``KStreamKStreamJoinTest`` (Apache Kafka, Apache-2.0):
``testJoin``, ``testWindowing``, and the windows of ``testAsymmetricWindowingAfter`` and ``Before``.
A record of the primary stream is a flight, in the air over its window; one of the other stream is
an order, entered at that instant; a joined pair is a link ``definite``.

Where we differ, and why:

- They join records of equal key. We ask every order about every flight: the vectors' pairs of
  unequal keys are left out here.
- Their window has both its ends. A flight is in the air until before the wheels touch the ground:
  the flight of a window that ends at t lands at t + 1 ms.
- A second record of a key stands beside the first there; here a fact with the id of an earlier one
  replaces it, and its links are made anew or retracted. The vectors' records have ids of their own.
- A record later than the window's grace is dropped there. Here nothing inside what is kept is: the
  steps that are out of order give the same pairs in any order (the last test).
- A left or outer join gives a pair with nothing there once the window is over. Here an order
  without a flight is an event without links: absence of readings is not absence of flight.
- Null keys and values are skipped there; here a retraction is a record of its own.
- A pair's timestamp is the later one's there; here a link has the order's clock and ``known_at``.
"""

import random
from dataclasses import replace
from typing import Any

import pytest

from streams.facts.court import Clock, Order
from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from tests.streams.relations.runs import Run
from tests.streams.relations.test_airborne import LEG
from tests.streams.relations.worlds import World

Step = tuple[str, str, dict[int, int], set[str]]
"""Stream, value's letter, time by key, pairs that the step produces."""

START = 1_742_000_000_000


def same(time: int, *keys: int) -> dict[int, int]:
    return dict.fromkeys(keys or (0, 1, 2, 3), time)


def rising(time: int) -> dict[int, int]:
    return {key: time + key for key in (0, 1, 2, 3)}


def pairs(primary: str, other: str, *keys: int) -> set[str]:
    return {f"{primary}{key}+{other}{key}" for key in keys}


JOIN: list[Step] = [
    ("primary", "A", same(0, 0, 1), set()),
    ("other", "a", same(0, 0, 1), pairs("A", "a", 0, 1)),
    ("primary", "B", same(0), pairs("B", "a", 0, 1)),
    ("other", "b", same(0), pairs("A", "b", 0, 1) | pairs("B", "b", 0, 1, 2, 3)),
    ("primary", "C", same(0), pairs("C", "a", 0, 1) | pairs("C", "b", 0, 1, 2, 3)),
    (
        "other",
        "c",
        same(0, 0, 1),
        pairs("A", "c", 0, 1) | pairs("B", "c", 0, 1) | pairs("C", "c", 0, 1),
    ),
]
WINDOWING: list[Step] = [
    ("primary", "A", same(0, 0, 1), set()),
    ("other", "a", same(0, 0, 1), pairs("A", "a", 0, 1)),
    ("primary", "B", rising(1000), set()),
    ("other", "b", same(1100), pairs("B", "b", 0, 1, 2, 3)),
    ("other", "c", same(1101), pairs("B", "c", 1, 2, 3)),
    ("other", "d", same(1102), pairs("B", "d", 2, 3)),
    ("other", "e", same(1103), pairs("B", "e", 3)),
    ("other", "f", same(1104), set()),
    ("other", "g", same(899), set()),
    ("other", "h", same(900), pairs("B", "h", 0)),
    ("other", "i", same(901), pairs("B", "i", 0, 1)),
    ("other", "j", same(902), pairs("B", "j", 0, 1, 2)),
    ("other", "k", same(903), pairs("B", "k", 0, 1, 2, 3)),
    ("other", "l", rising(2000), set()),
    ("primary", "C", same(2100), pairs("C", "l", 0, 1, 2, 3)),
    ("primary", "D", same(2101), pairs("D", "l", 1, 2, 3)),
    ("primary", "E", same(2102), pairs("E", "l", 2, 3)),
    ("primary", "F", same(2103), pairs("F", "l", 3)),
    ("primary", "G", same(2104), set()),
    ("primary", "H", same(1899), set()),
    ("primary", "I", same(1900), pairs("I", "l", 0)),
    ("primary", "J", same(1901), pairs("J", "l", 0, 1)),
    ("primary", "K", same(1902), pairs("K", "l", 0, 1, 2)),
    ("primary", "L", same(1903), pairs("L", "l", 0, 1, 2, 3)),
]
AFTER: list[Step] = [
    ("primary", "A", rising(1000), set()),
    ("other", "a", same(999), set()),
    ("other", "b", same(1000), pairs("A", "b", 0)),
    ("other", "c", same(1001), pairs("A", "c", 0, 1)),
    ("other", "d", same(1002), pairs("A", "d", 0, 1, 2)),
    ("other", "e", same(1003), pairs("A", "e", 0, 1, 2, 3)),
    ("other", "f", same(1100), pairs("A", "f", 0, 1, 2, 3)),
    ("other", "g", same(1101), pairs("A", "g", 1, 2, 3)),
    ("other", "h", same(1102), pairs("A", "h", 2, 3)),
    ("other", "i", same(1103), pairs("A", "i", 3)),
    ("other", "j", same(1104), set()),
]
BEFORE: list[Step] = [
    ("primary", "A", rising(1000), set()),
    ("other", "a", same(899), set()),
    ("other", "b", same(900), pairs("A", "b", 0)),
    ("other", "c", same(901), pairs("A", "c", 0, 1)),
    ("other", "d", same(902), pairs("A", "d", 0, 1, 2)),
    ("other", "e", same(903), pairs("A", "e", 0, 1, 2, 3)),
    ("other", "f", same(1000), pairs("A", "f", 0, 1, 2, 3)),
    ("other", "g", same(1001), pairs("A", "g", 1, 2, 3)),
    ("other", "h", same(1002), pairs("A", "h", 2, 3)),
    ("other", "i", same(1003), pairs("A", "i", 3)),
    ("other", "j", same(1004), set()),
]
VECTORS = {
    "join": (JOIN, 100, 100),
    "windowing": (WINDOWING, 100, 100),
    "window after": (AFTER, 0, 100),
    "window before": (BEFORE, 100, 0),
}


def flight(name: str, at: int, before: int, after: int) -> Leg:
    off, on = Instant(START + at - before), Instant(START + at + after + 1)
    return replace(
        LEG, leg_id=name, mission_id=name, takeoff_earliest=off, takeoff_latest=off,
        landing_earliest=on, landing_latest=on, observed_from=off, observed_through=on,
    )  # fmt: skip


def order(name: str, at: int) -> Order:
    moment = Instant(START + at)
    clock = Clock("entered", moment, moment, "cmecf-rss", 1, None, "")
    plain = World(random.Random(1)).order(0)
    return replace(
        plain, order_id=name, revision=Revision(1), kind="tro", clocks=(clock,),
        appeal_of=None, reconstructed=False,
    )  # fmt: skip


def facts(step: Step, before: int, after: int) -> list[Any]:
    stream, letter, times, _ = step
    return [
        flight(f"{letter}{key}", at, before, after)
        if stream == "primary"
        else order(f"{letter}{key}", at)
        for key, at in times.items()
    ]


def joined(run: Run) -> set[str]:
    """Pairs of equal keys that stand."""
    return {
        f"{one.subject_id}+{one.object_id}"
        for one in run.standing().values()
        if getattr(one, "certainty", None) == "definite"
        and one.relation == "airborne_at"
        and one.subject_id[-1] == one.object_id[-1]
    }


@pytest.mark.parametrize("name", VECTORS)
def test_each_step_produces_the_pairs_that_it_produces_in_kafka_streams(name: str) -> None:
    steps, before, after = VECTORS[name]
    run, log = Run(partitions=1), []
    stage, table = run.stage(0, {}), {}
    for number, step in enumerate(steps):
        already, start = joined(run), len(log)
        log += facts(step, before, after)
        run.advance(stage, table, 0, log, start, len(log))
        assert joined(run) - already == step[3], f"step {number}: {step[0]} {step[1]}"
        assert joined(run) >= already


@pytest.mark.parametrize("name", VECTORS)
def test_out_of_order_the_same_pairs_stand_at_the_end(name: str) -> None:
    steps, before, after = VECTORS[name]
    expected = set().union(*(step[3] for step in steps))
    log = [fact for step in steps for fact in facts(step, before, after)]
    for seed in range(5):
        run = Run(partitions=1)
        run.feed(random.Random(seed).sample(log, len(log)), {3, 9}, {9})
        assert joined(run) == expected
