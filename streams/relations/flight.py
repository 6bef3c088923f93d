"""A flight as the join sees it: a mission, its legs in their order, its names and its span."""

from __future__ import annotations

import dataclasses

from streams.facts.derived import Leg


@dataclasses.dataclass(frozen=True, slots=True)
class Flight:
    """A mission: the legs that one aircraft flew with short stops between."""

    mission_id: str
    legs: tuple[Leg, ...]

    @property
    def callsign(self) -> str | None:
        """The first callsign that a leg of it has."""
        return next((leg.callsign for leg in self.legs if leg.callsign), None)

    @property
    def number(self) -> str | None:
        """Flight number: the callsign without the operator's three letters."""
        callsign = self.callsign
        if callsign is None or len(callsign) < 4 or not callsign[:3].isalpha():
            return callsign
        return callsign[3:]

    @property
    def registration(self) -> str | None:
        """The first registration that a leg of it has."""
        return next((leg.registration for leg in self.legs if leg.registration), None)

    @property
    def begins(self) -> int:
        """Earliest instant at which it can have been in the air, or was first seen."""
        first = self.legs[0]
        return first.observed_from if first.takeoff_earliest is None else first.takeoff_earliest

    @property
    def ends(self) -> int:
        """Latest instant at which it can have been in the air, as far as is known."""
        last = self.legs[-1]
        return last.observed_through if last.landing_latest is None else last.landing_latest
