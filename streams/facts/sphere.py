"""Distances and points on a spherical Earth: degrees go in, metres and degrees come out."""

from __future__ import annotations

import math

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

EARTH_M = 6_371_008.8
"""Mean radius in metres (IUGG)."""
METRES_A_DEGREE = 111_195.0
"""Of latitude, and of longitude at the equator."""

_SAME = 1e-9  # radians, six millimetres: no direction can be told


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in metres (haversine)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(h)))


def angle(a: Point, b: Point) -> float:
    """The angle between two points, seen from the Earth's centre, in radians."""
    along = sum(p * q for p, q in zip(_unit(a), _unit(b), strict=True))
    return math.acos(max(-1.0, min(1.0, along)))


def between(a: Point, b: Point, share: float) -> Point:
    """The point at a share of the way along the great circle from a to b."""
    whole = angle(a, b)
    if whole < _SAME:
        return a
    left, right = (math.sin(part * whole) / math.sin(whole) for part in (1 - share, share))
    x, y, z = (left * p + right * q for p, q in zip(_unit(a), _unit(b), strict=True))
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _unit(point: Point) -> tuple[float, float, float]:
    latitude, longitude = math.radians(point[0]), math.radians(point[1])
    level = math.cos(latitude)
    return level * math.cos(longitude), level * math.sin(longitude), math.sin(latitude)
