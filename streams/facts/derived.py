"""What the pipeline derives: legs, orders and mentions, then policy events and links.

Every derived fact has an id that comes from its identity, a revision that comes from the input
that caused it, ``is_deleted`` when it is retracted, and ``known_at``: the latest ``fetched_at``
of the evidence it rests on. Field names and order are those of ``schemas/avro``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from streams.facts.identity import Revision
from streams.facts.instants import Instant

EndBasis = Literal["observed", "extrapolated", "gap", "reported", "reported_bound", "unseen"]
"""How an end of a leg is known.

observed: ground flag, altitude and speed around it were received. extrapolated: seen low and near
a runway, carried on by minutes. gap: as wide as the coverage gap. reported: a reconstructed end,
from reported times. reported_bound: reported only as 'after' or 'before'. unseen: no evidence.
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a leg without readings."""

    gap_from: Instant
    gap_to: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A point of the thinned track."""

    at: Instant
    latitude: float
    longitude: float
    altitude_m: float | None


@dataclass(frozen=True, slots=True)
class Leg:
    """One take-off to one landing of one aircraft.

    Topic ``flights.legs``, key ``leg_id``, partitioned by ``icao24``.
    """

    leg_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    icao24: str
    registration: str | None
    callsign: str | None
    origin: str | None
    """Airport, ICAO code; None where not sure."""
    destination: str | None
    origin_candidates: tuple[str, ...]
    destination_candidates: tuple[str, ...]
    takeoff_earliest: Instant | None
    takeoff_latest: Instant | None
    takeoff_basis: EndBasis
    landing_earliest: Instant | None
    landing_latest: Instant | None
    """Both landing times are None while the leg is open."""
    landing_basis: EndBasis
    observed_from: Instant
    """First and last reading that belong to the leg in the air."""
    observed_through: Instant
    gaps: tuple[Gap, ...]
    track: tuple[TrackPoint, ...]
    readings: int
    reconstructed: bool
    masked: bool
    left_us_earliest: Instant | None
    left_us_latest: Instant | None
    """When it left US territory and its 12 nautical miles; both None where it never did."""
    left_us: Literal["yes", "no", "unknown"]
    mission_id: str
    """Id of the mission: the first leg's id where stops between legs are short, else its own."""
    mission_index: int
    """0 for the mission's first leg."""
    sources: tuple[str, ...]
    cites: tuple[str, ...]


ClockName = Literal["pronounced", "signed", "issued", "filed", "entered", "first_seen"]


@dataclass(frozen=True, slots=True)
class Clock:
    """One source's word on when an order was pronounced, signed, issued, filed or entered."""

    clock: ClockName
    at_earliest: Instant
    at_latest: Instant
    source: str
    """Feed or outlet that says so."""
    source_rank: int
    """1 is best; see ``streams/orders/sources.yaml`` and ``streams/relations/policies``."""
    first_seen: Instant | None
    evidence: str
    """The words or the field it was read from."""


OrderKind = Literal[
    "tro",
    "preliminary_injunction",
    "minute_order",
    "oral_order",
    "stay",
    "extension",
    "vacatur",
    "denial",
    "contempt",
    "notice_of_appeal",
    "appellate_order",
    "judgment",
    "other_order",
]


@dataclass(frozen=True, slots=True)
class Order:
    """One judicial act.

    Topic ``court.orders``, key ``order_id``, partitioned by ``case_family``.
    """

    order_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    case_family: str
    """``court/docket`` of the district case, shared by its appeals."""
    court_id: str
    docket_number: str
    case_name: str | None
    pacer_case_id: str | None
    document_number: str | None
    pacer_doc_id: str | None
    kind: OrderKind
    form: Literal["written", "oral", "unknown"]
    disposition: Literal["granted", "denied", "granted_in_part", "none"]
    moved_by: str | None
    judges: tuple[str, ...]
    description: str
    """The docketed words."""
    rests_on: str
    """The words the classification rests on, a substring of the description."""
    confidence: float
    clocks: tuple[Clock, ...]
    appeal_of: str | None
    """``court/docket`` that this case is an appeal of."""
    sources: tuple[str, ...]
    reconstructed: bool


ForceStatus = Literal["issued", "extended", "stayed", "vacated", "lapsed"]


DisputeKind = Literal[
    "appealed", "kept", "rival_times", "spoken_and_written", "not_on_record",
    "possibly_stayed", "possibly_vacated", "possibly_extended",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is on record against an order, or beside it. It says what was docketed, no more."""

    what: DisputeKind
    """kept: a court refused to stay, vacate or dissolve it. spoken_and_written: the same order,
    given aloud and written down. not_on_record: it extends an order that we have not seen.
    possibly_stayed, possibly_vacated, possibly_extended: an act does not say that it is on this
    order, or may be undone itself."""
    order_id: str | None
    """The order, or notice of appeal, that says so."""
    words: str


@dataclass(frozen=True, slots=True)
class OrderState:
    """One stretch of an order's life, from one docketed act to the next.

    Topic ``court.order-states``, key ``state_id``, partitioned by ``case_family``.
    """

    state_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    case_family: str
    court_id: str
    docket_number: str
    case_name: str | None
    order_id: str
    document_number: str | None
    kind: OrderKind
    form: Literal["written", "oral", "unknown"]
    status: ForceStatus
    in_force: bool
    """Whether it stands in this stretch: issued or extended, neither stayed nor vacated."""
    from_earliest: Instant
    from_latest: Instant
    to_earliest: Instant | None
    """Both ends are None while the stretch is open."""
    to_latest: Instant | None
    clock: ClockName
    """The clock that the beginning was read from."""
    began_by: str
    """The order that began this stretch: the order itself, or one that acts on it."""
    ended_by: str | None
    """The order that ended it; None while it is open, or where its stated term was over."""
    began_words: str
    """The words by which it began."""
    term_earliest: Instant | None
    """The last moment that the order, or its extension, states for itself."""
    term_latest: Instant | None
    term_words: str | None
    restrains: bool
    """Its words restrain someone."""
    scope: tuple[str, ...]
    """Whom and what it covers, in its own words; empty where they do not say."""
    disputes: tuple[Dispute, ...]
    description: str
    """The docketed words."""
    confidence: float
    sources: tuple[str, ...]
    reconstructed: bool
    began_in: str
    """``court/docket`` of the order that began this stretch: by whom."""


@dataclass(frozen=True, slots=True)
class FieldSource:
    """A field of a merged entry, and the source that its value was taken from."""

    field: str
    source: str


@dataclass(frozen=True, slots=True)
class DocketedEntry:
    """One entry of one docket, merged from all that was received about it.

    Topic ``court.entries``, key ``entry_id``, partitioned by court and docket.
    """

    entry_id: str
    revision: Revision
    is_deleted: bool
    known_at: Instant | None
    court_id: str
    docket_number: str
    case_family: str
    case_name: str | None
    appeal_of: str | None
    """``court/docket`` that the case is an appeal of, by all that is known."""
    appeals: tuple[str, ...]
    """``court/docket`` of the appeals that a district's entry names."""
    also_on: tuple[str, ...]
    """``court/docket`` of the other dockets that it is filed under, as far as its words name them;
    entries of one court with one document are one filing too."""
    pacer_case_id: str | None
    entry_number: int | None
    document_number: str | None
    pacer_doc_id: str | None
    pacer_seq_no: str | None
    filed_on: str | None
    short_description: str
    description: str
    kind: OrderKind | Literal["no_order"]
    disposition: Literal["granted", "denied", "granted_in_part", "none"]
    rests_on: str
    """The words that decide what it is, and whether it is an order; empty where no rule fits."""
    confidence: float
    order_ids: tuple[str, ...]
    clocks: tuple[Clock, ...]
    effective_earliest: Instant | None
    """The day as of which it says it takes effect (*nunc pro tunc*): nothing happened then."""
    effective_latest: Instant | None
    fields: tuple[FieldSource, ...]
    """Where each merged field was taken from."""
    received: int
    """Records merged."""
    sealed: bool
    sources: tuple[str, ...]
    reconstructed: bool
    says_appeal_of: str | None
    """What this very entry says its case is an appeal of; the office may be left out."""


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


Fact = Leg | Order | Mention
