"""Which reading made a leg what it is: readings held and new ones in, the cause of a change out."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from operator import attrgetter

import msgspec

from streams.facts.flights import Leg
from streams.legs.legs import last_too, legs
from streams.legs.missions import Known
from streams.legs.readings import Reading, thinned
from streams.legs.segments import Segment
from streams.legs.strands import Aside

_encode = msgspec.msgpack.Encoder().encode
_facts = attrgetter(*(one.name for one in fields(Leg) if one.name != "revision"))


class Causes:
    """The legs after each of some new readings, worked out where they are asked for.

    So the revision of what is published is the place in the log of the reading that made it so,
    and the same revision never stands for two things, wherever batches are cut.
    """

    def __init__(
        self, icao24: str, held: list[Reading], new: list[Reading], before: Known | None
    ) -> None:
        self._icao24, self._held, self._new = icao24, held, new
        self._before = before
        self._legs: dict[int, dict[str, Leg]] = {}

    def readings(self, count: int) -> list[Reading]:
        """What is held after so many."""
        return thinned([*self._held, *self._new[:count]])

    def whole(self) -> tuple[list[Leg], list[Aside], Segment | None]:
        """All that is worked out after the last."""
        found = last_too(self._icao24, self.readings(len(self._new)), self._before)
        self._legs[len(self._new)] = {leg.leg_id: leg for leg in found[0]}
        return found

    def cause(self, leg_id: str, digest: bytes) -> int:
        """The revision of the reading that made a leg what it is after the last."""
        return self._new[self._since(leg_id, digest) - 1].revision

    def gone(self, leg_id: str) -> tuple[int, Leg | None]:
        """The revision of the reading that undid a leg, and the leg before it."""
        place = self._since(leg_id, b"")
        return self._new[place - 1].revision, self._after(place - 1).get(leg_id)

    def _since(self, leg_id: str, digest: bytes) -> int:
        """After how many it came to be as it is: it was not so before the first."""
        low, high = 0, len(self._new)
        while high - low > 1:
            middle = (low + high) // 2
            leg = self._after(middle).get(leg_id)
            if (digest_of(leg) if leg else b"") == digest:
                high = middle
            else:
                low = middle
        return high

    def _after(self, count: int) -> dict[str, Leg]:
        if count not in self._legs:
            found = legs(self._icao24, self.readings(count), self._before)
            self._legs[count] = {leg.leg_id: leg for leg in found}
        return self._legs[count]


def digest_of(leg: Leg) -> bytes:
    """Stands for all that a leg says but for its revision."""
    return hashlib.sha256(_encode(_facts(leg))).digest()[:12]
