"""What a batch brings of each aircraft of which something happens: columns in, readings out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from streams.legs.batch import Batch, Ints
from streams.legs.readings import Reading
from streams.legs.sayings import SaidTable
from streams.legs.waiting import Mask, Rows, readings


@dataclass(frozen=True, slots=True)
class Brought:
    """What a batch brings of one aircraft."""

    batch: Batch
    some: Ints
    rows: Rows
    readings: list[Reading]
    calm: int
    """Of so many none but the last can change anything."""
    only: bool
    """Whether none after those can, either."""

    def without(self, copies: Mask) -> Brought:
        """The same without copies of the reading before."""
        keep = ~copies[self.some]
        if keep.all():
            return self
        kept = [one for one, stays in zip(self.readings, keep.tolist(), strict=True) if stays]
        calm = int(keep[: self.calm].sum())
        return Brought(self.batch, self.some[keep], self.rows[keep], kept, calm, self.only)

    def newest(self, at: int) -> int:
        """Where in the batch its reading of an instant stands; -1 if it has none."""
        for place in range(len(self.readings) - 1, -1, -1):
            if self.readings[place].at == at:
                return int(self.some[place])
        return -1


def brought(
    batch: Batch, groups: Any, calm: Mask, smooth: Mask, said: SaidTable
) -> Iterator[Brought]:
    """What the batch brings of some of its aircraft, each with a reading that is not calm."""
    if not len(groups):
        return
    lengths = batch.lengths[groups]
    ends = np.cumsum(lengths)
    starts = ends - lengths
    some = np.repeat(batch.starts[groups] - starts, lengths) + np.arange(ends[-1])
    rows = batch.rows(some)
    spoken = readings(rows, said)
    places = np.where(calm[some], len(some), np.arange(len(some)))
    # Up to the first that is not calm: what comes after it is looked at one by one.
    firsts = np.minimum.reduceat(places, starts) - starts + 1
    only = np.logical_and.reduceat(smooth[some], starts)
    for start, end, first, alone in zip(
        starts.tolist(), ends.tolist(), firsts.tolist(), only.tolist(), strict=True
    ):
        yield Brought(batch, some[start:end], rows[start:end], spoken[start:end], first, alone)
