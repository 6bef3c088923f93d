"""The join keeps its promises: whatever the interleaving, the final tables are the batch join's."""

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.relations.stage import RelateStage
from streams.stages import Arrived
from tests.streams.relations.batch_join import batch_join, fact_id
from tests.streams.relations.runs import EXAMPLES, FACTS, WATCHFUL, Run, restored
from tests.streams.relations.worlds import World


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
