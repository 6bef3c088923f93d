"""The lives of orders: issued, extended, stayed, vacated, as the docketed words say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.facts.derived import Order, OrderState
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339, rfc3339
from streams.facts.received import DocketEntry
from streams.orders.family import Family
from streams.orders.force_stage import ForceStage
from streams.orders.references import reference, scope, term
from streams.stages import Emit
from tests.streams.feeds.court.documents import EXAMPLES
from tests.streams.orders.cases import ABOVE, dated, family_records, supreme
from tests.streams.orders.records import (
    RECORDS,
    arrivals,
    emitted,
    in_force,
    last,
    listed,
    rss,
    stored,
)

DAY = 86_400_000


def orders(*records: DocketEntry) -> list[Order]:
    return list(in_force(emitted(arrivals(records))).values())


def lives(*records: DocketEntry) -> dict[str, list[tuple[str, str, str | None]]]:
    """By document number: status, first day, last day; a day is the earliest instant's, in UTC."""
    family = Family(orders(*records))
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for order_id, order in family.orders.items():
        for one in family.shown(order_id):
            ends = None if one.to_earliest is None else rfc3339(one.to_earliest)[5:10]
            stretch = (one.status, rfc3339(one.from_earliest)[5:10], ends)
            found.setdefault(order.document_number or order.kind, []).append(stretch)
    return found


TRO = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER. Defendants are ENJOINED.", 10)
PI = dated("2025-02-20", "PRELIMINARY INJUNCTION. Defendants shall not enforce the memo.", 15)
STAY = dated("2025-03-01", "ORDER filed granting stay pending appeal of the injunction.", 7, ABOVE)


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


def test_rival_times_of_an_order_are_on_record() -> None:
    stub = rss("[Order on Motion for TRO] (<a href='/doc1/04509690740?caseid=278436"
               "&de_seq_num=98'>39</a>)", date="Sat, 15 Mar 2025 23:25:30 GMT")  # fmt: skip
    rival = listed(entry_number=39, description="ORDER for TRO. [Entered: 03/15/2025 07:27 PM]")
    family = Family(orders(stub, rival))
    [(life,)] = [family.shown(key) for key in family.orders]
    assert [one.what for one in life.disputes] == ["rival_times"]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("TRO for 14 days", "2025-02-15T12:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("TRO for fourteen days", "2025-02-15T12:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("TRO until 2/15/2025", "2025-02-15T05:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("TRO through February 15", "2025-02-15T05:00:00Z", "2025-02-16T04:59:59.999Z"),
        ("stay until February 3, 2025 at 8:00 p.m.", "2025-02-04T01:00:00Z",
         "2025-02-04T01:00:59.999Z"),
        ("stay until 5:00 PM on February 3, 2025", "2025-02-03T22:00:00Z",
         "2025-02-03T22:00:59.999Z"),
        ("TRO, due to expire on February 9, through February 23, 2025", "2025-02-23T05:00:00Z",
         "2025-02-24T04:59:59.999Z"),
    ],
)  # fmt: skip
def test_terms_that_orders_state(words: str, first: str, last: str) -> None:
    found = term(words, "dcd", parse_rfc3339("2025-02-01T12:00:00Z"))
    assert found is not None
    assert found.until is not None
    assert found.words in words
    assert (found.until.earliest, found.until.latest) == (parse_rfc3339(first), parse_rfc3339(last))


@pytest.mark.parametrize("words", ["TRO until further order", "stay pending arbitration"])
def test_a_term_without_a_day_is_open(words: str) -> None:
    found = term(words, "dcd", parse_rfc3339("2025-02-01T12:00:00Z"))
    assert found is not None
    assert found.until is None


@pytest.mark.parametrize("words", ["TRO granted", "until 2/30/2025x", "for 14 daily briefings"])
def test_no_term_is_made_up(words: str) -> None:
    found = term(words, "dcd", parse_rfc3339("2025-02-01T12:00:00Z"))
    assert found is None or found.until is None


@pytest.mark.parametrize(
    ("words", "effect", "pool", "numbers", "day"),
    [
        ("ORDER vacating the [51] TRO", "vacatur", "tro", ("51",), None),
        ("the order of April 3 is vacated", "vacatur", "order", (), (None, 4, 3)),
        ("The administrative stay entered on January 28, 2025 is extended", "extension", "stay", (),
         (2025, 1, 28)),
        ("ORDER granting motion to stay pending appeal", "stay", "injunction", (), None),
        ("ORDER staying case pending the decision of the Fourth Circuit", "stay", None, (), None),
        ("MINUTE ORDER granting stay", "stay", None, (), None),  # its own name is no reference
        ("NOTICE OF APPEAL as to 33 Order by Defendants", "appeal", None, ("33",), None),
    ],
)  # fmt: skip
def test_what_an_act_speaks_of(
    words: str, effect: str, pool: str | None, numbers: tuple[str, ...], day: object
) -> None:
    found = reference(words, effect)
    assert (found.pool, found.numbers, found.day) == (pool, numbers, day)


@EXAMPLES
@given(st.text(max_size=200))
def test_scope_and_term_are_the_orders_own_words(text: str) -> None:
    assert all(piece in text for piece in scope(text))
    found = term(text, "dcd", Instant(0))
    assert found is None or found.words in text


ACTS = st.sampled_from(
    [
        "TEMPORARY RESTRAINING ORDER. Defendants are ENJOINED from removing X.",
        "TEMPORARY RESTRAINING ORDER for 14 days.",
        "PRELIMINARY INJUNCTION. Defendants shall not enforce the memo.",
        "ORDER extending the TRO for 7 days.",
        "ORDER extending the temporary restraining orders.",
        "ORDER staying the [10] Order.",
        "ORDER: the stay is DISSOLVED.",
        "ORDER vacating the preliminary injunction.",
        "ORDER denying motion to stay the preliminary injunction.",
        "MINUTE ORDER: As the Court ORALLY ORDERED, Defendants are ENJOINED.",
        "NOTICE OF APPEAL as to [11] Order.",
        "ORDER setting a schedule.",
    ]
)
ABOVE_ACTS = st.sampled_from(
    [
        "ORDER filed granting administrative stay.",
        "ORDER filed granting stay of the district court's order for 10 days.",
        "ORDER filed: the stay is vacated.",
        "JUDGMENT filed: the preliminary injunction is VACATED.",
        "ORDER filed denying stay pending appeal.",
    ]
)
SUPREME_ACTS = st.sampled_from(
    [
        "Application (24A931) granted by the Court: the TROs are vacated.",
        "Application (24A931) for stay granted by the Court.",
        "Application (24A931) denied by the Court.",
        "Judgment VACATED and case REMANDED.",
    ]
)
DAYS = st.integers(1, 28).map(lambda day: f"2025-02-{day:02}")
CASES = st.lists(
    st.one_of(
        st.builds(dated, DAYS, ACTS, st.integers(10, 14)),
        st.builds(lambda day, words, number: dated(day, words, number, ABOVE), DAYS, ABOVE_ACTS,
                  st.integers(1, 4)),
        st.builds(supreme, DAYS, SUPREME_ACTS),
    ),
    max_size=8,
)  # fmt: skip


def published(emits: Iterable[Emit]) -> dict[str, OrderState]:
    return {
        key: replace(state, revision=Revision(0))
        for (_, key), state in last(emits).items()
        if not state.is_deleted
    }


def whole(found: Iterable[Order]) -> dict[str, OrderState]:
    families: dict[str, list[Order]] = {}
    for order in found:
        families.setdefault(order.case_family, []).append(order)
    return {
        state.state_id: state
        for members in families.values()
        for family in [Family(members)]
        for order_id in family.orders
        for state in family.shown(order_id)
    }


def run(log: Sequence[Order], cuts: Iterable[int] = (), *, restarts: bool = False) -> list[Emit]:
    arrived = arrivals(log)
    stage, table, emits = ForceStage(), dict[str, bytes](), list[Emit]()
    ends = [*sorted({cut for cut in cuts if cut < len(arrived)}), len(arrived)]
    for start, end in zip([0, *ends], ends, strict=False):
        outcome = stage.apply(arrived[start:end])
        emits += outcome.emits
        for key, value in outcome.changes.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
        if restarts:
            stage = ForceStage()
            stage.restore(table.items())
    return emits


@EXAMPLES
@given(CASES, st.data())
def test_lives_are_a_function_of_the_orders_not_of_their_arrival(
    records: Sequence[DocketEntry], data: st.DataObject
) -> None:
    found = orders(*records)
    shuffled = data.draw(st.permutations(found + found[:3]))
    cuts = data.draw(st.lists(st.integers(1, 12), max_size=4))
    assert published(run(shuffled, cuts)) == whole(found)


@EXAMPLES
@given(CASES | RECORDS, st.lists(st.integers(1, 12), max_size=4))
def test_corrections_retract_and_cuts_and_restarts_change_no_last_record(
    records: Sequence[DocketEntry], cuts: list[int]
) -> None:
    emits = emitted(arrivals(records))
    log = [emit.record for emit in emits if emit.topic == "court.orders"]
    assert last(run(log)) == last(run(log, cuts, restarts=True))
    assert published(run(log)) == whole(in_force(emits).values())


@EXAMPLES
@given(CASES)
def test_a_life_is_one_line_without_gap_or_overlap(records: Sequence[DocketEntry]) -> None:
    found = Family(orders(*records))
    for order_id in found.orders:
        life = found.shown(order_id)
        for one in life:
            encode(one)
            assert one.from_earliest <= one.from_latest
            assert one.in_force == (one.status in ("issued", "extended"))
            assert one.term_words is None or one.term_words
            assert 0 < one.confidence <= 1
        for one, following in pairwise(life):
            assert (one.to_earliest, one.to_latest) == (
                following.from_earliest, following.from_latest,
            )  # fmt: skip
            assert one.from_earliest <= following.from_earliest
        assert all(one.to_earliest is None for one in life[-1:])
        assert len({one.state_id for one in life}) == len(life)


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


def doubts(*records: DocketEntry) -> dict[str, list[list[str]]]:
    """By document number: what may have been done to the order, in each stretch of its life."""
    family = Family(orders(*records))
    return {
        order.document_number or order.kind: [
            [one.what for one in state.disputes if one.what.startswith("possibly")]
            for state in family.shown(order_id)
        ]
        for order_id, order in family.orders.items()
        if order.court_id == "dcd" and family.shown(order_id)
    }


def test_an_act_that_does_not_say_on_which_order_may_be_on_any_that_stands() -> None:
    unnamed = supreme("2025-04-07", "Application (24A931) for a stay granted by the Court.")
    found, life = doubts(*TWO_TROS, unnamed), lives(*TWO_TROS, unnamed)
    for number in ("4", "5"):
        assert found[number] == [[], [], ["possibly_stayed"], ["possibly_stayed"]]
        assert [status for status, _, _ in life[number]] == [
            "issued", "extended", "extended", "lapsed",
        ]  # fmt: skip
    assert [status for status, _, _ in lives(PI, unnamed)["15"]] == ["issued", "stayed"]


def test_an_order_whose_term_was_over_is_no_candidate() -> None:
    lapsed = dated("2025-02-01", "TEMPORARY RESTRAINING ORDER for 14 days.", 10)
    unnamed = dated("2025-03-01", "ORDER filed granting stay pending appeal.", 7, ABOVE)
    assert doubts(lapsed, PI, unnamed) == {"10": [[], []], "15": [[], []]}
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


def test_an_order_that_moves_to_another_family_leaves_the_old_one() -> None:
    stub = rss("[Per Curiam Order Filed]", title="25-5001 A v. B", court="cadc",
               link="https://ecf.cadc.uscourts.gov/x?caseNum=25-5001")  # fmt: skip
    word = dated("2025-03-24", "ORAL ARGUMENT HELD.", None, ABOVE)
    emits = [emit for emit in emitted(arrivals([stub, word]), [1]) if emit.topic == "court.orders"]
    old, new = "cadc/25-5001", "dcd/1:25-cv-00123"
    for family, moved in ((old, False), (new, True)):
        log = [emit.record for emit in emits if emit.partition_by == family]
        stage = ForceStage(lambda name, mine=family: name == mine)
        states = [emit.record for emit in stage.apply(arrivals(log)).emits]
        assert {one.case_family for one in states} == {family}
        assert [one.is_deleted for one in states[-1:]] == [not moved]


def test_what_is_no_order_is_refused() -> None:
    [arrived] = arrivals([TRO])
    assert [one.arrived for one in ForceStage().apply([arrived]).refused] == [arrived]


def test_the_lives_of_the_made_up_case() -> None:
    found = lives(*family_records())
    assert [status for status, _, _ in found["15"]] == ["issued", "stayed", "issued", "vacated"]
    assert [status for status, _, _ in found["10"]] == ["issued", "extended", "lapsed"]
    assert stored(emitted(arrivals(family_records())), "court.orders")
