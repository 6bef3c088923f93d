"""Orders are a function of what was received: not of its order, its repeats, or the batches."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.facts.identity import Revision
from streams.facts.received import DocketEntry
from streams.orders.docket import Docket, Fact
from streams.orders.evidence import Evidence
from streams.orders.stage import OrdersStage
from streams.stages import Route
from tests.streams.feeds.court.documents import EXAMPLES
from tests.streams.orders.records import (
    APPEAL,
    FIRST,
    HOUR,
    RECORDS,
    arrivals,
    emitted,
    in_force,
    last,
    listed,
    rss,
)

CUTS = st.lists(st.integers(1, 30), max_size=6)


@EXAMPLES
@given(RECORDS, st.data(), CUTS)
def test_arrival_order_repeats_and_batches_do_not_matter(
    records: Sequence[DocketEntry], data: st.DataObject, cuts: list[int]
) -> None:
    repeats = data.draw(st.lists(st.sampled_from(records), max_size=4))
    shuffled = data.draw(st.permutations([*records, *repeats]))
    assert in_force(emitted(arrivals(records))) == in_force(emitted(arrivals(shuffled), cuts))


@EXAMPLES
@given(RECORDS, CUTS, st.booleans())
def test_batch_cuts_and_restarts_change_no_last_record(
    records: Sequence[DocketEntry], cuts: list[int], restarts: bool
) -> None:
    log = arrivals(records)
    assert last(emitted(log)) == last(emitted(log, cuts, restarts))


@EXAMPLES
@given(RECORDS)
def test_what_is_published_piece_by_piece_is_what_the_whole_gives(
    records: Sequence[DocketEntry],
) -> None:
    whole: dict[str, Fact] = {}
    for name in {(record.court_id, record.docket_number) for record in records}:
        docket = Docket()
        for record in records:
            if (record.court_id, record.docket_number) == name:
                docket.add(Evidence.of(record))
        whole |= Docket(docket.evidence.values()).facts
    published = {
        key: replace(fact, revision=Revision(0))
        for (topic, key), fact in last(emitted(arrivals(records))).items()
        if topic in ("court.entries", "court.orders") and not fact.is_deleted
    }
    assert published == whole


@EXAMPLES
@given(RECORDS)
def test_a_repeat_publishes_nothing_and_changes_nothing(records: Sequence[DocketEntry]) -> None:
    stage = OrdersStage()
    log = arrivals([*records, *records])
    stage.apply(log[: len(records)])
    again = stage.apply(log[len(records) :])
    assert (again.emits, again.changes) == ((), {})


@EXAMPLES
@given(RECORDS)
def test_every_order_fits_its_schema_and_rests_on_its_words(records: Sequence[DocketEntry]) -> None:
    for emit in emitted(arrivals(records)):
        encode(emit.record)
        if emit.topic == "court.entries":
            continue
        assert emit.record.rests_on
        assert emit.record.rests_on in emit.record.description
        assert 0 < emit.record.confidence <= 1
        for clock in emit.record.clocks:
            assert clock.at_earliest <= clock.at_latest


def test_orders_go_to_their_family_and_to_every_partition_of_the_join() -> None:
    emits = emitted(arrivals([rss()]))
    assert [(emit.topic, emit.route, emit.partition_by) for emit in emits] == [
        ("court.entries", Route.BY_KEY, "dcd/1:25-cv-00766"),
        ("court.orders", Route.BY_KEY, "dcd/1:25-cv-00766"),
        ("relate.inputs", Route.ALL, None),
    ]
    assert [emit.key for emit in emits[1:]] == [emits[1].record.order_id] * 2


def test_an_order_of_a_case_that_proves_an_appeal_goes_to_both_families() -> None:
    stub = rss("[Per Curiam Order Filed]", title="25-5067 J.G.G. v. Trump", court="cadc",
               link="https://ecf.cadc.uscourts.gov/x?caseNum=25-5067")  # fmt: skip
    word = listed(docket=APPEAL, description="ORAL ARGUMENT HELD.", date_filed="2025-03-24")
    for log in ([stub, word], [word, stub]):
        found = [one for one in emitted(arrivals(log), [1]) if one.topic == "court.orders"]
        newest = [one for one in found if one.record.case_family == "dcd/1:25-cv-00766"]
        assert {one.partition_by for one in newest} == {"cadc/25-5067", "dcd/1:25-cv-00766"}
        assert len({encode(one.record) for one in newest}) == 1


def test_a_better_identity_retracts_the_old_one() -> None:
    text = listed(description="MINUTE ORDER granting motion. (Entered: 03/15/2025)")
    log = arrivals([text, rss()])
    before, after = emitted(log[:1]), emitted(log, cuts=[1])
    [old] = {emit.key for emit in before if emit.topic == "court.orders"}
    assert last(after)[("court.orders", old)].is_deleted
    assert last(after)[("court.orders", old)].revision == log[1].revision
    assert last(after)[("relate.inputs", old)].is_deleted
    [order] = in_force(after).values()
    assert order.order_id != old
    assert order.sources == ("cmecf-rss", "courtlistener")


def test_known_at_is_the_arrival_of_the_last_evidence() -> None:
    late = listed(fetched=FIRST + HOUR, time_filed="19:25:00")
    [order] = in_force(emitted(arrivals([late, rss()]))).values()
    assert order.known_at == FIRST + HOUR
    [seen] = [clock for clock in order.clocks if clock.clock == "first_seen"]
    assert (seen.at_earliest, seen.source) == (FIRST, "cmecf-rss")


def test_a_revision_is_that_of_the_input_which_changed_the_order() -> None:
    text = listed(time_filed="19:25:00")
    log = arrivals([rss(fetched=FIRST), rss(fetched=FIRST), text, text])
    emits = [emit for emit in emitted(log, cuts=[1, 2, 3]) if emit.topic == "court.orders"]
    assert [emit.record.revision for emit in emits] == [log[0].revision, log[2].revision]


def test_what_is_no_docket_entry_is_refused() -> None:
    [arrived] = arrivals([rss()])
    stranger = type(arrived)("t", 0, 1, arrived.revision, "k", record="x")
    outcome = OrdersStage().apply([stranger, arrived])
    assert [one.arrived for one in outcome.refused] == [stranger]
    assert {emit.topic for emit in outcome.emits} == {
        "court.entries", "court.orders", "relate.inputs",
    }  # fmt: skip
