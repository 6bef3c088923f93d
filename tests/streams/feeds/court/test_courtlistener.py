"""CourtListener's entries: pages, lists, single entries, dockets and webhook deliveries."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.facts.instants import parse_rfc3339, to_datetime
from streams.facts.received import DocketEntry
from streams.feeds.court import courtlistener_entries, courtlistener_webhook
from streams.feeds.documents import BadDocument, BadItem, Received
from tests.streams.feeds.court.documents import DOCKET, EXAMPLES, FETCHED, dumped, entry

RECEIVED = Received("courtlistener", FETCHED, "page.json")
ELSEWHERE = entry(docket=12345)


def read(document: Any) -> list[DocketEntry | BadItem]:
    return list(courtlistener_entries.parse(dumped(document), RECEIVED))


def one(document: Any) -> DocketEntry:
    [found] = read(document)
    assert isinstance(found, DocketEntry), found
    return found


def test_every_field() -> None:
    document = {
        "document_number": "39", "attachment_number": None, "pacer_doc_id": "04519690740",
        "description": "Order on Motion for TRO", "is_sealed": True,
    }  # fmt: skip
    attachment = document | {"attachment_number": 1, "pacer_doc_id": "04519690741"}
    filed = entry(
        docket=DOCKET, entry_number=39, time_filed="19:25:00", pacer_sequence_number=98,
        recap_documents=[attachment, document],
    )  # fmt: skip
    assert one(filed) == DocketEntry(
        source="courtlistener",
        kind="court.courtlistener-entries",
        fetched_at=FETCHED,
        court_id="dcd",
        docket_number="1:25-cv-00766",
        docket_number_raw="1:25-cv-00766-JEB",
        pacer_case_id="278436",
        case_name="J.G.G. v. TRUMP",
        entry_number=39,
        document_number="39",
        pacer_doc_id="04509690740",
        pacer_seq_no="98",
        source_entry_id="9001/2025-03-15.002",
        source_docket_id="69741724",
        entered_at=parse_rfc3339("2025-03-15T04:00:00Z"),
        entered_at_latest=parse_rfc3339("2025-03-16T03:59:59.999Z"),
        entered_raw="(Entered: 03/15/2025)",
        filed_on="2025-03-15",
        filed_at=parse_rfc3339("2025-03-15T23:25:00Z"),
        filed_at_latest=None,
        short_description="Order on Motion for TRO",
        description="MINUTE ORDER granting motion. (Entered: 03/15/2025)",
        assigned_to="James E. Boasberg",
        appeal_from_court_id=None,
        appeal_from_docket_number=None,
        sealed=True,
        reconstructed=False,
        cites=None,
    )


@pytest.mark.parametrize(
    "document",
    [
        entry(docket=DOCKET),
        [DOCKET, entry()],
        {"count": 1, "next": None, "results": [entry(docket=69741724)], "dockets": [DOCKET]},
        {"results": [DOCKET, entry(docket="69741724")]},
        DOCKET | {"docket_entries": [entry()]},
        [DOCKET | {"docket_entries": [entry(docket=None)]}],
    ],
    ids=["nested", "list", "page", "page with docket", "docket", "dockets"],
)
def test_however_the_docket_is_given(document: Any) -> None:
    found = one(document)
    assert (found.court_id, found.docket_number) == ("dcd", "1:25-cv-00766")
    assert found.assigned_to == "James E. Boasberg"


def test_an_entry_of_an_unknown_docket_is_refused_and_the_rest_goes_on() -> None:
    bad, good = read([ELSEWHERE, DOCKET, entry()])
    assert isinstance(bad, BadItem)
    named = "page.json: entry 1, id 9001 of no court, feed courtlistener: docket: expected a docket"
    assert named in str(bad)
    assert "12345" in str(bad)
    assert isinstance(good, DocketEntry)


def test_a_day_is_the_courts_own() -> None:
    spring = one(entry(docket=DOCKET, date_filed="2025-03-09", description=""))
    assert (spring.filed_at, spring.filed_at_latest) == (
        parse_rfc3339("2025-03-09T05:00:00Z"), parse_rfc3339("2025-03-10T03:59:59.999Z"),
    )  # fmt: skip
    west = one(entry(docket=DOCKET | {"court_id": "cand"}, description=""))
    assert west.filed_at == parse_rfc3339("2025-03-15T07:00:00Z")


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("x [Entered: 09/01/2022 09:53 AM]", "2022-09-01T13:53:00Z", "2022-09-01T13:53:59.999Z"),
        ("x (Entered: 08/29/2011 at 14:27:19)", "2011-08-29T18:27:19Z", "2011-08-29T18:27:19.999Z"),
        ("x (Entered: 10/11/2022)", "2022-10-11T04:00:00Z", "2022-10-12T03:59:59.999Z"),
        ("[Entered: 1/2/2022 12:05 PM] y", "2022-01-02T17:05:00Z", "2022-01-02T17:05:59.999Z"),
        ("(Entered: 01/01/2021) late (Entered: 01/02/2022)",
         "2022-01-02T05:00:00Z", "2022-01-03T04:59:59.999Z"),
    ],
)  # fmt: skip
def test_the_time_of_entry_is_read_from_the_text(text: str, earliest: str, latest: str) -> None:
    found = one(entry(docket=DOCKET, description=text))
    assert (found.entered_at, found.entered_at_latest) == (
        parse_rfc3339(earliest), parse_rfc3339(latest),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "Entered into evidence", "(Entered: 13/45/2022)"])
def test_no_time_of_entry_is_made_up(text: str) -> None:
    found = one(entry(docket=DOCKET, description=text))
    assert (found.entered_at, found.entered_at_latest, found.entered_raw) == (None, None, None)


def test_an_appeal_names_its_district_case() -> None:
    appeal = {
        "id": 7, "court": "https://www.courtlistener.com/api/rest/v4/courts/cadc/",
        "docket_number": "25-5067", "appeal_from": "https://x/api/rest/v4/courts/dcd/",
        "original_court_info": {"docket_number": "1:25-cv-00766-JEB"},
    }  # fmt: skip
    found = one(entry(docket=appeal))
    assert (found.court_id, found.appeal_from_court_id) == ("cadc", "dcd")
    assert found.appeal_from_docket_number == "1:25-cv-00766"


@pytest.mark.parametrize(
    ("docket", "court"),
    [
        ({"appeal_from": "dcd"}, "dcd"),
        ({"appeal_from": None, "appeal_from_id": "nysd"}, "sdny"),
        ({"appeal_from": "Eastern District of Tennessee at Knoxville"}, "tned"),
        ({"appeal_from": None, "appeal_from_str": "S.D.N.Y . (NEW YORK CITY)"}, "sdny"),
        ({"appeal_from": "Nevada - Las Vegas", "original_court_info": {"court_id": "nvb"}}, "nvb"),
        ({"appeal_from": "Board of Immigration Appeals"}, None),
        ({"appeal_from": None}, None),
    ],
)
def test_the_court_below_is_given_by_id_or_by_name(
    docket: dict[str, Any], court: str | None
) -> None:
    appeal = {"id": 7, "court_id": "ca6", "docket_number": "22-5459"} | docket
    assert one(entry(docket=appeal)).appeal_from_court_id == court


def test_courts_have_one_id_from_every_source() -> None:
    assert one(entry(docket=DOCKET | {"court_id": "nysd"})).court_id == "sdny"


def test_a_document_id_that_is_no_number_stays_as_it_is() -> None:
    guid = "46de54cd-3561-ee11-be6e-001dd804e087"
    assert one(entry(docket=DOCKET, pacer_doc_id=guid, recap_documents=None)).pacer_doc_id == guid


def test_reconstructed_entries_say_so() -> None:
    mark = {"cites": "CBS", "precision_s": 60}
    found = one(entry(docket=DOCKET, time_filed="19:25:00", reconstructed=mark))
    assert (found.reconstructed, found.cites) == (True, "CBS")
    assert found.filed_at_latest == parse_rfc3339("2025-03-15T23:25:59.999Z")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"date_filed": "15 March"}, "date_filed"),
        ({"date_filed": "9999-12-31"}, "date_filed"),
        ({"time_filed": "25:00"}, "time_filed"),
        ({"entry_number": "four"}, "entry_number"),
        ({"docket": DOCKET | {"docket_number": "n/a"}}, "docket_number"),
    ],
)
def test_a_bad_field_is_named(fields: dict[str, Any], name: str) -> None:
    [bad] = read([entry(**({"docket": DOCKET} | fields))])
    assert isinstance(bad, BadItem)
    assert bad.field == name
    assert bad.item == "entry 1, id 9001 of dcd, feed courtlistener"


@pytest.mark.parametrize("data", [b"", b"[", b"3", b"{}", b'{"results": 3}', b"[" * 100_000])
def test_what_is_no_document_is_refused_whole(data: bytes) -> None:
    with pytest.raises(BadDocument, match=r"page\.json"):
        list(courtlistener_entries.parse(data, RECEIVED))


def test_a_hit_of_the_search_is_no_entry() -> None:
    hit = {"docket_id": 1, "docketNumber": "1:25-cv-00766", "court_id": "dcd", "caseName": "x"}
    [bad] = read({"results": [hit]})
    assert isinstance(bad, BadItem)
    assert "date_filed" in str(bad)


SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "court"


@pytest.mark.parametrize("name", ["docket-history-dcd_191692", "docket-appellate-cadc_1"])
def test_parsed_dockets_keep_entered_apart_from_filed(name: str) -> None:
    sample = SAMPLES / f"{name}.json"
    if not sample.exists():
        pytest.skip("shared/samples is not here")
    docket = json.loads(sample.read_text())
    found = [record for record in read(docket) if isinstance(record, DocketEntry)]
    assert [
        (one.docket_number, one.document_number, one.pacer_doc_id, one.pacer_seq_no, one.filed_on,
         one.description, one.short_description)
        for one in found
    ] == [
        (docket["docket_number"], one["document_number"], one["pacer_doc_id"], one["pacer_seq_no"],
         one["date_filed"], one["description"], one.get("short_description", ""))
        for one in docket["docket_entries"]
    ]  # fmt: skip
    for record, one in zip(found, docket["docket_entries"], strict=True):
        assert record.entered_at is not None
        local = to_datetime(record.entered_at).astimezone(ZoneInfo("America/New_York"))
        assert local.date().isoformat() == one["date_entered"]


WEBHOOK = {"event_type": 1, "version": 2, "date_created": "2025-03-15", "deprecation_date": None}


def test_a_webhook_delivery_of_a_followed_docket() -> None:
    document = {"payload": {"results": [entry(docket=69741724), ELSEWHERE]}, "webhook": WEBHOOK}
    good, bad = courtlistener_webhook.parse(dumped(document), RECEIVED)
    assert isinstance(good, DocketEntry)
    assert good.kind == "court.courtlistener-webhook"
    assert (good.court_id, good.docket_number) == ("dcd", "1:25-cv-00766")
    assert isinstance(bad, BadItem)
    assert "dockets.yaml" in str(bad)


def test_a_followed_case_is_known_by_its_documents_whatever_id_its_docket_has() -> None:
    path = "recap/gov.uscourts.dcd.278436/gov.uscourts.dcd.278436.39.0.pdf"
    stranger = "recap/gov.uscourts.dcd.278437/gov.uscourts.dcd.278437.39.0.pdf"
    results = [
        entry(docket=12345, recap_documents=[{"filepath_local": name}]) for name in (path, stranger)
    ]
    document = dumped({"payload": {"results": results}, "webhook": WEBHOOK})
    found = list(courtlistener_webhook.parse(document, RECEIVED))
    assert isinstance(found[0], DocketEntry)
    assert (found[0].docket_number, found[0].source_docket_id) == ("1:25-cv-00766", "12345")
    assert isinstance(found[1], BadItem)


def test_rest_and_webhook_of_one_entry_differ_in_kind_only() -> None:
    rest = one(entry(docket=DOCKET))
    document = {"payload": {"results": [entry(docket=DOCKET)]}, "webhook": WEBHOOK}
    [hook] = courtlistener_webhook.parse(dumped(document), RECEIVED)
    assert isinstance(hook, DocketEntry)
    assert {name for name in DocketEntry.__slots__ if getattr(rest, name) != getattr(hook, name)} \
        == {"kind"}  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [{}, {"payload": {"results": []}}, {"payload": {"results": []}, "webhook": {"event_type": 2}}],
)
def test_another_delivery_is_refused(document: Any) -> None:
    with pytest.raises(BadDocument):
        list(courtlistener_webhook.parse(dumped(document), RECEIVED))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.sampled_from([*entry(), "reconstructed", "court_id"]), JSON)


@EXAMPLES
@given(FIELDS, st.dictionaries(st.sampled_from([*DOCKET, "appeal_from"]), JSON))
def test_whatever_fields_hold_the_item_is_read_or_refused(
    fields: dict[str, Any], docket: dict[str, Any]
) -> None:
    items = read([entry(docket=DOCKET | docket) | fields, entry(docket=DOCKET)])
    assert isinstance(items[-1], DocketEntry)
    assert len(items) in (1, 2)
