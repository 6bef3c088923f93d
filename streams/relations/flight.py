"""A flight as the join sees it: a mission, its legs in their order, its names and its span."""

from __future__ import annotations

import dataclasses

from streams.facts.flights import Leg
from streams.relations.timeline import in_the_air


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
        return flight_number(self.callsign)

    @property
    def registration(self) -> str | None:
        """The first registration that a leg of it has."""
        return next((leg.registration for leg in self.legs if leg.registration), None)

    @property
    def span(self) -> tuple[int, int]:
        """The earliest and the latest instant at which it can have been in the air."""
        spans = [in_the_air(leg) for leg in self.legs]
        return min(off for off, _ in spans), max(on for _, on in spans)


def names_of(leg: Leg) -> set[str]:
    """What a claim may call the flight of a leg."""
    names = {leg.registration, leg.callsign, flight_number(leg.callsign)}
    return {one for one in names if one is not None}


def flight_number(callsign: str | None) -> str | None:
    """``6143`` of ``GXA6143``; what is no operator and number stays whole."""
    if callsign is None or len(callsign) < 4 or not callsign[:3].isalpha():
        return callsign
    return callsign[3:]
