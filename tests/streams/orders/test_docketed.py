"""Entries as published: one each, every field with its source, what they are and why."""

from collections.abc import Iterable

import pytest
from hypothesis import given

from streams.facts.court import DocketedEntry
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import DocketEntry
from streams.orders.evidence import Evidence
from tests.streams.feeds.court.documents import DOCKET, EXAMPLES, numbered
from tests.streams.orders.cases import ABOVE, APPEALS, CASE, dated, family_records
from tests.streams.orders.records import (
    APPEAL,
    FIRST,
    HOUR,
    RECORDS,
    arrivals,
    emitted,
    in_force,
    listed,
    rss,
    stored,
)


def docketed(*records: DocketEntry) -> list[DocketedEntry]:
    found: Iterable[DocketedEntry] = stored(emitted(arrivals(records)), "court.entries")
    return [one for one in found if not one.is_deleted]


def test_each_field_of_a_merged_entry_keeps_its_source() -> None:
    stub = rss(f"[Order on Motion for TRO] {numbered(39, '04519690740', 98)}")
    text = listed(entry_number=39, description="ORDER granting [3] Motion for TRO.")
    [one] = docketed(stub, text)
    assert (one.description, one.short_description) == (
        "ORDER granting [3] Motion for TRO.", "Order on Motion for TRO",
    )  # fmt: skip
    assert (one.kind, one.disposition, one.received) == ("tro", "granted", 2)
    assert {source.field: source.source for source in one.fields} == {
        "case_name": "courtlistener", "pacer_case_id": "courtlistener",
        "entry_number": "courtlistener", "document_number": "courtlistener",
        "pacer_doc_id": "cmecf-rss", "pacer_seq_no": "cmecf-rss", "filed_on": "courtlistener",
        "short_description": "cmecf-rss", "description": "courtlistener",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "rests_on"),
    [
        ("MOTION for Temporary Restraining Order by Plaintiffs.", "MOTION"),
        ("NOTICE of Appearance by A. Lawyer.", "NOTICE of Appearance"),
        ("Set/Reset Hearings: Motion Hearing set for 3/21/2025.", "Set/Reset"),
        ("Joint Case Management plan", ""),  # no rule makes it an order
    ],
)
def test_an_entry_that_is_no_order_says_so_and_why(words: str, rests_on: str) -> None:
    [one] = docketed(listed(description=words))
    assert (one.kind, one.rests_on, one.order_ids) == ("no_order", rests_on, ())
    assert one.rests_on in words
    assert one.confidence == (0.9 if rests_on else 0.6)


def test_an_entry_names_the_orders_that_it_is() -> None:
    records = [listed(description="MINUTE ORDER: ORALLY ORDERED at the hearing: X is ENJOINED.")]
    [one] = docketed(*records)
    assert set(one.order_ids) == set(in_force(emitted(arrivals(records))))
    assert len(one.order_ids) == 2


@pytest.mark.parametrize(
    ("court", "words", "appeals"),
    [
        ("dcd", "USCA Case Number 25-5067 for [20] Notice of Appeal.", ["cadc/25-5067"]),
        ("cand", "ORDER of USCA: petitions denied. USCA No. 15-80176; 16-80008",
         ["ca9/15-80176", "ca9/16-80008"]),
        ("ned", "Judgment from USCA - 8th Circuit (case number 16-4166).", ["ca8/16-4166"]),
        ("wawd", "MANDATE of USCA (16-30192, 16-30258) as to A. Roe", ["ca9/16-30192",
                                                                      "ca9/16-30258"]),
        ("nysd", "MANDATE of USCA as to 56 Notice of Appeal. USCA Case Number 22-2719.",
         ["ca2/22-2719"]),
        ("txed", "NOTICE of Docketing from USCA-FEDERAL CIRCUIT. USCA-Federal Circuit Case Number"
         " 15-1528", ["cafc/15-1528"]),
        ("lamd", "ORDER: file with the Fifth Circuit, into Court of Appeals Docket No. 18-31050.",
         ["ca5/18-31050"]),
        ("wawb", "Final Order from the 9th Circuit, BAP WW-10-1099.", []),
        ("deb", "Receipt of filing fee for Notice of Appeal (09-12118-KG).", []),
        ("dcd", "MOTION for Leave to Appeal by Plaintiffs. See Local Rule 7.", []),
        ("dcd", "NOTICE of related case 24-1111.", []),
        ("uscfc", "USCA Case Number 25-5067", []),
    ],
)  # fmt: skip
def test_appeals_that_a_district_docket_names(court: str, words: str, appeals: list[str]) -> None:
    [one] = docketed(listed(docket=DOCKET | {"court_id": court}, description=words))
    assert list(one.appeals) == appeals


def test_several_appeals_of_one_case_are_one_family() -> None:
    second = ABOVE | {"id": 70000003, "docket_number": APPEALS[1]}
    records = [*family_records(), dated("2025-03-04", "ORDER filed.", None, second)]
    found = docketed(*records)
    assert {one.case_family for one in found} == {f"dcd/{CASE}"}
    assert {one.docket_number for one in found if one.appeal_of} == set(APPEALS)
    assert {appeal for one in found for appeal in one.appeals} == {f"cadc/{n}" for n in APPEALS}


@pytest.mark.parametrize(
    ("docket", "words", "others"),
    [
        (APPEAL, "PER CURIAM ORDER filed. [25-5067, 25-5068]", ["cadc/25-5068"]),
        (APPEAL, "PER CURIAM ORDER filed. [25-5067]", []),
        (APPEAL, "ORDER [2105891] filed", []),
        (DOCKET, "ORDER. Associated Cases: 1:25-cv-00766-JEB, 1:25-cv-00767-JEB(zsb)",
         ["dcd/1:25-cv-00767"]),
        (DOCKET, "ORDER as to 1:25-cv-00767", []),
    ],
)  # fmt: skip
def test_a_filing_names_the_other_dockets_it_is_on(
    docket: dict[str, object], words: str, others: list[str]
) -> None:
    [one] = docketed(listed(docket=docket, description=words))
    assert list(one.also_on) == others


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("ORDER nunc pro tunc to March 1, 2025 authorizing expansion.", "2025-03-01"),
        ("ORDER granting 30 Motion, nunc pro tunc as of 3/1/2025.", "2025-03-01"),
        ("ORDER effective March 1, 2025, nunc pro tunc.", "2025-03-01"),
        ("ORDER nunc pro tunc.", None),
        ("ORDER granting motion of March 1, 2025.", None),
        ("APPLICATION to employ counsel nunc pro tunc to March 1, 2025", None),  # only asked for
    ],
)
def test_nunc_pro_tunc_is_a_day_of_effect_and_no_clock(words: str, day: str | None) -> None:
    [one] = docketed(listed(description=words))
    if day is None:
        assert (one.effective_earliest, one.effective_latest) == (None, None)
    else:
        assert one.effective_earliest == parse_rfc3339(f"{day}T05:00:00Z")
        assert one.effective_latest == parse_rfc3339("2025-03-02T04:59:59.999Z")
    assert all(clock.at_latest > parse_rfc3339("2025-03-10T00:00:00Z") for clock in one.clocks)


@pytest.mark.parametrize(
    "words",
    [
        "ORDER. Signed by Judge A. Bee on 3/14/2025.",
        "ORDER. (Signed by Judge A. Bee on 3/14/2025) (Entered: 03/15/2025)",
        "ORDER THAT THE MOTION IS GRANTED. SIGNED BY HONORABLE A. BEE ON 3/14/25.",
        "ORDER granting motion. So Ordered by Chief Judge A. Bee, Jr. on 3/14/2025.",
        "ORDER granting motion. Ordered by Judge A. Bee on March 14, 2025.",
        "ORDER signed on 3/14/2025 approving retention.",
    ],
)
def test_however_an_order_says_when_it_was_signed(words: str) -> None:
    [one] = docketed(listed(description=words))
    [signed] = [clock for clock in one.clocks if clock.clock == "signed"]
    assert signed.at_earliest == parse_rfc3339("2025-03-14T04:00:00Z")
    assert signed.evidence in words


def test_an_entry_is_retracted_when_it_gets_a_better_name() -> None:
    emits = emitted(arrivals([listed(), rss()]), [1])
    old = emits[0].record
    entries = [one.record for one in emits if one.topic == "court.entries"]
    assert [one.is_deleted for one in entries if one.entry_id == old.entry_id] == [False, True]
    assert len(docketed(listed(), rss())) == 1


@EXAMPLES
@given(RECORDS)
def test_every_record_is_in_an_entry_of_its_docket(records: list[DocketEntry]) -> None:
    found = docketed(*records)
    for one in found:
        assert one.received >= 1
        assert {source.source for source in one.fields} <= set(one.sources)
    dockets = {(record.court_id, record.docket_number) for record in records}
    assert {(one.court_id, one.docket_number) for one in found} == dockets
    pieces = len({(Evidence.of(r).name, r.court_id, r.docket_number) for r in records})
    assert sum(one.received for one in found) <= pieces


def test_known_at_of_an_entry_is_the_arrival_of_its_last_evidence() -> None:
    [one] = docketed(rss(), listed(fetched=FIRST + HOUR, time_filed="19:25:00"))
    assert one.known_at == Instant(FIRST + HOUR)
