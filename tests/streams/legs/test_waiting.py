"""Rows that wait: whatever is added and taken, what is held and saved is what a list would hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from streams.legs.readings import Said
from streams.legs.sayings import SaidTable
from streams.legs.slots import Slots
from streams.legs.waiting import ROW, Rows, Waiting, readings

NAMES = [f"a0000{number}" for number in range(6)]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 5), max_size=3000)),
        st.tuples(st.just("take"), st.lists(st.integers(0, 5), max_size=3)),
    ),
    max_size=12,
)


class Nobody:
    """No aircraft has a newest row of its own."""

    def unsaved(self) -> npt.NDArray[np.intp]:
        return np.empty(0, dtype=np.intp)

    def newest(self, slots: npt.NDArray[np.intp]) -> Rows:
        return np.empty(len(slots), dtype=ROW)


def said() -> SaidTable:
    table = SaidTable()
    for number in range(6):
        table.code(Said("feed", f"CALL{number}", None, False, False, False, None, None, None))
    return table


@given(steps=STEPS)
def test_rows_come_back_once_and_a_restart_finds_the_others(
    steps: list[tuple[str, list[int]]],
) -> None:
    waiting, held, table, entries, at = (
        Waiting(),
        list[tuple[int, int]](),
        said(),
        dict[str, bytes | None](),
        0,
    )
    for revision, (step, slots) in enumerate(steps):
        fresh = np.zeros(len(slots) if step == "add" else 0, dtype=ROW)
        if step == "add":
            fresh["slot"] = fresh["said"] = slots
            fresh["at"] = np.arange(at, at + len(slots))
            at += len(slots)
            waiting.add(fresh)
            held += zip(fresh["slot"].tolist(), fresh["at"].tolist(), strict=True)
        else:
            wanted = np.zeros(7, dtype=bool)
            wanted[slots] = True
            found = waiting.take(wanted)
            some = [one for one in held if one[0] in slots]
            held = [one for one in held if one[0] not in slots]
            back = zip(found["slot"].tolist(), found["at"].tolist(), strict=True)
            assert sorted(back) == sorted(some)
        entries.update(waiting.saved(revision, fresh, Nobody(), NAMES, table))
    # A block may still hold what was taken since: never less than what waits.
    again, numbers = Waiting(), Slots()
    fresh_table = SaidTable()
    for key, entry in entries.items():
        if entry is not None:
            again.restore(key, entry, numbers, fresh_table)
    everyone = np.ones(len(numbers) + 1, dtype=bool)
    everyone[-1] = False
    rows = again.take(everyone)
    known = {
        (NAMES.index(numbers.names[slot]), one.at, one.said.callsign)
        for slot, one in zip(rows["slot"].tolist(), readings(rows, fresh_table), strict=True)
    }
    assert {(slot, at, f"CALL{slot}") for slot, at in held} <= known
