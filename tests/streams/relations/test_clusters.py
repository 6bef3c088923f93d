"""Reports of one thing are one cluster, whatever their order; revisions merge and split."""

import os
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.mentions import mentions_of
from streams.mentions.values import ClaimedValue
from streams.relations.cluster_index import Clusters
from streams.relations.clusters import summary
from streams.relations.entries import Entries
from tests.streams.mentions.scoring import article
from tests.streams.relations.batch_clusters import clusters

MONDAY = "2025-03-17T22:00:00Z"


def report(text: str, outlet: str, published: str = MONDAY, type_: str | None = None) -> Mention:
    one = replace(article(text, published), outlet=outlet, article_id=f"{outlet}/{text[:20]}")
    mentions = mentions_of(one)
    return next(m for m in mentions if type_ is None or m.type == type_)


RULED = [
    report("Judge Ana Reyes barred the firings on Monday.", "A"),
    report("U.S. District Judge Ana Reyes on Monday blocked the firings.", "B"),
    report("A federal judge barred the firings on Monday.", "C", "2025-03-17T23:00:00Z"),
    report("Judge Ana Reyes barred the firings on Monday.", "D", "2025-03-19T22:00:00Z"),
]
OTHER = [
    report("Judge Amy Lund barred a tariff on Monday.", "E"),
    report("Judge Ana Reyes barred a tariff on Friday.", "F"),
    report("Rubio visited Panama on Monday.", "G"),
    report("Rubio visited Lima on Monday.", "G"),
]
FLOWN = [
    report("A plane with 238 Venezuelans landed in El Salvador on Sunday.", "H"),
    report("Flights with 261 people in all landed in San Salvador on Sunday.", "I"),
    report("Flight 6143 landed in El Salvador on Sunday with deportees.", "J"),
    report("Flight 6145 landed in El Salvador on Sunday with deportees.", "K"),
]
ALL = [*RULED[:2], *OTHER, *FLOWN]


def groups(found: dict[str, tuple[Mention, ...]]) -> set[frozenset[str]]:
    return {frozenset(one.outlet for one in members) for members in found.values()}


def test_what_shares_type_time_and_actor_is_one_thing() -> None:
    assert groups(clusters(RULED)) == {frozenset("ABCD")}
    assert frozenset("ABD") in groups(clusters([*RULED, *OTHER]))


def test_another_judge_day_or_place_is_another_thing() -> None:
    found = clusters([*RULED[:2], *OTHER])
    assert groups(found) == {frozenset("AB"), frozenset("E"), frozenset("F"), frozenset("G")}
    assert len(found) == 5  # the two visits by one outlet are two


PANAMA = OTHER[2]
UNPLACED = replace(
    OTHER[2], mention_id="unplaced", outlet="H", place=None,
    published_at=Instant(PANAMA.published_at + 1),
)  # fmt: skip
LIMA = replace(OTHER[3], outlet="I", published_at=Instant(PANAMA.published_at + 2))


def test_a_chain_makes_no_two_things_one() -> None:
    # what names no place would tie the two: it goes with the earlier, and the other stays apart
    assert groups(clusters([LIMA, UNPLACED, PANAMA])) == {frozenset("GH"), frozenset("I")}


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


def test_names_of_one_place_are_one_place() -> None:
    one, other = OTHER[3], replace(OTHER[3], outlet="Z", mention_id="other")
    for first, second in [
        ("D.C.", "Washington"),
        ("Bogota", "Bogotá"),
        ("San Salvador", "El Salvador"),
        ("Lima", "Peru"),
    ]:
        both = [replace(one, place=first), replace(other, place=second)]
        assert groups(clusters(both)) == {frozenset("GZ")}, (first, second)


def test_a_report_told_again_regroups_nothing() -> None:
    held = Clusters(Entries(), lambda _: None)
    for one in ALL:
        held.hold(one)
    assert [held.hold(one) for one in ALL] == [set() for _ in ALL]


def test_a_report_without_an_actor_joins_one_thing_but_never_two() -> None:
    assert groups(clusters([RULED[0], RULED[2]])) == {frozenset("AC")}
    assert groups(clusters([RULED[0], OTHER[0], RULED[2]])) == {
        frozenset("A"), frozenset("E"), frozenset("C"),
    }  # fmt: skip


def test_different_flight_numbers_are_different_flights() -> None:
    assert groups(clusters(FLOWN[2:])) == {frozenset("J"), frozenset("K")}


def test_the_summary_names_first_report_outlets_and_each_value_with_its_scope() -> None:
    late = replace(FLOWN[1], published_at=Instant(FLOWN[1].published_at + 1))
    told = summary([late, FLOWN[0]])
    assert told.first_report == FLOWN[0]
    assert told.outlets == ("H", "I")
    assert {(spread.value, spread.outlets) for spread in told.values} == {
        (ClaimedValue(238, "venezuelans", "", False), ("H",)),
        (ClaimedValue(261, "people", "in all", False), ("I",)),
    }


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


def ids(found: dict[str, tuple[Mention, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(one.mention_id for one in members) for name, members in found.items()}


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


HOUR_MS = 3_600_000
MADE = st.builds(
    lambda number, type_, actors, place, at, hours, published, flights: replace(
        RULED[0],
        mention_id=f"m{number}",
        type=type_,
        actors=actors,
        place=place,
        valid_from=Instant(RULED[0].valid_from + at * HOUR_MS),
        valid_to=Instant(RULED[0].valid_from + (at + hours) * HOUR_MS),
        precision="day" if hours == 24 else "minute",
        published_at=Instant(RULED[0].published_at + published * HOUR_MS),
        flight_numbers=flights if type_ == "flight.landed" else (),
    ),
    st.integers(0, 11),
    st.sampled_from(["order.issued", "order.issued", "flight.landed"]),
    st.sampled_from([(), ("Ana Reyes",), ("Amy Lund",), ("Amy Lund", "Ana Reyes")]),
    st.sampled_from([None, None, "here", "there"]),
    st.integers(0, 40),
    st.sampled_from([0, 0, 24]),
    st.integers(0, 3),
    st.sampled_from([(), (), ("6143",), ("6145",)]),
)


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


def test_two_things_of_one_day_that_begin_with_unnamed_reports_stay_two() -> None:
    morning, evening = (
        replace(
            one,
            mention_id=f"{one.mention_id}/{hours}",
            precision="minute",
            valid_from=Instant(one.valid_from + hours * HOUR_MS),
            valid_to=Instant(one.valid_from + hours * HOUR_MS),
            published_at=Instant(one.published_at + (one.outlet != "C")),
        )
        for hours in (0, 9)
        for one in [RULED[0]]
    )
    unnamed = [
        replace(one, mention_id=f"{one.mention_id}/unnamed", outlet="C", actors=(),
                published_at=Instant(one.published_at - 1))
        for one in (morning, evening)
    ]  # fmt: skip
    evening = replace(evening, actors=("Amy Lund",))
    found = clusters([morning, evening, *unnamed])
    assert sorted(map(len, found.values())) == [2, 2]
