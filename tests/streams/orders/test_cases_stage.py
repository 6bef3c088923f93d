"""A docket's facts have the family that all dockets together give it, whatever came first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.facts.court import DocketedEntry, Order
from streams.facts.identity import Revision
from streams.facts.received import DocketEntry
from streams.orders.cases_stage import CasesStage
from streams.orders.lineage import Lineage
from streams.orders.stage import OrdersStage
from streams.stages import Arrived, Emit, Route
from tests.streams.feeds.court.documents import EXAMPLES
from tests.streams.orders.cases import ABOVE, APPEALS, CASE, dated, supreme
from tests.streams.orders.records import (
    RECORDS,
    arrivals,
    emitted,
    last,
    listed,
    relayed,
    rss,
    run,
    stored,
)

CUTS = st.lists(st.integers(1, 30), max_size=6)
ON_APPEAL = rss(
    "[Per Curiam Order Filed]", title=f"{APPEALS[0]} A v. B", court="cadc",
    link=f"https://ecf.cadc.uscourts.gov/x?caseNum={APPEALS[0]}",
)  # fmt: skip
CLERKS_NOTE = dated("2025-02-23", f"USCA Case Number {APPEALS[0]} for [16] Notice of Appeal.", 19)
FAMILY = f"dcd/{CASE}"


def families(*records: DocketEntry, cuts: Sequence[int] = ()) -> dict[str, str]:
    """Family of each docket's orders and entries, which must agree."""
    emits = emitted(arrivals(records), cuts)
    found: dict[str, set[str]] = {}
    for one in [*stored(emits, "court.orders"), *stored(emits, "court.entries")]:
        if not one.is_deleted:
            docket = f"{one.court_id}/{one.docket_number}"
            found.setdefault(docket, set()).add(one.case_family)
    return {docket: family for docket, [family] in found.items()}


def test_orders_go_to_their_family_and_to_every_partition_of_the_join() -> None:
    emits = emitted(arrivals([rss()]))
    assert [(emit.topic, emit.route, emit.partition_by) for emit in emits] == [
        ("court.entries", Route.BY_KEY, "dcd/1:25-cv-00766"),
        ("court.orders", Route.BY_KEY, "dcd/1:25-cv-00766"),
        ("relate.inputs", Route.ALL, None),
    ]
    assert [emit.key for emit in emits[1:]] == [emits[1].record.order_id] * 2


def test_an_appeal_that_rss_alone_knows_joins_by_the_word_of_its_case() -> None:
    for records in ([ON_APPEAL, CLERKS_NOTE], [CLERKS_NOTE, ON_APPEAL]):
        for cuts in ([], [1]):
            assert families(*records, cuts=cuts) == {
                f"cadc/{APPEALS[0]}": FAMILY, FAMILY: FAMILY,
            }  # fmt: skip
    [order] = stored(emitted(arrivals([ON_APPEAL, CLERKS_NOTE])), "court.orders")
    assert order.appeal_of == FAMILY


def test_a_note_that_is_taken_back_lets_the_appeal_go() -> None:
    gone = replace(CLERKS_NOTE, description="ENTERED IN ERROR.", fetched_at=9 * 10**12)
    for records in ([ON_APPEAL, CLERKS_NOTE, gone], [gone, CLERKS_NOTE, ON_APPEAL]):
        assert families(*records, cuts=[1, 2])[f"cadc/{APPEALS[0]}"] == f"cadc/{APPEALS[0]}"


def test_a_case_of_the_supreme_court_is_in_the_district_cases_family() -> None:
    order = supreme("2025-04-07", "Application granted by the Court: the TROs are vacated.")
    known = dated("2025-03-03", "ORDER filed.", None, ABOVE)
    for records in ([order, known], [known, order], [order, ON_APPEAL, CLERKS_NOTE]):
        found = families(*records, cuts=[1, 2])
        assert {found["scotus/24A931"], found[f"cadc/{APPEALS[0]}"]} == {FAMILY}
    [alone] = stored(emitted(arrivals([order])), "court.entries")
    assert (alone.case_family, alone.appeal_of) == (f"cadc/{APPEALS[0]}",) * 2


def test_an_order_that_changes_family_goes_to_the_one_it_leaves_as_well() -> None:
    emits = emitted(arrivals([ON_APPEAL, CLERKS_NOTE]), [1])
    moved = [
        one for one in emits if one.topic == "court.orders" and one.record.case_family == FAMILY
    ]
    assert {one.partition_by for one in moved} == {f"cadc/{APPEALS[0]}", FAMILY}
    assert len({encode(one.record) for one in moved}) == 1


def test_a_number_of_a_court_of_several_offices_stays_possible() -> None:
    docket = {
        "id": 9,
        "court_id": "ca2",
        "docket_number": "25-1000",
        "case_name": "A v. B",
        "appeal_from": "nysd",
        "original_court_info": {"docket_number": "25-cv-00766"},
    }
    [order] = stored(
        emitted(arrivals([listed(docket=docket, description="ORDER filed.")])), "court.orders"
    )
    assert (order.case_family, order.appeal_of) == ("ca2/25-1000", "sdny/25-cv-00766")


def whole(records: Sequence[Any]) -> dict[str, Any]:
    """Facts with their places, worked out from all at once."""
    stood = {emit.key: emit.record for emit in run(OrdersStage, arrivals(records))}
    stood = {key: one for key, one in stood.items() if not one.is_deleted}
    facts = {k: one for k, one in stood.items() if isinstance(one, Order | DocketedEntry)}
    lineage = Lineage(one for key, one in stood.items() if key not in facts)
    found = {}
    for key, one in facts.items():
        place = lineage.place(f"{one.court_id}/{one.docket_number}")
        known = [time for time in (one.known_at, place.known_at) if time is not None]
        found[key] = replace(
            one, revision=Revision(0), case_family=place.family, appeal_of=place.appeal_of,
            known_at=max(known, default=None),
        )  # fmt: skip
    return found


MIXED = st.lists(
    st.sampled_from([
        ON_APPEAL, CLERKS_NOTE, dated("2025-03-03", "ORDER filed.", None, ABOVE),
        supreme("2025-04-07", "Application (24A931) granted by the Court."),
        supreme("2025-04-08", "Judgment issued."),
        replace(CLERKS_NOTE, description="ENTERED IN ERROR.", fetched_at=9 * 10**12),
        dated("2025-02-01", "ORDER granting 5 Motion for TRO.", 10),
    ]),
    max_size=7,
)  # fmt: skip


def standing(emits: Sequence[Emit]) -> dict[str, Any]:
    return {
        key: replace(one, revision=Revision(0))
        for (topic, key), one in last(emits).items()
        if topic in ("court.orders", "court.entries") and not one.is_deleted
    }


@EXAMPLES
@given(MIXED | RECORDS, st.data(), CUTS, st.booleans())
def test_any_order_of_arrival_gives_what_the_whole_gives(
    records: Sequence[DocketEntry], data: st.DataObject, cuts: list[int], restarts: bool
) -> None:
    shuffled = data.draw(st.permutations(records))
    log = relayed(run(OrdersStage, arrivals(shuffled)))
    emits = run(CasesStage, log, cuts, restarts)
    assert standing(emits) == whole(records)
    assert last(emits) == last(run(CasesStage, log))


@EXAMPLES
@given(MIXED | RECORDS, CUTS)
def test_every_family_sees_the_last_word_on_every_order_that_it_ever_had(
    records: Sequence[DocketEntry], cuts: list[int]
) -> None:
    log = relayed(run(OrdersStage, arrivals(records)))
    held: dict[tuple[str, str | None], Any] = {}
    last_word: dict[str, Any] = {}
    for one in run(CasesStage, log, cuts):
        if one.topic == "court.orders":
            held[one.key, one.partition_by] = one.record
            last_word[one.key] = one.record
    for (key, family), record in held.items():
        assert record == last_word[key] or record.case_family != family


def test_what_is_neither_fact_nor_link_is_refused() -> None:
    stranger = Arrived("t", 0, 0, Revision(0), "k", record="x")
    outcome = CasesStage().apply([stranger])
    assert [one.arrived for one in outcome.refused] == [stranger]
    assert not outcome.emits
