"""What the join makes of legs, orders and mentions: policy events and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from streams.facts.court import ClockName
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.news import EventType


@dataclass(frozen=True, slots=True)
class Report:
    """Who reported an event: one article."""

    outlet: str
    url: str | None
    title: str
    article_id: str
    mention_id: str
    published_at: Instant
    quote: str


@dataclass(frozen=True, slots=True)
class ClaimedNumber:
    """A number that reports claim, as 261 people in all, and the outlets that claim it."""

    number: int
    counted: str
    """What is counted, as ``people``; empty where the words leave it open."""
    scope: str
    """The words that bound it, as ``in all``."""
    rough: bool
    """Said to be about so many, or at least."""
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyEvent:
    """One thing that happened, with everyone who reported it. Topic ``policy.events``."""

    event_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    type: EventType
    subject_type: Literal["order", "flight", "none"]
    subject_id: str | None
    title: str
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    place: str | None
    court_id: str | None
    docket_number: str | None
    valid_from: Instant
    valid_to: Instant
    confidence: float
    quote: str
    reports: tuple[Report, ...]
    reconstructed: bool
    first_outlet: str | None = None
    """Who reported it first; None where nobody did. From here on since version 2 of the schema."""
    first_reported_at: Instant | None = None
    outlets: tuple[str, ...] = ()
    """Everyone who reported it, each once."""
    claimed_values: tuple[ClaimedNumber, ...] = ()
    """Rival figures stand side by side."""
    plover_event: str = ""
    """PLOVER codes, by ``streams/mentions/lexicon/plover.yaml``."""
    plover_mode: str | None = None
    plover_contexts: tuple[str, ...] = ()


Relation = Literal[
    "airborne_at",
    "departed_after",
    "landed_before",
    "reported_by",
    "claims_about",
    "appeal_of",
    "part_of_mission",
]
Certainty = Literal["definite", "possible", "no", "unknown"]
Phase = Literal["before_takeoff", "airborne", "after_landing", "between_legs", "unknown"]


@dataclass(frozen=True, slots=True)
class Rival:
    """What the answer would be if another source's time were true."""

    at_earliest: Instant
    at_latest: Instant
    source: str
    certainty: Certainty
    phase: Phase
    margin_s: float | None


@dataclass(frozen=True, slots=True)
class Link:
    """Subject, relation, object, how sure, and why. Topic ``policy.links``, key ``link_id``.

    For ``airborne_at`` the subject is a flight (a mission id) and the object an order on one of
    its clocks; the certainty is that of 'airborne at that moment'.
    """

    link_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    relation: Relation
    subject_type: Literal["flight", "leg", "order", "mention", "event"]
    subject_id: str
    object_type: Literal["order", "flight", "article", "case"]
    object_id: str
    certainty: Certainty
    phase: Phase
    margin_s: float | None
    """Seconds by which the answer holds; None where no source supports a figure."""
    clock: ClockName | None
    at_earliest: Instant | None
    at_latest: Instant | None
    clock_source: str | None
    policy: str | None
    """Name of the policy that chose among rival times."""
    rivals: tuple[Rival, ...]
    leg_id: str | None
    """The leg in the air at that moment, or the one next to it."""
    icao24: str | None
    flight: str | None
    """Flight number without the operator's prefix: ``6143``."""
    callsign: str | None
    registration: str | None
    order_kind: str | None
    court_id: str | None
    docket_number: str | None
    case_family: str | None
    latitude: float | None
    longitude: float | None
    left_us: Literal["yes", "no", "unknown"]
    claimed_removal: bool
    claimed_by: tuple[str, ...]
    claimed_since: Instant | None
    gap: str | None
    """The coverage gap or outage that makes it unknown, in words."""
    evidence: tuple[str, ...]
    """Ids or short words of what the link rests on."""
    reconstructed: bool
