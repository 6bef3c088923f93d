"""What is settled of a leg in the air: readings in order in, sums that go on and the leg out."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from streams.facts.flights import Leg
from streams.legs import airports, ends
from streams.legs.gathered import Gathered, airport
from streams.legs.legs import at_an_end, shown
from streams.legs.readings import Reading
from streams.legs.segments import TREND, Segment

_CONTEXT = 12
"""Settled readings that are held on to: a landing is told by those before it."""


@dataclass(slots=True)
class Settled:
    """What is settled of a leg in the air."""

    sums: Gathered
    off: ends.End
    origin: airports.Choice
    up: int
    """When it was clearly up."""
    folded: int
    """The sums hold its readings up to then."""
    leg: Leg
    """As it was published last, for its mission."""

    def shows(self, unsettled: Sequence[Reading]) -> bool:
        """Whether the leg as published shows these and no other readings after the sums."""
        last = unsettled[-1].at if unsettled else self.folded
        count = self.sums.count + len(unsettled)
        return self.leg.readings == count and (not unsettled or last == self.leg.observed_through)

    @classmethod
    def of(cls, segment: Segment, leg: Leg, bound: int, shift: int) -> Settled | None:
        """What no reading from ``bound`` on can change of a leg; None where that is too little.

        ``shift``: where the aircraft's marks are. Nothing is folded in yet.
        """
        off, up = ends.takeoff(segment), ends.first_clearly_up(segment).at
        origin = airport(off)
        sure = bisect.bisect_left(segment.air, bound, key=lambda one: one.at)
        if sure <= TREND or up >= bound or origin.code != leg.origin:
            return None
        sums = Gathered()
        if segment.air_before is not None:
            sums.beside(segment.air_before)
        ground = segment.ground_before
        if ground is not None:
            on = ends.landing(shown(segment, shift))
            sums.rest(ground, bounds_a_gap=at_an_end(ground, off, on))
        return cls(sums, off, origin, up, -1, leg)

    def fold(self, air: Sequence[Reading], rows: Sequence[Reading], through: int) -> list[Reading]:
        """Add to the sums what no later reading can displace; the rows to hold on to.

        ``air``: the readings in the air of ``rows``; ``through``: the time of the last to add.
        """
        before, self.folded = self.folded, max(self.folded, through)
        settled = [one for one in air if one.at <= self.folded]
        self.sums.fly([one for one in settled if one.at > before])
        return [*settled[-_CONTEXT:], *(one for one in rows if one.at > self.folded)]

    def further(
        self,
        icao24: str,
        unsettled: Sequence[Reading],
        ground: Reading | None,
        on: ends.End,
        revision: int,
    ) -> Leg:
        """The leg with readings after the sums, and the ground after them."""
        sums = self.sums
        if unsettled or ground is not None:
            sums = sums.copy()
        sums.fly(unsettled)
        if ground is not None:
            sums.rest(ground, bounds_a_gap=at_an_end(ground, self.off, on))
        ended = ground is not None or on.basis == "extrapolated"
        return sums.leg(
            icao24, self.off, on,
            ended=ended, revision=revision, origin=self.origin, known=self.leg,
        )  # fmt: skip
