"""Airports near a point: coordinates go in, ICAO codes with distances come out, nearest first.

Data: the package airportsdata (MIT). The index is a grid of tenths of a degree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import airportsdata
import yaml

from streams.facts.sphere import METRES_A_DEGREE, distance_m
from streams.legs.policy import POLICY

_METRES_A_FOOT = 0.3048
_CELLS_A_DEGREE = 10
_LISTED, _STRIP = 0.6, 2.0
"""Weights of distances to fields with an IATA code, and to strips."""


@dataclass(frozen=True, slots=True)
class Near:
    """An airport and how far away it is."""

    code: str
    distance_m: float
    elevation_m: float
    latitude: float
    longitude: float
    weight: float
    """Distances count so many times: private strips near a large field are seldom the one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The airport of an end: a code where it is sure, else candidates."""

    code: str | None
    candidates: tuple[str, ...]


@cache
def aliases() -> dict[str, str]:
    """Codes by which older data call a field."""
    loaded: dict[str, str] = yaml.safe_load((Path(__file__).parent / "aliases.yaml").read_text())
    return loaded


_Field = tuple[str, float, float, float, float]


@cache
def _grid() -> dict[tuple[int, int], list[_Field]]:
    cells: dict[tuple[int, int], list[_Field]] = {}
    for code, airport in airportsdata.load("ICAO").items():
        latitude, longitude = float(airport["lat"]), float(airport["lon"])
        elevation = float(airport["elevation"] or 0) * _METRES_A_FOOT
        weight = _LISTED if airport["iata"] else _STRIP if _strip(code) else 1.0
        known = (aliases().get(code, code), latitude, longitude, elevation, weight)
        cells.setdefault(_cell(latitude, longitude), []).append(known)
    return cells


def places() -> Iterator[tuple[float, float, float]]:
    """Latitude, longitude and elevation in metres of every field."""
    for cell in _grid().values():
        for _, latitude, longitude, elevation, _ in cell:
            yield latitude, longitude, elevation


def _strip(code: str) -> bool:
    """Whether a code is of the kind that private strips have: not four letters."""
    return not code.isalpha()


@cache
def highest_m() -> float:
    """Elevation of the highest field: whoever is higher is near none."""
    return max(field[3] for cell in _grid().values() for field in cell)


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return math.floor(latitude * _CELLS_A_DEGREE), math.floor(longitude * _CELLS_A_DEGREE)


@lru_cache(maxsize=20_000)
def _around(row: int, column: int, within_m: float) -> tuple[_Field, ...]:
    """Every field that may be within a distance of some point of a cell."""
    reach = within_m / METRES_A_DEGREE * _CELLS_A_DEGREE
    rows = math.ceil(reach)
    furthest = min(89.0, (abs(row) + rows + 1) / _CELLS_A_DEGREE)
    columns = math.ceil(reach / math.cos(math.radians(furthest)))
    turn = 360 * _CELLS_A_DEGREE
    steps = range(-columns, columns + 1) if 2 * columns + 1 < turn else range(turn)
    grid = _grid()
    return tuple(
        field
        for line in range(row - rows, row + rows + 1)
        for step in steps
        for field in grid.get((line, (column + step + turn // 2) % turn - turn // 2), ())
    )


def near(latitude: float, longitude: float, within_m: float) -> list[Near]:
    """Airports within a distance, nearest first; a field with two codes comes once."""
    found: dict[str, Near] = {}
    for code, lat, lon, elevation, weight in _around(*_cell(latitude, longitude), within_m):
        distance = distance_m(latitude, longitude, lat, lon)
        if distance <= within_m and (code not in found or distance < found[code].distance_m):
            found[code] = Near(code, distance, elevation, lat, lon, weight)
    return sorted(found.values(), key=lambda one: (one.distance_m, one.code))


def highest_around(latitude: float, longitude: float, within_m: float) -> float:
    """No airport within a distance lies higher than this, in metres: a bound, quick to get."""
    return _highest_around(*_cell(latitude, longitude), within_m)


@lru_cache(maxsize=20_000)
def _highest_around(row: int, column: int, within_m: float) -> float:
    return max((field[3] for field in _around(row, column, within_m)), default=-math.inf)


@lru_cache(maxsize=20_000)
def choose(
    latitude: float, longitude: float, *, sure: bool, altitude_m: float | None = None
) -> Choice:
    """Name the airport of an end that was seen at or near the ground; else give candidates.

    Where two fields are about as near, none is named. ``altitude_m``: a field far above it is none.
    """
    ceiling = math.inf if altitude_m is None else altitude_m + POLICY.too_high_m

    def around(within_m: float) -> list[Near]:
        found = near(latitude, longitude, within_m)
        below = [one for one in found if one.elevation_m <= ceiling]
        return sorted(below, key=lambda one: (one.distance_m * one.weight, one.code))

    close = around(POLICY.airport_within_m) if sure else []
    if close:
        most = close[0].distance_m * close[0].weight * 1.5 + 500
        rivals = [one for one in close[1:] if one.distance_m * one.weight < most]
        candidates = tuple(one.code for one in (close[0], *rivals))[:5]
        return Choice(None if rivals else close[0].code, candidates)
    return Choice(None, tuple(one.code for one in around(POLICY.candidates_within_m)[:5]))
