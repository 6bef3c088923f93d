"""Was this flight in the air at that time: a mission's legs and an interval in, an answer out.

A flight is in the air in [wheels off, wheels on). Each end is an interval of possible instants and
so is the moment asked about. If only one phase of the mission is possible at that moment, the
answer is sure; its margin is the smallest shift of the moment, or of an end, that could change it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from streams.facts.derived import Certainty, EndBasis, Leg, Phase
from streams.facts.instants import Instant, rfc3339

_FIRST, _LAST = -(2**62), 2**62
_BOUND_SAYS_NOTHING_S = 60.0
"""A source that says 'after 7:25 p.m.' supports no margin in seconds to that minute."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch of time without data from a feed."""

    outage_from: Instant
    outage_to: Instant
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How sure it is that the flight was in the air, and why."""

    certainty: Certainty
    phase: Phase
    margin_s: float | None
    leg: Leg
    """The leg in the air at that moment, or the one next to it."""
    gap: str | None


@dataclass(frozen=True, slots=True)
class _Edge:
    """A take-off or a landing: when at the earliest and the latest, and how that is known."""

    earliest: int
    latest: int
    basis: EndBasis


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A phase of the mission between two edges; None is the open end of time."""

    phase: Phase
    leg: Leg
    begins: _Edge | None
    ends: _Edge | None

    def possible(self, earliest: int, latest: int) -> bool:
        """Whether some moment of the interval may lie in this phase."""
        return (self.begins is None or latest >= self.begins.earliest) and (
            self.ends is None or earliest < self.ends.latest
        )

    def margin_s(self, earliest: int, latest: int) -> float | None:
        """Seconds to the nearer edge; None where no source supports a figure."""
        distances: list[tuple[float, EndBasis]] = []
        if self.begins is not None:
            distances.append(((earliest - self.begins.latest) / 1000, self.begins.basis))
        if self.ends is not None:
            distances.append(((self.ends.earliest - latest) / 1000, self.ends.basis))
        nearest, basis = min(distances)
        if basis == "reported_bound" and nearest < _BOUND_SAYS_NOTHING_S:
            return None
        return round(max(nearest, 0.0), 3)


def airborne(
    legs: Sequence[Leg], earliest: Instant, latest: Instant, outages: Sequence[Outage] = ()
) -> Answer:
    """Answer for a mission's legs, in their order, at a moment within [earliest, latest]."""
    timeline = list(_timeline(legs))
    possible = [one for one in timeline if one.possible(earliest, latest)]
    if len(possible) == 1:
        only = possible[0]
        certainty: Certainty = "definite" if only.phase == "airborne" else "no"
        outage = _covering(outages, earliest, latest)
        if certainty == "no" and outage is not None:
            return Answer("unknown", "unknown", None, only.leg, outage.words)
        return Answer(certainty, only.phase, only.margin_s(earliest, latest), only.leg, None)
    leg = next((one.leg for one in possible if one.phase == "airborne"), possible[0].leg)
    doubtful = _unseen_edge(possible)
    if doubtful is not None:
        return Answer("unknown", "unknown", None, leg, doubtful)
    return Answer("possible", "unknown", None, leg, None)


def _timeline(legs: Sequence[Leg]) -> list[_Stretch]:
    stretches: list[_Stretch] = []
    before: _Edge | None = None
    for index, leg in enumerate(legs):
        off, on = _takeoff(leg), _landing(leg)
        phase: Phase = "between_legs" if index else "before_takeoff"
        stretches.append(_Stretch(phase, leg, before, off))
        stretches.append(_Stretch("airborne", leg, off, on))
        before = on
    stretches.append(_Stretch("after_landing", legs[-1], before, None))
    return stretches


def _takeoff(leg: Leg) -> _Edge:
    earliest = _FIRST if leg.takeoff_earliest is None else leg.takeoff_earliest
    latest = leg.observed_from if leg.takeoff_latest is None else leg.takeoff_latest
    return _Edge(earliest, latest, leg.takeoff_basis)


def _landing(leg: Leg) -> _Edge:
    """While the leg is open it was in the air up to its last reading; what came then is unknown."""
    if leg.landing_earliest is None or leg.landing_latest is None:
        return _Edge(leg.observed_through + 1, _LAST, "unseen")
    return _Edge(leg.landing_earliest, leg.landing_latest, leg.landing_basis)


def _unseen_edge(possible: Sequence[_Stretch]) -> str | None:
    """Name the edge in doubt, if it is in doubt for want of readings; None if it was seen."""
    for one in possible[:-1]:
        edge = one.ends
        if edge is not None and edge.basis in ("gap", "unseen"):
            what = "landing" if one.phase == "airborne" else "take-off"
            if edge.latest == _LAST:
                return f"no readings after {rfc3339(one.leg.observed_through)}: landing not seen"
            if edge.earliest == _FIRST:
                return f"no readings before {rfc3339(Instant(edge.latest))}: take-off not seen"
            span = f"{rfc3339(Instant(edge.earliest))} to {rfc3339(Instant(edge.latest))}"
            return f"no readings from {span}: {what} not seen"
    return None


def _covering(outages: Sequence[Outage], earliest: int, latest: int) -> Outage | None:
    for outage in outages:
        if outage.outage_from <= latest and earliest <= outage.outage_to:
            return outage
    return None


def position_at(leg: Leg, at: int) -> tuple[float, float] | None:
    """Latitude and longitude on the leg's track at an instant; None outside it."""
    track = leg.track
    if not track or not track[0].at <= at <= track[-1].at:
        return None
    for a, b in itertools.pairwise(track):
        if a.at <= at <= b.at:
            share = (at - a.at) / (b.at - a.at) if b.at > a.at else 0.0
            east = (b.longitude - a.longitude + 180) % 360 - 180  # the short way round
            longitude = (a.longitude + share * east + 180) % 360 - 180
            return a.latitude + share * (b.latitude - a.latitude), longitude
    return track[0].latitude, track[0].longitude
