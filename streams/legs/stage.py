"""The stage ``legs``: positions of many aircraft in, upserts and retractions of their legs out.

State is one entry an aircraft: its thinned readings and what was last published of each leg.
Readings of legs that ended longer ago than the horizon, by the aircraft's own newest reading, are
let go; a position older than what was let go is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from streams.facts.derived import Leg
from streams.facts.identity import Revision
from streams.facts.received import Position
from streams.legs.legs import legs
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, reading, thinned, usable
from streams.stages import Arrived, Emit, Outcome, Refused, Route


class _Aircraft(msgspec.Struct, array_like=True):
    readings: list[Reading] = []
    published: dict[str, Leg] = {}
    let_go_through: int = -1
    revision: int = 0


_decode = msgspec.msgpack.Decoder(_Aircraft).decode
_encode = msgspec.msgpack.Encoder().encode


class LegsStage:
    """The aircraft of one partition."""

    def __init__(self) -> None:
        self._aircraft: dict[str, _Aircraft] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the aircraft as they were."""
        self._aircraft = {icao24: _decode(value) for icao24, value in entries}

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Work the batch's positions into their aircraft; publish what changed."""
        new: dict[str, list[Reading]] = {}
        emits: list[Emit] = []
        refused: list[Refused] = []
        for one in batch:
            position: Position = one.record
            known = self._aircraft.get(position.icao24)
            if not usable(position):
                why = "a repeated position" if position.stale else "stamped after it was fetched"
                refused.append(Refused(one, f"{position.icao24}: {why}"))
            elif known is not None and position.observed_at <= known.let_go_through:
                refused.append(Refused(one, f"{position.icao24}: older than what is still held"))
            else:
                made = reading(position, one.revision)
                new.setdefault(position.icao24, []).append(made)
        changes: dict[str, bytes | None] = {}
        for icao24, readings in sorted(new.items()):
            aircraft = self._aircraft.setdefault(icao24, _Aircraft([], {}))
            merged = thinned([*aircraft.readings, *readings])
            if merged == aircraft.readings:
                continue
            aircraft.readings = merged
            aircraft.revision = max(one.revision for one in (*merged, *readings))
            emits.extend(self._publish(icao24, aircraft))
            changes[icao24] = _encode(aircraft)
        return Outcome(emits, changes, refused)

    def _publish(self, icao24: str, aircraft: _Aircraft) -> Iterable[Emit]:
        found = {leg.leg_id: leg for leg in legs(icao24, aircraft.readings)}
        for leg_id, published in sorted(aircraft.published.items()):
            if leg_id not in found and published.observed_through > aircraft.let_go_through:
                revision = Revision(max(aircraft.revision, published.revision + 1))
                yield from _emits(replace(published, is_deleted=True, revision=revision))
        for leg_id, leg in found.items():
            if aircraft.published.get(leg_id) != leg:
                yield from _emits(leg)
        aircraft.published = found
        self._let_go(aircraft)

    def _let_go(self, aircraft: _Aircraft) -> None:
        """Let readings go up to the end of the last leg that ended before the horizon."""
        horizon = aircraft.readings[-1].at - POLICY.horizon_s * 1000
        ended = [
            leg.landing_latest
            for leg in aircraft.published.values()
            if leg.landing_latest is not None and leg.landing_latest < horizon
        ]
        if not ended:
            return
        through = max(ended) - 1
        aircraft.let_go_through = max(aircraft.let_go_through, through)
        aircraft.readings = [one for one in aircraft.readings if one.at > through]
        aircraft.published = {
            leg_id: leg
            for leg_id, leg in aircraft.published.items()
            if leg.landing_latest is None or leg.landing_latest > through + 1
        }


def _emits(leg: Leg) -> Iterable[Emit]:
    yield Emit("flights.legs", leg.leg_id, leg, Route.BY_KEY, partition_by=leg.icao24)
    yield Emit("relate.inputs", leg.leg_id, leg, Route.SAME)
