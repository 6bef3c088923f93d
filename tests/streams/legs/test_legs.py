"""Legs from readings: right on the recording and the samples, whatever the order of arrival."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import recording
from streams.facts.derived import Leg
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Position
from streams.feeds.documents import Received
from streams.feeds.flights import trace
from streams.legs import legs_of
from streams.legs.stage import LegsStage
from streams.stages import Arrived

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


def flown(*, gap: tuple[int, int] | None = None, ends_low: bool = True) -> list[Position]:
    """An hour from KHRL to the south east, received every 20 s, but for a gap in minutes."""
    base = replace(
        RECORDED[0], reconstructed=False, uncertainty_s=None, cites=None, fetched_at=None
    )
    start, found = at("2025-04-01T12:00:00Z"), []
    for second in range(0, 3660 if ends_low else 1800, 20):
        minute = second / 60
        if gap and gap[0] <= minute < gap[1]:
            continue
        up = 0 < second < 3640
        height = min(10_000.0, minute * 600, (61 - minute) * 600) if up else None
        found.append(
            replace(
                base,
                observed_at=Instant(start + second * 1000),
                latitude=26.2266 - second * 0.0018,
                longitude=-97.6553 + second * 0.0012,
                altitude_m=height,
                on_ground=not up,
                ground_speed_mps=230.0 if up else 5.0,
            )
        )
    return found


def test_a_gap_in_cruise_does_not_end_a_leg_and_is_listed() -> None:
    (leg,) = legs_of(flown(gap=(20, 40)))
    assert [(gap.gap_to - gap.gap_from) // 60_000 for gap in leg.gaps] == [20]


def test_a_leg_whose_landing_was_not_seen_stays_open() -> None:
    (leg,) = legs_of(flown(ends_low=False))
    assert (leg.landing_earliest, leg.landing_latest, leg.landing_basis) == (None, None, "unseen")
    assert leg.destination is None


def test_a_position_no_aircraft_can_have_flown_to_is_not_used() -> None:
    honest = flown()
    spoofed = replace(honest[60], latitude=60.0, observed_at=Instant(honest[60].observed_at + 5000))
    (leg,) = legs_of([*honest, spoofed])
    assert all(point.latitude < 50 for point in leg.track)


def test_a_reading_stamped_after_it_was_fetched_is_refused() -> None:
    early = replace(RECORDED[0], fetched_at=Instant(RECORDED[0].observed_at - 120_000))
    stage = LegsStage()
    stage.restore([])
    outcome = stage.apply([Arrived("flights.positions", 0, 0, Revision(0), "k", early)])
    assert "stamped after" in outcome.refused[0].reason
    assert not outcome.emits


def final_legs(positions: list[Position], cuts: set[int], restarts: bool) -> dict[str, object]:
    """Last published leg by id, without the revision, which depends on the log's order."""
    stage, table, last = LegsStage(), {}, {}
    stage.restore([])
    start = 0
    for end in [*sorted(cuts), len(positions)]:
        batch = [
            Arrived("flights.positions", 0, index, Revision(index), "k", positions[index])
            for index in range(start, end)
        ]
        start = max(start, end)
        outcome = stage.apply(batch)
        for emit in outcome.emits:
            if emit.topic == "flights.legs":
                assert emit.record.revision > getattr(last.get(emit.key), "revision", -1)
                last[emit.key] = emit.record
        table |= {key: value for key, value in outcome.changes.items() if value is not None}
        if restarts:
            stage = LegsStage()
            stage.restore(table.items())
    return {
        key: replace(leg, revision=Revision(0)) for key, leg in last.items() if not leg.is_deleted
    }


EXPECTED = {leg.leg_id: leg for leg in legs_of(RECORDED)}


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.integers(1, 530), max_size=6), st.booleans())
def test_order_duplicates_cuts_and_restarts_change_nothing(
    chance: object, cuts: set[int], restarts: bool
) -> None:
    shuffled = [*RECORDED, *chance.sample(RECORDED, 40)]
    chance.shuffle(shuffled)
    assert final_legs(shuffled, cuts, restarts) == EXPECTED
