"""What feeds received: positions, docket entries, articles and the feeds' own progress.

These records are lossless, in canonical units (SI, UTC epoch milliseconds), each with its source,
the time it was fetched and the source's own ids. Field names and order are those of
``schemas/avro``. Optional values are None where the source says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from streams.facts.instants import Instant

SENTINEL = 0x5AFE
"""Last field of every position: a batch decoded in columns is trusted only if rows end in it."""


@dataclass(frozen=True, slots=True)
class Position:
    """One position report of one aircraft. Topic ``flights.positions``, key ``icao24``."""

    source: str
    """Name of the feed, as ``opensky`` or ``recording``."""
    kind: str
    """The KIND whose parser made it, as ``flights.trace``."""
    fetched_at: Instant | None
    icao24: str
    """24-bit address, six lower-case hex digits; a leading ``~`` marks one that is not ICAO's."""
    callsign: str | None
    registration: str | None
    aircraft_type: str | None
    observed_at: Instant
    """When the position was measured, by the source's clock."""
    latitude: float
    longitude: float
    altitude_m: float | None
    """Barometric altitude, metres."""
    geometric_altitude_m: float | None
    ground_speed_mps: float | None
    track_deg: float | None
    vertical_rate_mps: float | None
    on_ground: bool | None
    stale: bool
    """The source repeats an old position."""
    new_leg: bool
    """The source believes that a new leg starts here."""
    masked: bool
    """Privacy address: the hex is not the aircraft's own."""
    reconstructed: bool
    """Interpolated from reported times, never received from a radio."""
    uncertainty_s: float | None
    """For a reconstructed reading: the reported time is right to plus or minus so many seconds."""
    bound: Literal["after", "before"] | None
    """For a reconstructed end: the source only says that it came after, or before, a time."""
    cites: str | None
    """For a reconstructed reading: the source that reports the time."""
    sentinel: int = SENTINEL


@dataclass(frozen=True, slots=True)
class DocketEntry:
    """One entry of one docket as one source gave it. Topic ``court.docket-entries``.

    Key: ``court_id/docket_number``.
    """

    source: str
    kind: str
    fetched_at: Instant | None
    court_id: str
    """Court id as CourtListener writes it: ``dcd``, ``cadc``, ``nysd`` is ``sdny``."""
    docket_number: str
    """Normalised, without judges' initials: ``1:25-cv-00766``, ``25-5067``."""
    docket_number_raw: str
    pacer_case_id: str | None
    case_name: str | None
    entry_number: int | None
    document_number: str | None
    pacer_doc_id: str | None
    """PACER document id with its volatile fourth digit set to 0."""
    pacer_seq_no: str | None
    source_entry_id: str | None
    """The source's own id of the entry (RSS guid, CourtListener's id)."""
    source_docket_id: str | None
    entered_at: Instant | None
    entered_at_latest: Instant | None
    """Last instant at which it may have been entered; None where ``entered_at`` is exact."""
    entered_raw: str | None
    """The text that ``entered_at`` was read from."""
    filed_on: str | None
    """Court-local date, ``YYYY-MM-DD``."""
    filed_at: Instant | None
    filed_at_latest: Instant | None
    short_description: str
    description: str
    assigned_to: str | None
    appeal_from_court_id: str | None
    appeal_from_docket_number: str | None
    sealed: bool
    reconstructed: bool
    cites: str | None
    """For a reconstructed record: where its facts were read."""


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one article. Topic ``news.articles``, key ``article_id``."""

    source: str
    kind: str
    fetched_at: Instant | None
    article_id: str
    """Canonical URL, or the source's own id where there is none."""
    url: str | None
    guid: str | None
    version: str | None
    """The source's own version, if it has one."""
    status: Literal["usable", "withheld", "canceled"]
    outlet: str
    byline: str | None
    language: str | None
    title: str
    text: str
    published_at: Instant
    updated_at: Instant | None
    content_hash: str
    """SHA-256, hexadecimal, of title and text."""
    reconstructed: bool
    """Written for a recording in our own words, not received from the outlet."""
    cites: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a feed has come, or a gap in it. Topic ``feed.progress``, key ``feed/scope``."""

    feed: str
    topic: str
    """The feed topic it speaks of, as ``flights.positions``."""
    scope: str
    """``*`` for all, or an ICAO24, a court id, an outlet."""
    complete_through: Instant | None
    """Everything up to here has been published, by the source's own clock."""
    outage_from: Instant | None
    outage_to: Instant | None
    reason: str | None
    fetched_at: Instant | None = field(default=None)
