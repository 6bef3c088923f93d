"""The stage ``legs``: positions of many aircraft in, upserts and retractions of their legs out.

A position older than the horizon, by the newest of its aircraft before it, is late and refused;
legs that landed before the horizon are published for good and their readings let go. So nothing
that is published depends on where batches are cut.

Batches come as records or in columns and cause the same. In columns, readings that change nothing
(``streams/legs/calm.py``) only wait to be worked in with the next one of their aircraft that does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.facts.derived import Leg
from streams.facts.identity import Revision
from streams.legs.aircraft import TAIL, Aircraft
from streams.legs.calm import Batch, Calm
from streams.legs.readings import Reading, Said, from_the_future, reading, thinned
from streams.legs.underway import Underway
from streams.legs.waiting import PREFIX, ROW, Mask, Rows, SaidTable, Waiting, readings
from streams.stages import Arrived, Columns, Emit, Outcome, Refused, Route

Ints = npt.NDArray[np.int64]

_EARLY = "stamped after it was fetched"
_LATE = "older than what is still held"
_NONE = np.empty(0, dtype=ROW)
_SAID = [
    "source", "callsign", "registration", "reconstructed", "masked", "stale", "uncertainty_s",
    "bound", "cites", "new_leg",
]  # fmt: skip
"""Fields of ``Said``, in its order."""


class LegsStage:
    """The aircraft of one partition."""

    def __init__(self) -> None:
        self._entries: dict[str, bytes] = {}
        self._aside: dict[str, Counter[str]] = {}
        self._slots: dict[str, int] = {}
        self._names: list[str] = []
        self._calm, self._waiting, self._said = Calm(), Waiting(), SaidTable()
        self._underway: dict[int, Underway] = {}

    @property
    def set_aside(self) -> Counter[str]:
        """How many of the readings worked over since the start are set aside now, by reason."""
        return sum(self._aside.values(), Counter[str]())

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the aircraft as they were."""
        for key, value in entries:
            if key.startswith(PREFIX):
                self._waiting.restore(key, value, self._slots, self._said)
            else:
                self._entries[key] = value
        self._names = list(self._slots)
        self._calm.grow(len(self._names))

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Work the batch's positions into their aircraft; publish what changed."""
        slots = self._numbered([one.record.icao24 for one in batch])
        waited = self._taken(np.unique(slots))
        work = _Work()
        touched: dict[str, tuple[Aircraft, list[Reading]]] = {}
        for slot, one in zip(slots.tolist(), batch, strict=True):
            icao24 = one.record.icao24
            if icao24 not in touched:
                touched[icao24] = self._with(icao24, readings(waited.get(slot, _NONE), self._said))
            aircraft, new = touched[icao24]
            if from_the_future(one.record):
                work.refuse(one, _EARLY)
            elif aircraft.late(one.record.observed_at):
                work.refuse(one, _LATE)
            else:
                new.append(reading(one.record, one.revision))
        for icao24, (aircraft, new) in sorted(touched.items()):
            work.publish(aircraft.advance(new))
            self._keep(icao24, aircraft, work)
        return work.outcome()

    def apply_columns(self, batch: Columns) -> Outcome:
        """As ``apply``, of a batch in columns."""
        frame: pl.DataFrame = batch.frame
        rows = Batch(frame, self._numbered(frame["icao24"].to_list()))
        calm, of_use, copy = self._calm.compare(rows)
        self._note_said(frame, rows)
        quiet = np.logical_and.reduceat(calm, rows.starts)
        orderly = np.logical_and.reduceat(of_use, rows.starts)
        fresh = self._let_wait(rows, quiet, copy)
        work = _Work()
        eventful = np.flatnonzero(~quiet)
        waited = self._taken(rows.slots[eventful])
        for group in eventful.tolist():
            start, length = int(rows.starts[group]), int(rows.lengths[group])
            some = np.arange(start, start + length)
            slot = int(rows.slots[group])
            before = waited.get(slot, _NONE)
            if not (orderly[group] and self._carried(slot, before, rows, some[~copy[some]], work)):
                self._anew(batch, slot, before, rows, some, work)
        newest = self._calm.unsaved()
        at = int(rows.rows["revision"].max())
        work.changes.update(self._waiting.saved(at, fresh, newest, self._names, self._said))
        return work.outcome()

    def _numbered(self, names: list[str]) -> npt.NDArray[np.int32]:
        slots = self._slots
        found = [slots.get(name, -1) for name in names]
        if -1 in found:
            found = [slots.setdefault(name, len(slots)) for name in names]
            self._names = list(slots)
            self._calm.grow(len(slots))
        return np.array(found, dtype=np.int32)

    def _taken(self, slots: npt.NDArray[np.int32]) -> dict[int, Rows]:
        """What waits of some aircraft, in order of time; it waits no more."""
        wanted = np.zeros(len(self._calm.states), dtype=bool)
        wanted[slots] = True
        rows = np.concatenate([self._waiting.take(wanted), self._calm.take(slots)])
        if not len(rows):
            return {}
        rows = rows[np.lexsort((rows["at"], rows["slot"]))]
        starts = np.flatnonzero(np.diff(rows["slot"], prepend=-1))
        parts = np.split(rows, starts[1:])
        return {int(part["slot"][0]): part for part in parts}

    def _note_said(self, frame: pl.DataFrame, rows: Batch) -> None:
        """Number what each reading says beside where and when."""
        states = self._calm.states[rows.rows["slot"]]
        known = rows.plain & (states["kind"] > 0) & (states["hash"] == rows.hashes)
        rows.rows["said"] = np.where(known, states["last"]["said"], -1)
        others = np.flatnonzero(~known)
        if not len(others):
            return
        texts = frame[rows.order[others]].select(_SAID).rows()
        rows.rows["said"][others] = [self._said.code(Said(*one)) for one in texts]

    def _let_wait(self, rows: Batch, quiet: Mask, copy: Mask) -> Rows:
        """Let the readings of quiet aircraft wait, thinned; what of them is to be saved."""
        some = np.flatnonzero(np.repeat(quiet, rows.lengths) & ~copy)
        stored, last = self._calm.thin(rows, some)
        self._waiting.add(stored)
        return np.concatenate([stored, last])

    def _carried(self, slot: int, before: Rows, rows: Batch, some: Ints, work: _Work) -> bool:
        """Carry an aircraft's flight on, if that is safe."""
        underway = self._underway.pop(slot, None)
        if underway is None or not len(some):
            return False
        new = readings(np.concatenate([before, rows.rows[some]]), self._said)
        aircraft = self._aircraft(self._names[slot])
        found = aircraft.carry(underway, thinned(new))
        if found is None:
            return False
        work.publish(found)
        self._keep(self._names[slot], aircraft, work)
        self._go_on(slot, underway, before, rows, some)
        return True

    def _anew(
        self, batch: Columns, slot: int, before: Rows, rows: Batch, some: Ints,
        work: _Work,
    ) -> None:  # fmt: skip
        """Work out all of an aircraft."""
        icao24 = self._names[slot]
        aircraft, new = self._with(icao24, readings(before, self._said))
        for index, one in zip(some.tolist(), readings(rows.rows[some], self._said), strict=True):
            early = rows.early[index]
            if early or aircraft.late(one.at):
                offset = int(batch.frame["_offset"][int(rows.order[index])])
                arrived = Arrived(
                    batch.topic, batch.partition, offset, Revision(one.revision), icao24, None
                )
                work.refuse(arrived, _EARLY if early else _LATE)
            else:
                new.append(one)
        work.publish(aircraft.advance(new))
        self._keep(icao24, aircraft, work)
        if aircraft.changed:
            self._go_on(slot, aircraft.underway, before, rows, some)

    def _go_on(
        self, slot: int, underway: Underway | None, before: Rows, rows: Batch, some: Ints
    ) -> None:
        """Go on from here, or work out all the next time, where that is not safe."""
        self._underway.pop(slot, None)
        self._calm.forget(slot)
        if underway is None:
            return
        at = underway.rows[-1].at
        here, there = some[rows.rows["at"][some] == at], before[before["at"] == at]
        if len(here):
            index = int(here[-1])
            texts = int(rows.hashes[index]) if rows.plain[index] else 0
            self._calm.go_on(slot, underway, rows.rows[index : index + 1], texts)
        elif len(there):
            self._calm.go_on(slot, underway, there[-1:], 0)
        else:
            return
        self._underway[slot] = underway

    def _with(self, icao24: str, waited: list[Reading]) -> tuple[Aircraft, list[Reading]]:
        aircraft = self._aircraft(icao24)
        for one in waited:
            aircraft.late(one.at)
        return aircraft, waited

    def _aircraft(self, icao24: str) -> Aircraft:
        return Aircraft(icao24, self._entries.get(icao24), self._entries.get(icao24 + TAIL))

    def _keep(self, icao24: str, aircraft: Aircraft, work: _Work) -> None:
        for key, value in aircraft.changes().items():
            work.changes[key] = value
            if value is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = value
        if aircraft.aside is not None:
            self._aside[icao24] = aircraft.aside


class _Work:
    """What a batch causes."""

    def __init__(self) -> None:
        self.changes: dict[str, bytes | None] = {}
        self._emits: dict[tuple[str, str], Emit] = {}
        self._refused: list[Refused] = []

    def refuse(self, one: Arrived, why: str) -> None:
        """Refuse a record."""
        self._refused.append(Refused(one, f"{one.key}: {why}"))

    def publish(self, found: Iterable[Leg]) -> None:
        """Publish legs, in order: the last of a batch stands where the last came."""
        for leg in found:
            for topic, route in (("flights.legs", Route.BY_KEY), ("relate.inputs", Route.SAME)):
                by = leg.icao24 if route is Route.BY_KEY else None
                self._emits.pop((topic, leg.leg_id), None)
                self._emits[topic, leg.leg_id] = Emit(topic, leg.leg_id, leg, route, by)

    def outcome(self) -> Outcome:
        """All of it."""
        return Outcome(list(self._emits.values()), self.changes, self._refused)
