"""Distances and points on the sphere agree with each other."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.facts.sphere import EARTH_M, angle, between, distance_m

points = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@given(points, points, st.floats(0, 1))
def test_a_point_between_lies_its_share_of_the_way(
    a: tuple[float, float], b: tuple[float, float], share: float
) -> None:
    whole = distance_m(*a, *b)
    assume(whole < 19_000_000)  # opposite points have no one way between them
    there = between(a, b, share)
    assert distance_m(*a, *there) == pytest.approx(share * whole, abs=1)
    assert distance_m(*there, *b) == pytest.approx((1 - share) * whole, abs=1)


@given(points, points)
def test_the_angle_is_the_distance_by_the_radius(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    assert EARTH_M * angle(a, b) == pytest.approx(distance_m(*a, *b), abs=1)
