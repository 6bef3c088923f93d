"""Legs from readings: right on the recording and the samples, whatever the order of arrival."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import recording
from streams.facts.flights import Leg
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Position
from streams.feeds.documents import Received
from streams.feeds.flights import trace
from streams.legs import legs_of
from streams.legs.plausibility import plausible
from streams.legs.readings import reading
from tests.streams.legs.flights import BLANK, MINUTE, Flown, flown

SAMPLES = Path(__file__).parents[3] / ".." / "shared" / "samples" / "flights"

RECORDED: list[Position] = [
    record
    for document in recording.documents()
    if document.kind == "flights.trace"
    for record in document.records()
]


def at(text: str) -> Instant:
    return parse_rfc3339(text)


def summary(legs: list[Leg]) -> list[tuple[object, ...]]:
    return [(leg.registration, leg.origin, leg.destination, leg.mission_index) for leg in legs]


def test_the_recording_has_three_missions_of_two_legs_over_midnight() -> None:
    legs = legs_of(RECORDED)
    assert summary(legs) == [
        (registration, *leg)
        for registration in ("N278GX", "N630VA", "N837VA")
        for leg in (("KHRL", "MHPR", 0), ("MHPR", "MSLP", 1))
    ]
    assert len({leg.mission_id for leg in legs}) == 3


def test_a_reported_end_is_as_wide_as_it_was_reported() -> None:
    leg = legs_of(RECORDED)[0]
    assert (leg.takeoff_earliest, leg.takeoff_latest) == (
        at("2025-03-15T21:25:00Z"), at("2025-03-15T21:27:00Z"),
    )  # fmt: skip
    assert (leg.landing_earliest, leg.landing_latest) == (
        at("2025-03-15T23:36:00Z"), at("2025-03-15T23:38:00Z"),
    )  # fmt: skip
    assert (leg.takeoff_basis, leg.landing_basis, leg.reconstructed) == ("reported",) * 2 + (True,)


def test_an_end_reported_only_as_after_says_so() -> None:
    leg = legs_of(RECORDED)[2]
    assert (leg.callsign, leg.takeoff_basis) == ("GXA6122", "reported_bound")


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_the_day_of_c_gkqj_has_three_legs_one_take_off_hidden_in_a_gap() -> None:
    data = (SAMPLES / "trace_c060ba_2025-02-07.json").read_bytes()
    positions = [
        one for one in trace.parse(data, Received("s", None, "t")) if isinstance(one, Position)
    ]
    legs = legs_of(positions)
    assert [(leg.origin, leg.destination) for leg in legs] == [
        ("CYYZ", "CYEG"), ("CYEG", "CYYZ"), ("CYYZ", "KDJT"),
    ]  # fmt: skip
    by_eye = ["02:14:45", "06:10:00", None, "16:31:00", "19:40:00", "22:14:00"]
    ends = [end for leg in legs for end in (
        (leg.takeoff_earliest, leg.takeoff_latest), (leg.landing_earliest, leg.landing_latest),
    )]  # fmt: skip
    for (earliest, latest), seen in zip(ends, by_eye, strict=True):
        assert earliest is not None
        assert latest is not None
        assert latest - earliest < 5 * 60_000
        if seen is not None:
            assert earliest - 60_000 <= at(f"2025-02-07T{seen}Z") <= latest + 60_000
    assert legs[1].takeoff_basis == "extrapolated"


ONWARD = flown("MHPR", "MSLP", "2025-04-01T16:30:00Z", every_s=10)
FLIGHT = flown("KHRL", "MHPR", "2025-04-01T12:00:00Z", every_s=10)
LENGTH = (FLIGHT.on - FLIGHT.off) / MINUTE


def test_a_gap_in_cruise_does_not_end_a_leg_and_is_listed() -> None:
    (leg,) = legs_of(FLIGHT.without(20, 80))
    assert [(gap.gap_to - gap.gap_from) // MINUTE for gap in leg.gaps] == [60]


def test_a_leg_whose_landing_was_not_seen_stays_open() -> None:
    (leg,) = legs_of(FLIGHT.without(60, 10**4))
    assert (leg.landing_earliest, leg.landing_latest, leg.landing_basis) == (None, None, "unseen")
    assert leg.destination is None


RECORDED_LOG = [one for one in RECORDED if one.icao24 == "ab7437"]


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_duplicates_change_nothing(chance: Random) -> None:
    shuffled = [*FLIGHT.readings, *chance.sample(FLIGHT.readings, 40), *RECORDED_LOG]
    chance.shuffle(shuffled)
    assert legs_of(shuffled) == legs_of([*FLIGHT.readings, *RECORDED_LOG])


def interval_holds(leg: Leg, flight: Flown) -> bool:
    """Whether the leg's intervals hold the instants at which the wheels really left and touched."""
    ends = leg.takeoff_earliest, leg.takeoff_latest, leg.landing_earliest, leg.landing_latest
    earliest_off, latest_off, earliest_on, latest_on = (-1 if one is None else one for one in ends)
    return earliest_off <= flight.off <= latest_off and earliest_on <= flight.on <= latest_on


def test_ends_that_were_received_are_under_a_minute_and_hold_the_truth() -> None:
    (leg,) = legs_of(FLIGHT.readings)
    assert (leg.takeoff_basis, leg.landing_basis) == ("observed", "observed")
    assert interval_holds(leg, FLIGHT)
    assert width(leg) <= 2 * MINUTE


def width(leg: Leg) -> int:
    """Of both ends together."""
    off = (leg.takeoff_latest or 0) - (leg.takeoff_earliest or 0)
    return off + (leg.landing_latest or 0) - (leg.landing_earliest or 0)


def test_a_stop_hidden_in_a_gap_is_found_from_low_and_near_on_both_sides() -> None:
    rows = FLIGHT.without(LENGTH - 0.5, 10**4) + ONWARD.without(-100, 0.5)
    first, second = legs_of(rows)
    assert (first.destination, second.origin) == ("MHPR", "MHPR")
    assert (first.landing_basis, second.takeoff_basis) == ("extrapolated", "extrapolated")
    assert interval_holds(first, FLIGHT)
    assert interval_holds(second, ONWARD)
    assert width(first) + width(second) < 10 * MINUTE
    assert (second.mission_id, second.mission_index) == (first.mission_id, 1)


def test_ends_not_seen_low_stay_as_wide_as_the_gap_and_name_candidates() -> None:
    rows = FLIGHT.without(LENGTH - 8, 10**4) + ONWARD.without(-100, 6)
    first, second = legs_of(rows)
    assert (first.landing_basis, second.takeoff_basis) == ("gap", "gap")
    assert first.destination is None
    assert "MHPR" in first.destination_candidates
    assert (first.landing_earliest, first.landing_latest) == (
        second.takeoff_earliest, second.takeoff_latest,
    )  # fmt: skip
    assert interval_holds(first, FLIGHT)


def test_a_landing_never_flagged_is_known_from_rolling() -> None:
    flagless = [
        replace(one, on_ground=False, altitude_m=one.altitude_m or height)
        for one in FLIGHT.readings
        for height in (50.0 if one.latitude > 20 else 650.0,)
    ]
    (leg,) = legs_of(flagless)
    assert interval_holds(leg, FLIGHT)
    assert leg.destination == "MHPR"


def test_flags_that_flip_while_rolling_make_no_legs() -> None:
    flicker = [replace(one, on_ground=index % 3 > 0, altitude_m=60.0, ground_speed_mps=12.0)
               for index, one in enumerate(FLIGHT.readings[:12])]  # fmt: skip
    assert len(legs_of([*flicker, *FLIGHT.readings[12:]])) == 1
    assert legs_of(flicker) == []


def test_a_ground_flag_in_cruise_does_not_cut_a_leg() -> None:
    rows = list(FLIGHT.readings)
    rows[300] = replace(rows[300], on_ground=True, altitude_m=None, ground_speed_mps=None)
    assert len(legs_of(rows)) == 1


def test_readings_a_source_calls_stale_count_where_they_are_new_and_not_where_they_repeat() -> None:
    after_silence = [
        replace(one, stale=index % 7 == 0) for index, one in enumerate(FLIGHT.readings)
    ]
    (leg,) = legs_of(after_silence)
    assert interval_holds(leg, FLIGHT)
    last = FLIGHT.readings[400]
    repeats = [
        replace(last, observed_at=Instant(last.observed_at + 20_000 * step), stale=True)
        for step in range(1, 200)
    ]
    (leg,) = legs_of([*FLIGHT.readings[:401], *repeats])
    assert leg.observed_through <= last.observed_at


def test_two_feeds_of_one_aircraft_make_the_same_legs() -> None:
    other = [
        replace(one, source="opensky", observed_at=Instant(one.observed_at // 1000 * 1000 + 1000),
                registration=None)
        for one in FLIGHT.readings[::2]
    ]  # fmt: skip
    (leg,) = legs_of([*other, *FLIGHT.readings])
    assert leg.sources == ("made-up", "opensky")
    assert interval_holds(leg, FLIGHT)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_spell_of_spoofed_positions_does_not_move_the_aircraft(share: float) -> None:
    count = int(len(FLIGHT.readings) * share)
    spoofed = [
        replace(one, latitude=33.8, longitude=35.5, observed_at=Instant(one.observed_at + 4000))
        for one in FLIGHT.readings[200 : 200 + count]
    ]
    (leg,) = legs_of([*FLIGHT.readings, *spoofed])
    assert all(point.latitude < 30 and point.longitude < 0 for point in leg.track)
    assert interval_holds(leg, FLIGHT)


def test_what_is_set_aside_has_a_reason() -> None:
    honest = FLIGHT.readings
    high = replace(
        honest[300], altitude_m=30_000.0, observed_at=Instant(honest[300].observed_at + 1000)
    )
    far = replace(honest[320], latitude=60.0, observed_at=Instant(honest[320].observed_at + 1000))
    kept, aside = plausible([reading(one, 0) for one in sorted(
        [*honest, high, far], key=lambda one: one.observed_at)])  # fmt: skip
    assert len(kept) == len(honest)
    assert ["altitude" in why for _, why in aside] == [True, False]


def test_a_privacy_masked_aircraft_stays_marked() -> None:
    (leg,) = legs_of([replace(one, masked=True) for one in FLIGHT.readings])
    assert leg.masked


def test_a_leg_out_of_the_country_says_when_it_left() -> None:
    (leg,) = legs_of(FLIGHT.readings)
    assert leg.left_us == "yes"
    assert leg.left_us_earliest is not None
    assert leg.left_us_latest is not None
    assert 0 < leg.left_us_earliest - FLIGHT.off < leg.left_us_latest - FLIGHT.off < 15 * MINUTE
    (home,) = legs_of(flown("KJFK", "KORD", "2025-04-01T12:00:00Z").readings)
    assert (home.left_us, home.left_us_earliest) == ("no", None)
    (abroad,) = legs_of(ONWARD.readings)
    assert abroad.left_us == "no"


def test_what_comes_under_a_lent_address_is_no_mission_with_what_came_before() -> None:
    lent = [
        replace(one, icao24="~2a3b4c", registration=None)
        for flight in (FLIGHT, ONWARD)
        for one in flight.readings
    ]
    first, second = legs_of(lent)
    assert first.mission_id != second.mission_id
    own = [replace(one, icao24="2a3b4c") for one in lent]
    assert len({leg.mission_id for leg in legs_of(own)}) == 1


def columns(table: dict[str, Any]) -> Iterator[list[tuple[str, Any]]]:
    """The cells of each column of a table, each with the column's name."""
    for name, cells in table.items():
        yield [(name, cell) for cell in (cells.values() if isinstance(cells, dict) else cells)]


def noisy(name: str) -> list[Position]:
    """Real OpenSky history, with altitudes of other aircraft and flags that are missing."""
    rows = json.loads(gzip.decompress((SAMPLES / f"opensky-noisy_{name}.json.gz").read_bytes()))
    return [
        replace(
            BLANK, icao24=row["icao24"], observed_at=Instant(row["last_position"]),
            latitude=row["latitude"], longitude=row["longitude"],
            altitude_m=None if row["altitude"] is None else row["altitude"] * 0.3048,
            ground_speed_mps=None if row["groundspeed"] is None else row["groundspeed"] * 0.5144,
            vertical_rate_mps=row["vertical_rate"] and row["vertical_rate"] * 0.00508,
            on_ground=row.get("onground"),
        )
        for row in (
            rows if isinstance(rows, list) else map(dict, zip(*columns(rows), strict=True))
        )
        if row["latitude"] is not None
    ]  # fmt: skip


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_altitudes_of_other_aircraft_make_no_leg_of_a_taxi() -> None:
    (leg,) = legs_of(noisy("takeoff"))
    assert (leg.origin, leg.landing_basis) == ("LSZH", "unseen")
    assert leg.takeoff_earliest is not None
    assert leg.takeoff_latest is not None
    assert at("2019-11-11T17:39:29Z") <= leg.takeoff_earliest
    assert leg.takeoff_latest <= at("2019-11-11T17:40:10Z")


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_a_landing_lost_on_final_is_carried_on_by_minutes_though_no_flag_ever_came() -> None:
    (leg,) = legs_of(noisy("landing"))
    assert (leg.origin, leg.destination, leg.landing_basis) == (None, "LSZH", "extrapolated")
    assert leg.landing_latest is not None
    assert leg.landing_latest <= at("2019-11-11T18:12:00Z")


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_the_receivers_own_new_leg_flags_are_not_needed() -> None:
    data = (SAMPLES / "trace_c060ba_2025-02-07.json").read_bytes()
    flagged = [
        one for one in trace.parse(data, Received("s", None, "t")) if isinstance(one, Position)
    ]
    stripped = [replace(one, new_leg=False) for one in flagged]
    assert legs_of(stripped) == legs_of(flagged)


def test_a_flag_that_blinks_while_climbing_is_no_landing() -> None:
    rows = [
        replace(one, on_ground=True) if 30 <= (one.observed_at - FLIGHT.off) / 1000 < 40 else one
        for one in FLIGHT.readings
    ]
    (leg,) = legs_of(rows)
    assert interval_holds(leg, FLIGHT)
