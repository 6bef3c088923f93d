"""The join keeps its promises: whatever the interleaving, the final tables are the batch join's."""

import itertools
import os
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import recording
from streams.facts.derived import Clock, Leg, Link, Mention, Order
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Progress
from streams.legs.stage import LegsStage
from streams.mentions.stage import ArticlesStage
from streams.orders.stage import OrdersStage
from streams.relations.policy import SCOPE, Scope, WatchList
from streams.relations.stage import RelateStage
from streams.stages import AT_REST, Arrived, Emit, Stage
from tests.streams.relations.batch_join import DAY_MS, batch_join, fact_id
from tests.streams.relations.worlds import World

PARTITIONS = 2


def facts() -> list[Leg | Order | Mention]:
    """What the recording gives relate, each fact once, in its last revision."""
    records = [record for document in recording.documents() for record in document.records()]
    found: list[Any] = []
    for stage in (ArticlesStage(), OrdersStage(), LegsStage()):
        started: Stage = stage
        started.restore([])
        kind = {"ArticlesStage": "Article", "OrdersStage": "DocketEntry", "LegsStage": "Position"}
        mine = [one for one in records if type(one).__name__ == kind[type(stage).__name__]]
        batch = [
            Arrived("topic", 0, number, Revision(number), "key", one)
            for number, one in enumerate(mine)
        ]
        emits = stage.apply(batch).emits
        found += [emit.record for emit in emits if emit.topic == "relate.inputs"]
    return found


FACTS = facts()


def partition_of(fact: Any) -> int:
    """A leg goes to one partition, by its aircraft; all else goes to all."""
    return sum(fact.icao24.encode())


def restored(stage: RelateStage, table: dict[str, bytes]) -> RelateStage:
    """A stage that takes up what a table holds, as the host gives it: what is at rest by key."""
    stage.reads_by(table.get)
    stage.restore((key, value) for key, value in table.items() if not key.startswith(AT_REST))
    return stage


class Run:
    """Relate on all partitions, fed one input after the other in batches, restarted at will."""

    def __init__(self, scope: Scope = SCOPE, partitions: int = PARTITIONS) -> None:
        self.scope, self.partitions = scope, partitions
        self.last: dict[str, Any] = {}
        self.bytes_of: dict[tuple[str, int], Any] = {}
        self.late: list[Any] = []

    def feed(self, inputs: Iterable[Any], cuts: set[int], restarts: set[int]) -> None:
        logs: list[list[Any]] = [[] for _ in range(self.partitions)]
        for fact in inputs:
            own = partition_of(fact) % self.partitions if isinstance(fact, Leg) else None
            for number in range(self.partitions) if own is None else [own]:
                logs[number].append(fact)
        for number, log in enumerate(logs):
            self._run(number, log, cuts, restarts)

    def _run(self, number: int, log: list[Any], cuts: set[int], restarts: set[int]) -> None:
        table: dict[str, bytes] = {}
        stage = self.stage(number, table)
        bounds = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
        for start, end in itertools.pairwise(bounds):
            self.advance(stage, table, number, log, start, end)
            if end in restarts:
                stage = self.stage(number, table)

    def advance(
        self,
        stage: RelateStage,
        table: dict[str, bytes],
        number: int,
        log: list[Any],
        start: int,
        end: int,
    ) -> None:
        """One batch: what it publishes is taken, what it changes of the state is written."""
        batch = [
            Arrived("relate.inputs", number, at, Revision(at), fact_id(log[at]), log[at])
            for at in range(start, end)
        ]
        outcome = stage.apply(batch)
        self._take(number, outcome.emits)
        for key, value in outcome.changes.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value

    def stage(self, number: int, table: dict[str, bytes]) -> RelateStage:
        return restored(RelateStage(number, self.partitions, self.scope), table)

    def _take(self, number: int, emits: Iterable[Emit]) -> None:
        for emit in emits:
            if emit.topic == "policy.late":
                self.late.append(emit.record)
                continue
            here = (number, emit.record)
            known = self.bytes_of.setdefault((emit.key, emit.record.revision), here)
            assert known == here, "one id and revision, other bytes"
            if not emit.topic.endswith(".changes"):
                before = self.last.get(emit.key)
                assert before is None or before.revision < emit.record.revision
                self.last[emit.key] = emit.record

    def standing(self) -> dict[str, Any]:
        return {
            name: replace(record, revision=Revision(0))
            for name, record in self.last.items()
            if not record.is_deleted
        }


def histories(chance: random.Random) -> list[Any]:
    """The facts with earlier revisions, corrections, retractions, returns and repeats, shuffled."""
    history: list[Any] = []
    for fact in FACTS:
        first = replace(fact, revision=Revision(fact.revision * 10 + 1))
        history.append(first)
        for step in range(chance.randrange(3)):
            revision = Revision(fact.revision * 10 + 2 + step)
            changed = replace(fact, revision=revision, is_deleted=chance.random() < 0.4)
            if isinstance(changed, Leg) and changed.landing_latest is not None:
                later = Instant(changed.landing_latest + chance.randrange(3_600_000))
                changed = replace(changed, landing_latest=later)
            if isinstance(changed, Mention):
                moved = chance.choice([0, 60_000, 7_200_000])
                changed = replace(
                    changed,
                    valid_from=Instant(changed.valid_from + moved),
                    valid_to=Instant(changed.valid_to + moved),
                )
            history.append(changed)
    history += chance.sample(history, len(history) // 4)
    chance.shuffle(history)
    return history


EXAMPLES = 5_000 if os.environ.get("POLICY_EVENTS_SOAK") else 120


@settings(max_examples=EXAMPLES // 6, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.integers(1, 120), max_size=8))
def test_the_recording_in_every_interleaving_cut_and_restart_ends_in_the_batch_join(
    seed: int, cuts: set[int]
) -> None:
    chance = random.Random(seed)
    history = histories(chance)
    run = Run()
    run.feed(history, cuts, {cut for cut in cuts if chance.random() < 0.5})
    assert run.standing() == batch_join(history)


WATCHING = WatchList(registrations=frozenset({"N837VA"}))
WATCHFUL = msgspec.structs.replace(SCOPE, watch_list=WATCHING)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.integers(1, 40), max_size=4))
def test_every_history_ends_in_the_batch_join_whatever_the_interleaving_and_the_cuts(
    chance: random.Random, cuts: set[int]
) -> None:
    history = World(chance).history()
    run = Run(WATCHFUL)
    run.feed(history, cuts, {cut for cut in cuts if chance.random() < 0.5})
    assert run.standing() == batch_join(history, WATCHFUL)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.randoms(use_true_random=False))
def test_after_every_record_what_stands_is_the_join_of_the_records_so_far(
    chance: random.Random,
) -> None:
    history = World(chance).history()
    run = Run(WATCHFUL, partitions=1)
    table: dict[str, bytes] = {}
    stage = restored(RelateStage(0, 1, WATCHFUL), table)
    for number in range(len(history)):
        run.advance(stage, table, 0, history, number, number + 1)
        assert run.standing() == batch_join(history[: number + 1], WATCHFUL)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.randoms(use_true_random=False))
def test_replay_from_any_checkpoint_publishes_the_same_bytes_again(chance: random.Random) -> None:
    history = World(chance).history()
    run = Run(partitions=1)
    table: dict[str, bytes] = {}
    stage = restored(RelateStage(0, 1), table)
    at = chance.randrange(len(history) + 1)
    run.advance(stage, table, 0, history, 0, at)
    checkpoint = dict(table)
    run.advance(stage, table, 0, history, at, len(history))
    again = restored(RelateStage(0, 1), checkpoint)
    run.last = {}
    # Run.take compares each with what was published under the same id and revision before.
    for number in range(at, len(history)):
        run.advance(again, checkpoint, 0, history, number, number + 1)
    assert checkpoint == table


SHORT = msgspec.structs.replace(WATCHFUL, horizon_days=2, claim_within_days=1)
YEAR = (0, 3, 10, 200, 365)


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


def test_the_recording_joins_into_links_of_every_stored_relation() -> None:
    standing = batch_join(FACTS).values()
    relations = {getattr(one, "relation", None) for one in standing}
    assert relations >= {"airborne_at", "reported_by", "claims_about", "appeal_of"}


def test_unchanged_facts_publish_nothing() -> None:
    stage = RelateStage(0, 1)
    stage.restore([])
    first = [
        Arrived("relate.inputs", 0, at, Revision(at), fact_id(fact), fact)
        for at, fact in enumerate(FACTS)
    ]
    assert stage.apply(first).emits
    again = [
        replace(one, offset=one.offset + 1000, revision=Revision(one.offset + 1000), record=newer)
        for one in first
        for newer in [replace(one.record, revision=Revision(one.record.revision + 10**6))]
    ]
    assert not stage.apply(again).emits


def test_a_flight_that_nobody_claims_is_stored_only_where_it_is_not_a_plain_no() -> None:
    unclaimed = [fact for fact in FACTS if not isinstance(fact, Mention)]
    certainties = {
        one.certainty
        for one in batch_join(unclaimed).values()
        if getattr(one, "relation", None) == "airborne_at"
    }
    assert "definite" in certainties
    assert "no" not in certainties


def of_flight(run: Run, flight: str) -> Any:
    """The answer about a flight at the minute order's entry."""
    (link,) = [
        one
        for one in run.standing().values()
        if getattr(one, "order_kind", None) == "minute_order"
        and (one.relation, one.clock, one.flight) == ("airborne_at", "entered", flight)
    ]
    return link


def through(feed: str, moment: str) -> Progress:
    return Progress(feed, "flights.positions", "*", parse_rfc3339(moment), None, None, None, None)


def test_a_stalled_feed_blocks_nothing_and_a_no_is_unknown_so_far_until_it_has_passed() -> None:
    run = Run()
    stalled = [*FACTS, through("opensky", "2025-03-16T12:00:00Z")]
    stalled.append(through("readsb", "2025-03-15T20:00:00Z"))
    run.feed(stalled, set(), set())
    link = of_flight(run, "6122")
    assert link.certainty == "unknown"
    assert link.gap == "unknown so far: readsb has not come to 2025-03-15T23:25:59.999Z"
    assert of_flight(run, "6143").certainty == "definite"
    run = Run()
    run.feed([*stalled, through("readsb", "2025-03-15T23:26:00Z")], set(), set())
    assert of_flight(run, "6122").certainty == "no"


def test_an_outage_over_the_order_turns_no_into_unknown() -> None:
    outage = Progress(
        "readsb", "flights.positions", "a83f98", None,
        Instant(1742079600000), Instant(1742083200000), "receiver down",
    )  # fmt: skip  # 15 March 2025, 23:00 to midnight UTC
    run = Run()
    run.feed([*FACTS, outage], set(), set())
    link = of_flight(run, "6122")
    assert (link.certainty, link.gap) == ("unknown", "outage of readsb: receiver down")


def test_an_outage_at_a_rivals_time_changes_what_the_answer_would_be_then() -> None:
    orders = {one.kind: one for one in FACTS if isinstance(one, Order)}
    order = orders["minute_order"]
    later = parse_rfc3339("2025-03-16T19:25:00Z")
    rival = replace(order.clocks[0], clock="entered", at_earliest=later, at_latest=later)
    rival = replace(rival, source="another", source_rank=9)
    order = replace(order, clocks=(*order.clocks, rival), revision=Revision(10**6))
    outage = Progress(
        "readsb", "flights.positions", "*", None, Instant(later - 1), Instant(later + 1), "power"
    )
    log = [*FACTS, order, outage]
    run = Run()
    run.feed(log, {len(FACTS), len(FACTS) + 1}, set())
    said = {one.source: one.certainty for one in of_flight(run, "6122").rivals}
    assert said["another"] == "unknown"
    assert run.standing() == batch_join(log)


def test_a_claimed_flight_has_every_answer_its_side_of_the_order_and_its_legs() -> None:
    standing = batch_join(FACTS).values()
    about = {
        (one.relation, one.order_kind, one.certainty)
        for one in standing
        if isinstance(one, Link) and one.flight == "6143" and one.claimed_removal
    }
    assert ("departed_after", "tro", "definite") in about
    assert ("airborne_at", "minute_order", "definite") in about
    assert ("landed_before", "appellate_order", "definite") in about
    assert ("part_of_mission", None, "definite") in about


def test_a_claim_that_its_outlet_takes_back_stands_no_more_and_others_do() -> None:
    claims = [one for one in FACTS if isinstance(one, Mention) and one.claims_removal]
    before = {one.outlet for one in claims if "6143" in one.flight_numbers}
    said = next(one for one in claims if "6143" in one.flight_numbers)
    back = replace(said, mention_id="mention-back", type="claim.retracted", claims_removal=False)
    run = Run()
    run.feed([*FACTS, back], set(), set())
    assert of_flight(run, "6143").claimed_by == tuple(sorted(before - {said.outlet}))
    assert run.standing() == batch_join([*FACTS, back])


def test_where_it_was_and_whether_it_had_left_the_united_states() -> None:
    run = Run()
    run.feed(FACTS, set(), set())
    at_entry, later = of_flight(run, "6143"), of_flight(run, "6122")
    assert at_entry.left_us == "yes"
    assert 14 < at_entry.latitude < 26
    assert -98 < at_entry.longitude < -87
    assert (later.left_us, later.latitude) == ("no", None)
