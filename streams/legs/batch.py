"""A batch of positions in columns: a polars frame in, arrays in order of aircraft out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.legs.policy import POLICY
from streams.legs.waiting import ROW, Rows

Ints = npt.NDArray[np.int64]
FIELDS = tuple(ROW.names or ())
_HIGH_M, _CRUISE_MPS, _PARKED_MPS = 1500.0, 110.0, 2.0
Columns = dict[str, Any]


class Batch:
    """A batch's readings in columns, in order of aircraft and then of arrival."""

    def __init__(self, frame: pl.DataFrame, slots: npt.NDArray[np.int32]) -> None:
        # Numbers of 16 bits are sorted in a fifth of the time.
        few = len(slots) and int(slots.max()) < 1 << 16
        order = np.argsort(slots.astype(np.uint16) if few else slots, kind="stable")
        found = frame.select(
            "latitude", "longitude",
            at="observed_at",
            altitude=pl.coalesce("altitude_m", "geometric_altitude_m"),
            speed="ground_speed_mps", rate="vertical_rate_mps",
            fetched=pl.col("fetched_at").fill_null(-1),
            revision="_revision", track="track_deg",
            ground=pl.col("on_ground").cast(pl.Int8).fill_null(-1),
            texts=pl.col("source").hash(1) ^ pl.col("callsign").hash(2)
            ^ pl.col("registration").hash(3) ^ pl.col("masked").hash(4),
            plain=~(pl.col("stale") | pl.col("reconstructed") | pl.col("new_leg"))
            & pl.col("uncertainty_s").is_null()
            & pl.col("bound").is_null()
            & pl.col("cites").is_null(),
        )  # fmt: skip
        columns: Columns = {one.name: one.to_numpy()[order] for one in found}
        for name in ("latitude", "longitude"):
            columns[name] = np.rint(columns[name] * 1e6) / 1e6
        for name in ("altitude", "speed", "rate"):
            columns[name] = np.rint(columns[name] * 10) / 10
        track = columns.pop("track")
        unknown = np.isnan(track)
        sector = np.where(unknown, 0, track / 360 * 16).astype(np.int32) & 15
        columns["sector"] = np.where(unknown, -1, sector).astype(np.int8)
        columns["slot"] = slots[order]
        columns["said"] = np.full(len(order), -1, dtype=np.int32)
        self.order = order
        self.hashes, plain = columns.pop("texts"), columns.pop("plain")
        self.columns = columns
        fetched = columns["fetched"]
        self.early = (fetched >= 0) & (columns["at"] > fetched + POLICY.future_s * 1000)
        self.plain = plain & ~self.early
        self.keys = _keys(columns)
        self.starts = np.flatnonzero(np.diff(columns["slot"], prepend=-1))
        self.lengths = np.diff(self.starts, append=len(order))
        self.slots = columns["slot"][self.starts]

    def rows(self, some: Any) -> Rows:
        """Some of the readings."""
        return rows_of(self.columns, some)


def rows_of(columns: Columns, some: Any) -> Rows:
    """Rows of columns."""
    found = np.empty(len(some), dtype=ROW)
    for name in FIELDS:
        found[name] = columns[name][some]
    return found


def _keys(now: Columns) -> Ints:
    """Which stretch each is of: as ``readings.stretch``, with the length recoverable."""
    grounded = now["ground"] == 1
    parked = grounded & (now["speed"] < _PARKED_MPS)
    low = ~(now["altitude"] >= _HIGH_M) | (now["speed"] < _CRUISE_MPS) | grounded
    code = np.where(parked, 3, np.where(low, 0, np.where(now["sector"] < 0, 1, 2)))
    course = np.where(code == 2, now["sector"], 0)
    found: Ints = ((now["at"] // _LENGTHS[code]) * 32 + course) * 8 + code * 2 + grounded
    return found


_LENGTHS = np.array([10_000, 20_000, 60_000, 300_000])


def length_ms(keys: Ints) -> Ints:
    """How long the stretches are."""
    found: Ints = _LENGTHS[(keys & 7) >> 1]
    return found


def begun_ms(keys: Ints) -> Ints:
    """When the stretches began."""
    return (keys >> 8) * length_ms(keys)


def key_of(row: Rows) -> int:
    """The stretch of one row."""
    return int(_keys({name: row[name] for name in FIELDS})[0])
