"""What an aircraft may do without changing a leg: a flight underway in, its bounds out."""

from __future__ import annotations

import math
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from streams.facts.sphere import METRES_A_DEGREE
from streams.legs import airports
from streams.legs.batch import Columns
from streams.legs.legs import LONG_MARK_MS, SHORT_MARK_MS
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, Said
from streams.legs.segments import low_near_a_field
from streams.legs.underway import Underway
from streams.legs.waiting import Mask

_CELLS = 10
HIGH_M = 1500.0
_GROUND_MS = 3_600_000


class Kind(IntEnum):
    """What an aircraft is doing; readings that go on with it change nothing."""

    UNKNOWN = 0
    """Everything is worked out anew."""
    UP = 1
    LOW = 2
    GROUND = 3
    ROLLING = 4
    UNSURE = 5
    """Any reading may change something."""


def bounds(underway: Underway) -> tuple[Kind, int, tuple[float, float], float, float]:
    """What it does and until when, near where, and how low and how high."""
    last, at, nowhere = underway.rows[-1], underway.rows[-1].at, (0.0, 0.0)
    if underway.on_the_ground:
        return Kind.GROUND, at + _GROUND_MS, nowhere, 0.0, 0.0
    if underway.rolling:
        ground, *run = underway.rows
        heights = [one.altitude_m for one in run if one.altitude_m is not None]
        if heights and max(heights) < HIGH_M:
            floor = max(heights) - POLICY.clearly_up_m + 1
            ceiling = min(HIGH_M, min(heights) + POLICY.clearly_up_m - 1)
            place = ground.latitude, ground.longitude
            return Kind.ROLLING, at + _GROUND_MS, place, floor, ceiling
    elif underway.open is not None and last.altitude_m is not None:
        field = None if underway.high else _field_below(last)
        if field is None:
            passed = (at - underway.shift) // LONG_MARK_MS
            until = (passed + 1) * LONG_MARK_MS + underway.shift
            return Kind.UP, until, nowhere, 0.0, 0.0
        ceiling, place = field.elevation_m + POLICY.low_m - 1, (field.latitude, field.longitude)
        return Kind.LOW, (at // SHORT_MARK_MS + 1) * SHORT_MARK_MS, place, -math.inf, ceiling
    return Kind.UNSURE, 0, nowhere, 0.0, 0.0


def _field_below(one: Reading) -> airports.Near | None:
    """A field that the reading is low near."""
    place, reach = (one.latitude, one.longitude), POLICY.near_runway_m
    if (
        one.altitude_m is None
        or one.altitude_m > airports.highest_around(*place, reach) + POLICY.low_m
    ):
        return None
    close = airports.near(*place, reach)
    return next((f for f in close if one.altitude_m - f.elevation_m < POLICY.low_m), None)


def above_fields(now: Columns, mask: Mask) -> Mask:
    """Of readings in the air, those that are not low near a field."""
    lowest = _ceilings()[
        np.clip(((now["latitude"] + 90) * _CELLS).astype(np.int32), 0, 180 * _CELLS - 1),
        ((now["longitude"] + 180) * _CELLS).astype(np.int32) % (360 * _CELLS),
    ]
    found: Mask = mask.copy()
    for index in np.flatnonzero(mask & (now["altitude"] < lowest)).tolist():
        place = (float(now[name][index]) for name in ("latitude", "longitude", "altitude"))
        found[index] = not low_near_a_field(_place(*place))
    return found


def _place(latitude: float, longitude: float, altitude_m: float) -> Reading:
    return Reading(0, latitude, longitude, False, altitude_m, None, None, _NOBODY, None, 0)


_NOBODY = Said("", None, None, False, False, False, None, None, None)


@cache
def _ceilings() -> npt.NDArray[np.float32]:
    """By cell of a tenth of a degree: whoever is as high is low near no field."""
    grid = np.full((180 * _CELLS, 360 * _CELLS), -np.inf, dtype=np.float32)
    reach = POLICY.near_runway_m * 1.01 / METRES_A_DEGREE
    for latitude, longitude, elevation in airports.places():
        narrow = max(0.02, np.cos(np.radians(min(89.0, abs(latitude) + reach))))
        rows = range(
            max(0, int((latitude - reach + 90) * _CELLS)),
            min(180 * _CELLS, int((latitude + reach + 90) * _CELLS) + 1),
        )
        west, east = longitude - reach / narrow, longitude + reach / narrow
        columns = [
            one % (360 * _CELLS)
            for one in range(int((west + 180) * _CELLS // 1), int((east + 180) * _CELLS // 1) + 1)
        ]
        height = elevation + POLICY.low_m + 1
        for row in rows:
            grid[row, columns] = np.maximum(grid[row, columns], height)
    return grid
