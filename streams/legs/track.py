"""A leg's track thinned within an error bound: its path in, few points out, one path at a time.

From a point that is kept, two wedges (north and east against time) hold all lines that pass within
the bound of what came since. While the newest reading lies inside both, everything between may go;
when it does not, the reading before it is kept and the wedges start anew there. So the line between
two points, by time, passes within sqrt(2) times the bound of each reading between them, and what is
kept up to a reading never changes by what comes after. Whoever draws the line along the great
circle is as near, but for a kilometre.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.facts.flights import TrackPoint
from streams.facts.instants import Instant
from streams.facts.sphere import EARTH_M, METRES_A_DEGREE
from streams.legs.policy import POLICY
from streams.legs.readings import Reading

_TURN, _HALF_TURN = 360.0, 180.0
_CURVE_M = 1_000.0
"""Points are so near that the great circle and the straight line on a map differ by no more."""
_CURVED = 8 * EARTH_M * _CURVE_M
_BOUND = POLICY.track_error_m / METRES_A_DEGREE
"""In degrees of latitude."""


@dataclass(slots=True)
class Track:
    """The points kept so far, and the wedges from the last of them."""

    points: list[TrackPoint] = field(default_factory=list)
    last: Reading | None = None
    north: tuple[float, float] = (-math.inf, math.inf)
    east: tuple[float, float] = (-math.inf, math.inf)

    def extend(self, readings: Sequence[Reading]) -> None:
        """Take in the next readings."""
        last = self.last
        start = self.points[-1] if self.points else None
        (south, north), (west, east) = self.north, self.east
        radians, cos, tan = math.radians, math.cos, math.tan
        for one in readings:
            latitude, longitude, at = one.latitude, one.longitude, one.at
            if start is None or last is None:
                start = self._kept(one)
            while last is not None and at > last.at:
                seconds = (at - start.at) / 1000
                up = latitude - start.latitude
                along = (longitude - start.longitude + _HALF_TURN) % _TURN - _HALF_TURN
                if south <= up / seconds <= north and west <= along / seconds <= east:
                    steep = radians(latitude)
                    narrow = max(0.01, cos(steep))
                    width = along * narrow * METRES_A_DEGREE
                    if width * width * abs(tan(steep)) <= _CURVED:
                        # Comparisons, for calls of min and max take as long as all the rest.
                        wide = _BOUND / narrow
                        bound = (up - _BOUND) / seconds
                        south = bound if bound > south else south
                        bound = (up + _BOUND) / seconds
                        north = bound if bound < north else north
                        bound = (along - wide) / seconds
                        west = bound if bound > west else west
                        bound = (along + wide) / seconds
                        east = bound if bound < east else east
                        break
                if start.at == last.at:
                    break  # nothing lies between the two, however far they are apart
                start = self._kept(last)
                south = west = -math.inf
                north = east = math.inf
            last = one
        self.last, self.north, self.east = last, (south, north), (west, east)

    def _kept(self, one: Reading) -> TrackPoint:
        self.points.append(_point(one))
        return self.points[-1]

    def all(self) -> tuple[TrackPoint, ...]:
        """The points, the newest reading with them."""
        points, last = self.points, self.last
        if last is None or (points[-1].at == last.at and points[-1] == _point(last)):
            return tuple(points)
        return (*points, _point(last))

    def copy(self) -> Track:
        """One that goes on by itself."""
        return Track(list(self.points), self.last, self.north, self.east)


def _point(one: Reading) -> TrackPoint:
    return TrackPoint(Instant(one.at), one.latitude, one.longitude, one.altitude_m)
