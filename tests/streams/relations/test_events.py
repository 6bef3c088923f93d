"""Reports of one thing become one event: who was first, and which numbers are claimed."""

from dataclasses import replace
from typing import Any

import msgspec

from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.facts.policy import ClaimedNumber, PolicyEvent
from streams.relations.stage import RelateStage
from streams.stages import Arrived
from tests.streams.relations.told import report

FIRST = report("Flights with 238 Venezuelans landed in El Salvador on Sunday.", "A")
FIRST = replace(FIRST, published_at=Instant(FIRST.published_at - 1))
SECOND = report("Flights with 261 people in all landed in El Salvador on Sunday.", "B")
THIRD = report("Flights with 261 people in all landed in El Salvador on Sunday.", "C")


class Played:
    """Relate on its only partition, restarted from its state entries before every record."""

    def __init__(self, *mentions: Mention) -> None:
        self.table: dict[str, bytes] = {}
        self.events: dict[str, PolicyEvent] = {}
        for mention in mentions:
            self.take(mention)

    def take(self, mention: Mention) -> None:
        at = len(self.table) + int(mention.revision)
        stage = RelateStage(0, 1)
        stage.restore(self.table.items())
        arrived = Arrived("relate.inputs", 0, at, Revision(at), mention.mention_id, mention)
        outcome = stage.apply([arrived])
        for key, value in outcome.changes.items():
            assert value is not None
            self.table[key] = value
        for emit in outcome.emits:
            if emit.topic == "policy.events":
                self.events[emit.key] = emit.record

    @property
    def alive(self) -> list[PolicyEvent]:
        return [one for one in self.events.values() if not one.is_deleted]


def changed(mention: Mention, **changes: Any) -> Mention:
    return replace(mention, revision=Revision(mention.revision + 100), **changes)


def test_one_event_names_its_first_report_its_outlets_and_every_number_that_is_claimed() -> None:
    (event,) = Played(THIRD, SECOND, FIRST).alive
    assert (event.first_outlet, event.first_reported_at) == ("A", FIRST.published_at)
    assert event.outlets == ("A", "B", "C")
    assert len(event.reports) == 3
    assert set(event.claimed_values) == {
        ClaimedNumber(238, "venezuelans", "", False, ("A",)),
        ClaimedNumber(261, "people", "in all", False, ("B", "C")),
    }
    assert (event.plover_event, event.plover_mode) == ("COERCE", "deport")


def test_a_revision_that_moves_a_report_to_another_day_splits_the_event_and_back_merges_it() -> (
    None
):
    played = Played(FIRST, SECOND)
    (before,) = played.alive
    day = 86_400_000
    moved = changed(
        SECOND,
        valid_from=Instant(SECOND.valid_from + day), valid_to=Instant(SECOND.valid_to + day),
    )  # fmt: skip
    played.take(moved)
    assert sorted(one.outlets for one in played.alive) == [("A",), ("B",)]
    played.take(replace(SECOND, revision=Revision(moved.revision + 100)))
    (after,) = played.alive
    assert (after.event_id, after.outlets) == (before.event_id, ("A", "B"))


def test_an_event_that_nobody_reports_any_more_is_retracted() -> None:
    played = Played(FIRST, SECOND)
    played.take(changed(FIRST, is_deleted=True))
    assert [one.outlets for one in played.alive] == [("B",)]
    played.take(changed(SECOND, is_deleted=True))
    assert played.alive == []


def test_new_words_of_a_report_that_stays_in_its_event_are_in_it() -> None:
    played = Played(FIRST, SECOND)
    played.take(changed(SECOND, quote="Flights with 137 people landed"))
    (event,) = played.alive
    assert {one.number for one in event.claimed_values} == {238, 137}


def test_an_event_in_a_state_of_before_version_2_is_taken_up_and_brought_up_to_date() -> None:
    played = Played(FIRST)
    (name,) = (key for key in played.table if key.startswith("event:"))
    values = msgspec.msgpack.decode(played.table[name])
    for added in ("first_outlet", "first_reported_at", "outlets", "claimed_values"):
        del values[added]
    for added in ("plover_event", "plover_mode", "plover_contexts"):
        del values[added]
    played.table[name] = msgspec.msgpack.encode(values)
    played.take(SECOND)
    (event,) = played.alive
    assert event.outlets == ("A", "B")
