"""What the made-up press says: reports of rulings, visits and flights for the tests of clusters."""

from dataclasses import replace

from hypothesis import strategies as st

from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.mentions import mentions_of
from tests.streams.mentions.scoring import article

MONDAY = "2025-03-17T22:00:00Z"


def report(text: str, outlet: str, published: str = MONDAY, type_: str | None = None) -> Mention:
    one = replace(article(text, published), outlet=outlet, article_id=f"{outlet}/{text[:20]}")
    mentions = mentions_of(one)
    return next(m for m in mentions if type_ is None or m.type == type_)


RULED = [
    report("Judge Ana Reyes barred the firings on Monday.", "A"),
    report("U.S. District Judge Ana Reyes on Monday blocked the firings.", "B"),
    report("A federal judge barred the firings on Monday.", "C", "2025-03-17T23:00:00Z"),
    report("Judge Ana Reyes barred the firings on Monday.", "D", "2025-03-19T22:00:00Z"),
]
OTHER = [
    report("Judge Amy Lund barred a tariff on Monday.", "E"),
    report("Judge Ana Reyes barred a tariff on Friday.", "F"),
    report("Rubio visited Panama on Monday.", "G"),
    report("Rubio visited Lima on Monday.", "G"),
]
FLOWN = [
    report("A plane with 238 Venezuelans landed in El Salvador on Sunday.", "H"),
    report("Flights with 261 people in all landed in San Salvador on Sunday.", "I"),
    report("Flight 6143 landed in El Salvador on Sunday with deportees.", "J"),
    report("Flight 6145 landed in El Salvador on Sunday with deportees.", "K"),
]
ALL = [*RULED[:2], *OTHER, *FLOWN]

PANAMA = OTHER[2]
UNPLACED = replace(
    OTHER[2], mention_id="unplaced", outlet="H", place=None,
    published_at=Instant(PANAMA.published_at + 1),
)  # fmt: skip
LIMA = replace(OTHER[3], outlet="I", published_at=Instant(PANAMA.published_at + 2))

HOUR_MS = 3_600_000
MADE = st.builds(
    lambda number, type_, actors, place, at, hours, published, flights: replace(
        RULED[0],
        mention_id=f"m{number}",
        type=type_,
        actors=actors,
        place=place,
        valid_from=Instant(RULED[0].valid_from + at * HOUR_MS),
        valid_to=Instant(RULED[0].valid_from + (at + hours) * HOUR_MS),
        precision="day" if hours == 24 else "minute",
        published_at=Instant(RULED[0].published_at + published * HOUR_MS),
        flight_numbers=flights if type_ == "flight.landed" else (),
    ),
    st.integers(0, 11),
    st.sampled_from(["order.issued", "order.issued", "flight.landed"]),
    st.sampled_from([(), ("Ana Reyes",), ("Amy Lund",), ("Amy Lund", "Ana Reyes")]),
    st.sampled_from([None, None, "here", "there"]),
    st.integers(0, 40),
    st.sampled_from([0, 0, 24]),
    st.integers(0, 3),
    st.sampled_from([(), (), ("6143",), ("6145",)]),
)


def ids(found: dict[str, tuple[Mention, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(one.mention_id for one in members) for name, members in found.items()}
