"""Frames to numpy columns, as clickhouse-driver wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl


def arrays(frame: pl.DataFrame, fields: Sequence[str]) -> list[np.ndarray[Any, Any]]:
    """Numpy columns as clickhouse-driver wants them: null is None, or NaT in times."""
    nullable_times = {"fetched_at"}
    return [_array(frame[name], time=name in nullable_times) for name in fields]


def _array(series: pl.Series, *, time: bool) -> np.ndarray[Any, Any]:
    if series.null_count() == 0:
        return series.to_numpy()
    if time:
        return series.cast(pl.Datetime("ms")).to_numpy()
    if series.null_count() == len(series):
        return np.full(len(series), None, dtype=object)
    # In a float column the driver takes only None for null: NaN is a value.
    filled = np.array(series.to_numpy(), dtype=object)
    filled[series.is_null().to_numpy()] = None
    return filled
