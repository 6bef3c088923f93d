"""The stage: whatever the batches, restarts and order, the same legs with the same revisions."""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.legs import legs_of
from streams.legs.policy import POLICY
from streams.legs.stage import LegsStage
from streams.stages import Arrived, Columns, Outcome
from tests.streams.legs.flights import BLANK, MINUTE, Flown, flown
from tests.streams.legs.made_up import CESSNA, JET, TURBOPROP, Receiver, fly

SOAK = bool(os.environ.get("POLICY_EVENTS_SOAK"))
OUT = flown("KHRL", "MHPR", "2025-04-01T12:00:00Z", every_s=30)
BACK = flown("MHPR", "MSLP", "2025-04-01T16:30:00Z", every_s=15)
HIDDEN = OUT.without(126.3, 200) + BACK.without(-30, 0.4)
DAY = [
    one for one in HIDDEN if not OUT.off + 60 * MINUTE <= one.observed_at < OUT.off + 80 * MINUTE
]
OTHER_FEED = [
    replace(one, source="other", observed_at=Instant(one.observed_at // 1000 * 1000 + 2000))
    for one in DAY[::3]
]
SPOOFED = [replace(one, latitude=33.8, longitude=35.5) for one in DAY[100:104]]
OTHER_AIRCRAFT = flown(
    "KJFK", "KBOS", "2025-04-01T13:00:00Z", every_s=30, blank=replace(BLANK, icao24="def456")
).readings


def arrived(positions: Sequence[Position], first: int = 0) -> list[Arrived]:
    return [
        Arrived("flights.positions", 0, first + index, Revision(first + index), one.icao24, one)
        for index, one in enumerate(positions)
    ]


_TYPES = {"str": pl.String, "int": pl.Int64, "Instant": pl.Int64, "float": pl.Float64,
          "bool": pl.Boolean}  # fmt: skip
SCHEMA = {
    one.name: _TYPES[str(one.type).split(" ")[0].split("[")[0].replace("Literal", "str")]
    for one in fields(Position)
}


def columns(batch: Sequence[Arrived]) -> Columns:
    """A batch as the host gives it to a stage that reads columns."""
    frame = pl.DataFrame(
        [[getattr(one.record, name) for name in SCHEMA] for one in batch],
        schema=SCHEMA, orient="row",
    ).with_columns(
        pl.Series("_offset", [one.offset for one in batch], dtype=pl.Int64),
        pl.Series("_revision", [one.revision for one in batch], dtype=pl.Int64),
    )  # fmt: skip
    return Columns("flights.positions", 0, frame)


class Topic:
    """What a consumer of ``flights.legs`` sees, and the state's changelog."""

    def __init__(self, *, in_columns: bool = False) -> None:
        self.stage = LegsStage()
        self.in_columns = in_columns
        self.last: dict[str, Leg] = {}
        self.seen: dict[tuple[str, int], Leg] = {}
        self.table: dict[str, bytes] = {}
        self.refused: list[str] = []

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        if self.in_columns and batch:
            outcome = self.stage.apply_columns(columns(batch))
        else:
            outcome = self.stage.apply(batch)
        for emit in outcome.emits:
            if emit.topic != "flights.legs":
                continue
            leg, known = emit.record, self.last.get(emit.key)
            assert known is None or leg.revision > known.revision
            assert self.seen.setdefault((emit.key, leg.revision), leg) == leg
            self.last[emit.key] = leg
        for key, value in outcome.changes.items():
            if value is None:
                self.table.pop(key, None)
            else:
                self.table[key] = value
        self.refused += [one.reason for one in outcome.refused]
        return outcome

    def restart(self) -> None:
        self.stage = LegsStage()
        self.stage.restore(self.table.items())

    @property
    def live(self) -> list[Leg]:
        found = [leg for leg in self.last.values() if not leg.is_deleted]
        return sorted(found, key=lambda leg: (leg.icao24, leg.observed_from))


def played(
    log: Sequence[Arrived], cuts: Iterable[int], *, restarts: bool = False, in_columns: bool = False
) -> Topic:
    topic = Topic(in_columns=in_columns)
    bounds = sorted({0, len(log), *(cut % (len(log) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(bounds):
        topic.apply(log[start:end])
        if restarts:
            topic.restart()
    return topic


def facts(legs: Iterable[Leg]) -> list[Leg]:
    return [replace(leg, revision=Revision(0)) for leg in legs]


@settings(max_examples=150 if SOAK else 12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    cuts=st.lists(st.integers(0, 3000), max_size=12),
    restarts=st.booleans(),
    disorder=st.sampled_from(["none", "near", "all"]),
)
def test_final_legs_and_revisions_do_not_depend_on_the_cuts(
    seed: int, cuts: list[int], restarts: bool, disorder: str
) -> None:
    chance = random.Random(seed)
    log = [*DAY, *OTHER_FEED, *SPOOFED, *OTHER_AIRCRAFT, *chance.sample(DAY, 50)]
    reach = {"none": 0, "near": 10 * MINUTE, "all": 10**9}[disorder]
    log.sort(key=lambda one: one.observed_at + chance.randint(0, reach))
    whole = played(arrived(log), [])
    parts = played(arrived(log), cuts, restarts=restarts)
    assert parts.live == whole.live
    in_columns = played(arrived(log), cuts, restarts=restarts, in_columns=True)
    assert in_columns.live == whole.live
    assert facts(whole.live) == legs_of(log)
    assert [(leg.origin, leg.destination) for leg in whole.live] == [
        ("KHRL", "MHPR"), ("MHPR", "MSLP"), ("KJFK", "KBOS"),
    ]  # fmt: skip


def test_one_reading_at_a_time_gives_what_one_batch_gives() -> None:
    log = arrived([*OTHER_FEED, *OTHER_AIRCRAFT, *DAY])
    whole, single = played(log, []), played(log, range(len(log)))
    assert single.live == whole.live
    assert single.last.keys() >= whole.last.keys()


def test_what_came_before_changes_nothing_when_it_comes_again() -> None:
    topic = played(arrived(DAY), [])
    outcome = topic.apply(arrived(DAY, first=len(DAY)))
    assert (list(outcome.emits), dict(outcome.changes), list(outcome.refused)) == ([], {}, [])


def test_a_leg_in_flight_is_published_at_marks_of_event_time_only() -> None:
    topic, times = Topic(), list[Instant]()
    for one in arrived([one for one in OUT.readings if one.observed_at < OUT.off + 90 * MINUTE]):
        for emit in topic.apply([one]).emits:
            if emit.topic == "flights.legs":
                times.append(one.record.observed_at)
                assert emit.record.landing_latest is None
    assert times[0] <= OUT.off + MINUTE
    steps = {later - earlier for earlier, later in itertools.pairwise(times[3:])}
    assert steps == {round(POLICY.open_mark_s * 1000)}
    assert len(times) <= 4 + (90 * 60) // POLICY.open_mark_s


def test_a_leg_that_later_readings_join_to_another_is_taken_back() -> None:
    split = OUT.without(20, 122)  # seen climbing, and seen near the field 100 minutes later
    low = [replace(one, altitude_m=300.0) for one in split if OUT.off < one.observed_at]
    topic = played(arrived(low), [])
    assert len(topic.live) == 1
    hidden = [one for one in HIDDEN if not OUT.off + 5 * MINUTE < one.observed_at < OUT.on]
    topic = played(arrived(hidden), [])
    before = {leg.leg_id for leg in topic.live}
    topic.apply(arrived(OUT.readings, first=len(hidden)))
    gone = {leg.leg_id for leg in topic.last.values() if leg.is_deleted}
    assert gone <= before
    assert [(leg.origin, leg.destination) for leg in topic.live] == [
        ("KHRL", "MHPR"), ("MHPR", "MSLP"),
    ]  # fmt: skip


def days(count: int) -> list[Flown]:
    return [
        flown(*route, f"2025-04-{day:02d}T{hour:02d}:00:00Z", every_s=60)
        for day in range(1, count + 1)
        for hour, route in ((5, ("KJFK", "KBOS")), (10, ("KBOS", "KJFK")), (15, ("KJFK", "KBOS")),
                            (20, ("KBOS", "KJFK")))
    ]  # fmt: skip


def test_old_legs_are_let_go_and_their_mission_goes_on() -> None:
    """Stops are short all week, so that one mission runs on; state stays small."""
    flights = days(9)
    log = arrived([one for flight in flights for one in flight.readings])
    whole, parts = played(log, []), played(log, range(0, len(log), 97), restarts=True)
    assert parts.live == whole.live
    assert facts(parts.live) == legs_of(one.record for one in log)
    indexes = [
        leg.mission_index for leg in whole.live if leg.mission_id == whole.live[0].mission_id
    ]
    assert indexes[:4] == [0, 1, 2, 3]
    shorter = played(arrived([one for flight in days(5) for one in flight.readings]), [])
    assert size(parts) < 1.3 * size(shorter)
    parts.apply(log[:1])
    assert parts.refused == ["abc123: older than what is still held"]


def size(topic: Topic) -> int:
    return sum(len(value) for value in topic.table.values())


def test_a_stamp_far_ahead_lets_nothing_go() -> None:
    astray = replace(DAY[50], observed_at=Instant(DAY[50].observed_at + 10**11))
    topic = played(arrived([*DAY[:60], astray, *DAY[60:]]), [70])
    assert not topic.refused
    assert facts(topic.live) == legs_of(DAY)


def test_a_reading_stamped_after_it_was_fetched_is_refused() -> None:
    early = replace(DAY[0], fetched_at=Instant(DAY[0].observed_at - 120_000))
    topic = played(arrived([early]), [])
    assert topic.refused == ["abc123: stamped after it was fetched"]
    assert not topic.last


def test_readings_set_aside_are_counted_by_reason() -> None:
    topic = played(arrived([*DAY, *SPOOFED]), [])
    assert sum(topic.stage.set_aside.values()) >= 1


def realistic(seed: int) -> list[Position]:
    """A log of two aircraft on days with some of what goes wrong, in some order of arrival."""
    chance = random.Random(seed)
    log: list[Position] = []
    for number in range(2):
        origin, destination, craft = chance.choice(ROUTES)
        at = OUT.off + chance.randint(0, 60) * MINUTE
        flights = []
        for _ in range(chance.randint(1, 2)):
            taxi_s, rounds = chance.choice([60, 240, 600]), chance.choice([0, 0, 1])
            flights.append(fly(origin, destination, at, craft, rounds=rounds, taxi_s=taxi_s))
            origin, destination = destination, origin
            at = Instant(flights[-1].on + chance.randint(15, 90) * MINUTE)
        receiver = Receiver(
            chance.choice([2, 5, 10]), lost=chance.choice([0, 0.05, 0.3]), seed=seed,
            flags=chance.random() < 0.8, exact=chance.random() < 0.5,
        )  # fmt: skip
        heard = receiver.hears(flights, replace(BLANK, icao24=f"aa{number:04x}"))
        log += chance.choice(WRONG)(heard, chance)
    log.sort(key=lambda one: one.observed_at)
    reach = chance.choice([0, 0, 20_000])
    log.sort(key=lambda one: one.observed_at + chance.randint(0, reach))
    late = chance.choice([0, 0, 5])
    moved = [log.pop(chance.randrange(len(log))) for _ in range(late)]
    return [*log, *moved, *chance.sample(log, chance.choice([0, 10]))]


ROUTES = (
    ("KHRL", "MHPR", JET), ("MHPR", "MSLP", JET), ("KJFK", "KBOS", TURBOPROP),
    ("KPAO", "KSQL", CESSNA), ("KDEN", "KASE", TURBOPROP), ("SLLP", "SLVR", JET),
)  # fmt: skip
WRONG = (
    lambda rows, _: rows,
    lambda rows, _: rows,
    lambda rows, _: [one for one in rows for _ in range(2)],
    lambda rows, c: [replace(r, latitude=r.latitude + 5) if c.random() < 0.01 else r for r in rows],
    lambda rows, c: [replace(r, on_ground=not r.on_ground) if c.random() < 0.02 else r
                     for r in rows],
    lambda rows, c: [replace(r, altitude_m=None) if c.random() < 0.05 else r for r in rows],
    lambda rows, c: rows[: (cut := c.randrange(len(rows)))] + rows[cut + c.randint(10, 300) :],
    lambda rows, c: rows + [
        replace(r, source="other", registration=None,
                observed_at=Instant(r.observed_at + c.randint(-3000, 3000))) for r in rows[::5]
    ],
)  # fmt: skip


@settings(max_examples=200 if SOAK else 8, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.sampled_from([20, 100, 1000]), restarts=st.booleans())
def test_batches_in_columns_give_the_legs_of_all_readings(
    seed: int, size: int, restarts: bool
) -> None:
    log = realistic(seed)
    restarts &= size > 20
    topic = played(arrived(log), range(0, len(log), size), in_columns=True, restarts=restarts)
    assert facts(topic.live) == legs_of(log)


def contested(seed: int) -> list[Position]:
    """A log of a short flight there and back whose evidence goes back and forth as it comes."""
    chance = random.Random(seed)
    origin, destination, craft = chance.choice((ROUTES[2], ROUTES[3], ROUTES[3]))
    there = fly(origin, destination, OUT.off, craft, taxi_s=120, rounds=chance.choice([0, 0, 1]))
    stop = chance.choice([2, 6, 20]) * MINUTE
    back = fly(destination, origin, Instant(there.on + stop), craft, taxi_s=60)
    receiver = Receiver(chance.choice([10, 20]), lost=chance.choice([0.05, 0.4]), seed=seed)
    rows = receiver.hears([there, back])
    for _ in range(chance.randint(1, 6)):
        start, length = chance.randrange(len(rows)), chance.randint(1, 12)
        spell = slice(start, start + length)
        rows[spell] = chance.choice(SPELLS)(rows[spell], chance)
    reach = chance.choice([0, 15_000, 2 * MINUTE, 20 * MINUTE])
    rows.sort(key=lambda one: one.observed_at + chance.randint(0, reach))
    moved = [rows.pop(chance.randrange(len(rows))) for _ in range(chance.choice([0, 5, 20]))]
    return [*rows, *moved, *chance.sample(rows, chance.choice([0, 10]))]


SPELLS = (
    lambda rows, _: [replace(one, on_ground=True) for one in rows],
    lambda rows, _: [replace(one, on_ground=False, altitude_m=900.0) for one in rows],
    lambda rows, _: [replace(one, on_ground=not one.on_ground) for one in rows[::2]],
    lambda rows, _: [replace(one, latitude=one.latitude + 3) for one in rows],
    lambda rows, _: [replace(one, altitude_m=None, on_ground=None) for one in rows],
    lambda _, __: [],
    lambda rows, _: rows + [replace(one, source="other", altitude_m=6000.0) for one in rows],
)  # fmt: skip


@settings(max_examples=300 if SOAK else 4, deadline=None)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 800), max_size=40))
def test_a_revision_never_stands_for_two_things_wherever_batches_are_cut(
    seed: int, cuts: list[int]
) -> None:
    """As after a crash: the log comes again, cut elsewhere, to the state of some batch before."""
    log = arrived(contested(seed))
    size = len(log) + 1
    published: dict[tuple[str, int], Leg] = {}
    before = played(log[: sum(cuts) % size], cuts, in_columns=True)
    for again in (sorted({one % size for one in cuts}), [], range(0, size, 7), range(size)):
        for in_columns in (True, False):
            topic = played(log, again, in_columns=in_columns)
            redelivered = Topic(in_columns=in_columns)
            redelivered.table = dict(before.table)
            redelivered.restart()
            rest = [one for one in log if one.offset >= sum(cuts) % size]
            for start, end in itertools.pairwise(sorted({0, len(rest), *again})):
                redelivered.apply(rest[start:end])
            for key, leg in [*topic.seen.items(), *before.seen.items(), *redelivered.seen.items()]:
                assert published.setdefault(key, leg) == leg
            assert facts(topic.live) == legs_of(one.record for one in log)


@settings(max_examples=200 if SOAK else 4, deadline=None)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(1, 16), min_size=1, max_size=40))
def test_in_small_batches_the_last_revisions_do_not_depend_on_the_cuts(
    seed: int, cuts: list[int]
) -> None:
    """Of at most so many readings of an aircraft, what goes back and forth is seen, too."""
    log = arrived(contested(seed))
    bounds = itertools.takewhile(len(log).__gt__, itertools.accumulate(itertools.cycle(cuts)))
    parts = played(log, bounds, in_columns=True)
    assert parts.last == played(log, range(len(log))).last


@pytest.mark.parametrize("minutes", [(20, 25.5), (20, 90), (105, 240), (122, 240), (124, 245)])
def test_a_gap_is_seen_in_columns_whatever_it_hides(minutes: tuple[float, float]) -> None:
    first = fly("KHRL", "MHPR", OUT.off, JET)
    second = fly("MHPR", "MSLP", Instant(first.on + 110 * MINUTE), JET)
    start, end = (first.off + round(one * MINUTE) for one in minutes)
    heard = Receiver(5, lost=0, exact=True).hears([first, second])
    log = [one for one in heard if not start <= one.observed_at < end]
    topic = played(arrived(log), range(0, len(log), 10), in_columns=True)
    assert facts(topic.live) == legs_of(log)


def test_what_is_said_no_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.legs.stage._SPARE_SAID", -1000)
    first = fly("KHRL", "MHPR", OUT.off, JET)
    heard = Receiver(5, lost=0, exact=True).hears([first])
    log = [replace(one, callsign=f"CALL{index // 20}") for index, one in enumerate(heard)]
    both = [
        one for pair in zip(log, [replace(one, icao24="def456") for one in heard], strict=True)
        for one in pair
    ]  # fmt: skip
    topic = played(arrived(both), range(0, len(both), 10), in_columns=True)
    assert facts(topic.live) == legs_of(both)
    assert len(topic.stage._said.all) < 20


def test_a_flight_in_order_is_carried_on_and_not_worked_out_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = Counter[str]()
    for name in ("_carried", "_anew"):
        method = getattr(LegsStage, name)

        def counted(*args: Any, name: str = name, method: Any = method) -> Any:
            counts[name] += 1
            return method(*args)

        monkeypatch.setattr(LegsStage, name, counted)
    flight = fly("KJFK", "KBOS", OUT.off, JET)
    log = arrived(Receiver(1, lost=0, exact=True).hears([flight]))
    topic = played(log, range(0, len(log), 2), in_columns=True)
    assert [(leg.origin, leg.destination) for leg in topic.live] == [("KJFK", "KBOS")]
    assert counts["_anew"] <= 3
    assert counts["_carried"] <= len(log) / 40


def test_waiting_readings_take_little_room_and_outlive_a_restart() -> None:
    flight = fly("KJFK", "KORD", OUT.off, JET)
    log = arrived(Receiver(1, lost=0, exact=True).hears([flight]))
    topic = played(log, range(0, len(log), 10), in_columns=True)
    assert size(topic) < 40 * len(log)
    half = played(log[: len(log) // 2], range(0, len(log), 10), in_columns=True)
    half.restart()
    half.apply(log[len(log) // 2 :])
    assert facts(half.live) == facts(topic.live)


def test_a_late_and_a_future_reading_are_refused_in_columns_as_in_records() -> None:
    early = replace(DAY[0], fetched_at=Instant(DAY[0].observed_at - 120_000))
    old = replace(DAY[0], observed_at=Instant(DAY[0].observed_at - 10 * 24 * 60 * MINUTE))
    log = arrived([*DAY, early, old])
    records, frames = played(log, []), played(log, [], in_columns=True)
    assert records.refused == frames.refused
    assert len(frames.refused) == 2
