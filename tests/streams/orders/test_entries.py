"""One entry once: RSS, REST and webhook meet by what identifies an entry, and else stay apart."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from streams.facts.instants import Instant
from streams.facts.received import DocketEntry
from streams.orders.entries import Entry, merged
from streams.orders.evidence import Evidence
from tests.streams.feeds.court.documents import numbered
from tests.streams.orders.records import FIRST, HOUR, listed, rss

DOCUMENT = [{"pacer_doc_id": "04519690740", "document_number": "39", "attachment_number": None}]
WORDS = "MINUTE ORDER granting motion. (Entered: 03/15/2025)"
EST = "Sat, 15 Mar 2025 19:25:00 EST"


def entries(*records: DocketEntry) -> list[Entry]:
    return merged(Evidence.of(record) for record in records)


@pytest.mark.parametrize(
    "records",
    [
        (rss(f"[Order] {numbered(39, '04509690740', 98)}"),
         listed(recap_documents=DOCUMENT, entry_number=39)),
        (rss(f"[Order] {numbered(39, '04509690740', 98)}"),
         listed(pacer_sequence_number=98, entry_number=39)),
        (rss(f"[Order] {numbered(39, '04509690740', 98)}"), listed(entry_number=39)),
        (rss(), listed(time_filed="19:25:00")),
        (rss(date=EST), listed(time_filed="19:25:00")),
        (rss(), listed(description="MINUTE ORDER. [Entered: 03/15/2025 07:25 PM]")),
        (rss(), listed()),
        (rss(), listed(pacer_sequence_number=98)),
        (listed(id=1, description=""), listed(id=2)),
        (listed(), replace(listed(), kind="court.courtlistener-webhook")),
    ],
    ids=["document", "sequence", "number", "second", "second in doubt", "minute in the text",
         "only one of the day", "sequence on one side", "CourtListener's stub and text", "webhook"],
)  # fmt: skip
def test_two_records_of_one_entry_are_one(records: Sequence[DocketEntry]) -> None:
    for order in (records, records[::-1], [*records, *records]):
        [entry] = entries(*order)
        assert entry.words is not None
        assert entry.words.value.startswith(("MINUTE ORDER", "Order"))
        assert {one.record.kind for one in entry.evidence} == {one.kind for one in records}


@pytest.mark.parametrize(
    "records",
    [
        (listed(id=1), listed(id=2, description="MINUTE ORDER denying motion.")),
        (listed(id=1, entry_number=39), listed(id=2, entry_number=40)),
        (rss(), rss(date="Sat, 15 Mar 2025 23:25:01 GMT")),
        (rss(), rss(link="https://ecf.dcd.uscourts.gov/cgi-bin/DktRpt.pl?278437")),
        (rss(link="https://ecf.dcd.uscourts.gov/cgi-bin/DktRpt.pl?278437"),
         listed(time_filed="19:25:00")),
        (listed(id=1, time_filed="19:25:00"),
         listed(id=2, time_filed="19:25:00", description="MINUTE ORDER denying motion.")),
        (rss(), listed(time_filed="09:40:00")),
        (rss(), listed(description="MINUTE ORDER. (Entered: 03/16/2025)")),
        (rss("[Complaint]"), listed()),
        (rss(f"[Order] {numbered(39, '04509690740', 98)}"), listed()),
    ],
    ids=["two texts", "two numbers", "two seconds", "two case ids", "another case id",
         "two texts of one second", "another time", "another day",
         "other words", "a numbered and an unnumbered one"],
)  # fmt: skip
def test_records_of_two_entries_stay_two(records: Sequence[DocketEntry]) -> None:
    assert len(entries(*records)) == 2
    assert len({entry.identity for entry in entries(*records)}) == 2


def test_a_stub_that_could_be_either_text_of_the_day_is_neither() -> None:
    texts = [listed(id=1), listed(id=2, description="MINUTE ORDER denying. (Entered: 03/15/2025)")]
    assert len(entries(rss(), *texts)) == 3


def test_the_exact_second_takes_the_stub_from_other_texts_of_the_day() -> None:
    found = entries(
        rss(), listed(id=1), listed(id=2, time_filed="19:25:00", description="MINUTE B")
    )
    [both] = [entry for entry in found if len(entry.evidence) == 2]
    assert both.words is not None
    assert both.words.value == "MINUTE B"


def test_each_field_is_of_the_best_source_that_has_it() -> None:
    stub = rss(f"[Order on Motion for TRO] {numbered(39, '04509690740', 98)}")
    text = listed(entry_number=39, short_description="")
    [entry] = entries(stub, text)
    for name, value, source in [
        ("description", WORDS.replace("MINUTE", "MINUTE"), "courtlistener"),
        ("short_description", "Order on Motion for TRO", "cmecf-rss"),
        ("pacer_doc_id", "04509690740", "cmecf-rss"),
        ("filed_on", "2025-03-15", "courtlistener"),
    ]:
        found = entry.field(name)
        assert found is not None
        assert (found.value, found.source) == (value, source)
    assert entry.field("appeal_from_court_id") is None


def test_entries_that_differ_in_a_detail_only_are_two_and_have_two_names() -> None:
    one = listed(id=None, recap_sequence_number=None, description="REMARK")
    other = replace(one, assigned_to="A. Bee")
    for order in ((one, other), (other, one)):
        assert len({entry.identity for entry in entries(*order)}) == 2


def test_a_later_version_replaces_what_its_source_said_before() -> None:
    wrong = listed(description="ORDER granting motion.", fetched=FIRST)
    right = listed(description="ENTERED IN ERROR.", fetched=FIRST + HOUR)
    for order in ([wrong, right], [right, wrong]):
        [entry] = entries(*order)
        assert entry.words is not None
        assert entry.words.value == "ENTERED IN ERROR."


def test_the_best_name_wins() -> None:
    link = numbered(39, "04509690740", 98)
    names = [
        entries(rss(f"[Order] {link}"))[0].identity,
        entries(listed(pacer_sequence_number=98))[0].identity,
        entries(listed(entry_number=39))[0].identity,
        entries(rss())[0].identity,
        entries(listed(id=9001))[0].identity,
    ]
    assert [name.split()[0] for name in names] == [
        "document", "sequence", "number", "entered", "courtlistener",
    ]  # fmt: skip
    assert entries(rss())[0].identity == entries(listed(time_filed="19:25:00"))[0].identity


def test_the_same_words_again_keep_first_and_last_fetch() -> None:
    early, late = Evidence.of(rss(fetched=FIRST)), Evidence.of(rss(fetched=FIRST + HOUR))
    both = early.and_again(late)
    assert both == late.and_again(early)
    assert (both.first_fetched, both.last_fetched) == (FIRST, FIRST + HOUR)
    unknown = Evidence.of(replace(rss(), fetched_at=None))
    assert unknown.and_again(unknown) == unknown
    assert unknown.and_again(early).first_fetched == Instant(FIRST)
