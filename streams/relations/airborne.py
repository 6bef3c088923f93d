"""Was this flight in the air at that time: a mission's legs and an interval in, an answer out.

A flight is in the air in [wheels off, wheels on). Each end is an interval of possible instants and
so is the moment asked about. If only one phase of the mission is possible at that moment, the
answer is sure; its margin is the smallest shift of the moment, or of an end, that could change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.facts.flights import Leg
from streams.facts.instants import Instant, rfc3339
from streams.facts.policy import Certainty, Phase
from streams.relations.coverage import NOTHING_MISSING, Coverage, Missing
from streams.relations.policy import EVIDENCE
from streams.relations.timeline import Stretch, timeline


@dataclass(frozen=True, slots=True)
class Answer:
    """How sure it is that the flight was in the air, and why."""

    certainty: Certainty
    phase: Phase
    margin_s: float | None
    leg: Leg
    """The leg in the air at that moment, or the one next to it."""
    gap: str | None
    """What stands in the way of a sure answer, in words."""
    departed_after: Certainty = "no"
    """Whether all of the flight came after the moment, as sure as the answer is."""
    landed_before: Certainty = "no"
    is_pending: bool = False
    """It would be 'no', but feeds have not come so far yet."""
    known_at: Instant | None = None
    """Arrival of the word of an outage, where the answer rests on one."""


def airborne(
    legs: Sequence[Leg],
    earliest: Instant,
    latest: Instant,
    coverage: Coverage = NOTHING_MISSING,
    *,
    reported: bool = False,
) -> Answer:
    """Answer for a mission's legs, in their order, at a moment within [earliest, latest].

    ``reported``: the moment is known from the press or a reconstruction.
    """
    stretches = timeline(legs)
    possible = [one for one in stretches if one.possible(earliest, latest)]
    if len(possible) > 1:
        return _doubtful(possible)
    only = possible[0]
    certainty: Certainty = "definite" if only.phase == "airborne" else "no"
    margin_s, edge = only.nearest(earliest, latest)
    if certainty == "no" and _near(stretches, earliest, latest):
        missing = coverage.missing(only.leg.icao24, earliest, latest)
        if missing is not None:
            return _unsure("unknown", only, missing.words, missing)
    if (
        (reported or (edge.is_reported and edge.basis != "reported_bound"))
        and margin_s is not None
        and margin_s < EVIDENCE.reported_margin_s
    ):
        words = f"{margin_s:.0f} s are too few for reported times"
        return _unsure("possible", only, words, None)
    return Answer(
        certainty,
        only.phase,
        margin_s,
        only.leg,
        None,
        "definite" if only.phase == "before_takeoff" else "no",
        "definite" if only.phase == "after_landing" else "no",
    )


def _near(stretches: Sequence[Stretch], earliest: int, latest: int) -> bool:
    """Whether a leg that missing data hid at the moment could belong to the flight."""
    off, on = stretches[0].ends, stretches[-1].begins
    return (
        off is not None
        and on is not None
        and latest >= off.earliest - EVIDENCE.reach_ms
        and earliest <= on.latest + EVIDENCE.reach_ms
    )


def _unsure(certainty: Certainty, only: Stretch, words: str, missing: Missing | None) -> Answer:
    return Answer(
        certainty,
        "unknown",
        None,
        only.leg,
        words,
        certainty if only.phase == "before_takeoff" else "no",
        certainty if only.phase == "after_landing" else "no",
        missing is not None and missing.is_pending,
        None if missing is None else missing.known_at,
    )


def _doubtful(possible: Sequence[Stretch]) -> Answer:
    """Several phases are possible: unknown where nobody saw the edge between them."""
    leg = next((one.leg for one in possible if one.phase == "airborne"), possible[0].leg)
    gap = _unseen_edge(possible)
    certainty: Certainty = "possible" if gap is None else "unknown"
    phases = {one.phase for one in possible}
    return Answer(
        certainty,
        "unknown",
        None,
        leg,
        gap,
        certainty if "before_takeoff" in phases else "no",
        certainty if "after_landing" in phases else "no",
    )


def _unseen_edge(possible: Sequence[Stretch]) -> str | None:
    """Name the edge in doubt, if it is in doubt for want of readings; None if it was seen."""
    for one in possible[:-1]:
        edge, leg = one.ends, one.leg
        if edge is None or edge.basis not in ("gap", "unseen"):
            continue
        what = "landing" if one.phase == "airborne" else "take-off"
        if what == "landing" and leg.landing_latest is None:
            return f"no readings after {rfc3339(leg.observed_through)}: landing not seen"
        if what == "take-off" and leg.takeoff_earliest is None:
            return f"no readings before {rfc3339(Instant(edge.latest))}: take-off not seen"
        span = f"{rfc3339(Instant(edge.earliest))} to {rfc3339(Instant(edge.latest))}"
        return f"no readings from {span}: {what} not seen"
    return None
