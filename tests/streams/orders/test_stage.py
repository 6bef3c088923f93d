"""Orders are a function of what was received: not of its order, its repeats, or the batches."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.facts.case_links import CaseLink
from streams.facts.court import DocketedEntry, Order
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
    run,
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
    assert last(run(OrdersStage, log)) == last(run(OrdersStage, log, cuts, restarts))


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
        for (_, key), fact in last(run(OrdersStage, arrivals(records))).items()
        if not fact.is_deleted
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


def test_facts_go_by_docket_and_what_is_said_of_appeals_to_every_partition() -> None:
    emits = run(OrdersStage, arrivals([listed(docket=APPEAL, description="ORDER filed.")]))
    assert [(type(emit.record), emit.route, emit.partition_by) for emit in emits] == [
        (CaseLink, Route.ALL, None),
        (DocketedEntry, Route.BY_KEY, "cadc/25-5067"),
        (Order, Route.BY_KEY, "cadc/25-5067"),
    ]
    assert {emit.topic for emit in emits} == {"cases.inputs"}


def test_a_better_identity_retracts_the_old_one() -> None:
    text = listed(description="MINUTE ORDER granting motion. (Entered: 03/15/2025)")
    log = arrivals([text, rss()])
    before, after = run(OrdersStage, log[:1]), run(OrdersStage, log, cuts=[1])
    [old] = {emit.key for emit in before if isinstance(emit.record, Order)}
    assert last(after)["cases.inputs", old].is_deleted
    assert last(after)["cases.inputs", old].revision == log[1].revision
    placed = emitted(log, cuts=[1])
    assert last(placed)["court.orders", old].is_deleted
    assert last(placed)["relate.inputs", old].is_deleted
    [order] = in_force(placed).values()
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
    emits = run(OrdersStage, log, cuts=[1, 2, 3])
    found = [emit.record.revision for emit in emits if isinstance(emit.record, Order)]
    assert found == [log[0].revision, log[2].revision]


def test_what_is_no_docket_entry_is_refused() -> None:
    [arrived] = arrivals([rss()])
    stranger = type(arrived)("t", 0, 1, arrived.revision, "k", record="x")
    outcome = OrdersStage().apply([stranger, arrived])
    assert [one.arrived for one in outcome.refused] == [stranger]
    assert {type(emit.record) for emit in outcome.emits} == {DocketedEntry, Order}
