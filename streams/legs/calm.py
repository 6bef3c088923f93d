"""Which readings change nothing: a batch in columns in, the readings where something happens out.

For every aircraft whose flight is underway its last reading and what it may do without changing a
leg stand in arrays. A batch is compared with them in columns; whatever is not certain to change
nothing counts as something happening, so bounds here are narrower than those of the segmenter.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.legs import airports
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, Said
from streams.legs.segments import low_near_a_field
from streams.legs.underway import Underway
from streams.legs.waiting import ROW, Mask, Rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_METRES_A_DEGREE = 111_195.0
_CELLS = 10
_LONG_MS, _SHORT_MS = round(POLICY.open_mark_s * 1000), round(POLICY.approach_mark_s * 1000)
_GROUND_MS = 3_600_000
_HIGH_M, _CRUISE_MPS, _PARKED_MPS = 1500.0, 110.0, 2.0
_MARGIN = 0.97
"""Speeds and distances up to this share of what is possible are certain to be."""


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


STATE = np.dtype(
    [
        ("kind", "i1"), ("stored", "?"), ("aeroplane", "?"), ("last", ROW), ("key", "<i8"),
        ("hash", "<u8"), ("until", "<i8"), ("through", "<i8"), ("latitude", "<f8"),
        ("longitude", "<f8"), ("floor", "<f8"), ("ceiling", "<f8"),
    ]
)  # fmt: skip
"""An aircraft: ``last`` is its last reading, ``stored`` whether that waits among the others."""


class Batch:
    """A batch's readings in arrays, in order of aircraft and then of arrival."""

    def __init__(self, frame: pl.DataFrame, slots: npt.NDArray[np.int32]) -> None:
        order = np.argsort(slots, kind="stable")
        self.order = order
        rows = np.empty(len(order), dtype=ROW)
        rows["slot"] = slots[order]
        altitude = pl.coalesce("altitude_m", "geometric_altitude_m")
        columns = frame.select(
            at="observed_at", latitude="latitude", longitude="longitude", altitude=altitude,
            speed="ground_speed_mps", rate="vertical_rate_mps", fetched="fetched_at",
            revision="_revision",
        )  # fmt: skip
        for name in ("at", "latitude", "longitude", "altitude", "speed", "rate", "revision"):
            rows[name] = columns[name].to_numpy()[order]
        rows["fetched"] = columns["fetched"].fill_null(-1).to_numpy()[order]
        track = frame["track_deg"].to_numpy()[order]
        sector = np.where(np.isnan(track), -1, np.floor(np.nan_to_num(track) / 360 * 16) % 16)
        rows["sector"] = sector.astype(np.int8)
        rows["ground"] = frame["on_ground"].cast(pl.Int8).fill_null(-1).to_numpy()[order]
        rows["said"] = -1
        self.rows = rows
        said = frame.select("source", "callsign", "registration", "masked")
        self.hashes = said.hash_rows(seed=7).to_numpy()[order]
        plain = frame.select(
            ~(pl.col("stale") | pl.col("reconstructed") | pl.col("new_leg"))
            & pl.col("uncertainty_s").is_null()
            & pl.col("bound").is_null()
            & pl.col("cites").is_null()
        ).to_series()
        on_time = (rows["fetched"] < 0) | (rows["at"] <= rows["fetched"] + POLICY.future_s * 1000)
        self.early = ~on_time
        self.plain = plain.to_numpy()[order] & on_time
        self.keys = _keys(rows)
        starts = np.flatnonzero(np.diff(rows["slot"], prepend=-1))
        self.starts = starts
        self.lengths = np.diff(starts, append=len(rows))
        self.slots = rows["slot"][starts]


class Calm:
    """The aircraft of a partition, by slot."""

    def __init__(self) -> None:
        self.states = np.zeros(1024, dtype=STATE)

    def grow(self, slots: int) -> None:
        """Have room for so many aircraft."""
        while len(self.states) < slots:
            self.states = np.concatenate([self.states, np.zeros_like(self.states)])

    def compare(self, batch: Batch) -> tuple[Mask, Mask, Mask]:
        """Of each reading, whether it changes nothing, is of use to carry on, and is a copy."""
        rows, states = batch.rows, self.states[batch.rows["slot"]]
        first = np.zeros(len(rows), dtype=bool)
        first[batch.starts] = True
        before = np.roll(rows, 1)
        before[first] = states["last"][first]
        hash_before = np.where(first, states["hash"], np.roll(batch.hashes, 1))
        seconds = (rows["at"] - before["at"]) / 1000
        moved = _apart(rows, before)
        grounded = rows["ground"] == 1
        airborne = rows["ground"] == 0
        slow = ~(rows["speed"] >= POLICY.rolling_mps)
        of_use = batch.plain & (states["kind"] > 0)
        of_use &= grounded | (airborne & ~np.isnan(rows["altitude"]))
        of_use &= grounded | ~(slow & (rows["altitude"] > _HIGH_M))
        of_use &= ~(grounded & (rows["speed"] > 0.9 * POLICY.ground_flag_too_fast_mps))
        in_order = of_use & (seconds > 0)
        spell = np.maximum(seconds, 1.0)
        in_order &= moved <= POLICY.impossible_speed_mps * _MARGIN * spell
        climbed = np.abs(rows["altitude"] - before["altitude"])
        in_order &= ~(climbed > POLICY.impossible_climb_mps * _MARGIN * spell) | grounded
        in_air = airborne & (seconds <= POLICY.gap_s) & (moved > 0.2)
        on_ground = grounded & (moved <= POLICY.hop_m) & (moved <= 90 * spell)
        in_order &= in_air | on_ground
        copy = _same(rows, before) & batch.plain & (batch.hashes == hash_before)
        copy &= states["kind"] > 0
        kind = states["kind"]
        calm = in_order & (rows["at"] < states["until"])
        calm &= ~((rows["speed"] > 0.99 * POLICY.aeroplane_mps) & ~states["aeroplane"])
        settled = rows["at"] // _length(batch.keys) > states["through"] // _length(batch.keys)
        near_edge = (np.abs(rows["altitude"] - _HIGH_M) < 0.2) | (
            np.abs(rows["speed"] - _CRUISE_MPS) < 0.2
        )
        up = airborne & ~near_edge & settled & (rows["speed"] >= 0.2 + POLICY.rolling_mps)
        is_up = calm & up & (kind == Kind.UP)
        is_low = calm & up & (kind == Kind.LOW)
        is_low &= _distance(rows, states) < 0.99 * POLICY.near_runway_m
        is_low &= rows["altitude"] < states["ceiling"]
        is_ground = calm & on_ground & (kind == Kind.GROUND) & (before["ground"] == 1)
        is_ground &= ~(np.abs(rows["speed"] - _PARKED_MPS) < 0.2)
        is_rolling = calm & airborne & ~near_edge & (kind == Kind.ROLLING)
        is_rolling &= (rows["altitude"] < states["ceiling"]) & (rows["altitude"] > states["floor"])
        is_rolling &= _distance(rows, states) < 0.98 * POLICY.hop_m
        is_up = self._above_fields(rows, is_up)
        return is_up | is_low | is_ground | is_rolling | copy, of_use | copy, copy

    def _above_fields(self, rows: Rows, mask: Mask) -> Mask:
        """Of readings in the air, those that are not low near a field."""
        lowest = _ceilings()[
            np.clip(np.floor((rows["latitude"] + 90) * _CELLS).astype(int), 0, 180 * _CELLS - 1),
            np.floor((rows["longitude"] + 180) * _CELLS).astype(int) % (360 * _CELLS),
        ]
        found = mask.copy()
        for index in np.flatnonzero(mask & (rows["altitude"] < lowest)).tolist():
            one = rows[index]
            found[index] = not low_near_a_field(
                _place(float(one["latitude"]), float(one["longitude"]), float(one["altitude"]))
            )
        return found

    def thin(self, batch: Batch, some: Ints) -> tuple[Rows, Rows]:
        """Take up readings of quiet aircraft.

        What is to wait of them, as the first or last of their stretches, and the newest of each
        aircraft where that does not wait yet.
        """
        rows, keys = batch.rows[some], batch.keys[some]
        states = self.states[rows["slot"]]
        first = np.diff(rows["slot"], prepend=-1) != 0
        last = np.diff(rows["slot"], append=-1) != 0
        begins = keys != np.where(first, states["key"], np.roll(keys, 1))
        before = np.roll(rows, 1)
        before[first] = states["last"][first]
        stored = np.where(first, states["stored"], np.roll(begins, 1))
        ended = before[begins & ~stored]
        slots = rows["slot"][last]
        for name, values in (
            ("last", rows), ("key", keys), ("hash", batch.hashes[some]), ("stored", begins),
        ):  # fmt: skip
            self.states[name][slots] = values[last]
        return np.concatenate([ended, rows[begins]]), rows[last & ~begins]

    def take(self, slots: npt.NDArray[np.int32]) -> Rows:
        """The newest readings of some aircraft, where they do not wait: they count as waiting."""
        states = self.states[slots]
        found: Rows = states["last"][(states["kind"] > 0) & ~states["stored"]]
        self.states["stored"][slots] = True
        return found

    def unsaved(self) -> Rows:
        """The newest reading of every aircraft where it does not wait among the others."""
        found: Rows = self.states["last"][(self.states["kind"] > 0) & ~self.states["stored"]]
        return found

    def forget(self, slot: int) -> None:
        """Note that any reading of an aircraft may change something."""
        self.states["kind"][slot] = Kind.UNKNOWN

    def go_on(self, slot: int, underway: Underway, newest: Rows, texts: int) -> None:
        """Note what an aircraft may do from here without changing a leg.

        ``newest``: its newest reading; ``texts``: the hash of what it says, 0 where not known.
        """
        state = self.states[slot]
        state["last"], state["key"], state["hash"] = newest[0], _keys(newest)[0], texts
        state["stored"], state["kind"] = True, Kind.UNSURE
        state["aeroplane"] = underway.aeroplane
        last, at = underway.rows[-1], underway.rows[-1].at
        state["through"] = -1 if underway.through is None else underway.through
        if underway.on_the_ground:
            state["kind"], state["until"] = Kind.GROUND, at + _GROUND_MS
        elif underway.rolling:
            ground, *run = underway.rows
            heights = [one.altitude_m for one in run if one.altitude_m is not None]
            if heights and max(heights) < _HIGH_M:
                state["kind"], state["until"] = Kind.ROLLING, at + _GROUND_MS
                state["latitude"], state["longitude"] = ground.latitude, ground.longitude
                state["floor"] = max(heights) - POLICY.clearly_up_m + 1
                state["ceiling"] = min(_HIGH_M, min(heights) + POLICY.clearly_up_m - 1)
        elif underway.open is not None and last.altitude_m is not None:
            field = _field_below(last)
            if field is None:
                state["kind"], state["until"] = Kind.UP, (at // _LONG_MS + 1) * _LONG_MS
            else:
                state["kind"], state["until"] = Kind.LOW, (at // _SHORT_MS + 1) * _SHORT_MS
                state["latitude"], state["longitude"] = field.latitude, field.longitude
                state["ceiling"] = field.elevation_m + POLICY.low_m - 1


def _field_below(one: Reading) -> airports.Near | None:
    """A field that the reading is low near."""
    if one.altitude_m is None or one.altitude_m > airports.highest_m() + POLICY.low_m:
        return None
    close = airports.near(one.latitude, one.longitude, POLICY.near_runway_m)
    return next((f for f in close if one.altitude_m - f.elevation_m < POLICY.low_m), None)


def _place(latitude: float, longitude: float, altitude_m: float) -> Reading:
    return Reading(0, latitude, longitude, False, altitude_m, None, None, _NOBODY, None, 0)


_NOBODY = Said("", None, None, False, False, False, None, None, None)


@cache
def _ceilings() -> npt.NDArray[np.float32]:
    """By cell of a tenth of a degree: whoever is as high is low near no field."""
    grid = np.full((180 * _CELLS, 360 * _CELLS), -np.inf, dtype=np.float32)
    reach = POLICY.near_runway_m * 1.01 / _METRES_A_DEGREE
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


def _keys(rows: Rows) -> Ints:
    """Which stretch each is of: as ``readings.stretch``, with the length recoverable."""
    grounded = rows["ground"] == 1
    parked = grounded & (rows["speed"] < _PARKED_MPS)
    low = ~(rows["altitude"] >= _HIGH_M) | (rows["speed"] < _CRUISE_MPS) | grounded
    code = np.where(parked, 3, np.where(low, 0, np.where(rows["sector"] < 0, 1, 2)))
    course = np.where(code == 2, rows["sector"].astype(np.int64), 0)
    length = _LENGTHS[code]
    found: Ints = ((rows["at"] // length) * 32 + course) * 8 + code * 2 + grounded
    return found


_LENGTHS = np.array([10_000, 20_000, 60_000, 300_000])


def _length(keys: Ints) -> Ints:
    found: Ints = _LENGTHS[keys % 8 // 2]
    return found


def _apart(a: Rows, b: Rows) -> Floats:
    """Great-circle distances in metres."""
    phi_a, phi_b = np.radians(a["latitude"]), np.radians(b["latitude"])
    half_lat, half_lon = (phi_b - phi_a) / 2, np.radians(b["longitude"] - a["longitude"]) / 2
    h = np.sin(half_lat) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(half_lon) ** 2
    found: Floats = 2 * 6_371_008.8 * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return found


def _distance(rows: Rows, states: Any) -> Floats:
    return _apart(rows, states)


def _same(a: Rows, b: Rows) -> Mask:
    """Whether they say the same of the same instant."""
    found = (a["at"] == b["at"]) & (a["ground"] == b["ground"]) & (a["sector"] == b["sector"])
    for name in ("latitude", "longitude", "altitude", "speed", "rate"):
        found &= (a[name] == b[name]) | (np.isnan(a[name]) & np.isnan(b[name]))
    return np.asarray(found, dtype=bool)
