"""When an aircraft left US territory and its territorial sea: a path in, an interval out.

The boundary, its sources and their licences stand in ``us_territory.json``. It is right to about
2 km, so a position nearer to it than that is neither in nor out, and the interval runs from the
last reading that is in for sure to the first that is out for sure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from streams.facts.instants import Instant
from streams.facts.sphere import METRES_A_DEGREE
from streams.legs.readings import Reading

_CELLS_A_DEGREE = 4


@dataclass(frozen=True, slots=True)
class Left:
    """Whether a leg left US territory; the last time that it did, both None if it never did."""

    answer: Literal["yes", "no", "unknown"]
    earliest: Instant | None = None
    latest: Instant | None = None


@dataclass(frozen=True, slots=True)
class _Boundary:
    """Edges as arrays of their ends, in degrees."""

    lon_a: Any
    lat_a: Any
    lon_b: Any
    lat_b: Any
    accuracy_m: float


@cache
def _boundary() -> _Boundary:
    data = json.loads((Path(__file__).parent / "us_territory.json").read_text())
    starts, stops = [], []
    for flat in data["rings"]:
        ring = np.array(flat, dtype=np.float64).reshape(-1, 2)
        starts.append(ring[:-1])
        stops.append(ring[1:])
    a, b = np.concatenate(starts), np.concatenate(stops)
    return _Boundary(a[:, 0], a[:, 1], b[:, 0], b[:, 1], float(data["accuracy_m"]))


@dataclass(slots=True)
class Crossing:
    """When an aircraft last went from inside to outside, along a path in order of time."""

    inside: Reading | None = None
    exit_: tuple[Reading, Reading] | None = None

    def extend(self, readings: Sequence[Reading]) -> None:
        """Take in the next readings of the path."""
        for one in readings:
            is_inside = inside_us(one.latitude, one.longitude)
            if is_inside:
                self.inside = one
            elif is_inside is False and self.inside is not None:
                self.exit_, self.inside = (self.inside, one), None

    def copy(self) -> Crossing:
        """One that goes on by itself."""
        return Crossing(self.inside, self.exit_)

    def left(self, *, ended: bool, reported_s: float = 0.0) -> Left:
        """What the path so far says.

        ``ended``: the path is the whole leg; while it goes on, not having left is unknown.
        ``reported_s``: how far off the times of readings are that were interpolated.
        """
        if self.exit_ is None:
            return Left("no" if ended else "unknown")
        within, beyond = self.exit_
        half = round(reported_s * 1000)
        earliest = within.at - half * within.said.reconstructed
        return Left("yes", Instant(earliest), Instant(beyond.at + half * beyond.said.reconstructed))


def inside_us(latitude: float, longitude: float) -> bool | None:
    """Whether a point is in US territory or its territorial sea; None where too near to tell."""
    row, column = math.floor(latitude * _CELLS_A_DEGREE), math.floor(longitude * _CELLS_A_DEGREE)
    cell = _cell(row, column)
    if cell is not None:
        return cell
    return _near_the_boundary(latitude, longitude)


@lru_cache(maxsize=20_000)
def _near_the_boundary(latitude: float, longitude: float) -> bool | None:
    """Whether a point of a cell that the boundary is near to is inside; None if it is too near."""
    if _distance_m(latitude, longitude) < _boundary().accuracy_m:
        return None
    return _odd(latitude, longitude)


@lru_cache(maxsize=200_000)
def _cell(row: int, column: int) -> bool | None:
    """What all points of a quarter-degree cell are; None where the boundary is near."""
    if bool(_touching(row, column).any()):
        return None
    return _odd((row + 0.5) / _CELLS_A_DEGREE, (column + 0.5) / _CELLS_A_DEGREE)


def _touching(row: int, column: int) -> Any:
    """Which edges come within 0.03 degrees of a cell, as a mask."""
    middle_lat, middle_lon = (row + 0.5) / _CELLS_A_DEGREE, (column + 0.5) / _CELLS_A_DEGREE
    edges = _boundary()
    margin = 0.5 / _CELLS_A_DEGREE + 0.03
    wide = margin / max(0.1, math.cos(math.radians(middle_lat)))
    return (
        (np.minimum(edges.lon_a, edges.lon_b) < middle_lon + wide)
        & (np.maximum(edges.lon_a, edges.lon_b) > middle_lon - wide)
        & (np.minimum(edges.lat_a, edges.lat_b) < middle_lat + margin)
        & (np.maximum(edges.lat_a, edges.lat_b) > middle_lat - margin)
    )


def _odd(latitude: float, longitude: float) -> bool:
    """Whether a ray to the east crosses the boundary an odd number of times."""
    edges = _edges_across(math.floor(latitude * _CELLS_A_DEGREE))
    spans = (edges.lat_a > latitude) != (edges.lat_b > latitude)
    lon_a, lat_a = edges.lon_a[spans], edges.lat_a[spans]
    share = (latitude - lat_a) / (edges.lat_b[spans] - lat_a)
    return int(np.count_nonzero(lon_a + share * (edges.lon_b[spans] - lon_a) > longitude)) % 2 == 1


@lru_cache(maxsize=20_000)
def _edges_near(row: int, column: int) -> _Boundary:
    """The edges within reach of a quarter-degree cell."""
    edges = _boundary()
    return _some(edges, _touching(row, column))


@cache
def _edges_across(row: int) -> _Boundary:
    """The edges that reach into a band of latitudes a quarter of a degree high."""
    edges = _boundary()
    low, high = row / _CELLS_A_DEGREE, (row + 1) / _CELLS_A_DEGREE
    lower, upper = np.minimum(edges.lat_a, edges.lat_b), np.maximum(edges.lat_a, edges.lat_b)
    return _some(edges, (lower <= high) & (upper >= low))


def _some(edges: _Boundary, mask: Any) -> _Boundary:
    return _Boundary(
        edges.lon_a[mask], edges.lat_a[mask], edges.lon_b[mask], edges.lat_b[mask],
        edges.accuracy_m,
    )  # fmt: skip


def _distance_m(latitude: float, longitude: float) -> float:
    """Distance to the boundary in metres, on a plane around the point; at least 3 km if far."""
    edges = _edges_near(
        math.floor(latitude * _CELLS_A_DEGREE), math.floor(longitude * _CELLS_A_DEGREE)
    )
    narrow = math.cos(math.radians(latitude))
    east, north = (edges.lon_a - longitude) * narrow, edges.lat_a - latitude
    along_e, along_n = (edges.lon_b - edges.lon_a) * narrow, edges.lat_b - edges.lat_a
    length = np.maximum(along_e**2 + along_n**2, 1e-18)
    share = np.clip(-(east * along_e + north * along_n) / length, 0.0, 1.0)
    degrees = np.hypot(east + share * along_e, north + share * along_n).min()
    return float(degrees) * METRES_A_DEGREE
