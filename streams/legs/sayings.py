"""What readings say beside where and when, by number: texts in, small whole numbers out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from streams.legs.readings import Said

Codes = npt.NDArray[np.int32]

_FIELDS = list(Said.__struct_fields__)
_encode = msgspec.msgpack.Encoder().encode


class SaidTable:
    """What readings say beside where and when, by number."""

    def __init__(self) -> None:
        self.all: list[Said] = []
        self._codes: dict[Said, int] = {}
        self._written: list[msgspec.Raw] = []

    def code(self, one: Said) -> int:
        """The number of what is said."""
        found = self._codes.get(one)
        if found is None:
            found = self._codes[one] = len(self.all)
            self.all.append(one)
            self._written.append(msgspec.Raw(_encode(one)))
        return found

    def written(self, codes: Iterable[int]) -> list[msgspec.Raw]:
        """What the numbers stand for, as bytes."""
        return [self._written[code] for code in codes]

    def noted(self, frame: pl.DataFrame, order: npt.NDArray[np.intp], codes: Codes) -> Codes:
        """The numbers of what a frame's rows say, in an order, where ``codes`` has -1 for them."""
        others = np.flatnonzero(codes < 0)
        if len(others):
            texts = frame[order[others]].select(_FIELDS).rows()
            codes[others] = [self.code(Said(*one)) for one in texts]
        return codes
