"""Stretches of orders' lives are a function of the orders: not of arrival, batches or restarts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.facts.court import Order, OrderState
from streams.facts.identity import Revision
from streams.facts.received import DocketEntry
from streams.orders.family import Family
from streams.orders.force_stage import ForceStage
from streams.stages import Emit
from tests.streams.feeds.court.documents import EXAMPLES
from tests.streams.orders.cases import ABOVE, dated, supreme
from tests.streams.orders.lives import TRO, orders
from tests.streams.orders.records import RECORDS, arrivals, emitted, in_force, last, rss
from tests.streams.orders.records import run as batch_by_batch

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
    return batch_by_batch(ForceStage, arrivals(log), cuts, restarts)


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


@EXAMPLES
@given(CASES, st.lists(st.integers(1, 12), max_size=4))
def test_the_changes_twin_has_every_revision_of_every_stretch(
    records: Sequence[DocketEntry], cuts: list[int]
) -> None:
    log = orders(*records)
    single = run(log, range(len(log)))
    every = [one for one in run(log, cuts) if one.topic == "court.order-states.changes"]
    assert [one.record for one in every] == [
        one.record for one in single if one.topic == "court.order-states"
    ]
    assert all(one.partition_by == one.record.case_family for one in every)


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
