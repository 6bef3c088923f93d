"""One event that an article tells of, before it has an id."""

from __future__ import annotations

from dataclasses import dataclass

from streams.facts.news import EventType
from streams.mentions.times import When


@dataclass(frozen=True, slots=True)
class Found:
    """What happened, who did it, where and when, and the words that say so."""

    type: EventType
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    place: str | None
    when: When
    quote: str
    quote_start: int
    court_id: str | None = None
    claims_removal: bool = False
    confidence: float = 0.7
    explicit: bool = True
    """Whether the verb's own clause names the day."""
    separate: bool = False
    """The words say that it is another of its kind: 'in a separate order'."""
    indefinite: str = ""
    """'judge' or 'court' where the actor is whoever the article names next."""
    from_dateline: bool = False
    """Whether the place was taken from the dateline."""
