"""What is derived of dockets: entries, orders with their clocks, the stretches of their lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from streams.facts.identity import Revision
from streams.facts.instants import Instant

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
