"""The join keeps its promises: whatever the interleaving, the final tables are the batch join's."""

import itertools
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams import recording
from streams.facts.derived import Leg, Mention, Order
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.legs.stage import LegsStage
from streams.mentions.stage import ArticlesStage
from streams.orders.stage import OrdersStage
from streams.relations.stage import RelateStage
from streams.stages import Arrived, Emit, Stage

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


def name_of(fact: Any) -> str:
    for field in ("leg_id", "order_id", "mention_id"):
        if hasattr(fact, field):
            return str(getattr(fact, field))
    return f"{fact.feed}/{fact.scope}"


def partition_of(fact: Any) -> int:
    """A leg goes to one partition, by its aircraft; all else goes to all."""
    return sum(fact.icao24.encode()) % PARTITIONS


class Run:
    """Relate on all partitions, fed one input after the other in batches, restarted at will."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}
        self.bytes_of: dict[tuple[str, int], Any] = {}

    def feed(self, inputs: Iterable[Any], cuts: set[int], restarts: set[int]) -> None:
        logs: list[list[Any]] = [[] for _ in range(PARTITIONS)]
        for fact in inputs:
            for number in [partition_of(fact)] if isinstance(fact, Leg) else range(PARTITIONS):
                logs[number].append(fact)
        for number, log in enumerate(logs):
            self._run(number, log, cuts, restarts)

    def _run(self, number: int, log: list[Any], cuts: set[int], restarts: set[int]) -> None:
        stage, table = RelateStage(number, PARTITIONS), {}
        stage.restore([])
        bounds = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
        for start, end in itertools.pairwise(bounds):
            batch = [
                Arrived("relate.inputs", number, at, Revision(at), name_of(log[at]), log[at])
                for at in range(start, end)
            ]
            outcome = stage.apply(batch)
            self._take(number, outcome.emits)
            table |= outcome.changes
            if end in restarts:
                stage = RelateStage(number, PARTITIONS)
                stage.restore(table.items())

    def _take(self, number: int, emits: Iterable[Emit]) -> None:
        for emit in emits:
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


def joined(inputs: Iterable[Any]) -> dict[str, Any]:
    """The batch join: every fact in its last revision, all at once."""
    newest: dict[str, Any] = {}
    for fact in inputs:
        held = newest.get(name_of(fact))
        if held is None or getattr(held, "revision", 0) < getattr(fact, "revision", 1):
            newest[name_of(fact)] = fact
    run = Run()
    run.feed([newest[name] for name in sorted(newest)], set(), set())
    return run.standing()


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


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.integers(1, 120), max_size=8))
def test_every_interleaving_cut_and_restart_ends_in_the_batch_join(
    seed: int, cuts: set[int]
) -> None:
    chance = random.Random(seed)
    history = histories(chance)
    run = Run()
    run.feed(history, cuts, {cut for cut in cuts if chance.random() < 0.5})
    assert run.standing() == joined(history)


def test_the_recording_joins_into_links_of_every_stored_relation() -> None:
    standing = joined(FACTS).values()
    relations = {getattr(one, "relation", None) for one in standing}
    assert relations >= {"airborne_at", "reported_by", "claims_about", "appeal_of"}


def test_unchanged_facts_publish_nothing() -> None:
    stage = RelateStage(0, 1)
    stage.restore([])
    first = [
        Arrived("relate.inputs", 0, at, Revision(at), name_of(fact), fact)
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
        for one in joined(unclaimed).values()
        if getattr(one, "relation", None) == "airborne_at"
    }
    assert "definite" in certainties
    assert "no" not in certainties


def test_an_outage_over_the_order_turns_no_into_unknown() -> None:
    outage = Progress(
        "readsb", "flights.positions", "a83f98", None,
        Instant(1742079600000), Instant(1742083200000), "receiver down",
    )  # fmt: skip  # 15 March 2025, 23:00 to midnight UTC
    run = Run()
    run.feed([*FACTS, outage], set(), set())
    (link,) = [
        one
        for one in run.standing().values()
        if getattr(one, "order_kind", None) == "minute_order"
        and (one.clock, one.flight) == ("entered", "6122")
    ]
    assert (link.certainty, link.gap) == ("unknown", "outage of readsb: receiver down")
