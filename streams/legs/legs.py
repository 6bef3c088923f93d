"""From one aircraft's readings to its legs: a set of readings in, legs out.

The result depends on which readings there are, never on the order in which they came. A leg's
revision is the latest of the readings that it, and its mission up to it, rests on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from streams.facts.derived import Gap, Leg, TrackPoint
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.legs import airports, ends, missions, territory
from streams.legs.plausibility import Aside, plausible
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, from_the_future, reading, thinned
from streams.legs.segments import Segment, segments

Known = missions.Known


def legs_of(positions: Iterable[Position]) -> list[Leg]:
    """Find the legs in positions of any number of aircraft, by aircraft and time. Revision 0."""
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
    kept, aside = plausible(readings)
    found = [_leg(icao24, shown) for one in segments(kept) for shown in _shown(one)]
    return missions.chained(found, before), aside


def _shown(segment: Segment) -> Iterable[Segment]:
    """As much of a segment as is to be published: of an open one what its last mark shows.

    Marks are of event time, so that what is published does not depend on how readings arrive in
    batches. Take-off shows at once.
    """
    if segment.ground_after is not None or segment.air_after is not None:
        yield segment
        return
    air = segment.air
    landing = ends.landing(segment).basis != "unseen"
    step = round((POLICY.approach_mark_s if landing else POLICY.open_mark_s) * 1000)
    through = max(air[-1].at // step * step, ends.first_clearly_up(segment).at)
    yield replace(segment, air=tuple(one for one in air if one.at <= through))


def _leg(icao24: str, segment: Segment) -> Leg:
    off, on = ends.takeoff(segment), ends.landing(segment)
    air = segment.air
    rows = sorted(segment.evidence, key=lambda one: one.order)
    inside = list(air) or rows
    origin = airports.choose(off.latitude, off.longitude, sure=off.sure_of_place)
    destination = airports.choose(on.latitude, on.longitude, sure=on.sure_of_place)
    if on.basis == "unseen":
        destination = airports.Choice(None, ())
    reported = off.basis.startswith("reported")
    first = segment.ground_before if reported and segment.ground_before else inside[0]
    path = [one for one in (segment.ground_before, *air, segment.ground_after) if one is not None]
    gaps = _gaps([one for one in path if one in air or _at_an_end(one, off, on)])
    fetched = [one.fetched_at for one in rows if one.fetched_at is not None]
    whole = segment.ground_after is not None or on.basis == "extrapolated"
    left = territory.left(path, ended=whole, reported_s=_reported_s(segment))
    return Leg(
        leg_id=identity("leg", icao24, first.at),
        revision=Revision(max(one.revision for one in rows)),
        is_deleted=False,
        known_at=Instant(max(fetched)) if fetched else None,
        icao24=icao24,
        registration=_most_recent(one.said.registration for one in rows),
        callsign=_most_recent(one.said.callsign for one in inside),
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
        gaps=gaps,
        track=_track(path),
        readings=len(air),
        reconstructed=any(one.said.reconstructed for one in rows),
        masked=any(one.said.masked for one in rows),
        left_us_earliest=left.earliest,
        left_us_latest=left.latest,
        left_us=left.answer,
        mission_id="",
        mission_index=0,
        sources=tuple(sorted({one.said.source for one in rows})),
        cites=tuple(sorted({one.said.cites for one in rows if one.said.cites})),
    )


def _reported_s(segment: Segment) -> float:
    """How far off interpolated readings may be: as much as the worse of the reported ends."""
    around = (segment.ground_before, segment.ground_after)
    return max((one.said.uncertainty_s or 0.0 for one in around if one is not None), default=0.0)


def _at_an_end(ground: Reading, off: ends.End, on: ends.End) -> bool:
    """Whether the leg itself reaches to a ground reading, or ended long before it."""
    return ground.at in (off.when.earliest, on.when.latest) or ground.said.reconstructed


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
