"""What is derived of the press: mentions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from streams.facts.identity import Revision
from streams.facts.instants import Instant

EventType = Literal[
    "visit.planned",
    "visit.occurred",
    "statement.made",
    "order.pronounced",
    "order.issued",
    "order.entered",
    "order.extended",
    "order.stayed",
    "order.vacated",
    "appeal.filed",
    "appeal.ruled",
    "flight.departed",
    "flight.landed",
    "mission.linked",
    "claim.asserted",
    "claim.retracted",
]


@dataclass(frozen=True, slots=True)
class Mention:
    """What one article says happened.

    Topic ``news.mentions``, key ``mention_id``, partitioned by event type and date bucket.
    """

    mention_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    article_id: str
    url: str | None
    outlet: str
    title: str
    published_at: Instant
    type: EventType
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    place: str | None
    valid_from: Instant
    valid_to: Instant
    precision: Literal["instant", "minute", "hour", "day", "longer"]
    confidence: float
    quote: str
    """The words it rests on, a substring of the article's text."""
    docket_numbers: tuple[str, ...]
    court_id: str | None
    flight_numbers: tuple[str, ...]
    """As written, without the operator: ``6143``."""
    registrations: tuple[str, ...]
    airports: tuple[str, ...]
    claims_removal: bool
    """The words say that the flights carried people removed from the country."""
    reconstructed: bool
