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

from streams.facts.derived import TrackPoint
from streams.facts.instants import Instant
from streams.facts.sphere import EARTH_M, METRES_A_DEGREE
from streams.legs.policy import POLICY
from streams.legs.readings import Reading

_TURN = 360.0
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
        for one in readings:
            if last is None:
                self._keep(one)
            elif one.at > last.at and not self._inside(one):
                self._keep(last)
                self._inside(one)
            last = one
        self.last = last

    def all(self) -> tuple[TrackPoint, ...]:
        """The points, the newest reading with them."""
        if self.last is None or self.points[-1] == _point(self.last):
            return tuple(self.points)
        return (*self.points, _point(self.last))

    def copy(self) -> Track:
        """One that goes on by itself."""
        return Track(list(self.points), self.last, self.north, self.east)

    def _keep(self, one: Reading) -> None:
        self.points.append(_point(one))
        self.north = self.east = (-math.inf, math.inf)

    def _inside(self, one: Reading) -> bool:
        """Whether a line from the last point to a reading is near all between; wedges narrow."""
        start = self.points[-1]
        seconds = (one.at - start.at) / 1000
        if seconds <= 0:
            return True
        up = one.latitude - start.latitude
        along = (one.longitude - start.longitude + _TURN / 2) % _TURN - _TURN / 2  # the short way
        north, east = up / seconds, along / seconds
        south_most, north_most = self.north
        west_most, east_most = self.east
        if not (south_most <= north <= north_most and west_most <= east <= east_most):
            return False
        steep = math.radians(one.latitude)
        narrow = max(0.01, math.cos(steep))
        width = along * narrow * METRES_A_DEGREE
        if width * width * abs(math.tan(steep)) > _CURVED:
            return False
        low, high = (up - _BOUND) / seconds, (up + _BOUND) / seconds
        self.north = max(south_most, low), min(north_most, high)
        wide = _BOUND / narrow
        low, high = (along - wide) / seconds, (along + wide) / seconds
        self.east = max(west_most, low), min(east_most, high)
        return True


def _point(one: Reading) -> TrackPoint:
    return TrackPoint(Instant(one.at), one.latitude, one.longitude, one.altitude_m)
