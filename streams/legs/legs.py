"""From one aircraft's readings to its legs: a set of readings in, legs out.

The result depends on which readings there are, never on the order in which they came. A leg's
revision here is 0; what is published bears that of the reading that made it so,
``streams/legs/aircraft.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from streams.facts.flights import Leg
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.legs import ends, missions
from streams.legs.gathered import Gathered
from streams.legs.plausibility import plausible
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, from_the_future, reading, thinned
from streams.legs.segments import TREND, Segment, low_near_a_field, segments
from streams.legs.strands import Aside

Known = missions.Known
_MINUTE_MS = 60_000
LONG_MARK_MS, SHORT_MARK_MS = round(POLICY.open_mark_s * 1000), round(POLICY.approach_mark_s * 1000)


def mark_shift_ms(icao24: str) -> int:
    """How far an aircraft's marks are from the hour's, so that not all are published at once.

    Whole minutes, so that no stretch of readings in cruise lies across a mark.
    """
    return zlib.crc32(icao24.encode()) % (LONG_MARK_MS // _MINUTE_MS) * _MINUTE_MS


def legs_of(positions: Iterable[Position]) -> list[Leg]:
    """Find the legs in positions of any number of aircraft, by aircraft and time."""
    by_aircraft: dict[str, list[Reading]] = {}
    for one in positions:
        if not from_the_future(one):
            by_aircraft.setdefault(one.icao24, []).append(reading(one, 0))
    return [
        leg
        for icao24, readings in sorted(by_aircraft.items())
        for leg in legs(icao24, thinned(readings))
    ]


def legs(icao24: str, readings: list[Reading], before: Known | None = None) -> list[Leg]:
    """Find the legs in one aircraft's thinned readings.

    ``before``: what was published of the earliest leg that may be among them, where the readings
    of its predecessors are no longer held.
    """
    return worked_out(icao24, readings, before)[0]


def worked_out(
    icao24: str, readings: list[Reading], before: Known | None = None
) -> tuple[list[Leg], list[Aside]]:
    """Find the legs, and the readings that were set aside with the reason."""
    found, aside, _ = last_too(icao24, readings, before)
    return found, aside


def last_too(
    icao24: str, readings: list[Reading], before: Known | None = None
) -> tuple[list[Leg], list[Aside], Segment | None]:
    """As ``worked_out``, and the last leg's segment, all of it."""
    kept, aside = plausible(readings)
    cut = list(segments(kept))
    shift = mark_shift_ms(icao24)
    every = [shown(one, shift) for one in cut]
    found = agreed([leg_of(icao24, one) for one in every], every)
    return missions.chained(found, before), aside, cut[-1] if cut else None


def shown(segment: Segment, shift: int) -> Segment:
    """As much of a segment as is to be published: of an open one what its last mark shows.

    Marks are of event time, so that what is published does not depend on how readings arrive in
    batches. Take-off shows at once. ``shift``: where the aircraft's marks are, ``mark_shift_ms``.
    """
    if segment.ground_after is not None or segment.air_after is not None:
        return segment
    through = shown_through(segment.air, ends.first_clearly_up(segment).at, shift)
    return replace(segment, air=tuple(one for one in segment.air if one.at <= through))


def shown_through(air: Sequence[Reading], up: int, shift: int) -> int:
    """Until when an open leg is published, by its readings and the time it was clearly up.

    It never goes back as more readings come.
    """
    # Up to a mark, not at it: what comes at it may begin a stretch that is not over.
    through = max((air[-1].at - shift) // LONG_MARK_MS * LONG_MARK_MS + shift - 1, up)
    for one in reversed(air):
        mark = one.at // SHORT_MARK_MS * SHORT_MARK_MS - 1
        if mark <= through:
            break
        if low_near_a_field(one):
            return mark
    return through


def leg_of(icao24: str, segment: Segment) -> Leg:
    """The leg of a segment, in a mission of its own."""
    off, on = ends.takeoff(segment), ends.landing(segment)
    sums = Gathered()
    if segment.air_before is not None:
        sums.beside(segment.air_before)
    if segment.ground_before is not None:
        sums.rest(segment.ground_before, bounds_a_gap=at_an_end(segment.ground_before, off, on))
    sums.fly(segment.air)
    if segment.air_after is not None:
        sums.beside(segment.air_after)
    if segment.ground_after is not None:
        sums.rest(segment.ground_after, bounds_a_gap=at_an_end(segment.ground_after, off, on))
    ended = segment.ground_after is not None or on.basis == "extrapolated"
    return sums.leg(icao24, off, on, ended=ended)


def at_an_end(ground: Reading, off: ends.End, on: ends.End) -> bool:
    """Whether the leg itself reaches to a ground reading, or ended long before it."""
    return ground.at in (off.when.earliest, on.when.latest) or ground.said.reconstructed


def agreed(found: list[Leg], cut: list[Segment]) -> list[Leg]:
    """Where one side of an unseen stop names a field that the other side thinks possible: name it.

    That end then rests on the evidence of both sides.
    """
    legs = list(found)
    for index in range(1, len(legs)):
        a, b = legs[index - 1], legs[index]
        if not _one_stop(a, b):
            continue
        if a.destination is None and b.origin in a.destination_candidates:
            evidence = _takeoff_evidence(cut[index])
            legs[index - 1] = _resting_on(replace(a, destination=b.origin), evidence)
        elif b.origin is None and a.destination in b.origin_candidates:
            landed = replace(b, origin=a.destination)
            legs[index] = _resting_on(landed, cut[index - 1].evidence)
    return legs


def _one_stop(a: Leg, b: Leg) -> bool:
    if a.landing_earliest is None or b.takeoff_latest is None:
        return False
    return b.takeoff_latest - a.landing_earliest <= POLICY.parked_s * 1000


def _takeoff_evidence(segment: Segment) -> list[Reading]:
    """The readings that a take-off is told by: no later one changes it."""
    up = ends.first_clearly_up(segment).at if segment.air else 0
    early = [one for index, one in enumerate(segment.air) if index < TREND or one.at <= up]
    around = (segment.ground_before, segment.air_before)
    return [*early, *(one for one in around if one is not None)]


def _resting_on(leg: Leg, evidence: list[Reading]) -> Leg:
    fetched = [one.fetched_at for one in evidence if one.fetched_at is not None]
    known_at = leg.known_at
    if fetched:
        known_at = Instant(max(known_at or 0, *fetched))
    return replace(leg, known_at=known_at)
