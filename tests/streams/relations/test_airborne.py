"""In the air or not: the answer equals what trying every possible take-off and landing gives."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.facts.flights import Leg, TrackPoint
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.relations.airborne import airborne
from streams.relations.coverage import Coverage
from streams.relations.track import position_at

LEG = Leg(
    "leg-1", Revision(1), False, None, "a2c4e0", "N278GX", "GXA6143", "KHRL", "MHPR", (), (),
    Instant(100_000), Instant(110_000), "observed", Instant(500_000), Instant(520_000), "observed",
    Instant(110_000), Instant(500_000), (), (), 10, False, False, None, None, "unknown",
    "mission-1", 0, (), (),
)  # fmt: skip


def leg(off: tuple[int, int], on: tuple[int, int], **more: object) -> Leg:
    return replace(
        LEG,
        takeoff_earliest=Instant(off[0]),
        takeoff_latest=Instant(off[1]),
        landing_earliest=Instant(on[0]),
        landing_latest=Instant(on[1]),
        **more,
    )


def at(earliest: int, latest: int | None = None, legs: tuple[Leg, ...] = (LEG,)) -> tuple:
    answer = airborne(legs, Instant(earliest), Instant(earliest if latest is None else latest))
    return answer.certainty, answer.phase, answer.margin_s


SECOND = leg((700_000, 710_000), (900_000, 910_000), leg_id="leg-2", mission_index=1)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ((90_000, 99_999), ("no", "before_takeoff", 0.001)),
        ((40_000, 50_000), ("no", "before_takeoff", 50.0)),
        ((100_000, 100_000), ("possible", "unknown", None)),
        ((110_000, 110_000), ("definite", "airborne", 0.0)),
        ((300_000, 320_000), ("definite", "airborne", 180.0)),
        ((499_999, 499_999), ("definite", "airborne", 0.001)),
        ((500_000, 500_000), ("possible", "unknown", None)),
        ((520_000, 600_000), ("no", "between_legs", 0.0)),
        ((950_000, 950_000), ("no", "after_landing", 40.0)),
    ],
)
def test_airborne_is_from_wheels_off_until_before_wheels_on(
    moment: tuple[int, int], expected: tuple[str, str, float | None]
) -> None:
    assert at(*moment, legs=(LEG, SECOND)) == expected


def test_a_bound_supports_no_margin_to_its_own_minute_but_one_to_hours_before() -> None:
    bounded = replace(LEG, takeoff_basis="reported_bound")
    assert at(99_000, legs=(bounded,)) == ("no", "before_takeoff", None)
    assert at(30_000, legs=(bounded,)) == ("no", "before_takeoff", 70.0)


def test_after_the_last_reading_of_an_open_leg_it_is_unknown_and_says_since_when() -> None:
    still_up = replace(LEG, landing_earliest=None, landing_latest=None, landing_basis="unseen")
    assert at(400_000, legs=(still_up,))[:2] == ("definite", "airborne")
    answer = airborne((still_up,), Instant(600_000), Instant(600_000))
    assert (answer.certainty, answer.phase) == ("unknown", "unknown")
    assert answer.gap == "no readings after 1970-01-01T00:08:20.000Z: landing not seen"


def test_in_the_gap_that_hides_a_landing_it_is_unknown_and_names_the_gap() -> None:
    hidden = leg((100_000, 110_000), (300_000, 520_000), landing_basis="gap")
    answer = airborne((hidden,), Instant(400_000), Instant(400_000))
    assert answer.certainty == "unknown"
    assert "no readings from" in str(answer.gap)
    assert "landing not seen" in str(answer.gap)


def outage(since: int, until: int, scope: str = "*") -> Coverage:
    found = Coverage()
    found.take(
        f"{since}",
        Progress(
            "readsb", "flights.positions", scope, None, Instant(since), Instant(until), "power"
        ),
    )
    return found


def test_an_outage_turns_no_into_unknown_and_leaves_definite_alone() -> None:
    answer = airborne((LEG,), Instant(50_000), Instant(50_000), outage(0, 90_000))
    assert (answer.certainty, answer.gap) == ("unknown", "outage of readsb: power")
    longer = outage(0, 400_000)
    assert airborne((LEG,), Instant(300_000), Instant(300_000), longer).certainty == "definite"
    other = outage(0, 90_000, "ab7437")
    assert airborne((LEG,), Instant(50_000), Instant(50_000), other).certainty == "no"


def test_an_outage_days_after_the_landing_hides_no_leg_of_this_flight() -> None:
    later = 520_000 + 37 * 3_600_000
    silent = outage(later, later + 1000)
    assert airborne((LEG,), Instant(later), Instant(later), silent).certainty == "no"


def test_no_flight_lasts_for_ever_but_no_margin_rests_on_that() -> None:
    still_up = replace(LEG, landing_earliest=None, landing_latest=None, landing_basis="unseen")
    longest = 110_000 + 30 * 3_600_000
    assert at(longest - 1, legs=(still_up,))[0] == "unknown"
    assert at(longest, legs=(still_up,)) == ("no", "after_landing", None)
    unseen = replace(LEG, takeoff_earliest=None, takeoff_latest=None, takeoff_basis="unseen")
    assert at(500_000 - 30 * 3_600_000 - 1, legs=(unseen,)) == ("no", "before_takeoff", None)
    # from the first reading in the air on it was up, and that is a margin that was seen
    assert at(111_000, legs=(unseen,)) == ("definite", "airborne", 1.0)


def test_reported_times_make_sure_only_by_minutes() -> None:
    reported = replace(LEG, takeoff_basis="reported", landing_basis="reported")
    near = airborne((reported,), Instant(301_000), Instant(301_000))
    assert (near.certainty, near.phase, near.margin_s) == ("possible", "unknown", None)
    assert near.gap == "191 s are too few for reported times"
    hour = replace(reported, landing_earliest=Instant(4_000_000), landing_latest=Instant(4_000_000))
    assert at(2_000_000, legs=(hour,)) == ("definite", "airborne", 1890.0)
    assert at(50_000, legs=(hour,))[0] == "possible"
    # the same for a moment that only the press states, of a flight that was received
    press = airborne((LEG,), Instant(301_000), Instant(301_000), reported=True)
    assert press.certainty == "possible"


times = st.integers(0, 60)


@st.composite
def missions(draw: st.DrawFn) -> tuple[Leg, ...]:
    """One or two legs whose ends are intervals in order."""
    count = draw(st.integers(1, 2))
    ticks = sorted(draw(st.lists(times, min_size=4 * count, max_size=4 * count, unique=True)))
    legs = []
    for index in range(count):
        off_earliest, off_latest, on_earliest, on_latest = ticks[4 * index : 4 * index + 4]
        legs.append(
            leg(
                (off_earliest, off_latest),
                (on_earliest, on_latest),
                leg_id=f"leg-{index}",
                mission_index=index,
            )
        )
    return tuple(legs)


@given(missions(), times, times)
def test_it_equals_trying_every_take_off_landing_and_moment(
    legs: tuple[Leg, ...], one: int, other: int
) -> None:
    earliest, latest = min(one, other), max(one, other)
    phases = set()
    edges = [
        range(low, high + 1)
        for part in legs
        for low, high in (
            (part.takeoff_earliest, part.takeoff_latest),
            (part.landing_earliest, part.landing_latest),
        )
    ]
    # only ends and moments where something can change need trying
    tried = [
        sorted({r[0], r[-1]} | {t for t in (earliest, latest, latest + 1) if t in r}) for r in edges
    ]
    for ends in product(*tried):
        for moment in {earliest, latest} | {e for e in ends if earliest <= e <= latest}:
            passed = sum(end <= moment for end in ends)
            if passed == 0:
                phases.add("before_takeoff")
            elif passed % 2:
                phases.add("airborne")
            else:
                phases.add("after_landing" if passed == len(ends) else "between_legs")
    answer = airborne(legs, Instant(earliest), Instant(latest))
    if phases == {"airborne"}:
        assert (answer.certainty, answer.phase) == ("definite", "airborne")
    elif len(phases) == 1:
        assert (answer.certainty, answer.phase) == ("no", *phases)
    else:
        assert answer.certainty in ("possible", "no")
        # two phases on the ground with no possible moment in the air between them do not exist
        assert (answer.certainty == "possible") == ("airborne" in phases)


def test_the_position_lies_on_the_track_also_over_the_date_line() -> None:
    track = (
        TrackPoint(Instant(0), 10.0, 179.0, None),
        TrackPoint(Instant(100), 12.0, -179.0, None),
    )
    crossing = replace(LEG, track=track)
    latitude, longitude = position_at(crossing, 50)
    assert latitude == pytest.approx(11.0, abs=0.01)
    assert abs(longitude) == pytest.approx(180.0, abs=0.01)
    assert position_at(crossing, 101) is None
