"""Where a case comes from, however CourtListener writes it."""

import pytest

from streams.feeds.court.court_names import circuit_named
from streams.feeds.court.origins import original_court, original_number


@pytest.mark.parametrize(
    ("docket", "original", "court"),
    [
        ({"appeal_from": "dcd"}, {}, "dcd"),
        ({"appeal_from": "https://www.courtlistener.com/api/rest/v4/courts/cadc/"}, {}, "cadc"),
        ({"appeal_from_str": "United States Court of Appeals for the District of Columbia"
          " Circuit"}, {}, "cadc"),
        ({"appeal_from_str": "Eastern District of Tennessee at Knoxville"}, {}, "tned"),
        ({"appeal_from": "dcd"}, {"court_id": "mad"}, "mad"),
        ({"appeal_from_str": "Board of Immigration Appeals"}, {}, None),
        ({}, {}, None),
    ],
)  # fmt: skip
def test_the_court_below(
    docket: dict[str, str], original: dict[str, str], court: str | None
) -> None:
    assert original_court(docket, original) == court


@pytest.mark.parametrize(
    ("written", "court", "number"),
    [
        ("25-5067", "cadc", "25-5067"),
        ("(25-5067)", "cadc", "25-5067"),
        ("25-5067, 25-5124", "cadc", "25-5067"),
        ("D.C. No. 1:25-cv-00766-JEB", "dcd", "1:25-cv-00766"),
        ("25-cv-766", "nysd", "25-cv-00766"),  # its office is not guessed
        ("A205-123-456", None, None),
        ("", "dcd", None),
    ],
)
def test_the_number_below(written: str, court: str | None, number: str | None) -> None:
    assert original_number({"docket_number": written}, court) == number


@pytest.mark.parametrize(
    ("name", "court"),
    [
        ("Ninth Circuit", "ca9"), ("9th Cir.", "ca9"), ("2d Cir.", "ca2"),
        ("D.C. Circuit", "cadc"),
        ("the Federal Circuit", "cafc"), ("Circuit Judge Bee", None), ("the third circuit", "ca3"),
    ],
)  # fmt: skip
def test_courts_of_appeals_by_name(name: str, court: str | None) -> None:
    assert circuit_named(name) == court
