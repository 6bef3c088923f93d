"""Courts by id and by name: one id whatever the source, a zone for every one."""

from zoneinfo import ZoneInfo

import pytest

from streams.feeds.court.court_names import _districts, district_named
from streams.feeds.court.courts import court_id, is_appellate, zones

APPEALS = ["cadc", "cafc", "cavc", "scotus", *(f"ca{number}" for number in range(1, 12))]


def districts() -> list[str]:
    return [
        court_id(f"{one['id']}{part}d")
        for one in _districts().values()
        for part in one["parts"] or ("",)
    ]


def test_there_are_ninety_four_districts() -> None:
    assert len(set(districts())) == 94


@pytest.mark.parametrize("court", [*districts(), *APPEALS, "bap9", "uscfc", "cit", "jpml", "nysb"])
def test_every_court_has_a_clock(court: str) -> None:
    assert zones(court)


@pytest.mark.parametrize("district", sorted({*districts()} - {"sdny"}))
def test_a_bankruptcy_court_keeps_its_districts_time(district: str) -> None:
    assert zones(court_id(f"{district[:-1]}b")) == zones(district)


def test_a_district_in_two_zones_has_both() -> None:
    assert zones("kywd") == (ZoneInfo("America/New_York"), ZoneInfo("America/Chicago"))
    assert zones("kyed") == (ZoneInfo("America/New_York"),)
    assert zones("nowhere") == ()


@pytest.mark.parametrize("court", [*APPEALS, "bap9"])
def test_courts_of_appeals_are_known(court: str) -> None:
    assert is_appellate(court)
    assert not is_appellate("dcd")


@pytest.mark.parametrize(
    ("text", "court"),
    [
        ("District of Massachusetts, Boston", "mad"),
        ("Southern District of New York", "sdny"),
        ("S.D.N.Y . (NEW YORK CITY)", "sdny"),
        ("San Diego, Southern California", "casd"),
        ("District Court of New Hampshire, Concord", "nhd"),
        ("Eastern District of Tennessee at Knoxville", "tned"),
        ("U.S. District Court for Hawaii, Honolulu", "hid"),
        ("Nevada - Las Vegas", "nvd"),
        ("United States District Court for the District of Columbia", "dcd"),
        ("Southern District of West Virginia", "wvsd"),
        ("E.D. Va.", "vaed"),
        ("D.D.C.", "dcd"),
        ("Virginia", None),  # it has two districts
        ("Middle District of Virginia", None),
        ("Board of Immigration Appeals", None),
        ("A. D. Smith", None),
        ("", None),
    ],
)
def test_a_district_as_dockets_name_it(text: str, court: str | None) -> None:
    assert district_named(text) == court


@pytest.mark.parametrize("district", districts())
def test_every_district_is_found_by_its_full_name(district: str) -> None:
    [(state, part)] = [
        (state, part)
        for state, one in _districts().items()
        for part in one["parts"] or ("",)
        if court_id(f"{one['id']}{part}d") == district
    ]
    words = {"n": "Northern ", "s": "Southern ", "e": "Eastern ", "w": "Western ", "m": "Middle ",
             "c": "Central ", "": ""}  # fmt: skip
    assert district_named(f"the {words[part]}District of {state.title()}, Any City") == district
