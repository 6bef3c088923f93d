"""Reports of one thing are one cluster, whatever their order."""

from dataclasses import replace

from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.mentions.values import ClaimedValue
from streams.relations.clusters import summary
from tests.streams.relations.batch_clusters import clusters
from tests.streams.relations.told import FLOWN, HOUR_MS, LIMA, OTHER, PANAMA, RULED, UNPLACED


def groups(found: dict[str, tuple[Mention, ...]]) -> set[frozenset[str]]:
    return {frozenset(one.outlet for one in members) for members in found.values()}


def test_what_shares_type_time_and_actor_is_one_thing() -> None:
    assert groups(clusters(RULED)) == {frozenset("ABCD")}
    assert frozenset("ABD") in groups(clusters([*RULED, *OTHER]))


def test_another_judge_day_or_place_is_another_thing() -> None:
    found = clusters([*RULED[:2], *OTHER])
    assert groups(found) == {frozenset("AB"), frozenset("E"), frozenset("F"), frozenset("G")}
    assert len(found) == 5  # the two visits by one outlet are two


def test_a_chain_makes_no_two_things_one() -> None:
    # what names no place would tie the two: it goes with the earlier, and the other stays apart
    assert groups(clusters([LIMA, UNPLACED, PANAMA])) == {frozenset("GH"), frozenset("I")}


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
