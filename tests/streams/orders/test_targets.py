"""Which orders a higher court acts on: those it names, else all that it may mean, none chosen."""

import pytest

from streams.orders.family import Family
from tests.streams.orders.cases import ABOVE, dated, supreme
from tests.streams.orders.lives import PI, doubts, lives, orders

TWO_TROS = (
    dated("2025-03-15", "TEMPORARY RESTRAINING ORDER as to five plaintiffs for 14 days.", 4),
    dated("2025-03-15", "MINUTE ORDER: Defendants are ENJOINED from removing the class.", 5),
    dated("2025-03-28", "ORDER extending the temporary restraining orders through April 12,"
          " 2025.", 66),
    dated("2025-03-26", "PER CURIAM ORDER filed denying motion for stay of the temporary"
          " restraining orders.", None, ABOVE),
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "Application (24A931) granted by the Court. The TROs are vacated.",
        "Application (24A931) to vacate the orders of the United States District Court for the"
        " District of Columbia granted by the Court. The orders are vacated.",
    ],
)
def test_what_the_supreme_court_vacates_is_vacated_with_its_words_and_by_whom(words: str) -> None:
    family = Family(orders(*TWO_TROS, supreme("2025-04-07", words)))
    restraining = [one for one in family.orders.values() if one.document_number in ("4", "5")]
    assert len(restraining) == 2
    for order in restraining:
        *_, before, final = family.shown(order.order_id)
        assert (before.in_force, final.status, final.began_in) == (
            True, "vacated", "scotus/24A931",
        )  # fmt: skip
        assert "vacated" in final.began_words
        assert family.orders[final.began_by].court_id == "scotus"
        assert "kept" in [one.what for one in final.disputes]


def test_an_act_that_does_not_say_on_which_order_may_be_on_any_that_stands() -> None:
    unnamed = supreme("2025-04-07", "Application (24A931) for a stay granted by the Court.")
    found, life = doubts(*TWO_TROS, unnamed), lives(*TWO_TROS, unnamed)
    for number in ("4", "5"):
        assert found[number] == [[], [], ["possibly_stayed"], ["possibly_stayed"]]
        assert [status for status, _, _ in life[number]] == [
            "issued", "extended", "extended", "lapsed",
        ]  # fmt: skip


UNNAMED = dated("2025-03-01", "ORDER filed granting administrative stay.", 7, ABOVE)


def test_the_only_one_that_stands_is_taken_to_be_meant_and_is_possible_while_it_lasts() -> None:
    end = dated("2025-03-10", "ORDER filed: the administrative stay is DISSOLVED.", 8, ABOVE)
    assert [status for status, _, _ in lives(PI, UNNAMED, end)["15"]] == [
        "issued", "stayed", "issued",
    ]  # fmt: skip
    assert doubts(PI, UNNAMED, end)["15"] == [[], ["possibly_stayed"], []]


def test_a_guess_has_its_act_among_the_disputes_and_leaves_no_mark_once_it_is_over() -> None:
    end = dated("2025-03-10", "ORDER filed: the administrative stay is DISSOLVED.", 8, ABOVE)
    family = Family(orders(PI, UNNAMED, end))
    [injunction] = [key for key, one in family.orders.items() if one.document_number == "15"]
    before, held, after = family.shown(injunction)
    [dispute] = held.disputes
    assert (family.orders[dispute.order_id or ""].court_id, dispute.words) == (
        "cadc", held.began_words,
    )  # fmt: skip
    assert held.confidence == 0.5
    assert before.confidence > 0.5
    assert after.confidence > 0.5


@pytest.mark.parametrize(
    "words", ["ORDER filed granting stay of the preliminary injunction.",
              "ORDER filed: the district court's order of February 20 is STAYED."],
)  # fmt: skip
def test_what_an_act_names_is_not_in_doubt(words: str) -> None:
    assert doubts(PI, dated("2025-03-01", words, 7, ABOVE)) == {"15": [[], []]}


def test_a_number_that_is_not_on_record_leaves_the_latest_of_the_kind_possible() -> None:
    restraining = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER for 14 days.", 10)
    guess = dated("2025-02-10", "ORDER extending the [9] TRO through March 1, 2025.", 12)
    named = dated("2025-02-20", "ORDER extending the [10] TRO through April 1, 2025.", 14)
    assert doubts(restraining, guess, named)["10"] == [[], ["possibly_extended"], [], []]
    assert [status for status, _, _ in lives(restraining, guess, named)["10"]] == [
        "issued", "extended", "extended", "lapsed",
    ]  # fmt: skip


def test_where_the_stay_of_an_order_is_undone_by_a_guess_the_order_may_still_be_stayed() -> None:
    stay = dated("2025-03-01", "ORDER filed granting stay of the injunction.", 7, ABOVE)
    undone = dated("2025-03-10", "ORDER filed: the stay [99] is VACATED.", 8, ABOVE)
    named = dated("2025-03-10", "ORDER filed: the stay of March 1 is VACATED.", 8, ABOVE)
    for end, doubted in ((undone, ["possibly_stayed"]), (named, [])):
        assert [status for status, _, _ in lives(PI, stay, end)["15"]] == [
            "issued", "stayed", "issued",
        ]  # fmt: skip
        assert doubts(PI, stay, end)["15"] == [[], [], doubted]


def test_an_order_whose_term_was_over_is_no_candidate() -> None:
    lapsed = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER for 14 days.", 10)
    unnamed = dated("2025-03-01", "ORDER filed granting stay pending appeal.", 7, ABOVE)
    assert doubts(lapsed, PI, unnamed) == {"10": [[], []], "15": [[], ["possibly_stayed"]]}
    assert lives(lapsed, PI, unnamed)["15"][-1][0] == "stayed"
    extended = dated("2025-02-10", "ORDER extending the TRO through April 1, 2025.", 12)
    assert ["possibly_stayed"] in doubts(lapsed, extended, PI, unnamed)["10"]


def test_a_doubt_ends_with_the_act_that_it_is_about() -> None:
    unnamed = dated("2025-04-01", "ORDER filed granting administrative stay.", 7, ABOVE)
    end = dated("2025-04-03", "ORDER filed: the administrative stay is DISSOLVED.", 8, ABOVE)
    found = doubts(*TWO_TROS, unnamed, end)
    assert found["4"] == found["5"] == [[], [], ["possibly_stayed"], [], []]


def test_a_court_acts_on_those_below_it_not_on_those_above() -> None:
    stay = supreme("2025-04-07", "Application (24A931) for stay of the injunction granted by the"
                   " Court.")  # fmt: skip
    below = dated("2025-04-09", "ORDER filed: the stay is VACATED.", 8, ABOVE)
    life = lives(PI, stay, below)
    assert [status for status, _, _ in life["15"]] == ["issued", "stayed"]
    assert [status for status, _, _ in life["appellate_order"]] == ["issued"]


def test_a_judgment_of_an_appeals_court_that_the_supreme_court_vacates_lets_the_order_go() -> None:
    below = dated("2025-03-01", "JUDGMENT filed: the preliminary injunction is VACATED.", 8, ABOVE)
    above = supreme("2025-04-07", "Judgment VACATED and case REMANDED.")
    own = dated("2025-01-01", "JUDGMENT for plaintiffs.", 9)
    life = lives(own, PI, below, above)
    assert [status for status, _, _ in life["15"]] == ["issued", "vacated", "issued"]
    assert [status for status, _, _ in life["9"]] == ["issued"]


@pytest.mark.parametrize(
    "words",
    [
        "Application (24A931) granted by the Court. The application for stay presented to The Chief"
        " Justice is granted. The district court's February 20, 2025 order is stayed pending the"
        " appeal in the United States Court of Appeals for the District of Columbia Circuit.",
        "Order: those portions of the district court's order entered on February 20, 2025,"
        " granting in part the motion for a preliminary injunction, are administratively stayed.",
    ],
)
def test_an_order_named_by_its_day_is_the_one_that_is_stayed(words: str) -> None:
    later = dated("2025-02-25", "MINUTE ORDER: Defendants are ENJOINED.", 16)
    life = lives(PI, later, supreme("2025-03-10", words))
    assert [status for status, _, _ in life["15"]] == ["issued", "stayed"]
    assert [status for status, _, _ in life["16"]] == ["issued"]


@pytest.mark.parametrize(
    "words",
    [
        "ORDER filed: the court's opinion of February 27, 2025 is VACATED and rehearing granted.",
        "ORDER filed granting motion for stay of removal.",
        "ORDER filed: proceedings are STAYED pending the Supreme Court's decision.",
        "Application granted by the Court. The order heretofore entered by The Chief Justice is"
        " vacated.",
        "ORDER filed. The stay will be lifted automatically upon issuance of the mandate.",
    ],
)
def test_what_is_done_to_something_else_leaves_the_injunction_alone(words: str) -> None:
    docket = supreme if "Application" in words else None
    act = docket("2025-03-10", words) if docket else dated("2025-03-10", words, 8, ABOVE)
    assert lives(PI, act)["15"] == [("issued", "02-20", None)]


def test_a_court_of_appeals_may_undo_its_own_order_by_its_day() -> None:
    own = dated("2025-03-03", "ORDER filed setting argument.", 7, ABOVE)
    undone = dated("2025-03-05", "ORDER filed: the order of March 3 is VACATED.", 8, ABOVE)
    life = lives(PI, own, undone)
    assert [status for status, _, _ in life["7"]] == ["issued", "vacated"]
    assert [status for status, _, _ in life["15"]] == ["issued"]


def test_a_day_of_no_order_on_record_leaves_the_only_one_in_doubt() -> None:
    act = dated("2025-03-05", "ORDER filed: the district court's order of March 3 is STAYED.", 8,
                ABOVE)  # fmt: skip
    assert doubts(PI, act) == {"15": [[], ["possibly_stayed"]]}
    assert [status for status, _, _ in lives(PI, act)["15"]] == ["issued", "issued"]
