"""Asides, openings and tails leave an event what it is: who did what, and when."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.mentions import mentions_of
from tests.streams.mentions.scoring import article, day

THURSDAY = "2025-06-05T23:40:00Z"
TUESDAY, SATURDAY = "2025-06-03", "2025-06-07"
DEEDS = st.sampled_from(
    [
        ("Judge Ana Reyes", "barred the flights on Tuesday", "order.issued", TUESDAY),
        ("Judge Ana Reyes", "extended the restraining order on Tuesday", "order.extended", TUESDAY),
        ("The Ninth Circuit", "let the flights resume on Tuesday", "appeal.ruled", TUESDAY),
        ("Attorney General Jane Roe", "appealed the ruling on Tuesday", "appeal.filed", TUESDAY),
        ("Kristi Noem", "toured the camp at Ochopee on Tuesday", "visit.occurred", TUESDAY),
        ("Kristi Noem", "will fly to Lima on Saturday", "visit.planned", SATURDAY),
        ("Gov. Jane Roe", "called it “a disgrace” on Tuesday", "statement.made", TUESDAY),
        ("Tricia McLaughlin", "denied on Tuesday that a flight left", "claim.asserted", TUESDAY),
        ("The plane with 60 deportees", "left Harlingen on Tuesday", "flight.departed", TUESDAY),
    ]
)  # fmt: skip
ASIDES = st.sampled_from(
    [
        "", ", who had been in the job for eight days,", ", as she had hinted that she would,",
        ", after listening for forty minutes,", ", on the second leg of a tour that has so far "
        "yielded more photographs than paper,", ", if only for a week,", ", reading from a card,",
        " (who once worked for the agency)", " — no friend of the program —",
        ", whom the president appointed in 2019,", ", when at last the lawyers were done,",
    ]
)  # fmt: skip
OPENINGS = st.sampled_from(
    ["", "Without explaining why, ", "While the lawyers were still talking, ", "In the end, ",
     "Once the doors were closed, ", "Nobody was surprised when ", "It was no surprise that "]
)  # fmt: skip
TAILS = st.sampled_from(
    [".", ", to the dismay of the state.", "; the state was not pleased.",
     ", a result that surprised few.", ", two people in the room said."]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(deed=DEEDS, aside=ASIDES, opening=OPENINGS, tail=TAILS)
def test_what_stands_beside_a_deed_hides_it_not(
    deed: tuple[str, str, str, str], aside: str, opening: str, tail: str
) -> None:
    who, did, kind, when = deed
    opening = "" if aside else opening  # one at a time: nobody writes both
    text = f"{opening}{who}{aside} {did}{tail}"
    found = mentions_of(article(text[0].upper() + text[1:], THURSDAY))
    assert (kind, when) in {(one.type, day(one)) for one in found}, text
