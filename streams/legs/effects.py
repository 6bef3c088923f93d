"""What a batch causes: legs and refusals in, an outcome out."""

from __future__ import annotations

from collections.abc import Iterable

from streams.facts.flights import Leg
from streams.stages import Arrived, Emit, Outcome, Refused, Route


class Effects:
    """What a batch causes so far."""

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
