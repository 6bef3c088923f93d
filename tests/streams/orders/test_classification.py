"""What an entry's words make it: rules against labels, and what the rules refuse to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.orders.classification import Classification, classified
from tests.streams.feeds.court.documents import EXAMPLES
from tests.streams.orders.labelled import labelled, scores


def read(words: str, *, appellate: bool = False, stub: bool = False) -> Classification:
    found = classified(words, appellate=appellate, stub=stub)
    assert found is not None
    return found


def test_there_are_enough_labels_of_every_kind() -> None:
    found = scores()
    assert sum(score.labelled for score in found.values()) >= 200
    assert all(score.labelled >= 8 for score in found.values())


@pytest.mark.parametrize("kind", sorted(scores()))
def test_precision_and_recall(kind: str) -> None:
    score = scores()[kind]
    assert score.precision >= 0.9
    assert score.recall >= 0.9


def test_dispositions_are_as_labelled() -> None:
    wrong = [
        one.words
        for one in labelled()
        if (found := one.found())
        and found.kind == one.kind
        and found.disposition != one.disposition
    ]
    assert not wrong


def test_every_decision_rests_on_words_of_the_entry() -> None:
    for one in labelled():
        found = one.found()
        if found is not None:
            assert found.rests_on
            assert found.rests_on in one.words
            assert found.spoken is None or found.spoken.description in one.words


@EXAMPLES
@given(st.text(max_size=300) | st.lists(st.sampled_from(
    ["order", "granting", "denying", "motion", "for TRO", "the stay", "vacated", "[3]", ";", "."]
)).map(" ".join), st.booleans(), st.booleans())  # fmt: skip
def test_any_words_are_an_order_with_reasons_or_none(
    words: str, appellate: bool, stub: bool
) -> None:
    found = classified(words, appellate=appellate, stub=stub)
    if found is not None:
        assert found.rests_on in words
        assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    "piece", ["order ", "a, ", " - ", "motion to stay ", "in part ", "(", "\u2019"]
)
def test_long_words_come_to_an_end(piece: str) -> None:
    """A rule that backtracks over long words would never return."""
    words = f"ORDER {piece * 20_000}"
    assert read(words).rests_on in words
    found = classified(piece * 20_000, appellate=True, stub=False)
    assert found is None or found.rests_on in piece * 20_000


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("ORDER granting Defendants' motion to dismiss", "Defendants"),
        ("ORDER denying Plaintiff's [12] Emergency Motion for TRO", "Plaintiff"),
        ("ORDER granting 12 Motion for Stay by the Government", "Government"),
        ("ORDER denying motion of the United States", "United States"),
        ("ORDER sua sponte extending the deadline", "Court"),
        ("ORDER granting motion by Jane Roe", None),  # a party's name is no role
        ("ORDER: Defendants shall respond to the motion", None),  # not theirs
        ("ORDER setting hearing", None),
    ],
)
def test_who_moved_is_a_role_never_a_name(words: str, who: str | None) -> None:
    assert read(words).moved_by == who


@pytest.mark.parametrize(
    ("words", "judges"),
    [
        ("ORDER. Signed by Judge James E. Boasberg on 3/15/2025.", ("James E. Boasberg",)),
        ("ORDER. Signed by Chief Judge John J. McConnell, Jr. on 2/1/2025", ("John J. McConnell",)),
        ("ORDER by Magistrate Judge Vera M. Scanlon", ("Vera M. Scanlon",)),
        ("ORDER. Before Judges: Henderson, Millett and Walker. [25-5067]",
         ("Henderson", "Millett", "Walker")),
        ("ORDER granting motion", ()),
    ],
)  # fmt: skip
def test_judges(words: str, judges: tuple[str, ...]) -> None:
    assert read(words).judges == judges


@pytest.mark.parametrize(
    ("words", "rests_on", "sentence"),
    [
        ("MINUTE ORDER: As the Court ORALLY ORDERED today, X is ENJOINED. Signed by Judge Y.",
         "ORALLY ORDERED", "MINUTE ORDER: As the Court ORALLY ORDERED today, X is ENJOINED."),
        ("ORDER: Motion heard. The motion is denied as stated on the record. Costs follow.",
         "as stated on the record", "The motion is denied as stated on the record."),
        ("ORDER. The court ruled from the bench that the stay is lifted.",
         "ruled from the bench", "The court ruled from the bench that the stay is lifted."),
        ("ORAL ORDER: counsel shall confer.", "ORAL ORDER", "ORAL ORDER: counsel shall confer."),
    ],
)  # fmt: skip
def test_an_order_given_aloud_keeps_its_own_words(words: str, rests_on: str, sentence: str) -> None:
    spoken = read(words).spoken
    assert spoken is not None
    assert (spoken.rests_on, spoken.description) == (rests_on, sentence)


@pytest.mark.parametrize(
    "words",
    [
        "ORDER for the reasons stated in the Memorandum Opinion",
        "ORDER setting oral argument",
        "ORDER on the record of the agency",
    ],
)
def test_written_reasons_are_not_spoken(words: str) -> None:
    assert read(words).spoken is None


def test_a_stub_is_less_sure_than_the_text() -> None:
    words = "Temporary Restraining Order"
    assert read(words, stub=True).confidence < read(words).confidence


def test_an_entry_of_several_events_is_its_most_telling() -> None:
    assert read("Order AND Order on Motion for TRO AND Set Deadlines", stub=True).kind == "tro"
    assert classified("Compel AND Discovery", appellate=False, stub=True) is None
