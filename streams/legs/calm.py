"""Which readings change nothing: a batch in columns in, the readings where something happens out.

For every aircraft whose flight is underway its last reading and what it may do without changing a
leg stand in arrays. A batch is compared with them in columns; whatever is not certain to change
nothing counts as something happening, so bounds here are narrower than those of the segmenter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.facts.sphere import METRES_A_DEGREE
from streams.legs.batch import FIELDS, Batch, Columns, Ints, begun_ms, key_of, rows_of
from streams.legs.bounds import HIGH_M, Kind, above_fields, bounds
from streams.legs.legs import LONG_MARK_MS, SHORT_MARK_MS
from streams.legs.policy import POLICY
from streams.legs.underway import Underway
from streams.legs.waiting import ROW, Mask, Rows, joined

Floats = npt.NDArray[np.float64]

_UP = int(Kind.UP)
_CRUISE_MPS, _PARKED_MPS = 110.0, 2.0
_MARGIN = 0.97
"""Speeds and distances up to this share of what is possible are certain to be."""


_STATE = {
    "kind": np.int8, "stored": np.bool_, "aeroplane": np.bool_, "loose": np.bool_, "key": np.int64,
    "hash": np.uint64, "until": np.int64, "through": np.int64, "field_latitude": np.float64,
    "field_longitude": np.float64, "floor": np.float64, "ceiling": np.float64,
}  # fmt: skip
"""By aircraft, beside its last reading: ``stored``: that waits among the others; ``loose``: its
clock has jittered since its flight was last carried on."""


_NOTED = (
    "kind", "aeroplane", "until", "through", "field_latitude", "field_longitude", "floor",
    "ceiling",
)  # fmt: skip


_MARKS = np.zeros(len(Kind), dtype=np.int64)
"""How far a mark is from the next, by what an aircraft is doing."""
_MARKS[Kind.UP], _MARKS[Kind.LOW] = LONG_MARK_MS, SHORT_MARK_MS


class Calm:
    """The aircraft of a partition, by slot: their last readings, and what changes nothing."""

    def __init__(self) -> None:
        self.size = 0
        self.last: Columns = {}
        self.state: Columns = {}
        self._going: list[int] = []
        self._newest: list[int] = []
        self._older: list[tuple[int, Rows]] = []
        self._notes: list[tuple[Any, ...]] = []
        self.grow(1024)

    def grow(self, slots: int) -> None:
        """Have room for so many aircraft."""
        if slots <= self.size:
            return
        more = max(slots, 2 * self.size) - self.size
        for columns, types in ((self.last, ROW.fields or {}), (self.state, _STATE)):
            for name, kind in types.items():
                fresh = np.zeros(more, dtype=kind[0] if isinstance(kind, tuple) else kind)
                held = columns.get(name)
                columns[name] = fresh if held is None else np.concatenate([held, fresh])
        self.size += more

    def compare(self, batch: Batch) -> tuple[Mask, Mask, Mask, Mask]:
        """Of each reading, whether it changes nothing, is of use to carry on, and is a copy.

        And whether the first such, up to the mark after the next, changes no more than that a
        mark is passed.
        """
        now, state = batch.columns, self.state
        slots, starts = now["slot"], batch.starts

        def before(name: str) -> Any:
            values = np.roll(now[name], 1)
            values[starts] = self.last[name][batch.slots]
            return values

        kind = state["kind"][slots]
        at, altitude, speed = now["at"], now["altitude"], now["speed"]
        at_before, grounded = before("at"), now["ground"] == 1
        airborne = now["ground"] == 0
        seconds = (at - at_before) / 1000
        narrow = np.cos(np.radians(now["latitude"]))
        moved = _apart(now, before("latitude"), before("longitude"), narrow)
        slow = ~(speed >= POLICY.rolling_mps)
        of_use = batch.plain & (kind > 0) & (grounded | (airborne & ~np.isnan(altitude)))
        of_use &= grounded | ~(slow & (altitude > HIGH_M))
        of_use &= ~(grounded & (speed > 0.9 * POLICY.ground_flag_too_fast_mps))
        spell = np.maximum(seconds, 1.0)
        until = state["until"][slots]
        calm = of_use & (seconds > 0)
        calm &= at < until + _MARKS[kind]
        calm &= moved <= POLICY.impossible_speed_mps * _MARGIN * spell
        climbed = np.abs(altitude - before("altitude"))
        calm &= ~(climbed > POLICY.impossible_climb_mps * _MARGIN * spell) | grounded
        calm &= ~(speed > 0.99 * POLICY.aeroplane_mps) | state["aeroplane"][slots]
        up = airborne & (seconds <= POLICY.gap_s) & (moved > 0.2)
        up &= (np.abs(altitude - HIGH_M) > 0.2) & ~(np.abs(speed - _CRUISE_MPS) < 0.2)
        begun = begun_ms(batch.keys)
        settled = up & (begun > state["through"][slots]) & ~slow
        on_ground = grounded & (kind == Kind.GROUND) & (moved <= POLICY.hop_m)
        on_ground &= (moved <= 90 * spell) & ~(np.abs(speed - _PARKED_MPS) < 0.2)
        fits = (settled & (kind == Kind.UP)) | (on_ground & (before("ground") == 1))
        fits = above_fields(now, fits & calm & airborne) | (fits & grounded)
        bounded = np.flatnonzero(
            calm & ((settled & (kind == Kind.LOW)) | (up & (kind == Kind.ROLLING)))
        )
        fits[bounded] = self._within(now, bounded, narrow)
        # Out of order, after a gap, or with a clock that jitters by less than a second: then
        # what goes on is looked at again, reading by reading.
        loose = (airborne & ((seconds > POLICY.gap_s) | (moved <= 0.2))) | (moved > POLICY.hop_m)
        loose |= (moved > POLICY.impossible_speed_mps * _MARGIN * seconds) | (seconds <= 0)
        loose |= (climbed > POLICY.impossible_climb_mps * _MARGIN * seconds) & airborne
        state["loose"][slots[loose]] = True
        copy = self._copies(batch, at == at_before, before)
        # Past a mark, what came before it is shown: no later reading may take its place.
        smooth = (calm & fits & ((at < until) | (begun >= until))) | copy
        return (smooth & (at < until)) | copy, of_use | copy, copy, smooth

    def _copies(self, batch: Batch, same: Mask, before: Callable[[str], Any]) -> Mask:
        """Which say the same of the same instant as the reading before."""
        found: Mask = same & batch.plain
        if not found.any():
            return found
        now = batch.columns
        hashes = np.roll(batch.hashes, 1)
        hashes[batch.starts] = self.state["hash"][batch.slots]
        found &= (batch.hashes == hashes) & (self.state["kind"][now["slot"]] > 0)
        for name in ("ground", "sector"):
            found &= now[name] == before(name)
        for name in ("latitude", "longitude", "altitude", "speed", "rate"):
            a, b = now[name], before(name)
            found &= (a == b) | (np.isnan(a) & np.isnan(b))
        return found

    def _within(self, now: Columns, some: Ints, narrow: Floats) -> Mask:
        """Of readings low or rolling, those within the bounds of their aircraft."""
        slots, state = now["slot"][some], self.state
        rows = {name: now[name][some] for name in ("latitude", "longitude", "altitude")}
        distance = _apart(
            rows, state["field_latitude"][slots], state["field_longitude"][slots], narrow[some]
        )
        reach = np.where(
            state["kind"][slots] == Kind.LOW, 0.98 * POLICY.near_runway_m, 0.98 * POLICY.hop_m
        )
        height = rows["altitude"]
        found: Mask = (distance < reach) & (height < state["ceiling"][slots])
        found &= height > state["floor"][slots]
        return found

    def thin(self, batch: Batch, some: Ints) -> tuple[Rows, Rows]:
        """Take up readings of quiet aircraft.

        What is to wait of them, as the first or last of their stretches, and the newest of each
        aircraft where that does not wait yet.
        """
        slots, keys = batch.columns["slot"][some], batch.keys[some]
        first = np.diff(slots, prepend=-1) != 0
        last = np.diff(slots, append=-1) != 0
        keys_before, stored = np.roll(keys, 1), self.state["stored"][slots]
        keys_before[first] = self.state["key"][slots[first]]
        begins = keys != keys_before
        stored = np.where(first, stored, np.roll(begins, 1))
        ended = begins & ~stored
        parts = [
            rows_of(self.last, slots[ended & first]),
            batch.rows(some[np.flatnonzero(ended & ~first) - 1]),
            batch.rows(some[begins]),
        ]
        ends, lasting = slots[last], some[last]
        for name in FIELDS:
            self.last[name][ends] = batch.columns[name][lasting]
        self.state["key"][ends] = keys[last]
        self.state["hash"][ends] = batch.hashes[lasting]
        self.state["stored"][ends] = begins[last]
        return joined(parts), batch.rows(some[last & ~begins])

    def take(self, slots: npt.NDArray[np.int32]) -> Rows:
        """The newest readings of some aircraft, where they do not wait: they count as waiting."""
        found = slots[(self.state["kind"][slots] > 0) & ~self.state["stored"][slots]]
        self.state["stored"][slots] = True
        return rows_of(self.last, found)

    def unsaved(self) -> npt.NDArray[np.intp]:
        """Aircraft whose newest reading does not wait among the others."""
        return np.flatnonzero((self.state["kind"] > 0) & ~self.state["stored"])

    def newest(self, slots: npt.NDArray[np.intp]) -> Rows:
        """The newest readings of some aircraft."""
        return rows_of(self.last, slots)

    def said(self, batch: Batch) -> npt.NDArray[np.int32]:
        """The number of what each reading says, where its aircraft said the same last; else -1."""
        slots, state = batch.columns["slot"], self.state
        known = batch.plain & (state["kind"][slots] > 0) & (state["hash"][slots] == batch.hashes)
        found: npt.NDArray[np.int32] = np.where(known, self.last["said"][slots], -1)
        return found

    def forget(self, slot: int) -> None:
        """Note that any reading of an aircraft may change something."""
        self.state["kind"][slot] = Kind.UNKNOWN

    def loose(self, slot: int) -> bool:
        """Whether an aircraft's clock has jittered since its flight was last carried on."""
        return bool(self.state["loose"][slot])

    def up(self, slot: int) -> bool:
        """Whether an aircraft is on its way, not low near a field."""
        return bool(self.state["kind"][slot] == _UP)

    def go_on(self, slot: int, underway: Underway, newest: int | Rows) -> None:
        """Note what an aircraft may do from here without changing a leg, from ``settle`` on.

        ``newest``: where in the batch its newest reading stands, or the row of an older one.
        """
        kind, until, near, floor, ceiling = bounds(underway)
        settled = underway.through
        through = -1 if settled is None else settled
        if not isinstance(newest, int):
            self._older.append((len(self._going), newest))
            newest = 0
        self._going.append(slot)
        self._newest.append(newest)
        self._notes.append((kind, underway.aeroplane, until, through, *near, floor, ceiling))

    def settle(self, batch: Batch) -> None:
        """Let what was noted hold."""
        if not self._going:
            return
        newest, going = np.array(self._newest), np.array(self._going)
        rows, keys = batch.rows(newest), batch.keys[newest]
        texts = np.where(batch.plain[newest], batch.hashes[newest], np.uint64(0))
        for index, row in self._older:
            rows[index], keys[index], texts[index] = row[0], key_of(row), 0
        for name in FIELDS:
            self.last[name][going] = rows[name]
        for name, values in zip(_NOTED, zip(*self._notes, strict=True), strict=True):
            self.state[name][going] = values
        self.state["key"][going], self.state["hash"][going] = keys, texts
        self.state["stored"][going], self.state["loose"][going] = True, False
        self._going, self._newest, self._older, self._notes = [], [], [], []


def _apart(now: Columns, latitude: Floats, longitude: Floats, narrow: Floats) -> Floats:
    """Distances in metres, on a plane: right to a few parts in a thousand over some kilometres."""
    east = (now["longitude"] - longitude + 180) % 360 - 180
    found: Floats = np.hypot(now["latitude"] - latitude, east * narrow) * METRES_A_DEGREE
    return found
