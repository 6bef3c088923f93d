"""Clusters held one report at a time are those of all reports at once; revisions merge and split.

What is put to rest and taken back, or lost from memory by a restart, changes none.
"""

import os
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.relations.cluster_index import Clusters
from streams.relations.entries import Entries
from tests.streams.relations.batch_clusters import clusters
from tests.streams.relations.told import ALL, HOUR_MS, LIMA, MADE, PANAMA, RULED, UNPLACED, ids


@given(st.permutations([PANAMA, UNPLACED, LIMA]), st.sampled_from([PANAMA, UNPLACED, LIMA]))
def test_what_a_chain_kept_apart_may_meet_when_its_beginning_is_taken_back(
    order: list[Mention], gone: Mention
) -> None:
    held = Clusters(Entries(), lambda _: None)
    for one in order:
        held.hold(one)
    held.drop(gone.mention_id)
    left = clusters(one for one in order if one is not gone)
    assert all(held.members(name) == members for name, members in ids(left).items())
    assert len(left) == (1 if gone is PANAMA else 2 if gone is UNPLACED else 1)


def test_a_report_told_again_regroups_nothing() -> None:
    held = Clusters(Entries(), lambda _: None)
    for one in ALL:
        held.hold(one)
    assert [held.hold(one) for one in ALL] == [set() for _ in ALL]


def test_a_revision_splits_and_merges() -> None:
    held = Clusters(Entries(), lambda _: None)
    for one in RULED[:2]:
        held.hold(one)
    (event_id,) = clusters(RULED[:2])
    assert len(held.members(event_id)) == 2
    apart = replace(RULED[1], actors=("Amy Lund",))
    changed = held.hold(apart)
    assert event_id in changed
    assert held.members(event_id) == (RULED[0].mention_id,)
    held.hold(RULED[1])
    assert len(held.members(event_id)) == 2
    assert held.drop(RULED[0].mention_id) | held.drop(RULED[1].mention_id) >= {event_id}
    assert held.members(event_id) == ()


@settings(max_examples=60, deadline=None)
@given(order=st.permutations([*ALL, *RULED]), dropped=st.sets(st.integers(0, 9), max_size=5))
def test_the_index_equals_the_batch_whatever_the_order(
    order: list[Mention], dropped: set[int]
) -> None:
    held, alive = Clusters(Entries(), lambda _: None), {}
    known: dict[str, tuple[str, ...]] = {}
    for one in order:
        for name in held.hold(one):
            known[name] = held.members(name)
        alive[one.mention_id] = one
    for index in sorted(dropped):
        name = order[index].mention_id
        alive.pop(name, None)
        for event_id in held.drop(name):
            known[event_id] = held.members(event_id)
    expected = ids(clusters(alive.values()))
    # what the index says has changed is enough to know everything
    assert {name: members for name, members in known.items() if members} == expected
    assert all(held.members(name) == members for name, members in expected.items())


@settings(max_examples=4000 if os.environ.get("POLICY_EVENTS_SOAK") else 200, deadline=None)
@given(st.lists(st.tuples(MADE, st.integers(0, 4)), max_size=40))
def test_after_every_report_revision_and_retraction_the_index_equals_the_batch(
    steps: list[tuple[Mention, int]],
) -> None:
    held, alive = Clusters(Entries(), lambda _: None), {}
    known: dict[str, tuple[str, ...]] = {}
    for one, chance in steps:
        if chance == 0:
            alive.pop(one.mention_id, None)
            changed = held.drop(one.mention_id)
        else:
            alive[one.mention_id] = one
            changed = held.hold(one)
        for name in changed:
            known[name] = held.members(name)
        expected = ids(clusters(alive.values()))
        assert {name: members for name, members in known.items() if members} == expected
        for name, members in expected.items():
            assert {held.event_of(one) for one in members} == {name}


class Resting:
    """Clusters whose old ones are put to rest, on a table; restarted, they have what is awake."""

    def __init__(self) -> None:
        self.table: dict[str, bytes] = {}
        self.alive: dict[str, Mention] = {}
        self.awake: set[str] = set()
        self.entries = Entries()
        self.held = Clusters(self.entries, self.awake.add)

    def write(self) -> None:
        for key, value in self.entries.changes().items():
            if value is None:
                self.table.pop(key, None)
            else:
                self.table[key] = value

    def change(self, name: str, one: Mention | None) -> set[str]:
        for known in (self.alive.get(name), one):
            if known is not None:
                self.held.recall(known)
        self.alive.pop(name, None)
        self.awake.discard(name)
        if one is None:
            return self.held.drop(name)
        self.alive[name] = one
        self.awake.add(name)
        return self.held.hold(one)

    def evict(self, limit: int) -> None:
        for one in self.held.evict(limit, 2):
            self.awake.difference_update(one.reports)

    def restart(self) -> None:
        self.write()
        self.entries = Entries()
        self.entries.reads_by(self.table.get)
        self.held = Clusters(self.entries, self.awake.add)
        if "notes:clusters" in self.table:
            self.held.by_time.load(self.table["notes:clusters"])
        for name in sorted(self.awake):
            self.held.recall(self.alive[name])
            self.held.hold(self.alive[name])


@settings(max_examples=4000 if os.environ.get("POLICY_EVENTS_SOAK") else 200, deadline=None)
@given(st.lists(st.tuples(MADE, st.sampled_from("hhhdeer")), max_size=40))
def test_what_is_put_to_rest_and_taken_back_changes_no_cluster(
    steps: list[tuple[Mention, str]],
) -> None:
    one = Resting()
    known: dict[str, tuple[str, ...]] = {}
    for report_, turn in steps:
        changed: set[str] = set()
        match turn:
            case "h":
                changed = one.change(report_.mention_id, report_)
            case "d":
                changed = one.change(report_.mention_id, None)
            case "e":
                one.evict(report_.valid_from + 12 * HOUR_MS)
            case "r":
                one.restart()
        for name in changed:
            known[name] = one.held.members(name)
        expected = ids(clusters(one.alive.values()))
        assert {name: members for name, members in known.items() if members} == expected
    for mention in one.alive.values():
        one.held.recall(mention)
    for name, members in ids(clusters(one.alive.values())).items():
        assert {one.held.event_of(each) for each in members} == {name}
        assert one.held.members(name) == members


def test_a_name_is_shared_with_a_cluster_at_rest_on_the_same_day() -> None:
    """Two things of one day ask for one id; the later one's last report goes when one rests."""
    day = RULED[0].valid_from - RULED[0].valid_from % (24 * HOUR_MS)
    first, *chain = (
        replace(
            RULED[0],
            mention_id=f"m{number}",
            precision="minute",
            valid_from=Instant(day + minutes * 60_000),
            valid_to=Instant(day + minutes * 60_000),
            published_at=Instant(RULED[0].published_at + number),
        )
        for number, minutes in enumerate((60, 1430, 1450, 1470))
    )
    one = Resting()
    for report_ in (first, *chain):
        one.change(report_.mention_id, report_)
    one.evict(day + 1_480 * 60_000)
    assert one.awake == {each.mention_id for each in chain}
    changed = one.change("m3", None)
    (named,) = [name for name in changed if len(one.held.members(name)) == 2]
    assert ids(clusters([first, *chain[:2]]))[named] == ("m1", "m2")


def test_what_a_long_report_ties_to_it_is_taken_back_when_its_cluster_begins_anew() -> None:
    """The first report, which kept the two apart, is far from the one that is at rest."""
    day = RULED[0].valid_from - RULED[0].valid_from % (24 * HOUR_MS)
    first, long, early = (
        replace(
            RULED[0],
            mention_id=name,
            precision="minute",
            valid_from=Instant(day + begins * HOUR_MS),
            valid_to=Instant(day + ends * HOUR_MS),
            published_at=Instant(RULED[0].published_at + number),
        )
        for number, (name, begins, ends) in enumerate(
            [("first", 40, 41), ("long", 1, 41), ("early", 1, 2)]
        )
    )
    one = Resting()
    for report_ in (first, long, early):
        one.change(report_.mention_id, report_)
    one.evict(day + 30 * HOUR_MS)
    assert one.awake == {"first", "long"}
    one.change("first", None)
    assert one.held.event_of("early") == one.held.event_of("long") is not None


def test_a_cluster_at_rest_is_not_in_memory() -> None:
    one = Resting()
    for report_ in ALL:
        one.change(report_.mention_id, report_)
    assert len(one.held) == len(ALL)
    one.evict(RULED[0].valid_to + 30 * 24 * HOUR_MS)
    for _ in ALL:
        one.evict(RULED[0].valid_to + 30 * 24 * HOUR_MS)
    assert len(one.held) == 0
