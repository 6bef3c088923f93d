"""Consecutive legs of one aircraft whose stops are short form a mission: legs in, legs out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from streams.facts.flights import Leg
from streams.facts.identity import identity
from streams.legs.policy import POLICY


@dataclass(frozen=True, slots=True)
class Known:
    """The mission of a leg as it was published, for when its predecessors are no longer held."""

    leg_id: str
    mission_id: str
    mission_index: int


def chained(found: Iterable[Leg], before: Known | None = None) -> list[Leg]:
    """Give each leg, in order of time, its mission."""
    legs: list[Leg] = []
    for leg in found:
        previous = legs[-1] if legs else None
        if before is not None and leg.leg_id == before.leg_id:
            mission, index = before.mission_id, before.mission_index
        elif previous is not None and _short_stop(previous, leg):
            mission, index = previous.mission_id, previous.mission_index + 1
        else:
            mission, index = identity("mission", leg.leg_id), 0
        legs.append(replace(leg, mission_id=mission, mission_index=index))
    return legs


def _short_stop(previous: Leg, leg: Leg) -> bool:
    if leg.icao24.startswith("~"):
        return False  # no aircraft's own address: whoever comes next under it may be another
    if previous.landing_earliest is None or leg.takeoff_latest is None:
        return False
    return leg.takeoff_latest - previous.landing_earliest <= POLICY.longest_stop_s * 1000
