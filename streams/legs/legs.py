"""From one aircraft's readings to its legs: a set of readings in, legs and missions out.

The result depends on which readings there are, never on the order in which they came. A leg's
revision is the latest of the readings that its mission up to it rests on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from streams.facts.derived import Gap, Leg, TrackPoint
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.legs import airports, ends
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, plausible, reading, thinned, usable
from streams.legs.segments import Segment, segments


def legs_of(positions: Iterable[Position]) -> list[Leg]:
    """Find the legs in positions of any number of aircraft, by aircraft and time. Revision 0."""
    by_aircraft: dict[str, list[Reading]] = {}
    for one in positions:
        if usable(one):
            by_aircraft.setdefault(one.icao24, []).append(reading(one, 0))
    return [
        leg
        for icao24, readings in sorted(by_aircraft.items())
        for leg in legs(icao24, thinned(readings))
    ]


def legs(icao24: str, readings: list[Reading]) -> list[Leg]:
    """Find the legs in one aircraft's thinned readings."""
    kept, _aside = plausible(readings)
    found = [leg for segment in segments(kept) if (leg := _leg(icao24, segment)) is not None]
    return _missions(found)


def _leg(icao24: str, segment: Segment) -> Leg | None:
    off, on = ends.takeoff(segment), ends.landing(segment)
    is_open = on.when.latest is None and on.basis == "unseen"
    air = _through_mark(segment.air) if is_open else segment.air
    rows = sorted({*air, *(one for one in segment.evidence if one not in segment.air)})
    inside = [one for one in rows if one.reconstructed] if not air else list(air)
    inside = inside or rows
    origin = airports.choose(off.place.latitude, off.place.longitude, sure=off.sure_of_place)
    destination = airports.choose(on.place.latitude, on.place.longitude, sure=on.sure_of_place)
    if is_open:
        destination = airports.Choice(None, ())
    anchor = segment.ground_before if off.basis.startswith("reported") else None
    first = anchor or (segment.air[0] if segment.air else rows[0])
    path = [one for one in (segment.ground_before, *air, segment.ground_after) if one is not None]
    if off.when.latest is not None and on.when.earliest is not None:
        path = [one for one in path if one in air or one is off.place or one is on.place]
    fetched = [one.fetched_at for one in rows if one.fetched_at is not None]
    return Leg(
        leg_id=identity("leg", icao24, first.at),
        revision=Revision(max(one.revision for one in rows)),
        is_deleted=False,
        known_at=Instant(max(fetched)) if fetched else None,
        icao24=icao24,
        registration=_most_recent(one.registration for one in rows),
        callsign=_most_recent(one.callsign for one in inside),
        origin=origin.code,
        destination=destination.code,
        origin_candidates=origin.candidates,
        destination_candidates=destination.candidates,
        takeoff_earliest=off.when.earliest,
        takeoff_latest=off.when.latest,
        takeoff_basis=off.basis,
        landing_earliest=on.when.earliest,
        landing_latest=on.when.latest,
        landing_basis=on.basis,
        observed_from=Instant(inside[0].at),
        observed_through=Instant(inside[-1].at),
        gaps=_gaps(path),
        track=_track(path),
        readings=len(air),
        reconstructed=any(one.reconstructed for one in rows),
        masked=any(one.masked for one in rows),
        left_us_earliest=None,
        left_us_latest=None,
        left_us="unknown",
        mission_id="",
        mission_index=0,
        sources=tuple(sorted({one.source for one in rows})),
        cites=tuple(sorted({one.cites for one in rows if one.cites})),
    )


def _through_mark(air: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Readings of an open leg up to the last mark of event time, at least the first."""
    step = int(POLICY.open_mark_s * 1000)
    mark = air[-1].at // step * step
    return tuple(one for one in air if one.at <= mark) or air[:1]


def _most_recent(values: Iterable[str | None]) -> str | None:
    found = None
    for value in values:
        found = value or found
    return found


def _gaps(path: list[Reading]) -> tuple[Gap, ...]:
    longest = POLICY.gap_s * 1000
    return tuple(
        Gap(Instant(a.at), Instant(b.at), "no readings")
        for a, b in itertools.pairwise(path)
        if b.at - a.at > longest
    )


def _track(path: list[Reading]) -> tuple[TrackPoint, ...]:
    step, points = int(POLICY.track_step_s * 1000), list[TrackPoint]()
    for index, one in enumerate(path):
        if not points or index == len(path) - 1 or one.at - points[-1].at >= step:
            point = TrackPoint(Instant(one.at), one.latitude, one.longitude, one.altitude_m)
            points.append(point)
    return tuple(points)


def _missions(found: list[Leg]) -> list[Leg]:
    """Chain legs whose stop between them is short and whose callsigns do not contradict."""
    chained: list[Leg] = []
    for leg in found:
        previous = chained[-1] if chained else None
        if previous is not None and _continues(previous, leg):
            chained.append(
                replace(
                    leg,
                    mission_id=previous.mission_id,
                    mission_index=previous.mission_index + 1,
                    revision=max(leg.revision, previous.revision),
                )
            )
        else:
            chained.append(replace(leg, mission_id=identity("mission", leg.leg_id)))
    return chained


def _continues(previous: Leg, leg: Leg) -> bool:
    if previous.landing_earliest is None or leg.takeoff_latest is None:
        return False
    if previous.callsign and leg.callsign and previous.callsign != leg.callsign:
        return False
    return leg.takeoff_latest - previous.landing_earliest <= POLICY.longest_stop_s * 1000
