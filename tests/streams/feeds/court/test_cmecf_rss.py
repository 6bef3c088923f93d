"""CM/ECF's RSS as courts serve it, with its traps."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import DocketEntry
from streams.feeds.court.cmecf_rss import parse
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.kinds import parse as parse_kind
from tests.streams.feeds.court.documents import EXAMPLES, FETCHED, RECEIVED, feed, item, numbered

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "court"


def entries(document: bytes) -> list[DocketEntry]:
    found = list(parse(document, RECEIVED))
    assert all(isinstance(one, DocketEntry) for one in found), found
    return [one for one in found if isinstance(one, DocketEntry)]


@pytest.mark.parametrize("court", ["ca10", "ca11", "cadc", "mdb_1", "sdny_1"])
def test_a_careful_parser_reads_the_same(court: str) -> None:
    document = SAMPLES / f"cmecf-rss-{court}.xml"
    if not document.exists():
        pytest.skip("shared/samples is not here")
    expected = [
        (
            docket["court_id"], docket["docket_number"], docket["pacer_case_id"],
            entry["document_number"], entry["pacer_doc_id"] or None, entry["pacer_seq_no"],
            parse_rfc3339(entry["date_filed"]), None, entry["short_description"],
        )
        for docket in json.loads(document.with_suffix(".json").read_text())
        for entry in docket["docket_entries"]
    ]  # fmt: skip
    assert [
        (
            one.court_id, one.docket_number, one.pacer_case_id, one.document_number,
            one.pacer_doc_id, one.pacer_seq_no, one.entered_at, one.entered_at_latest,
            one.short_description,
        )
        for one in entries(document.read_bytes())
    ] == expected  # fmt: skip


def test_every_field_of_a_numbered_entry() -> None:
    link = numbered(39, "04519690740", 98)
    [one] = entries(feed(item(description=f"[Order on Motion for TRO] {link}")))
    assert one == DocketEntry(
        source="test-feed",
        kind="court.cmecf-rss",
        fetched_at=FETCHED,
        court_id="dcd",
        docket_number="1:25-cv-00766",
        docket_number_raw="1:25-cv-00766",
        pacer_case_id="278436",
        case_name="J.G.G. et al v. TRUMP et al",
        entry_number=None,
        document_number="39",
        pacer_doc_id="04509690740",  # the volatile fourth digit is 0
        pacer_seq_no="98",
        source_entry_id="https://ecf.dcd.uscourts.gov/cgi-bin/DktRpt.pl?278436",
        source_docket_id=None,
        entered_at=parse_rfc3339("2025-03-15T23:25:00Z"),
        entered_at_latest=None,
        entered_raw="Sat, 15 Mar 2025 23:25:00 GMT",
        filed_on=None,
        filed_at=None,
        filed_at_latest=None,
        short_description="Order on Motion for TRO",
        description="",
        assigned_to=None,
        appeal_from_court_id=None,
        appeal_from_docket_number=None,
        sealed=False,
        reconstructed=False,
        cites=None,
    )


def test_double_escaped_title_and_latin_1() -> None:
    [one] = entries(feed(item(title="22-1214 Food &amp; Water Watch v. Peña")))
    assert one.case_name == "Food & Water Watch v. Peña"


def test_windows_characters_in_a_feed_that_says_latin_1() -> None:
    document = feed(item(title="1:25-cv-00766 O'Roe v. X-Y"))
    document = document.replace(b"O'Roe", b"O\x92Roe").replace(b"X-Y", b"X\x97Y")
    [one] = entries(document)
    assert one.case_name == "O\u2019Roe v. X\u2014Y"


@pytest.mark.parametrize(
    ("date", "earliest", "latest"),
    [
        ("Sat, 15 Mar 2025 23:25:00 GMT", "2025-03-15T23:25:00Z", None),
        ("Sat, 15 Mar 2025 19:25:00 -0400", "2025-03-15T23:25:00Z", None),
        ("Sat, 15 Mar 2025 19:25:00 EDT", "2025-03-15T23:25:00Z", None),
        # a winter token in summer: by the court's clock, or an hour later at the token's word
        ("Sat, 15 Mar 2025 19:25:00 EST", "2025-03-15T23:25:00Z", "2025-03-16T00:25:00Z"),
        ("Wed, 15 Jan 2025 19:25:00 EST", "2025-01-16T00:25:00Z", None),
        ("Wed, 15 Jan 2025 19:25:00 EDT", "2025-01-15T23:25:00Z", "2025-01-16T00:25:00Z"),
        # another coast's token
        ("Sat, 15 Mar 2025 19:25:00 PDT", "2025-03-15T23:25:00Z", "2025-03-16T02:25:00Z"),
        # no token: the court's clock
        ("Sat, 15 Mar 2025 19:25:00", "2025-03-15T23:25:00Z", None),
        # an hour that the clock shows twice: settled by the token, else both
        ("Sun, 02 Nov 2025 01:30:00 EST", "2025-11-02T06:30:00Z", None),
        ("Sun, 02 Nov 2025 01:30:00 EDT", "2025-11-02T05:30:00Z", None),
        ("Sun, 02 Nov 2025 01:30:00", "2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z"),
    ],
)
def test_the_hour_that_decides_who_was_airborne(
    date: str, earliest: str, latest: str | None
) -> None:
    [one] = entries(feed(item(date=date)))
    assert one.entered_raw == date
    assert one.entered_at == parse_rfc3339(earliest)
    assert one.entered_at_latest == (latest and parse_rfc3339(latest))


@pytest.mark.parametrize(
    ("token", "earliest", "latest"),
    [
        ("", "2025-07-15T14:00:00Z", "2025-07-15T15:00:00Z"),
        ("EDT", "2025-07-15T14:00:00Z", None),
        ("CDT", "2025-07-15T15:00:00Z", None),
        ("EST", "2025-07-15T14:00:00Z", "2025-07-15T15:00:00Z"),  # as far from GMT as CDT is
    ],
)
def test_a_district_in_two_zones_covers_both_unless_its_token_is_in_season(
    token: str, earliest: str, latest: str | None
) -> None:
    link = "https://ecf.kywd.uscourts.gov/cgi-bin/DktRpt.pl?1"
    date = f"Tue, 15 Jul 2025 10:00:00 {token}".strip()
    [one] = entries(feed(item(date=date, link=link), court="kywd"))
    assert one.entered_at == parse_rfc3339(earliest)
    assert one.entered_at_latest == (latest and parse_rfc3339(latest))


def test_several_events_of_one_entry_are_one_record_in_any_order() -> None:
    link = numbered(73, "04509690740", 325)
    items = [item(description=f"[{event}] {link}") for event in ("Set Deadlines", "Order", "Order")]
    for order in (items, items[::-1]):
        [one] = entries(feed(*order))
        assert one.short_description == "Order AND Order AND Set Deadlines"


def test_a_description_of_a_single_event_is_kept_as_written() -> None:
    [one] = entries(feed(item(description="[ Order(Other) ]")))
    assert one.short_description == " Order(Other) "


def test_a_description_that_repeats_the_case_has_no_words_of_its_own() -> None:
    show = "(<a href='https://ecf.nyed.uscourts.gov/cgi-bin/show_case_doc?63,404778,,,'>63</a>)"
    [one] = entries(feed(item("1:17-cr-00554-MKB USA v. Roe", f"[Order (2255)] USA v. Roe {show}")))
    assert (one.short_description, one.description) == ("Order (2255)", "")
    assert (one.document_number, one.pacer_doc_id) == ("63", None)


def test_a_bankruptcy_courts_prefix_is_left_out_and_a_link_that_says_doc_has_no_number() -> None:
    link = numbered(0, "126118830368", 162, court="nysb").replace(">0<", ">doc<")
    words = f"Type: bk Office: 7 Chapter: 13 Trustee: A. Bee [Response (Rule 3002.1)] {link}"
    base = "https://ecf.nysb.uscourts.gov/cgi-bin/DktRpt.pl?"
    [one] = entries(
        feed(item("12-24155-rdd A Debtor    ", words, link=f"{base}235199"), court="nysb")
    )
    assert (one.docket_number, one.case_name) == ("12-24155", "A Debtor")
    assert (one.short_description, one.description) == ("Response (Rule 3002.1)", "")
    assert (one.document_number, one.pacer_doc_id) == (None, "126018830368")


@pytest.mark.parametrize(
    "link",
    ["DktRpt.pl?663150", "DktRpt.pl?caseid=663150", "iquery.pl?625371913403797-L_9999_1-0-663150",
     "DktRpt.pl?663150&5"],
)  # fmt: skip
def test_the_case_id_is_that_of_the_items_link(link: str) -> None:
    address = f"https://ecf.azb.uscourts.gov/cgi-bin/{link}"
    [one] = entries(feed(item(link=address, description=f"[Order] {numbered(1, '02401', 2, 9)}")))
    assert (one.court_id, one.pacer_case_id) == ("arb", "663150")


def test_unnumbered_entries_group_by_case_and_second() -> None:
    other_case = "https://ecf.dcd.uscourts.gov/cgi-bin/DktRpt.pl?278437"
    later = "Sat, 15 Mar 2025 23:25:01 GMT"
    document = feed(
        item(description="[Minute Order]"), item(description="[Set Deadlines]"),
        item(description="[Minute Order]", date=later), item(link=other_case),
    )  # fmt: skip
    assert [(one.pacer_case_id, one.short_description) for one in entries(document)] == [
        ("278436", "Minute Order AND Set Deadlines"),
        ("278436", "Minute Order"),
        ("278437", "Minute Order"),
    ]


def test_one_appellate_document_under_two_dockets_is_two_entries() -> None:
    link = "(<a href='https://ecf.cadc.uscourts.gov/docs1/01218491112'>Document</a>)"
    base = "https://ecf.cadc.uscourts.gov/n/beam/servlet/TransportRoom?caseNum="
    document = feed(
        item("22-1214 A v. B", f"[Order Filed (CLERK)] {link}", link=f"{base}22-1214"),
        item("22-1315 A v. B", f"[Order Filed (CLERK)] {link}", link=f"{base}22-1315"),
        court="cadc",
    )
    assert [(one.docket_number, one.pacer_case_id, one.pacer_doc_id, one.document_number)
            for one in entries(document)] == [
        ("22-1214", None, "01208491112", "01208491112"),
        ("22-1315", None, "01208491112", "01208491112"),
    ]  # fmt: skip


def test_a_bad_item_is_named_and_the_rest_goes_on() -> None:
    document = feed(item(date="yesterday"), item(title="no number"), item())
    found = list(parse(document, RECEIVED))
    assert [type(one) for one in found] == [BadItem, BadItem, DocketEntry]
    first, second = (str(one) for one in found[:2])
    assert "feed.xml: item 1 of dcd (1:25-cv-00766" in first
    assert "pubDate: expected a time as" in first
    assert "item 2 of dcd (no number), feed test-feed: title: expected a docket number" in second


def test_an_item_of_no_court_is_refused() -> None:
    [bad] = parse(feed(item(link="https://example.org/1"), court="x.y"), RECEIVED)
    assert isinstance(bad, BadItem)
    assert bad.field == "link"


def test_a_reconstructed_time_is_known_to_its_precision_only() -> None:
    mark = '<pe:reconstructed precision_s="60" cites="CBS"/>'
    [one] = entries(feed(item(extra=mark)))
    [whole] = entries(feed(item(), extra=mark))
    assert one == whole
    assert (one.entered_at, one.entered_at_latest) == (
        parse_rfc3339("2025-03-15T23:25:00Z"), parse_rfc3339("2025-03-15T23:25:59.999Z"),
    )  # fmt: skip
    assert (one.reconstructed, one.cites) == (True, "CBS")
    [bad] = parse(feed(item(extra='<pe:reconstructed precision_s="-1"/>')), RECEIVED)
    assert isinstance(bad, BadItem)


def test_a_bare_ampersand_or_control_character_does_not_cost_the_feed() -> None:
    later = "Sat, 15 Mar 2025 23:26:00 GMT"
    broken = feed(item(title="1:25-cv-00766 A B"), item(date=later))
    for wrong in (b"A & B", b"A &nbsp; B", b"A \x0b B"):
        first, second = entries(broken.replace(b"A B", wrong))
        assert first.case_name is not None
        assert (first.case_name[0], first.case_name[-1]) == ("A", "B")
        assert second == entries(broken)[1]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    b"<rss><channel><title>&b;</title></channel></rss>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><title>&a;</title></channel></rss>"
)


TYPED = b'<!DOCTYPE rss SYSTEM "https://example.org/rss.dtd"><rss><channel/></rss>'


@pytest.mark.parametrize(
    "document", [BOMB, OUTSIDE, TYPED, b"", b"<html/>", b"<rss/>", b"{}", b"\xff"]
)
def test_entities_and_what_is_no_feed_are_refused_whole(document: bytes) -> None:
    with pytest.raises(BadDocument, match=r"feed\.xml"):
        list(parse(document, RECEIVED))


def test_gzip_is_undone_before() -> None:
    document = feed(item())
    [one] = parse_kind("court.cmecf-rss", gzip.compress(document), RECEIVED)
    assert one == entries(document)[0]


@EXAMPLES
@given(st.text(st.characters(codec="iso-8859-1", exclude_categories=["Cc"]), max_size=80),
       st.text(st.characters(codec="iso-8859-1", exclude_categories=["Cc"]), max_size=80),
       st.text("0123456789: ,GMTESadJun+-", max_size=40))  # fmt: skip
def test_whatever_an_item_says_it_is_read_or_refused(title: str, words: str, date: str) -> None:
    found = list(parse(feed(item(title, words, date), item()), RECEIVED))
    assert isinstance(found[-1], DocketEntry)
    for one in found:
        if isinstance(one, DocketEntry) and one.entered_at_latest is not None:
            assert one.entered_at is not None
            assert one.entered_at < one.entered_at_latest


@EXAMPLES
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        list(parse(data, Received("x", Instant(0), "x.xml")))
    except BadDocument:
        return
