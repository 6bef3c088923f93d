"""Airports near a point: coordinates go in, ICAO codes with distances come out, nearest first.

Data: the package airportsdata (MIT). The index is a grid of whole degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import airportsdata
import yaml

from streams.legs.policy import POLICY
from streams.legs.readings import distance_m

_METRES_A_FOOT = 0.3048
_METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Near:
    """An airport and how far away it is."""

    code: str
    distance_m: float
    elevation_m: float


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


@cache
def _grid() -> dict[tuple[int, int], list[tuple[str, float, float, float]]]:
    cells: dict[tuple[int, int], list[tuple[str, float, float, float]]] = {}
    for code, airport in airportsdata.load("ICAO").items():
        latitude, longitude = float(airport["lat"]), float(airport["lon"])
        cell = (math.floor(latitude), math.floor(longitude))
        elevation = float(airport["elevation"] or 0) * _METRES_A_FOOT
        known = (aliases().get(code, code), latitude, longitude, elevation)
        cells.setdefault(cell, []).append(known)
    return cells


def near(latitude: float, longitude: float, within_m: float) -> list[Near]:
    """Airports within a distance, nearest first; a field with two codes comes once."""
    reach = math.ceil(within_m / _METRES_A_DEGREE)
    narrow = max(0.05, math.cos(math.radians(min(89.0, abs(latitude) + reach))))
    sideways = math.ceil(within_m / _METRES_A_DEGREE / narrow)
    found: dict[str, Near] = {}
    for row in range(math.floor(latitude) - reach, math.floor(latitude) + reach + 1):
        for step in range(-sideways, sideways + 1):
            column = (math.floor(longitude) + step + 180) % 360 - 180
            for code, lat, lon, elevation in _grid().get((row, column), ()):
                distance = distance_m(latitude, longitude, lat, lon)
                if distance <= within_m and (
                    code not in found or distance < found[code].distance_m
                ):
                    found[code] = Near(code, distance, elevation)
    return sorted(found.values(), key=lambda one: (one.distance_m, one.code))


def choose(latitude: float, longitude: float, *, sure: bool) -> Choice:
    """Name the airport of an end that was seen at or near the ground; else give candidates.

    Where two fields are about as near, none is named.
    """
    close = near(latitude, longitude, POLICY.airport_within_m)
    if sure and close:
        rivals = [one for one in close[1:] if one.distance_m < close[0].distance_m * 1.5 + 500]
        candidates = tuple(one.code for one in (close[0], *rivals))[:5]
        return Choice(None if rivals else close[0].code, candidates)
    around = near(latitude, longitude, POLICY.candidates_within_m)
    return Choice(None, tuple(one.code for one in around[:5]))
