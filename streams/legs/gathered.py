"""What a leg is made of, gathered reading by reading in order of time: readings in, a leg out.

A leg that goes on is gathered further, not anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.facts.flights import Gap, Leg
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.legs import airports
from streams.legs.ends import End
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, Said
from streams.legs.territory import Crossing
from streams.legs.track import Track

_GAP_MS = POLICY.gap_s * 1000


@dataclass(slots=True)
class Gathered:
    """Sums over the readings of one leg so far."""

    fetched_at: int | None = None
    registration: str | None = None
    callsign: str | None = None
    bound_callsign: str | None = None
    """Of the readings around, for a leg that no reading in the air shows."""
    heard: Said | None = None
    """What the last reading said: as long as it is the same, there is nothing new to note."""
    masked: bool = False
    reconstructed: bool = False
    reported_s: float = 0.0
    sources: set[str] = field(default_factory=set)
    cites: set[str] = field(default_factory=set)
    bounds: list[Reading] = field(default_factory=list)
    count: int = 0
    first: Reading | None = None
    last: Reading | None = None
    gaps: list[Gap] = field(default_factory=list)
    before_gap: int | None = None
    track: Track = field(default_factory=Track)
    crossing: Crossing = field(default_factory=Crossing)

    def copy(self) -> Gathered:
        """One that goes on by itself."""
        return Gathered(
            self.fetched_at, self.registration, self.callsign, self.bound_callsign,
            self.heard, self.masked, self.reconstructed, self.reported_s,
            set(self.sources), set(self.cites),
            list(self.bounds), self.count, self.first, self.last, list(self.gaps), self.before_gap,
            self.track.copy(), self.crossing.copy(),
        )  # fmt: skip

    def fly(self, readings: Sequence[Reading]) -> None:
        """Add the next readings in the air."""
        if not readings:
            return
        for one in readings:
            self._note(one)
            if self.before_gap is not None and one.at - self.before_gap > _GAP_MS:
                self._gap(one)
            self.before_gap = one.at
            self.callsign = one.said.callsign or self.callsign
        if self.first is None:
            self.first = readings[0]
        self.last = readings[-1]
        self.count += len(readings)
        self.track.extend(readings)
        self.crossing.extend(readings)

    def rest(self, one: Reading, *, bounds_a_gap: bool) -> None:
        """Add the reading on the ground before or after."""
        self.beside(one)
        self.reported_s = max(self.reported_s, one.said.uncertainty_s or 0.0)
        self.track.extend([one])
        self.crossing.extend([one])
        if bounds_a_gap:
            if self.before_gap is not None and one.at - self.before_gap > _GAP_MS:
                self._gap(one)
            self.before_gap = one.at

    def beside(self, one: Reading) -> None:
        """Add a reading that bounds the leg, but is not of it."""
        self._note(one)
        self.bound_callsign = one.said.callsign or self.bound_callsign
        self.bounds.append(one)

    def _note(self, one: Reading) -> None:
        said, fetched = one.said, one.fetched_at
        if fetched is not None and (self.fetched_at is None or fetched > self.fetched_at):
            self.fetched_at = fetched
        if said is self.heard:
            return
        self.heard = said
        self.registration = said.registration or self.registration
        self.masked |= said.masked
        self.reconstructed |= said.reconstructed
        self.sources.add(said.source)
        if said.cites:
            self.cites.add(said.cites)

    def _gap(self, one: Reading) -> None:
        if self.before_gap is not None:
            self.gaps.append(Gap(Instant(self.before_gap), Instant(one.at), "no readings"))

    def leg(
        self,
        icao24: str,
        off: End,
        on: End,
        *,
        ended: bool,
        revision: int = 0,
        origin: airports.Choice | None = None,
        known: Leg | None = None,
    ) -> Leg:
        """The leg of what was gathered.

        ``ended``: it is the whole leg; ``known``: as it was before, with its id and mission.
        """
        origin = origin or airport(off)
        unseen = on.basis == "unseen"
        destination = airports.Choice(None, ()) if unseen else airport(on)
        first = self.first or self.bounds[0]
        last = self.last or self.bounds[-1]
        starts = self.bounds[0] if off.basis.startswith("reported") else first
        left = self.crossing.left(ended=ended, reported_s=self.reported_s)
        return Leg(
            leg_id=known.leg_id if known else identity("leg", icao24, starts.at),
            revision=Revision(revision),
            is_deleted=False,
            known_at=None if self.fetched_at is None else Instant(self.fetched_at),
            icao24=icao24,
            registration=self.registration,
            callsign=self.callsign if self.count else self.bound_callsign,
            origin=origin.code,
            destination=destination.code,
            origin_candidates=origin.candidates,
            destination_candidates=destination.candidates,
            takeoff_earliest=off.when.earliest,
            takeoff_latest=off.when.latest,
            takeoff_basis=off.basis,
            landing_earliest=on.when.earliest,
            landing_latest=on.when.latest,
            landing_basis=on.basis,
            observed_from=Instant(first.at),
            observed_through=Instant(last.at),
            gaps=tuple(self.gaps),
            track=self.track.all(),
            readings=self.count,
            reconstructed=self.reconstructed,
            masked=self.masked,
            left_us_earliest=left.earliest,
            left_us_latest=left.latest,
            left_us=left.answer,
            mission_id=known.mission_id if known else "",
            mission_index=known.mission_index if known else 0,
            sources=tuple(sorted(self.sources)),
            cites=tuple(sorted(self.cites)),
        )


def airport(end: End) -> airports.Choice:
    """The airport of an end of a leg."""
    return airports.choose(
        end.latitude, end.longitude, sure=end.sure_of_place, altitude_m=end.altitude_m
    )
