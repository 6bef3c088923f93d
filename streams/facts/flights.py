"""What is derived of the sky: legs."""

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
