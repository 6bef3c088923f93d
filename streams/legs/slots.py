"""Aircraft by number: addresses in, small whole numbers out, in the order in which they first came.

What is held of aircraft in arrays stands at their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int32]

_ADDRESSES = 1 << 24
"""ICAO 24-bit addresses; others, as ``~2a3b4c``, are looked up by name."""


class Slots:
    """The numbers of the aircraft of a partition."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        # By address the number, and one; memory that is never written to takes no room.
        self._by_address: Numbers = np.zeros(_ADDRESSES, dtype=np.int32)
        self._column = pl.Series(dtype=pl.String)

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: str) -> int:
        """The number of one aircraft."""
        found = self._numbers.setdefault(name, len(self.names))
        if found == len(self.names):
            self.names.append(name)
        return found

    def numbers(self, names: Iterable[str]) -> Numbers:
        """The numbers of aircraft."""
        return np.fromiter(map(self.number, names), dtype=np.int32)

    def of(self, names: pl.Series) -> Numbers:
        """The numbers of aircraft in a column."""
        address = names.str.to_integer(base=16, dtype=pl.UInt32, strict=False).fill_null(0)
        addresses = address.to_numpy() & (_ADDRESSES - 1)
        found: Numbers = self._by_address[addresses] - 1
        if not len(self._column):
            unknown = np.arange(len(names))
        else:
            # One address can be written in several ways: names decide.
            same = (found >= 0) & (self._column.gather(found.clip(0)) == names).to_numpy()
            unknown = np.flatnonzero(~same)
        if len(unknown):
            found[unknown] = self.numbers(names[unknown].to_list())
            self._by_address[addresses[unknown]] = found[unknown] + 1
        if len(self.names) > len(self._column):
            self._column = pl.Series(self.names, dtype=pl.String)
        return found
