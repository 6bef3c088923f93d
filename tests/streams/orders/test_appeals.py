"""What a docket says of appeals: which case it comes from, which appeals of it there are."""

from typing import Any

import pytest

from streams.feeds.court.courts import level
from streams.orders.docket import Docket
from streams.orders.evidence import Evidence
from tests.streams.feeds.court.documents import DOCKET
from tests.streams.orders.records import APPEAL, FIRST, HOUR, listed, rss

Said = set[tuple[str, str, str, str]]


def said(*records: Any) -> Said:
    """Appeal, case below, whose docket says so, and on what basis."""
    docket = Docket(Evidence.of(record) for record in records)
    return {
        (one.appeal, one.below, one.said_by, one.basis) for one in docket.links.values()
    }  # fmt: skip


def below(*records: Any) -> str | None:
    return next((one for _, one, _, _ in sorted(said(*records))), None)


def test_fields_say_what_a_case_is_an_appeal_of() -> None:
    assert said(listed(docket=APPEAL)) == {("cadc/25-5067", "dcd/1:25-cv-00766", "appeal", "field")}
    assert said(listed(docket=DOCKET)) == set()
    assert said(listed(docket=APPEAL | {"original_court_info": {}})) == set()


@pytest.mark.parametrize(
    ("court", "origin", "words", "case"),
    [
        ("cadc", None, "CIVIL CASE docketed. Notice of Appeal from 1:25-cv-00766-JEB. [25-5067]",
         "dcd/1:25-cv-00766"),
        ("cadc", None, "CIVIL CASE docketed. Notice of Appeal from 25-cv-766. [25-5067]",
         "dcd/1:25-cv-00766"),  # a court of one office
        ("ca9", "casd", "CASE OPENED. A copy of your notice of appeal filed in 3:18-cv-01122-AGS"
         " has been received.", "casd/3:18-cv-01122"),
        ("ca5", "Western District of Louisiana, Lafayette", "ELECTRONIC RECORD ON APPEAL REQUESTED"
         " from District Court for 6:21-CR-138-1.", "lawd/6:21-cr-00138"),
        ("ca1", None, "CIVIL CASE docketed. Notice of appeal from the United States District Court"
         " for the District of Massachusetts, 1:09-cv-11783.", "mad/1:09-cv-11783"),
        ("ca1", None, "CIVIL CASE docketed. Notice of appeal from 1:09-cv-11783.", None),
        ("ca1", "mad", "CIVIL CASE docketed. See also 1:09-cv-11783.", None),
        ("ca4", "vaed", "CASE docketed. Originating case number: 25-cv-766.", "vaed/25-cv-00766"),
        ("scotus", None, "Application (24A931) to vacate the orders of the United States District"
         " Court for the District of Columbia, case No. 1:25-cv-766, submitted.",
         "dcd/1:25-cv-00766"),
        ("scotus", None, "Petition for certiorari to the United States Court of Appeals for the"
         " District of Columbia Circuit (25-5067) filed.", "cadc/25-5067"),
        ("scotus", None, "Petition, Fourth Circuit, No. 25-1234, docketed.", "ca4/25-1234"),
        ("scotus", None, "Petition of 24-1234 docketed.", None),
    ],
)  # fmt: skip
def test_words_say_what_a_case_is_an_appeal_of(
    court: str, origin: str | None, words: str, case: str | None
) -> None:
    docket = APPEAL | {"court_id": court, "appeal_from": origin, "original_court_info": None}
    if court == "scotus":
        docket |= {"docket_number": "24A931"}
    assert below(listed(docket=docket, description=words)) == case


def test_a_caption_of_rss_alone_says_so_too() -> None:
    stub = rss("[Civil Case Docketed]", title="25-5067 J.G.G. v. Trump, 1:25-cv-00766",
               court="cadc", link="https://ecf.cadc.uscourts.gov/x?caseNum=25-5067")  # fmt: skip
    assert said(stub) == {("cadc/25-5067", "dcd/1:25-cv-00766", "appeal", "words")}


def test_a_number_of_the_supreme_court_comes_from_fields() -> None:
    docket = APPEAL | {"court_id": "scotus", "docket_number": "24A931", "appeal_from": "cadc",
                       "original_court_info": {"docket_number": "25-5067"}}  # fmt: skip
    assert said(listed(docket=docket)) == {("scotus/24A931", "cadc/25-5067", "appeal", "field")}


def test_fields_and_words_are_kept_apart() -> None:
    fields = listed(docket=APPEAL, description="ORDER filed.", id=1)
    words = listed(
        docket=APPEAL | {"original_court_info": None}, fetched=FIRST + HOUR, id=2,
        recap_sequence_number="2025-03-16.001",
        description="NOTICE: appeal from 1:24-cv-00001 is related.",
    )  # fmt: skip
    both = {("cadc/25-5067", "dcd/1:25-cv-00766", "appeal", "field"),
            ("cadc/25-5067", "dcd/1:24-cv-00001", "appeal", "words")}  # fmt: skip
    assert said(fields, words) == said(words, fields) == both


def test_the_newest_version_of_an_entry_is_what_counts() -> None:
    old = listed(docket=APPEAL | {"original_court_info": {"docket_number": "1:24-cv-00009"}})
    new = listed(docket=APPEAL, fetched=FIRST + HOUR)
    silent = listed(docket=APPEAL | {"original_court_info": None}, fetched=FIRST + 2 * HOUR)
    assert below(old, new) == below(new, old) == "dcd/1:25-cv-00766"
    assert below(old, new, silent) is None


@pytest.mark.parametrize(
    ("words", "appeals"),
    [
        ("USCA Case Number 25-5067 for [20] Notice of Appeal.", {"cadc/25-5067"}),
        ("MANDATE of USCA as to 56 Notice of Appeal. USCA Case Number 22-2719.", {"cadc/22-2719"}),
        ("NOTICE of Docketing from USCA. USCA Case Number 25-5067", {"cadc/25-5067"}),
        # cited, not docketed: another case's appeal
        ("ORDER staying this case pending the ruling of the court of appeals in No. 24-5123.",
         set()),
        ("MOTION to stay. See USCA No. 24-5123.", set()),
    ],
)  # fmt: skip
def test_a_cases_docket_names_the_appeals_that_its_clerk_docketed(
    words: str, appeals: set[str]
) -> None:
    assert {one for one, _, by, _ in said(listed(description=words)) if by == "case"} == appeals


def test_appeals_go_upwards() -> None:
    courts = ["dcb", "dcd", "bap9", "cadc", "scotus"]
    assert [level(court) for court in courts] == [0, 1, 2, 3, 4]
