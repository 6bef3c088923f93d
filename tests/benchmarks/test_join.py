"""The world that `bench join` measures in has the pairs it says, and our side finds them."""

import random

from tests.benchmarks.join import _judged, _ours_at_the_end
from tests.benchmarks.join_world import World

WORLD = World(orders=6, answers=5)


def test_in_order_each_order_has_its_flights() -> None:
    facts, wanted = WORLD.in_order(120)
    assert len(wanted) == 6 * 5
    found = _judged(*_ours_at_the_end(facts), wanted)
    assert (found["right"], found["missing"], found["wrong"]) == (30, 0, 0)


def test_in_disorder_corrections_take_pairs_away_and_none_is_missing() -> None:
    facts, wanted = WORLD.disordered(random.Random(7), 120)
    assert len(wanted) < 6 * 5
    found = _judged(*_ours_at_the_end(facts), wanted)
    assert (found["right"], found["missing"], found["wrong"]) == (len(wanted), 0, 0)
