"""Where a flight was, and whether it had left the United States by then."""

from dataclasses import replace

import pytest

from streams.facts.flights import Gap, Leg, TrackPoint
from streams.facts.instants import Instant
from streams.relations.track import had_left_us, position_at
from tests.streams.relations.test_airborne import LEG

TEXAS = (TrackPoint(Instant(110_000), 30.3, -97.7, None),)
HONDURAS = (TrackPoint(Instant(110_000), 14.4, -87.6, None),)


def leaves(earliest: int, latest: int) -> Leg:
    return replace(
        LEG, track=TEXAS, left_us="yes", left_us_earliest=Instant(earliest),
        left_us_latest=Instant(latest),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(50_000, "no"), (199_999, "no"), (200_000, "unknown"), (229_999, "unknown"), (230_000, "yes")],
)
def test_it_had_left_once_the_exit_is_past_and_had_not_before_it(
    moment: int, expected: str
) -> None:
    assert had_left_us((leaves(200_000, 230_000),), moment, moment) == expected


def test_an_interval_that_holds_the_exit_leaves_it_unknown() -> None:
    assert had_left_us((leaves(200_000, 230_000),), 100_000, 300_000) == "unknown"


def test_what_left_on_an_earlier_leg_had_left_and_a_later_leg_does_not_count_yet() -> None:
    second = replace(
        LEG, track=HONDURAS, mission_index=1, left_us="no",
        takeoff_earliest=Instant(700_000), takeoff_latest=Instant(700_000),
        landing_earliest=Instant(900_000), landing_latest=Instant(900_000),
    )  # fmt: skip
    assert had_left_us((leaves(200_000, 230_000), second), 800_000, 800_000) == "yes"
    stays = replace(LEG, track=TEXAS, left_us="no")
    assert had_left_us((stays, second), 600_000, 600_000) == "no"


def test_a_leg_that_began_abroad_was_not_seen_to_leave() -> None:
    abroad = replace(LEG, track=HONDURAS, left_us="no")
    assert had_left_us((abroad,), 300_000, 300_000) == "unknown"
    assert had_left_us((replace(abroad, track=TEXAS),), 300_000, 300_000) == "no"


def test_no_position_is_drawn_over_a_gap() -> None:
    track = (TrackPoint(Instant(0), 10.0, 20.0, None), TrackPoint(Instant(100), 12.0, 20.0, None))
    leg = replace(LEG, track=track, gaps=(Gap(Instant(20), Instant(80), "no readings"),))
    assert position_at(leg, 50) is None
    assert position_at(leg, 10) == pytest.approx((10.2, 20.0))
    assert position_at(leg, 100) == (12.0, 20.0)


def test_between_points_it_is_on_the_great_circle() -> None:
    track = (TrackPoint(Instant(0), 50.0, -60.0, None), TrackPoint(Instant(100), 50.0, 0.0, None))
    latitude, longitude = position_at(replace(LEG, track=track), 50)
    # half way the circle is well north of the parallel: atan(tan 50 / cos 30)
    assert latitude == pytest.approx(53.99, abs=0.01)
    assert longitude == pytest.approx(-30.0)
