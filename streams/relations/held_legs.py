"""The legs that are held: by id, as bytes, in memory or at rest."""

from __future__ import annotations

from streams.facts.flights import Leg
from streams.relations.entries import Entries, Shelf
from streams.relations.rows import codec

_encode, _decode = codec(Leg)
_DECODED = 4096
"""Legs that were asked for last are kept decoded, up to so many."""


class HeldLegs:
    """Legs by id, retracted ones too; what is needed of them is decoded when it is asked for."""

    def __init__(self, entries: Entries) -> None:
        self._shelf = Shelf("leg", entries)
        self._decoded: dict[str, Leg] = {}

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._shelf)

    def __getitem__(self, leg_id: str) -> Leg:
        """The leg of an id. Raises KeyError where there is none."""
        found = self.get(leg_id)
        if found is None:
            raise KeyError(leg_id)
        return found

    def get(self, leg_id: str) -> Leg | None:
        """The leg of an id, read where it is at rest."""
        found = self._decoded.get(leg_id)
        if found is None:
            value = self._shelf.get(leg_id)
            if value is None:
                return None
            found = _decode(value)
            self._keep(found)
        return found

    def put(self, leg: Leg) -> None:
        """Take a leg in the place of its earlier revision."""
        self._shelf.put(leg.leg_id, _encode(leg))
        self._keep(leg)

    def load(self, value: bytes) -> Leg:
        """Take a state entry up; the leg that it holds."""
        leg = _decode(value)
        self._shelf.load(leg.leg_id, value)
        self._keep(leg)
        return leg

    def wake(self, leg_id: str) -> None:
        """Take a leg that is at rest into memory."""
        self._shelf.wake(leg_id)

    def rest(self, leg_id: str) -> None:
        """Put a leg to rest."""
        self._shelf.rest(leg_id)
        self._decoded.pop(leg_id, None)

    def drop(self, leg_id: str) -> None:
        """Let go of a leg, wherever it is."""
        self._shelf.drop(leg_id)
        self._decoded.pop(leg_id, None)

    def _keep(self, leg: Leg) -> None:
        if len(self._decoded) >= _DECODED:
            self._decoded.clear()
        self._decoded[leg.leg_id] = leg
