"""Aircraft by number: a column of addresses is numbered as the same addresses one by one."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from streams.legs.slots import Slots

NAMES = st.sampled_from(
    ["a2c4e0", "A2C4E0", "+a2c4e0", "~a2c4e0", "00a2c4e0", "1a2c4e0", "000000", "-1", "", "ffffff",
     "~1", "zz", "é"]
)  # fmt: skip


@given(batches=st.lists(st.lists(NAMES, min_size=1, max_size=8), min_size=1, max_size=6))
def test_each_name_has_one_number_however_its_address_is_written(batches: list[list[str]]) -> None:
    slots, seen = Slots(), dict[str, int]()
    for names in batches:
        want = [seen.setdefault(name, len(seen)) for name in names]
        assert slots.of(pl.Series(names, dtype=pl.String)).tolist() == want
    assert slots.names == list(seen)
    assert slots.numbers(reversed(slots.names)).tolist() == list(reversed(range(len(seen))))
