"""Turns of phrase: who is meant, which day, and where, though no plain sentence says so."""

import pytest

from streams.mentions import mentions_of
from tests.streams.mentions.scoring import article, day

THURSDAY = "2025-06-05T23:40:00Z"
Told = tuple[str, str, str]


def told(text: str) -> list[Told]:
    found = mentions_of(article(text, THURSDAY))
    return sorted((one.type, day(one)[-5:], "; ".join(one.actors)) for one in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a day counted from another's
        (
            "Ohio sued Wednesday. Idaho appealed within minutes of Tuesday's ruling.",
            ("appeal.filed", "06-03", "Idaho"),
        ),
        ("Idaho appealed a day after Tuesday's ruling.", ("appeal.filed", "06-04", "Idaho")),
        ("Rubio toured Lima two days ago.", ("visit.occurred", "06-03", "Marco Rubio")),
        ("Rubio toured Lima on the 3rd of June.", ("visit.occurred", "06-03", "Marco Rubio")),
        ("Tuesday: Judge Ana Reyes barred it.", ("order.issued", "06-03", "Ana Reyes")),
        # whoever answers today's news does so today
        (
            "Gov. Jane Roe called Thursday's outcome a farce.",
            ("statement.made", "06-05", "Jane Roe"),
        ),
        # a noun, an infinitive or a day tells of it
        ("It took Judge Ana Reyes a minute on Tuesday to deny the request.",
         ("order.issued", "06-03", "Ana Reyes")),
        ("Judge Ana Reyes's refusal on Tuesday to stop it surprised nobody.",
         ("order.issued", "06-03", "Ana Reyes")),
        ("Gov. Jane Roe took to X on Tuesday to denounce the court.",
         ("statement.made", "06-03", "Jane Roe")),
        ("Gov. Jane Roe was blunt on Tuesday: “We will not help.”",
         ("statement.made", "06-03", "Jane Roe")),
        ("Giorgia Meloni's day in Tirana on Tuesday ended early.",
         ("visit.occurred", "06-03", "Giorgia Meloni")),
        ("Tuesday found Kristi Noem in Ochopee, in boots.",
         ("visit.occurred", "06-03", "Kristi Noem")),
        ("At a fire station in Yuma on Tuesday, Gov. Katie Hobbs signed a bill.",
         ("visit.occurred", "06-03", "Katie Hobbs")),
        ("Saturday takes Rubio to Lima.", ("visit.planned", "06-07", "Marco Rubio")),
        ("Rubio's visit to Lima is set for Saturday.", ("visit.planned", "06-07", "Marco Rubio")),
        ("The Justice Department's appeal, filed on Tuesday, is long.",
         ("appeal.filed", "06-03", "Department of Justice")),
        ("The 9th Circuit would not disturb the ruling on Tuesday.",
         ("appeal.ruled", "06-03", "Ninth Circuit")),
        # whom a description means
        ("Sen. Jon Ossoff was calm. The Georgia Democrat said on Tuesday that he would act.",
         ("statement.made", "06-03", "Jon Ossoff")),
        ("Judge Ana Reyes was calm. The Biden appointee barred the flights on Tuesday.",
         ("order.issued", "06-03", "Ana Reyes")),
        ("Edi Rama was calm. The Albanian said on Tuesday that he would act.",
         ("statement.made", "06-03", "Edi Rama")),
        ("Ryan, a tax-services company in Dallas, sued. The company said on Tuesday it had to.",
         ("statement.made", "06-03", "Ryan")),
        ("China's foreign minister, Wang Yi, waved. Mr Wang said on Tuesday that he would act.",
         ("statement.made", "06-03", "Wang Yi")),
    ],
)  # fmt: skip
def test_a_turn_of_phrase_tells_as_a_plain_sentence_does(text: str, expected: Told) -> None:
    assert expected in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "If the talks go well, Rubio will fly to Lima on Saturday.",
        "A plan for Rubio's visit to Lima on Saturday was dropped.",
        "Rubio's visit to Lima on Tuesday could not be confirmed; it may be in July.",
        "In Boston on Tuesday, Mayor Michelle Wu signed a bill.",  # there she works
        "In Columbus on Tuesday, Gov. Jane Roe vetoed a bill.",
        "ROME, 5 June — The court of appeal in Rome ruled against the plan in the spring.",
        "In San Francisco, a federal judge took her seat on Tuesday.",
        "Marie Duval, a baker, took to X on Tuesday to denounce the court.",
        "Judge Ana Reyes took two hours on Tuesday to hear the lawyers.",
        "An empty plane flew back from Lima to Harlingen on Tuesday.",
    ],
)
def test_what_only_looks_like_one_tells_of_nothing(text: str) -> None:
    assert told(text) == []


def test_eighteen_hours_later_is_on_no_day_that_the_words_give() -> None:
    text = "Judge Ana Reyes ruled on Tuesday. {} hours later, Idaho appealed to the 9th Circuit."
    assert [one[0] for one in told(text.format("Eighteen"))] == ["order.issued"]
    assert ("appeal.filed", "06-04", "Idaho") in told(text.format("Twenty-four"))
    assert ("appeal.filed", "06-03", "Idaho") in told(text.format("Three"))


def test_words_that_others_are_said_to_plan_are_no_words_of_that_day() -> None:
    expected = [("visit.planned", "06-07", "Marco Rubio")]
    assert told("The White House said Rubio would visit Lima on Saturday.") == expected
