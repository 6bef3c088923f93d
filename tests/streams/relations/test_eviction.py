"""Eviction changes no answer: what is past the horizon leaves memory, and is read when needed."""

import gc
import random
from dataclasses import dataclass, replace
from types import CodeType, FunctionType, ModuleType
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from streams.facts.court import Clock
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.policy import Link, PolicyEvent
from streams.facts.received import Progress
from streams.host.running import Running
from streams.relations.stage import RelateStage
from streams.stages import AT_REST
from tests.streams.relations.batch_join import DAY_MS, batch_join, fact_id
from tests.streams.relations.runs import EXAMPLES, SHORT, YEAR, Run, restored
from tests.streams.relations.worlds import BEGIN, World


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.integers(1, 40), max_size=4))
def test_eviction_changes_no_answer_and_what_comes_about_evicted_facts_recalls_them(
    chance: random.Random, cuts: set[int]
) -> None:
    history = World(chance, 12, YEAR).history()
    run = Run(SHORT)
    run.feed(history, cuts, {cut for cut in cuts if chance.random() < 0.5})
    assert run.standing() == batch_join(history, SHORT)
    assert not run.late


def test_after_the_horizon_the_indices_hold_nothing_and_the_facts_are_found_again() -> None:
    world = World(random.Random(5), 1)
    leg = replace(world.leg(0), takeoff_basis="observed", is_deleted=False)
    order = world.order(1)
    clock = Clock("entered", leg.observed_from, leg.observed_from, "rss", 1, None, "")
    order = replace(order, clocks=(clock,), revision=Revision(1))
    later = Instant(leg.observed_through + 400 * DAY_MS)
    passed = Progress("opensky", "flights.positions", "none", later, None, None, None, later)
    run = Run(SHORT, partitions=1)
    table: dict[str, bytes] = {}
    stage = restored(RelateStage(0, 1, SHORT), table)
    log = [leg, order, passed, replace(order, revision=Revision(2), is_deleted=True)]
    run.advance(stage, table, 0, log, 0, 2)
    assert stage.in_memory == 5
    (link,) = [
        one
        for one in run.standing().values()
        if isinstance(one, Link) and one.relation == "airborne_at"
    ]
    run.advance(stage, table, 0, log, 2, 3)
    assert stage.in_memory == 0
    assert link in run.standing().values()
    run.advance(stage, table, 0, log, 3, 4)
    assert link not in run.standing().values()


def test_a_claim_that_comes_late_finds_the_evicted_flight_by_its_name() -> None:
    world = World(random.Random(5), 1)
    leg = replace(world.leg(0), callsign="GXA6143", is_deleted=False)
    later = Instant(leg.observed_through + 400 * DAY_MS)
    passed = Progress("opensky", "flights.positions", "none", later, None, None, None, later)
    claim = replace(
        world.mention(0),
        valid_from=leg.observed_from,
        valid_to=leg.observed_from,
        published_at=later,
        claims_removal=True,
        flight_numbers=("6143",),
    )
    run = Run(SHORT, partitions=1)
    table: dict[str, bytes] = {}
    stage = restored(RelateStage(0, 1, SHORT), table)
    log = [leg, passed, claim]
    run.advance(stage, table, 0, log, 0, 2)
    assert stage.in_memory == 0
    run.advance(stage, table, 0, log, 2, 3)
    assert run.standing() == batch_join(log, SHORT)
    assert any(getattr(one, "claimed_by", None) for one in run.standing().values())


def test_a_late_word_on_one_leg_brings_the_names_of_the_whole_flight_back() -> None:
    world = World(random.Random(5), 1)
    first = replace(world.leg(0), callsign="GXA6143", mission_id="mission-0", is_deleted=False)
    second = replace(first, leg_id="leg-1", callsign="GXA6122", mission_index=1)
    later = Instant(first.observed_through + 400 * DAY_MS)
    passed = Progress("opensky", "flights.positions", "none", later, None, None, None, later)
    claim = replace(
        world.mention(0),
        valid_from=first.observed_from,
        valid_to=first.observed_from,
        published_at=later,
        claims_removal=True,
        flight_numbers=("6143",),
    )
    log = [first, second, passed, replace(second, revision=Revision(9)), claim]
    run = Run(SHORT, partitions=1)
    table: dict[str, bytes] = {}
    stage = restored(RelateStage(0, 1, SHORT), table)
    run.advance(stage, table, 0, log, 0, len(log))
    assert run.standing() == batch_join(log, SHORT)
    assert any(getattr(one, "claimed_by", None) for one in run.standing().values())


def test_what_is_older_than_all_that_is_kept_goes_to_policy_late_and_is_counted() -> None:
    scope = msgspec.structs.replace(SHORT, keep_days=30)
    world = World(random.Random(5), 1)
    leg, mention = world.leg(0), world.mention(0)
    later = Instant(leg.observed_through + 40 * DAY_MS)
    passed = Progress("opensky", "flights.positions", "none", later, None, None, None, later)
    run = Run(scope, partitions=1)
    table: dict[str, bytes] = {}
    stage = restored(RelateStage(0, 1, scope), table)
    run.advance(stage, table, 0, [leg, mention, passed], 0, 3)
    assert set(table) == {"watermark:", "swept:", "progress:opensky/none"}
    newer = replace(leg, revision=Revision(99))
    run.advance(stage, table, 0, [leg, mention, passed, newer], 3, 4)
    assert run.late == [newer]
    assert stage.late == {"Leg": 1}


def test_what_is_waked_outlives_a_restart_before_it_goes_to_rest_again() -> None:
    world = World(random.Random(5), 1)
    order = replace(world.order(1), appeal_of="dcd/1:25-cv-00766")
    later = Instant(BEGIN + 400 * DAY_MS)
    passed = Progress("opensky", "flights.positions", "none", later, None, None, None, later)
    at = min(clock.at_earliest for clock in order.clocks)
    report = replace(
        world.mention(0),
        type="order.entered",
        valid_from=at,
        valid_to=Instant(at + 60_000),
        docket_numbers=("25-cv-00761",),
        court_id="dcd",
    )
    back = replace(order, revision=Revision(99), is_deleted=True)
    log = [order, passed, report, back]
    run = Run(SHORT, partitions=1)
    run.feed(log, {1, 2, 3}, {1, 2, 3})
    assert run.standing() == batch_join(log, SHORT)


# A day of the small traffic: flights, one order while the first is in the air, and reports.
FLIGHTS_A_DAY, DAYS = 3, 735
PERIOD = 105  # days after which the traffic repeats itself


def traffic(day: int) -> list[Any]:
    """Facts of one day, all that happens on it told by its end."""
    world = World(random.Random(day), 1)
    begin = BEGIN + day * DAY_MS
    facts: list[Any] = []
    for number in range(day * FLIGHTS_A_DAY, (day + 1) * FLIGHTS_A_DAY):
        off, on = Instant(begin + 3_600_000), Instant(begin + 4 * 3_600_000)
        leg = replace(
            world.leg(0), leg_id=f"leg-{number}", mission_id=f"mission-{number}", mission_index=0,
            takeoff_earliest=off, takeoff_latest=off, takeoff_basis="observed",
            landing_earliest=on, landing_latest=on, landing_basis="observed",
            observed_from=off, observed_through=on, known_at=on, is_deleted=number % 7 == 6,
            registration="N837VA" if number % 5 == 0 else f"N{number}",
        )  # fmt: skip
        facts.append(leg)
    at = Instant(begin + 2 * 3_600_000)
    clock = Clock("entered", at, at, "cmecf-rss", 1, at, "")
    facts.append(replace(world.order(1), order_id=f"order-{day}", clocks=(clock,), known_at=at))
    for number, kind in enumerate(("order.entered", "statement.made")):
        facts.append(
            replace(
                world.mention(0),
                mention_id=f"mention-{day}-{number}",
                type=kind,
                known_at=at,
                valid_from=at,
                valid_to=at,
                precision="minute",
                published_at=at,
                actors=("James E. Boasberg",),
                flight_numbers=(),
                registrations=(),
                docket_numbers=("25-cv-00761",),
                court_id="dcd",
            )
        )
    return facts


class Hosted:
    """The stage as the host runs it: its table has two versions of each entry."""

    def __init__(self) -> None:
        self.table: dict[str, bytes] = {}
        self.offset = 0
        self.standing: dict[str, Any] = {}
        self.start()

    def start(self) -> None:
        self.stages: list[RelateStage] = []
        self.running = Running(
            "relate", "relate.inputs", self.made, self.table.items(), self.table.get,
            decode=codec.decode, epoch=0,
        )  # fmt: skip

    def made(self) -> RelateStage:
        self.stages.append(RelateStage(0, 1, SHORT))
        return self.stages[-1]

    def feed(self, facts: list[Any]) -> None:
        raw = [
            ConsumedFact(self.offset + number, fact_id(one).encode(), codec.encode(one))
            for number, one in enumerate(facts)
        ]
        self.offset += len(facts)
        work = self.running.work(raw, self.offset - 1)
        assert work is not None
        assert not work.dead
        for emit in work.emits:
            if not emit.topic.endswith(".changes"):
                self.standing[emit.key] = emit.record
        for key, value in list(self.running.state.writes(work.batch_end, work.changes)):
            if value is None:
                self.table.pop(key, None)
            else:
                self.table[key] = value
        self.running.done(work)

    @property
    def in_memory(self) -> int:
        """Entries that the process holds: the host's and the stage's."""
        return len(self.running.state) + self.stages[-1].in_memory

    def objects(self) -> int:
        """All objects that are reached from the host's and the stage's state, but the table."""
        passed = (type, FunctionType, ModuleType, CodeType)
        seen, todo = {id(self), id(self.table)}, [self.running, self.stages[-1]]
        while todo:
            for one in gc.get_referents(todo.pop()):
                if id(one) not in seen and not isinstance(one, passed):
                    seen.add(id(one))
                    todo.append(one)
        return len(seen)

    def stands(self) -> dict[str, Any]:
        return {
            name: replace(one, revision=Revision(0))
            for name, one in self.standing.items()
            if not one.is_deleted
        }

    def links(self, **wanted: Any) -> list[Link]:
        return [
            one
            for one in self.standing.values()
            if isinstance(one, Link)
            and not one.is_deleted
            and all(getattr(one, name) == value for name, value in wanted.items())
        ]


@dataclass(frozen=True)
class ConsumedFact:
    offset: int
    key: bytes
    value: bytes
    topic: str = "relate.inputs"
    partition: int = 0


def test_memory_stays_flat_while_thousands_pass_the_horizon_and_a_late_fact_is_reloaded() -> None:
    host = Hosted()
    held: list[int] = []
    objects: list[int] = []
    for day in range(DAYS):
        host.feed(traffic(day))
        held.append(host.in_memory)
        if day % 7 == 0:
            objects.append(host.objects())
    at_rest = [key for key in host.table if key.startswith((f"{AT_REST}leg", f"{AT_REST}link"))]
    assert len(at_rest) > FLIGHTS_A_DAY * (DAYS - PERIOD)
    assert max(held[-PERIOD:]) == max(held[PERIOD : 2 * PERIOD])
    # What grows: one number for each week that has something at rest, in each index.
    weeks = (DAYS - 2 * PERIOD) // 7
    assert max(objects[-PERIOD // 7 :]) < max(objects[15:30]) + 8 * 3 * weeks
    asked = {"relation": "airborne_at", "leg_id": "leg-0", "object_id": "order-0"}
    (link,) = host.links(**asked)
    assert link.certainty == "definite"

    # Two years later, after a restart, the first day's flight turns out to have landed before.
    host.start()
    assert host.in_memory <= max(held[-PERIOD:])
    leg, *_ = traffic(0)
    early = Instant(leg.observed_from + 1_800_000)
    late = replace(
        leg, revision=Revision(99), landing_earliest=early, landing_latest=early,
        observed_through=early,
    )  # fmt: skip
    host.feed([late])
    near = [fact for day in range(4) for fact in traffic(day)]  # the horizon and some
    of_the_day = {"order-0", "mission-0", "mission-1", "mission-2"}
    assert {name: one for name, one in host.stands().items() if of_the_day & names(one)} == {
        name: one
        for name, one in batch_join([*near, late], SHORT).items()
        if of_the_day & names(one)
    }
    (link,) = host.links(**asked)
    assert link.certainty == "no"
    for day in range(DAYS, DAYS + PERIOD):
        host.feed(traffic(day))
    assert host.in_memory <= max(held[-PERIOD:])


def names(one: Link | PolicyEvent) -> set[str | None]:
    """What an output is about."""
    return {one.subject_id, getattr(one, "object_id", None)}
