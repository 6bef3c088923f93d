"""The phases of a flight: its legs in their order go in, stretches between edges come out.

An edge is a take-off or a landing: an interval of possible instants and how it is known. One that
nobody saw lies within the longest flight of what was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from streams.facts.flights import EndBasis, Leg
from streams.facts.policy import Phase
from streams.relations.policy import EVIDENCE

_REPORTED = ("reported", "reported_bound")
_BOUND_SAYS_NOTHING_S = 60.0
"""A source that says 'after 7:25 p.m.' supports no margin in seconds to that minute."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A take-off or a landing: when at the earliest and the latest, and how that is known."""

    earliest: int
    latest: int
    basis: EndBasis
    assumed: Literal["earliest", "latest"] | None
    """The end that no evidence bounds, only how long flights can last."""
    is_reported: bool
    """Whether it rests on reported times or a reconstruction."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase of the mission between two edges; None is the open end of time."""

    phase: Phase
    leg: Leg
    begins: Edge | None
    ends: Edge | None

    def possible(self, earliest: int, latest: int) -> bool:
        """Whether some moment of the interval may lie in this phase."""
        return (self.begins is None or latest >= self.begins.earliest) and (
            self.ends is None or earliest < self.ends.latest
        )

    def nearest(self, earliest: int, latest: int) -> tuple[float | None, Edge]:
        """The nearer edge and the seconds to it; None where no source supports a figure."""
        distances = []
        if self.begins is not None:
            distances.append(((earliest - self.begins.latest) / 1000, "latest", self.begins))
        if self.ends is not None:
            distances.append(((self.ends.earliest - latest) / 1000, "earliest", self.ends))
        seconds, side, edge = min(distances, key=lambda one: one[:2])
        if edge.assumed == side:
            return None, edge
        if edge.basis == "reported_bound" and seconds < _BOUND_SAYS_NOTHING_S:
            return None, edge
        return round(max(seconds, 0.0), 3), edge


def timeline(legs: Sequence[Leg]) -> list[Stretch]:
    """The stretches of a mission, from before its first take-off to after its last landing."""
    stretches: list[Stretch] = []
    before: Edge | None = None
    for index, leg in enumerate(legs):
        off, on = takeoff(leg), landing(leg)
        phase: Phase = "between_legs" if index else "before_takeoff"
        stretches.append(Stretch(phase, leg, before, off))
        stretches.append(Stretch("airborne", leg, off, on))
        before = on
    stretches.append(Stretch("after_landing", legs[-1], before, None))
    return stretches


def takeoff(leg: Leg) -> Edge:
    """When the wheels left the ground, before the first reading in the air."""
    latest = leg.observed_from if leg.takeoff_latest is None else leg.takeoff_latest
    longest = leg.observed_through - EVIDENCE.longest_flight_ms
    said = leg.takeoff_earliest
    reported = leg.reconstructed or leg.takeoff_basis in _REPORTED
    if said is None or (leg.takeoff_basis in ("gap", "unseen") and said < longest):
        return Edge(min(longest, latest), latest, leg.takeoff_basis, "earliest", reported)
    return Edge(said, latest, leg.takeoff_basis, None, reported)


def landing(leg: Leg) -> Edge:
    """When they touched it again; while the leg is open, not before its last reading."""
    longest = leg.observed_from + EVIDENCE.longest_flight_ms
    reported = leg.reconstructed or leg.landing_basis in _REPORTED
    if leg.landing_earliest is None or leg.landing_latest is None:
        earliest = leg.observed_through + 1
        return Edge(earliest, max(longest, earliest), "unseen", "latest", reported)
    said = leg.landing_latest
    if leg.landing_basis in ("gap", "unseen") and said > longest:
        latest = max(longest, leg.landing_earliest)
        return Edge(leg.landing_earliest, latest, leg.landing_basis, "latest", reported)
    return Edge(leg.landing_earliest, said, leg.landing_basis, None, reported)


def in_the_air(leg: Leg) -> tuple[int, int]:
    """The instants at which a leg may have been in the air."""
    off = takeoff(leg).earliest
    return off, max(off, landing(leg).latest)
