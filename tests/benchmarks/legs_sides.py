"""One side of the legs' benchmark in a process of its own; prints a line of JSON.

    python -m tests.benchmarks.legs_sides SIDE ARGUMENT...

``ours`` and ``quix`` read the same topic from Kafka. Both begin with a stage that knows each
aircraft's last minutes, both work by the same rules (``streams/legs/underway.py``): ours finds in
columns the readings that change nothing, Quix's function looks at each.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from typing import Any

import fastavro
import polars as pl

from schemas import frames, registry
from streams.facts.received import Position
from streams.legs.legs import LONG_MARK_MS, SHORT_MARK_MS, last_too
from streams.legs.readings import Reading, reading, thinned
from streams.legs.segments import low_near_a_field
from streams.legs.stage import LegsStage
from streams.legs.strands import impossible
from streams.legs.underway import Underway
from streams.stages import Columns
from tests.benchmarks.faust_sides import Counter, _ours, _quix
from tests.benchmarks.legs_traffic import HISTORY_EVERY_S, HISTORY_S, Aircraft, traffic

BATCH = 10_000
_PREFIX = 5


def columns(batch: Sequence[Any]) -> Columns:
    """A batch of records as the host gives it to the stage."""
    frame, good, refused = frames.decode(batch)
    assert not refused
    offsets = pl.Series("_offset", [one.offset for one in good], dtype=pl.Int64)
    whole = frame.with_columns(offsets, offsets.alias("_revision"))
    return Columns("flights.positions", 0, whole)


def warmed(aircraft: list[Aircraft], parts: int = 4) -> tuple[LegsStage, int]:
    """A stage that knows each aircraft's last minutes, and the next offset."""
    stage, offset = LegsStage(), 0
    for part in range(parts):
        some = aircraft[part::parts]
        records = list(traffic(some, range(0, HISTORY_S, HISTORY_EVERY_S), offset))
        offset += len(records)
        stage.apply_columns(columns(records))
    return stage, offset


def ours(bootstrap: str, aircraft_count: int, seconds: int) -> None:
    """Our transport and stage."""
    aircraft = [Aircraft(n, HISTORY_S + seconds + 1) for n in range(aircraft_count)]
    stage, offset = warmed(aircraft)
    counter = Counter(60.0, aircraft_count * seconds)

    def work(records: list[Any]) -> None:
        frame, good, refused = frames.decode(records)
        assert not refused
        offsets = pl.Series("_offset", [one.offset + offset for one in good], dtype=pl.Int64)
        whole = frame.with_columns(offsets, offsets.alias("_revision"))
        stage.apply_columns(Columns("flights.positions", 0, whole))
        counter.add(len(records))

    _ours(bootstrap, "flights.positions", work)


class RowByRow:
    """The same work on one reading at a time, with plain objects and no state to save."""

    def __init__(self) -> None:
        self._schema = registry.parsed(registry.latest("position").id)
        self._held: dict[str, list[Reading]] = {}
        self._quiet: dict[str, _Quiet] = {}

    def work(self, value: bytes) -> int:
        """How many legs a record publishes."""
        fields = fastavro.schemaless_reader(io.BytesIO(value[_PREFIX:]), self._schema, None)
        position = Position(**fields)
        name, one = position.icao24, reading(position, position.observed_at)
        quiet = self._quiet.get(name)
        if quiet is not None and quiet.holds(one):
            quiet.waiting.append(one)
            return 0
        if quiet is not None:
            self._held[name] += [*quiet.waiting, one]
            found = quiet.underway.carry([*quiet.waiting, one], doubt=False)
            if found is not None:
                self._quiet[name] = _Quiet(quiet.underway, one)
                return len(found)
        else:
            self._held.setdefault(name, []).append(one)
        return self._anew(name)

    def _anew(self, name: str) -> int:
        held = self._held[name] = thinned(self._held[name])
        legs, aside, last = last_too(name, held)
        self._quiet.pop(name, None)
        latest = aside[-1][0].at if aside else None
        kept = [one for one in held if all(one is not other for other, _ in aside)]
        underway = Underway.after(name, kept, latest, legs, last, None)
        if underway is not None:
            self._quiet[name] = _Quiet(underway, held[-1])
        return len(legs)

    def know(self, rows: list[Position]) -> None:
        """Begin with an aircraft's last minutes."""
        name = rows[0].icao24
        self._held[name] = [reading(one, one.observed_at) for one in rows]
        self._anew(name)


class _Quiet:
    """What one aircraft may do without changing a leg."""

    def __init__(self, underway: Underway, last: Reading) -> None:
        self.underway, self.last = underway, last
        self.waiting: list[Reading] = []
        self.low = low_near_a_field(last)
        step = SHORT_MARK_MS if self.low else LONG_MARK_MS
        shift = underway.shift
        self.until = ((last.at - shift) // step + 1) * step + shift
        if underway.on_the_ground or underway.rolling:
            self.until = last.at + 3_600_000
        elif underway.open is None:
            self.until = -1

    def holds(self, one: Reading) -> bool:
        """Whether a reading changes nothing."""
        last, self.last = self.last, one
        if one.at >= self.until or one.at <= last.at or one.on_ground != last.on_ground:
            return False
        if impossible(last, one):
            return False
        return bool(one.on_ground) or low_near_a_field(one) == self.low


def quix(bootstrap: str, aircraft_count: int, seconds: int) -> None:
    """Quix Streams, record by record."""
    work = RowByRow()
    for number in range(aircraft_count):
        one = Aircraft(number, HISTORY_S + seconds + 1)
        work.know([one.position(second) for second in range(0, HISTORY_S, HISTORY_EVERY_S)])
    # Most of them: row by row is slow.
    counter = Counter(6.0, aircraft_count * seconds)

    def each(value: bytes) -> None:
        work.work(value)
        counter.add(1)

    _quix(bootstrap, "flights.positions", each)


if __name__ == "__main__":
    from tests.benchmarks import legs

    _side, *_arguments = sys.argv[1:]
    if _side in ("ours", "quix"):
        _bootstrap, _aircraft, _seconds = _arguments
        {"ours": ours, "quix": quix}[_side](_bootstrap, int(_aircraft), int(_seconds))
    _measure = {"in_process": legs.in_process, "memory": legs.memory}[_side]
    print(json.dumps(_measure(*map(int, _arguments))), flush=True)  # noqa: T201
