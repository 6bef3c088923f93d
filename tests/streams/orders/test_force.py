"""The lives of orders: issued, extended, stayed, vacated, as the docketed words say."""

import pytest

from streams.facts.instants import parse_rfc3339
from streams.orders.family import Family
from tests.streams.orders.cases import ABOVE, dated, family_records
from tests.streams.orders.lives import PI, STAY, TRO, lives, orders
from tests.streams.orders.records import arrivals, emitted, listed, rss, stored


def test_an_order_stands_from_its_entry_on() -> None:
    assert lives(TRO) == {"10": [("issued", "02-01", None)]}


def test_a_stated_term_is_over_when_it_says() -> None:
    for_days = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER for 14 days.", 10)
    until = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER, to remain until 2/15/2025.", 10)
    for order in (for_days, until):
        assert lives(order) == {"10": [("issued", "02-01", "02-15"), ("lapsed", "02-15", None)]}


def test_an_extension_in_time_carries_an_order_on() -> None:
    first = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER for 14 days.", 10)
    more = dated("2025-02-14", "ORDER extending the TRO through March 1, 2025.", 11)
    assert lives(first, more) == {
        "10": [("issued", "02-01", "02-14"), ("extended", "02-14", "03-01"),
               ("lapsed", "03-01", None)],
    }  # fmt: skip


def test_an_extension_too_late_leaves_the_gap_open() -> None:
    first = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER for 14 days.", 10)
    late = dated("2025-02-20", "ORDER extending the TRO.", 11)
    assert lives(first, late) == {
        "10": [("issued", "02-01", "02-15"), ("lapsed", "02-15", "02-20"),
               ("extended", "02-20", None)],
    }  # fmt: skip


def test_an_extension_of_what_we_have_not_seen_says_so() -> None:
    [order] = orders(dated("2025-02-14", "ORDER extending the TRO through March 1, 2025.", 11))
    [first, _] = Family([order]).shown(order.order_id)
    assert [one.what for one in first.disputes] == ["not_on_record"]


def test_a_stay_holds_an_order_and_its_end_lets_it_go() -> None:
    end = dated("2025-04-01", "ORDER filed: the stay is DISSOLVED.", 8, ABOVE)
    assert lives(PI, STAY, end) == {
        "15": [("issued", "02-20", "03-01"), ("stayed", "03-01", "04-01"),
               ("issued", "04-01", None)],
        "7": [("issued", "03-01", "04-01"), ("vacated", "04-01", None)],
    }  # fmt: skip


def test_a_stay_lapses_by_its_own_term() -> None:
    words = "ORDER filed granting administrative stay for seven days."
    assert lives(PI, dated("2025-03-01", words, 7, ABOVE))["15"] == [
        ("issued", "02-20", "03-01"), ("stayed", "03-01", "03-08"), ("issued", "03-08", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "ORDER filed: our stay of March 1 is STAYED pending rehearing en banc.",
        "ORDER filed: the stay entered on March 1, 2025 is hereby stayed.",
    ],
)
def test_a_stay_of_a_stay_frees_the_order(words: str) -> None:
    found = lives(PI, STAY, dated("2025-03-10", words, 8, ABOVE))
    assert found["7"] == [("issued", "03-01", "03-10"), ("stayed", "03-10", None)]
    assert found["15"][1:] == [("stayed", "03-01", "03-10"), ("issued", "03-10", None)]


def test_a_vacatur_is_for_good_unless_it_is_stayed_itself() -> None:
    gone = dated("2025-03-01", "ORDER vacating the [15] Preliminary Injunction.", 20)
    stayed = dated("2025-03-05", "ORDER filed: the district court's order of March 1 is STAYED.", 7,
                   ABOVE)  # fmt: skip
    assert lives(PI, gone) == {"15": [("issued", "02-20", "03-01"), ("vacated", "03-01", None)]}
    assert lives(PI, gone, stayed)["15"] == [
        ("issued", "02-20", "03-01"), ("vacated", "03-01", "03-05"), ("issued", "03-05", None),
    ]  # fmt: skip


def test_a_denial_changes_nothing_and_is_on_record() -> None:
    kept = dated("2025-03-01", "ORDER denying 17 Motion to Stay the preliminary injunction.", 18)
    appealed = dated("2025-02-21", "NOTICE OF APPEAL as to [15] Order by Defendants.", 16)
    assert lives(PI, kept, appealed) == {"15": [("issued", "02-20", None)]}
    family = Family(orders(PI, kept, appealed))
    [(life,)] = [family.shown(key) for key, one in family.orders.items() if one.kind != "denial"
                 and one.kind != "notice_of_appeal"]  # fmt: skip
    assert [one.what for one in life.disputes] == ["appealed", "kept"] or \
        [one.what for one in life.disputes] == ["kept", "appealed"]  # fmt: skip


def test_a_plural_means_all_of_a_kind_and_a_singular_the_latest() -> None:
    second = dated("2025-02-03", "TEMPORARY RESTRAINING ORDER as to Doe.", 12)
    both = dated("2025-02-05", "ORDER extending the temporary restraining orders.", 13)
    latest = dated("2025-02-05", "ORDER extending the temporary restraining order.", 13)
    assert [life[-1][0] for life in lives(TRO, second, both).values()] == ["extended"] * 2
    assert {key: life[-1][0] for key, life in lives(TRO, second, latest).items()} == {
        "10": "issued", "12": "extended",
    }  # fmt: skip


def test_a_number_is_better_than_the_latest() -> None:
    second = dated("2025-02-03", "TEMPORARY RESTRAINING ORDER as to Doe.", 12)
    first = dated("2025-02-05", "ORDER vacating the [10] Temporary Restraining Order.", 13)
    assert {key: life[-1][0] for key, life in lives(TRO, second, first).items()} == {
        "10": "vacated", "12": "issued",
    }  # fmt: skip


def test_an_order_given_aloud_and_the_written_one_have_lives_of_their_own() -> None:
    words = ("MINUTE ORDER: As the Court ORALLY ORDERED at 6:46 p.m., Defendants are ENJOINED."
             " Signed by Judge A. Bee on 2/1/2025.")  # fmt: skip
    family = Family(orders(dated("2025-02-01", words)))
    by_form = {one.form: family.shown(key) for key, one in family.orders.items()}
    ((oral,), (written,)) = by_form["oral"], by_form["written"]
    assert (oral.clock, written.clock) == ("pronounced", "entered")
    assert oral.from_earliest == parse_rfc3339("2025-02-01T23:46:00Z")
    assert oral.description != written.description
    for one, other in ((oral, written), (written, oral)):
        [said] = one.disputes
        assert (said.what, said.order_id) == ("spoken_and_written", other.order_id)


def test_what_is_done_to_the_written_order_is_possible_of_the_spoken_one() -> None:
    words = ("MINUTE ORDER: As the Court ORALLY ORDERED at 6:46 p.m., Defendants are ENJOINED."
             " Signed by Judge A. Bee on 2/1/2025.")  # fmt: skip
    gone = dated("2025-02-10", "ORDER vacating the TRO.", 12)
    family = Family(orders(dated("2025-02-01", words, 11), gone))
    lives_of = {one.form: family.shown(key) for key, one in family.orders.items()}
    assert [one.status for one in lives_of["oral"]] == ["issued", "vacated"]
    *_, spoken = lives_of["oral"]
    assert "possibly_vacated" in [one.what for one in spoken.disputes]
    [written] = [family.shown(key)[-1] for key, one in family.orders.items()
                 if one.document_number == "11" and one.form != "oral"]  # fmt: skip
    assert written.status == "vacated"
    assert "possibly_vacated" not in [one.what for one in written.disputes]


def test_rival_times_of_an_order_are_on_record() -> None:
    stub = rss("[Order on Motion for TRO] (<a href='/doc1/04509690740?caseid=278436"
               "&de_seq_num=98'>39</a>)", date="Sat, 15 Mar 2025 23:25:30 GMT")  # fmt: skip
    rival = listed(entry_number=39, description="ORDER for TRO. [Entered: 03/15/2025 07:27 PM]")
    family = Family(orders(stub, rival))
    [(life,)] = [family.shown(key) for key in family.orders]
    assert [one.what for one in life.disputes] == ["rival_times"]


def test_the_lives_of_the_made_up_case() -> None:
    found = lives(*family_records())
    assert [status for status, _, _ in found["15"]] == ["issued", "stayed", "issued", "vacated"]
    assert [status for status, _, _ in found["10"]] == ["issued", "extended", "lapsed"]
    assert stored(emitted(arrivals(family_records())), "court.orders")
