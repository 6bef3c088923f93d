"""Orders with their clocks, and the record of March 2025 as its documents give it."""

from collections.abc import Iterable

import pytest

from streams.facts.court import Clock, Order
from streams.facts.instants import parse_rfc3339
from streams.facts.received import DocketEntry
from streams.recording import documents
from tests.streams.feeds.court.documents import DOCKET, numbered
from tests.streams.orders.records import APPEAL, arrivals, emitted, in_force, listed, rss

MARK = '<pe:reconstructed precision_s="60" cites="CBS"/>'
ORAL = (
    "MINUTE ORDER: As the Court ORALLY ORDERED at the hearing, Defendants are ENJOINED. "
    "Signed by Judge James E. Boasberg on 3/15/2025."
)


def orders(*records: DocketEntry) -> list[Order]:
    return sorted(in_force(emitted(arrivals(records))).values(), key=lambda one: one.form)


def spans(order: Order) -> dict[str, tuple[int, int, int]]:
    """Clocks by name: earliest, latest, rank; a name occurs once."""
    assert len({clock.clock for clock in order.clocks}) == len(order.clocks)
    return {one.clock: (one.at_earliest, one.at_latest, one.source_rank) for one in order.clocks}


def span(earliest: str, latest: str, rank: int) -> tuple[int, int, int]:
    return (parse_rfc3339(earliest), parse_rfc3339(latest), rank)


MIDNIGHT, LAST = "2025-03-15T04:00:00Z", "2025-03-16T03:59:59.999Z"


def test_a_written_order_and_the_oral_one_before_it_are_two() -> None:
    oral, written = orders(rss(extra=MARK), listed(description=ORAL, time_filed="19:25:00"))
    assert (oral.form, oral.kind) == ("oral", "oral_order")
    assert (written.form, written.kind) == ("written", "minute_order")
    assert oral.order_id != written.order_id
    assert oral.description == ORAL.partition(" Signed")[0]
    assert written.description == ORAL
    seen = span("2025-03-16T00:00:00Z", "2025-03-16T00:00:00Z", 9)
    assert spans(oral) == {
        "pronounced": span(MIDNIGHT, "2025-03-15T23:25:59.999Z", 3), "first_seen": seen,
    }  # fmt: skip
    assert spans(written) == {
        "signed": span(MIDNIGHT, "2025-03-15T23:25:59.999Z", 2),
        "filed": span("2025-03-15T23:25:00Z", "2025-03-15T23:25:00Z", 1),
        "entered": span("2025-03-15T23:25:00Z", "2025-03-15T23:25:59.999Z", 1),
        "first_seen": seen,
    }


def test_a_day_is_all_that_a_date_says() -> None:
    [order] = orders(listed(description="ORDER staying the case."))
    assert spans(order)["filed"] == span(MIDNIGHT, LAST, 1)
    assert set(spans(order)) == {"filed", "first_seen"}


def test_filed_is_bounded_by_a_known_entry() -> None:
    [order] = orders(rss(), listed())
    assert spans(order)["filed"] == span(MIDNIGHT, "2025-03-15T23:25:00Z", 1)
    assert spans(order)["entered"] == span("2025-03-15T23:25:00Z", "2025-03-15T23:25:00Z", 1)


def test_nothing_is_entered_before_it_is_filed() -> None:
    words = "ORDER staying the case. (Entered: 03/15/2025)"
    [order] = orders(listed(description=words, time_filed="19:25:00"))
    assert spans(order)["entered"] == span("2025-03-15T23:25:00Z", LAST, 2)


def test_entered_later_than_filed_stays_later() -> None:
    [order] = orders(listed(description="ORDER staying the case. (Entered: 03/17/2025)"))
    assert spans(order)["filed"] == span(MIDNIGHT, LAST, 1)
    assert spans(order)["entered"] == span("2025-03-17T04:00:00Z", "2025-03-18T03:59:59.999Z", 2)


def test_an_appellate_order_is_entered_on_the_day_it_is_filed() -> None:
    [order] = orders(listed(docket=APPEAL, description="PER CURIAM ORDER filed, DENYING motion."))
    assert order.kind == "appellate_order"
    assert order.disposition == "denied"
    assert spans(order)["entered"] == span(MIDNIGHT, LAST, 3)
    assert (order.case_family, order.appeal_of) == ("dcd/1:25-cv-00766",) * 2


def entered_by(*records: DocketEntry) -> list[tuple[str, str]]:
    [order] = orders(*records)
    return [(one.source, one.evidence) for one in order.clocks if one.clock == "entered"]


def test_rival_times_of_entry_are_both_kept_and_mere_echoes_are_not() -> None:
    raw = "Sat, 15 Mar 2025 23:25:30 GMT"
    stub = rss(f"[Order] {numbered(39, '04509690740', 98)}", date=raw)
    rival = listed(entry_number=39, description="ORDER. [Entered: 03/15/2025 07:27 PM]")
    echo = listed(entry_number=39, description="ORDER. [Entered: 03/15/2025 07:25 PM]")
    day = listed(entry_number=39, description="ORDER. (Entered: 03/15/2025)")
    assert entered_by(stub, rival) == [
        ("cmecf-rss", raw), ("courtlistener", "[Entered: 03/15/2025 07:27 PM]"),
    ]  # fmt: skip
    assert entered_by(stub, echo) == entered_by(stub, day) == [("cmecf-rss", raw)]


@pytest.mark.parametrize(
    ("words", "clock", "earliest", "latest"),
    [
        ("MINUTE ORDER: ORALLY ORDERED at the hearing at 6:46 p.m.: X is ENJOINED.", "pronounced",
         "2025-03-15T22:46:00Z", "2025-03-15T22:46:59.999Z"),
        ("MINUTE ORDER: ORALLY ORDERED at the hearing held on 3/14/2025.", "pronounced",
         "2025-03-14T04:00:00Z", "2025-03-15T03:59:59.999Z"),
        ("MINUTE ORDER: ORALLY ORDERED at the hearing of March 14, 2025.", "pronounced",
         "2025-03-14T04:00:00Z", "2025-03-15T03:59:59.999Z"),
        # a hearing to come is not when the court spoke
        ("MINUTE ORDER: ORALLY ORDERED; next hearing on 3/21/2025.", "pronounced",
         MIDNIGHT, LAST),
        ("MINUTE ORDER: X is ENJOINED. SO ORDERED at 9:40 a.m.", "issued",
         "2025-03-15T13:40:00Z", "2025-03-15T13:40:59.999Z"),
    ],
)  # fmt: skip
def test_clocks_that_the_words_state(words: str, clock: str, earliest: str, latest: str) -> None:
    form = "oral" if clock == "pronounced" else "written"
    [order] = [one for one in orders(listed(description=words)) if one.form == form]
    rank = 3 if clock == "pronounced" else 2
    assert spans(order)[clock] == span(earliest, latest, rank)


def test_entries_that_are_no_orders_yield_none() -> None:
    assert not orders(rss("[Complaint]"), listed(description="MOTION for TRO by Plaintiffs."))


def test_an_order_that_proves_none_is_retracted() -> None:
    later = listed(description="ENTERED IN ERROR.", fetched=parse_rfc3339("2025-03-20T00:00:00Z"))
    records = [listed(), later]
    assert not orders(*records)
    assert not orders(*records[::-1])
    found = [one for one in emitted(arrivals(records), [1]) if one.topic == "court.orders"]
    assert found[-1].record.is_deleted
    assert not found[0].record.is_deleted


def test_a_later_word_on_the_appeal_moves_its_orders_to_the_family() -> None:
    stub = rss("[Per Curiam Order Filed]", title="25-5067 J.G.G. v. Trump", court="cadc",
               link="https://ecf.cadc.uscourts.gov/x?caseNum=25-5067")  # fmt: skip
    word = listed(docket=APPEAL, description="ORAL ARGUMENT HELD.", date_filed="2025-03-24")
    assert [one.case_family for one in orders(stub)] == ["cadc/25-5067"]
    for records in ([stub, word], [word, stub]):
        assert [one.case_family for one in orders(*records)] == ["dcd/1:25-cv-00766"]


def test_judges_names_come_from_the_entry_not_from_the_docket() -> None:
    [order] = orders(listed(docket=DOCKET, description="ORDER by Judge Jia M. Cobb staying."))
    assert order.judges == ("Jia M. Cobb",)


def recorded() -> Iterable[DocketEntry]:
    for document in documents():
        if document.kind.startswith("court."):
            for record in document.records():
                assert isinstance(record, DocketEntry)
                yield record


def entered(order: Order) -> Clock:
    [clock] = [clock for clock in order.clocks if clock.clock == "entered"]
    return clock


def test_the_record_of_march_2025() -> None:
    found = {
        (one.court_id, one.kind, one.form, one.clocks[-1].first_seen is not None): one
        for one in orders(*recorded())
    }
    assert {one.case_family for one in found.values()} == {"dcd/1:25-cv-00766"}
    minute = found["dcd", "minute_order", "written", True]
    assert minute.sources == ("cmecf-rss", "courtlistener")
    assert entered(minute).at_earliest == parse_rfc3339("2025-03-15T23:25:00Z")
    assert entered(minute).at_latest == parse_rfc3339("2025-03-15T23:25:59.999Z")
    oral = found["dcd", "oral_order", "oral", True]
    [pronounced] = [clock for clock in oral.clocks if clock.clock == "pronounced"]
    assert pronounced.at_earliest <= parse_rfc3339("2025-03-15T22:45:00Z")
    assert pronounced.at_latest <= parse_rfc3339("2025-03-15T23:25:59.999Z")
    ruling = found["cadc", "appellate_order", "written", True]
    assert (ruling.appeal_of, ruling.disposition) == ("dcd/1:25-cv-00766", "denied")
    assert entered(ruling).at_earliest == parse_rfc3339("2025-03-26T04:00:00Z")
    assert entered(ruling).at_latest == parse_rfc3339("2025-03-27T03:59:59.999Z")
    assert {("dcd", "tro", "written", True), ("dcd", "extension", "written", True)} <= set(found)
