"""Case families: a function of what dockets say, and of nothing else."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from streams.facts.case_links import CaseLink
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.orders.lineage import Lineage, Place
from tests.streams.feeds.court.documents import EXAMPLES

CASE, APPEAL, ABOVE = "dcd/1:25-cv-00766", "cadc/25-5067", "scotus/24A931"


def link(
    appeal: str, below: str, said_by: str = "appeal", basis: str = "field", known: int | None = 1
) -> CaseLink:
    return CaseLink(
        identity("case-link", appeal, below, said_by, basis), Revision(0), False,
        None if known is None else Instant(known), appeal, below,
        "case" if said_by == "case" else "appeal", "words" if basis == "words" else "field",
    )  # fmt: skip


def family(docket: str, *links: CaseLink) -> str:
    return Lineage(links).place(docket).family


def test_a_case_by_itself_is_its_own_family() -> None:
    assert Lineage().place(APPEAL) == Place(APPEAL, None, None)


def test_an_appeal_joins_its_case_whoever_says_so() -> None:
    for one in (link(APPEAL, CASE), link(APPEAL, CASE, "appeal", "words"),
                link(APPEAL, CASE, "case", "words")):  # fmt: skip
        assert Lineage([one]).place(APPEAL) == Place(CASE, CASE, Instant(1))
        assert family(CASE, one) == CASE


def test_families_are_transitive_and_known_when_the_last_link_is() -> None:
    links = [link(ABOVE, APPEAL, known=2), link(APPEAL, CASE, "case", "words", known=9)]
    assert Lineage(links).place(ABOVE) == Place(CASE, APPEAL, Instant(9))
    assert Lineage(links[:1]).place(ABOVE) == Place(APPEAL, APPEAL, Instant(2))


def test_an_application_against_a_district_order_goes_straight_down() -> None:
    assert family(ABOVE, link(ABOVE, CASE, basis="words")) == CASE


def test_own_fields_beat_own_words_beat_the_case() -> None:
    fields, words = link(APPEAL, CASE), link(APPEAL, "dcd/1:24-cv-1", basis="words")
    other = link(APPEAL, "dcd/1:24-cv-00002", "case", "words")
    assert family(APPEAL, words, other, fields) == CASE
    assert family(APPEAL, words, other) == "dcd/1:24-cv-1"


def test_a_number_without_its_office_joins_nothing_until_a_docket_answers() -> None:
    vague = link("ca2/25-10", "nysd/25-cv-00766", basis="words")
    assert Lineage([vague]).place("ca2/25-10") == Place("ca2/25-10", "nysd/25-cv-00766", None)
    answers = [link("ca2/25-10", f"nysd/{n}:25-cv-00766", "case", "words") for n in (1, 7)]
    assert family("ca2/25-10", vague, answers[0]) == "nysd/1:25-cv-00766"
    assert family("ca2/25-10", vague, *answers) == "ca2/25-10"
    elsewhere = link("ca2/25-10", "nyed/1:25-cv-00766", "case", "words")
    assert family("ca2/25-10", vague, elsewhere) == "ca2/25-10"


def test_an_appeal_that_two_cases_call_theirs_joins_neither() -> None:
    both = [link(APPEAL, f"dcd/1:25-cv-0000{n}", "case", "words") for n in (1, 2)]
    assert family(APPEAL, *both) == APPEAL


def test_no_case_is_an_appeal_of_a_higher_court_s() -> None:
    assert family(APPEAL, link(APPEAL, ABOVE), link(ABOVE, APPEAL)) == APPEAL


DOCKETS = ["dcd/1:25-cv-00001", "dcd/1:25-cv-00002", "nysd/25-cv-00001", "nysd/1:25-cv-00001",
           "cadc/25-1", "ca2/25-2", "scotus/25A1"]  # fmt: skip
LINKS = st.builds(
    link, st.sampled_from(DOCKETS), st.sampled_from(DOCKETS), st.sampled_from(["appeal", "case"]),
    st.sampled_from(["field", "words"]), st.sampled_from([None, 1, 2]),
)  # fmt: skip


@EXAMPLES
@given(st.lists(LINKS, max_size=8, unique_by=lambda one: one.case_link_id), st.data())
def test_places_do_not_depend_on_the_order_of_what_is_said(
    links: Sequence[CaseLink], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(links))
    taken_back = data.draw(st.lists(LINKS, max_size=3))
    lineage = Lineage()
    names = {one.case_link_id for one in links}
    for one in [*taken_back, *(replace(one, is_deleted=True) for one in taken_back), *shuffled]:
        if one.case_link_id not in names or not one.is_deleted:
            lineage.take(one)
    for one in taken_back:
        if one.case_link_id not in names:
            lineage.take(replace(one, is_deleted=True))
    assert [lineage.place(one) for one in DOCKETS] == [Lineage(links).place(one) for one in DOCKETS]


@EXAMPLES
@given(st.lists(LINKS, max_size=8), LINKS)
def test_only_the_dockets_that_are_said_to_be_concerned_move(
    links: Sequence[CaseLink], one: CaseLink
) -> None:
    lineage = Lineage(links)
    before = {docket: lineage.place(docket) for docket in DOCKETS}
    concerned = lineage.concerned(one)
    lineage.take(one)
    assert {docket for docket in DOCKETS if lineage.place(docket) != before[docket]} <= concerned
