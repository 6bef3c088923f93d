"""The thinned track: where the aircraft was, within 5 km of every reading, in few points."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.flights import Leg
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.facts.sphere import distance_m
from streams.legs import legs_of
from streams.relations.track import position_at
from tests.streams.legs.flights import BLANK
from tests.streams.legs.made_up import Receiver, fly


def winding(seed: int, every_s: int, start: tuple[float, float], speed: float) -> list[Position]:
    """An aircraft that climbs, then turns left and right, holds, and flies straight by turns."""
    chance = random.Random(seed)
    latitude, longitude, course, height = *start, chance.uniform(0, 360), 200.0
    rows: list[Position] = []
    rate, left = 0.0, 0
    for second in range(3600):
        if left == 0:
            bank = math.radians(chance.choice([0, 0, 15, 25, 30]))
            rate = math.degrees(9.81 * math.tan(bank) / speed) * chance.choice([-1, 1])
            left = chance.randint(20, 300)
        left -= 1
        course = (course + rate) % 360
        height = min(9000.0, height + 10)
        latitude += speed * math.cos(math.radians(course)) / 111_195
        narrow = math.cos(math.radians(latitude)) * 111_195
        longitude = (longitude + speed * math.sin(math.radians(course)) / narrow + 180) % 360 - 180
        if second % every_s == 0:
            rows.append(replace(
                BLANK, observed_at=Instant(1_743_508_800_000 + second * 1000), latitude=latitude,
                longitude=longitude, altitude_m=height, ground_speed_mps=speed, track_deg=course,
                on_ground=False,
            ))  # fmt: skip
    return rows


def furthest_m(leg: Leg, rows: list[Position]) -> float:
    """How far the track is from a reading, at most."""
    worst = 0.0
    for one in rows:
        if leg.observed_from <= one.observed_at <= leg.observed_through:
            there = position_at(leg, one.observed_at)
            assert there is not None
            worst = max(worst, distance_m(*there, one.latitude, one.longitude))
    return worst


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    every_s=st.sampled_from([1, 5, 10]),
    start=st.sampled_from([(40.0, -100.0), (10.0, 179.9), (62.0, -150.0), (-30.0, 140.0)]),
    speed=st.sampled_from([60.0, 120.0, 180.0, 250.0]),
    courses=st.booleans(),
)
def test_the_track_tells_where_it_was_within_5_km_however_it_turns(
    seed: int, every_s: int, start: tuple[float, float], speed: float, courses: bool
) -> None:
    rows = winding(seed, every_s, start, speed)
    if not courses:
        rows = [replace(one, track_deg=None) for one in rows]
    (leg,) = legs_of(rows)
    assert furthest_m(leg, rows) < 5000


@pytest.mark.parametrize("every_s", [1, 10])
def test_a_straight_flight_takes_few_points(every_s: int) -> None:
    flight = fly("KJFK", "KORD", "2025-04-01T12:00:00Z")
    rows = Receiver(every_s).hears([flight])
    (leg,) = legs_of(rows)
    assert furthest_m(leg, rows) < 5000
    assert 4 <= len(leg.track) <= 20
