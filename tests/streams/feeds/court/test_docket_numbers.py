"""Docket numbers normalise: however a case's number is written, it is one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.feeds.court.docket_numbers import docket_number, leading
from tests.streams.feeds.court.documents import EXAMPLES

YEAR = st.integers(0, 99).map(lambda year: f"{year:02}")
SERIAL = st.integers(1, 99999)
TYPE = st.sampled_from(["cv", "cr", "mc", "mj", "md", "bk", "ap", "po"])
OFFICE = st.integers(0, 9).map(str)
JUDGES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=4)


@pytest.mark.parametrize(
    "written",
    [
        "1:25-cv-00766-JEB", "1:25-cv-00766", "25-cv-766", "1:25-CV-766 (JEB)", "25-cv-00766-JEB",
        "No. 25-cv-766", "Civil Action No. 1:25-cv-766", "Civil Action No. 25-0766 (JEB)",
        "1:2025-cv-00766",
        "1:25-cv-00766-JEB-RMM",
        " 1:25-cv-00766 ", "1:25\u2013cv\u201300766",
    ],
)  # fmt: skip
def test_one_case_however_written(written: str) -> None:
    assert str(docket_number(written, "dcd")) == "1:25-cv-00766"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("25-5067", "25-5067"),
        ("No. 25-5067", "25-5067"),
        ("2023-1234", "23-1234"),
        ("18-00079", "18-00079"),
        ("18-10123-mg", "18-10123"),
        ("8-13-73456-las", "8-13-73456"),
        ("1:18-mj-03122-1", "1:18-mj-03122"),
        ("2:05-md-01720", "2:05-md-01720"),
        ("6:18-bk-12345-MH", "6:18-bk-12345"),
        ("1:20-cr-00012-ABC-DEF-3", "1:20-cr-00012"),
        ("24-cv-1", "24-cv-00001"),
        ("10:25-cv-3", "10:25-cv-00003"),
        ("Civil Action No. 25-0766 (JEB)", "25-cv-00766"),
        ("Criminal No. 20-12", "20-cr-00012"),
        ("USCA11 Case: 24-10222", "24-10222"),
        ("24A931", "24A931"),
        ("No. 24a931", "24A931"),
        ("MDL No. 2543", "MDL No. 2543"),
        ("MDL Docket No. 2543", "MDL No. 2543"),
        ("MDL-2543", "MDL No. 2543"),
    ],
)
def test_other_courts_numbers(written: str, normal: str) -> None:
    assert str(docket_number(written)) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Chau v. Donovan",
        "25",
        "cv-766",
        "1:25-cv-",
        "25-cv-766 x",
        "24Z931",
        "MDL",
        "MDL No.",
        "123:25-cv-1",
    ],
)
def test_what_is_no_docket_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not a docket number"):
        docket_number(text)


@EXAMPLES
@given(OFFICE, YEAR, TYPE, SERIAL, JUDGES, st.booleans(), st.booleans(), st.booleans())
def test_spelling_does_not_matter(
    office: str, year: str, kind: str, serial: int, judges: str, pad: bool, upper: bool, paren: bool
) -> None:
    number = f"{serial:05}" if pad else str(serial)
    suffix = f" ({judges})" if paren else f"-{judges}"
    written = f"{office}:{year}-{kind.upper() if upper else kind}-{number}{suffix}"
    assert str(docket_number(written)) == f"{office}:{year}-{kind}-{serial:05}"


@EXAMPLES
@given(OFFICE, YEAR, TYPE, SERIAL)
def test_normal_form_is_stable_and_agrees_without_its_office(
    office: str, year: str, kind: str, serial: int
) -> None:
    full = docket_number(f"{office}:{year}-{kind}-{serial}")
    bare = docket_number(f"{year}-{kind}-{serial}")
    assert docket_number(str(full)) == full
    assert full.same_case(bare)
    assert bare.same_case(full)


NUMBERS = st.one_of(
    st.builds("{}:{}-{}-{}".format, OFFICE, YEAR, TYPE, SERIAL),
    st.builds("{}-{}-{}".format, YEAR, TYPE, SERIAL),
    st.builds("{}-{}".format, YEAR, SERIAL),
    st.builds("{}-{}-{:05}".format, OFFICE, YEAR, SERIAL),
    st.builds("{}{}{}".format, YEAR, st.sampled_from("AMO"), st.integers(1, 9999)),
    st.builds("MDL No. {}".format, SERIAL),
)
"""A number of every rule of the grammar."""


@EXAMPLES
@given(NUMBERS, st.sampled_from(["", "No. ", "Case: ", "  "]), st.sampled_from(["", " ", ","]))
def test_every_rule_has_a_normal_form_that_stays(number: str, before: str, after: str) -> None:
    found = docket_number(before + number + after)
    assert docket_number(str(found)) == found
    assert found.same_case(found)


@EXAMPLES
@given(NUMBERS, NUMBERS)
def test_numbers_of_different_rules_are_never_one_form(one: str, other: str) -> None:
    first, second = docket_number(one), docket_number(other)
    assert (str(first) == str(second)) == (first == second)


@EXAMPLES
@given(YEAR, TYPE, SERIAL, OFFICE, YEAR, TYPE, SERIAL, OFFICE)
def test_different_cases_stay_different(
    y1: str, t1: str, s1: int, o1: str, y2: str, t2: str, s2: int, o2: str
) -> None:
    one, two = docket_number(f"{o1}:{y1}-{t1}-{s1}"), docket_number(f"{o2}:{y2}-{t2}-{s2}")
    assert one.same_case(two) == ((y1, t1, s1, o1) == (y2, t2, s2, o2))


@pytest.mark.parametrize(
    ("title", "number", "name"),
    [
        ("1:18-mj-03122-1 USA v. Lopez", "1:18-mj-03122", "USA v. Lopez"),
        ("22-1214 Food & Water Watch v. FERC", "22-1214", "Food & Water Watch v. FERC"),
        ("1:25-cv-00001 (In re Foo) Bar", "1:25-cv-00001", "(In re Foo) Bar"),
        ("22-1214 - Foo v. Bar", "22-1214", "- Foo v. Bar"),
        ("1:20-cv-00001 3M Co. v. X", "1:20-cv-00001", "3M Co. v. X"),
        ("18-90003", "18-90003", ""),
    ],
)
def test_a_title_is_a_number_and_the_rest(title: str, number: str, name: str) -> None:
    found = leading(title)
    assert found is not None
    assert (str(found[0]), found[1].strip()) == (number, name)
