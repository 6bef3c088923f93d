"""Reports of one thing are one cluster, whatever their order; revisions merge and split."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.derived import Mention
from streams.facts.instants import Instant
from streams.mentions import mentions_of
from streams.mentions.values import ClaimedValue
from streams.relations.clusters import Clusters, clusters, summary
from tests.streams.mentions.scoring import article

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
    held = Clusters()
    for one in RULED[:2]:
        held.hold(one)
    (event_id,) = clusters(RULED[:2])
    assert len(held.members(event_id)) == 2
    apart = replace(RULED[1], actors=("Amy Lund",))
    changed = held.hold(apart)
    assert event_id in changed
    assert held.members(event_id) == (RULED[0],)
    held.hold(RULED[1])
    assert len(held.members(event_id)) == 2
    assert held.drop(RULED[0].mention_id) | held.drop(RULED[1].mention_id) >= {event_id}
    assert held.members(event_id) == ()


@settings(max_examples=60, deadline=None)
@given(order=st.permutations([*ALL, *RULED]), dropped=st.sets(st.integers(0, 9), max_size=5))
def test_the_index_equals_the_batch_whatever_the_order(
    order: list[Mention], dropped: set[int]
) -> None:
    held, alive = Clusters(), {}
    known: dict[str, tuple[Mention, ...]] = {}
    for one in order:
        for name in held.hold(one):
            known[name] = held.members(name)
        alive[one.mention_id] = one
    for index in sorted(dropped):
        name = order[index].mention_id
        alive.pop(name, None)
        for event_id in held.drop(name):
            known[event_id] = held.members(event_id)
    expected = clusters(alive.values())
    # what the index says has changed is enough to know everything
    assert {name: members for name, members in known.items() if members} == expected
    assert all(held.members(name) == members for name, members in expected.items())
