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

from streams.facts.identity import Revision
from streams.legs.aircraft import TAIL, Aircraft
from streams.legs.batch import Batch
from streams.legs.brought import Brought, brought
from streams.legs.calm import Calm
from streams.legs.effects import Effects
from streams.legs.flight import Flight
from streams.legs.readings import Reading, from_the_future, reading
from streams.legs.sayings import SaidTable
from streams.legs.slots import Slots
from streams.legs.waiting import PREFIX, ROW, Mask, Rows, Waiting, joined, piece, readings
from streams.stages import Arrived, Columns, Outcome

_EARLY = "stamped after it was fetched"
_LATE = "older than what is still held"
_SPARE_SAID = 10_000
Before = tuple[Rows, list[Reading]]
"""What waited of an aircraft."""
_NOTHING: Before = (np.empty(0, dtype=ROW), [])


class LegsStage:
    """The aircraft of one partition."""

    def __init__(self) -> None:
        self._entries: dict[str, bytes] = {}
        self._aside: dict[str, Counter[str]] = {}
        self._slots = Slots()
        self._calm, self._waiting, self._said = Calm(), Waiting(), SaidTable()
        self._flights: dict[int, Flight] = {}

    @property
    def set_aside(self) -> Counter[str]:
        """How many of the readings worked over since the start are set aside now, by reason."""
        return sum(self._aside.values(), Counter[str]())

    @property
    def state_bytes(self) -> int:
        """Bytes of the entries of all aircraft."""
        return sum(map(len, self._entries.values()))

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the aircraft as they were."""
        for key, value in entries:
            if key.startswith(PREFIX):
                self._waiting.restore(key, value, self._slots, self._said)
            else:
                self._entries[key] = value
        self._calm.grow(len(self._slots))

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Work the batch's positions into their aircraft; publish what changed."""
        slots = self._slots.numbers(one.record.icao24 for one in batch)
        self._calm.grow(len(self._slots))
        waited = self._taken(np.unique(slots))
        work = Effects()
        touched: dict[str, tuple[Aircraft, list[Reading]]] = {}
        for slot, one in zip(slots.tolist(), batch, strict=True):
            icao24 = one.record.icao24
            if icao24 not in touched:
                touched[icao24] = self._with(icao24, waited.get(slot, _NOTHING)[1]), []
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
        rows = Batch(frame, self._slots.of(frame["icao24"]))
        self._calm.grow(len(self._slots))
        calm, of_use, copy, smooth = self._calm.compare(rows)
        rows.columns["said"] = self._said.noted(frame, rows.order, self._calm.said(rows))
        quiet = np.logical_and.reduceat(calm, rows.starts)
        orderly = np.logical_and.reduceat(of_use, rows.starts)
        fresh = self._let_wait(rows, quiet, copy)
        work = Effects()
        eventful = np.flatnonzero(~quiet)
        waited = self._taken(rows.slots[eventful])
        for group, new in zip(
            eventful.tolist(), brought(rows, eventful, calm, smooth, self._said), strict=True
        ):
            slot = int(rows.slots[group])
            before = waited.get(slot, _NOTHING)
            if orderly[group]:
                new = new.without(copy)
            if not (orderly[group] and self._carried(slot, before, new, work)):
                self._anew(batch, slot, before, new, work)
        self._calm.settle(rows)
        at = int(rows.columns["revision"].max())
        saved = self._waiting.saved(at, fresh, self._calm, self._slots.names, self._said)
        work.changes.update(saved)
        if len(self._said.all) > _SPARE_SAID + 4 * len(self._slots):
            self._forget_said()
        return work.outcome()

    def _taken(self, slots: npt.NDArray[np.int32]) -> dict[int, Before]:
        """What waits of some aircraft, in order of time; it waits no more."""
        wanted = np.zeros(self._calm.size + 1, dtype=bool)
        wanted[slots] = True
        rows = joined([self._waiting.take(wanted), self._calm.take(slots)])
        if not len(rows):
            return {}
        rows = rows.take(np.lexsort((rows["at"], rows["slot"])))
        starts = np.flatnonzero(np.diff(rows["slot"], prepend=-1)).tolist()
        found, whose = readings(rows, self._said), rows["slot"][starts].tolist()
        ends = [*starts[1:], len(rows)]
        return {
            slot: (rows[a:b], found[a:b]) for slot, a, b in zip(whose, starts, ends, strict=True)
        }

    def _forget_said(self) -> None:
        """Number anew what is still said: callsigns come and go."""
        last, fresh = self._calm.last, SaidTable()
        numbers = np.zeros(len(self._said.all), dtype=np.int32)
        for code in sorted(self._waiting.spoken() | set(np.unique(last["said"]).tolist())):
            numbers[code] = fresh.code(self._said.all[code])
        self._waiting.renumber(numbers)
        last["said"], self._said = numbers[last["said"]], fresh

    def _let_wait(self, rows: Batch, quiet: Mask, copy: Mask) -> Rows:
        """Let the readings of quiet aircraft wait, thinned; what of them is to be saved."""
        some = np.flatnonzero(np.repeat(quiet, rows.lengths) & ~copy)
        stored, last = self._calm.thin(rows, some)
        self._waiting.add(stored)
        return joined([stored, last])

    def _carried(self, slot: int, before: Before, new: Brought, work: Effects) -> bool:
        """Carry an aircraft's flight on, if that is safe."""
        flight = self._flights.pop(slot, None)
        if flight is None or not new.readings:
            return False
        saved = piece([before[0], new.rows], self._said)
        doubt = self._calm.loose(slot)
        found = flight.carry(
            before[1] + new.readings,
            saved,
            calm=len(before[1]) + new.calm,
            only=new.only,
            doubt=doubt,
            high=new.only and not doubt and self._calm.up(slot),
        )
        if found is None:
            return False
        work.publish(found)
        icao24 = self._slots.names[slot]
        self._change(icao24 + TAIL, flight.entry, work)
        if flight.long:
            aircraft = self._aircraft(icao24)
            aircraft.join()
            self._keep(icao24, aircraft, work)
            flight.joined()
        self._go_on(slot, flight, before[0], new)
        return True

    def _anew(self, batch: Columns, slot: int, before: Before, new: Brought, work: Effects) -> None:
        """Work out all of an aircraft."""
        icao24 = self._slots.names[slot]
        aircraft, accepted = self._with(icao24, before[1]), list[Reading]()
        least = new.readings[new.calm - 1].revision
        aircraft.wait(new.readings[: new.calm - 1])
        for index, one in zip(new.some.tolist(), new.readings, strict=True):
            early = new.batch.early[index]
            if early or aircraft.late(one.at):
                offset = int(batch.frame["_offset"][int(new.batch.order[index])])
                arrived = Arrived(
                    batch.topic, batch.partition, offset, Revision(one.revision), icao24, None
                )
                work.refuse(arrived, _EARLY if early else _LATE)
            elif one.revision >= least:
                accepted.append(one)
        work.publish(aircraft.advance(accepted))
        self._keep(icao24, aircraft, work)
        if aircraft.changed:
            self._go_on(slot, aircraft.flight(), before[0], new)

    def _go_on(self, slot: int, flight: Flight | None, before: Rows, new: Brought) -> None:
        """Go on from here, or work out all the next time, where that is not safe."""
        self._flights.pop(slot, None)
        self._calm.forget(slot)
        if flight is None:
            return
        at = flight.underway.rows[-1].at
        newest: int | Rows = new.newest(at)
        if newest == -1:
            older = before[before["at"] == at][-1:]
            if not len(older):
                return
            newest = older
        self._calm.go_on(slot, flight.underway, newest)
        self._flights[slot] = flight

    def _with(self, icao24: str, waited: list[Reading]) -> Aircraft:
        aircraft = self._aircraft(icao24)
        for one in waited:
            aircraft.late(one.at)
        aircraft.wait(waited)
        return aircraft

    def _aircraft(self, icao24: str) -> Aircraft:
        return Aircraft(icao24, self._entries.get(icao24), self._entries.get(icao24 + TAIL))

    def _keep(self, icao24: str, aircraft: Aircraft, work: Effects) -> None:
        for key, value in aircraft.changes().items():
            self._change(key, value, work)
        if aircraft.aside is not None:
            self._aside[icao24] = aircraft.aside

    def _change(self, key: str, value: bytes | None, work: Effects) -> None:
        work.changes[key] = value
        if value is None:
            self._entries.pop(key, None)
        else:
            self._entries[key] = value
