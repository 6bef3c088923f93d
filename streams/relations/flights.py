"""The flights that are held: legs go in, missions come out by id, by name and by time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from streams.facts.derived import Leg
from streams.relations.flight import Flight, flight_number
from streams.relations.horizon import Span, TimeIndex
from streams.relations.policy import WatchList
from streams.relations.rows import codec
from streams.relations.timeline import in_the_air

_encode, _decode = codec(Leg)


Note = Callable[[str, bytes | None], None]
"""Takes a state entry that changed: its key and its bytes, or None where it is gone."""


_DECODED = 4096
"""Legs that were asked for last are kept decoded, up to so many."""


class Flights:
    """Legs by id, as bytes; what is needed of them is decoded when it is asked for."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._legs: dict[str, bytes] = {}
        self._decoded: dict[str, Leg] = {}
        self._missions: dict[str, tuple[str, ...]] = {}
        """Ids of the legs of a mission that were not retracted."""
        self._named: dict[str, set[str]] = {}
        self._retracted: set[str] = set()
        self._by_time = TimeIndex(self._recalled)

    def __len__(self) -> int:
        return len(self._legs)

    @property
    def indexed(self) -> int:
        """How many missions are found by time without being recalled."""
        return len(self._by_time)

    def leg(self, leg_id: str) -> Leg | None:
        """The leg of an id, retracted ones too."""
        return self._leg(leg_id) if leg_id in self._legs else None

    def hold(self, leg: Leg, before: Leg | None) -> None:
        """Take a leg in the place of its earlier revision."""
        value = _encode(leg)
        self._note(f"leg:{leg.leg_id}", value)
        missions = {leg.mission_id}
        if before is not None:
            missions.add(before.mission_id)
            self._let_go(before)
        self._load(leg, value)
        for mission_id in missions:
            # Its other legs may have been evicted: they are found by name again, as it is by time.
            span = self._recalled(mission_id)
            if span is None:
                self._by_time.drop(mission_id)
            else:
                self._by_time.put(mission_id, span)

    def load(self, values: Iterable[bytes]) -> None:
        """Take state entries up, all at once."""
        for value in values:
            self._load(_decode(value), value)
        for mission_id in self._missions:
            span = self._span(mission_id)
            if span is not None:
                self._by_time.put(mission_id, span)

    def mission(self, mission_id: str) -> Flight | None:
        """The flight of this id; None where no leg of it is left."""
        legs = sorted(
            self._legs_of(mission_id),
            key=lambda leg: (leg.mission_index, leg.observed_from, leg.leg_id),
        )
        return Flight(mission_id, tuple(legs)) if legs else None

    def near(self, earliest: int, latest: int) -> list[str]:
        """Missions that may have been under way in a stretch of time, by id."""
        return self._by_time.overlapping(earliest, latest)

    def named(self, names: Iterable[str], earliest: int, latest: int) -> set[str]:
        """Missions with a leg that goes by one of these names and may overlap a stretch."""
        self._by_time.recall(earliest, latest)
        found = set()
        for name in names:
            for leg_id in self._named.get(name, ()):
                leg = self._leg(leg_id)
                off, on = in_the_air(leg)
                if off <= latest and earliest <= on:
                    found.add(leg.mission_id)
        return found

    def watched_missions(self, watch: WatchList) -> set[str]:
        """Missions of which the watch-list names a leg or the whole."""
        found = set(watch.missions & self._missions.keys())
        for name in watch.registrations:
            found |= {self._leg(one).mission_id for one in self._named.get(name, ())}
        for name in self._named if watch.operators else ():
            if name[:3] in watch.operators:
                found |= {self._leg(one).mission_id for one in self._named[name]}
        return found

    def evict(self, limit: int) -> None:
        """Let the indices go of what was over before an instant."""
        for mission_id in self._by_time.evict(limit):
            for leg in self._legs_of(mission_id):
                self._unname(leg)

    def forget(self, limit: int) -> list[str]:
        """Let go for good of missions that were over before an instant; their ids."""
        gone = []
        for mission_id in self._by_time.over(limit):
            span = self._span(mission_id)
            if span is not None and span[1] < limit:
                for leg in list(self._legs_of(mission_id)):
                    self._let_go(leg)
                    del self._legs[leg.leg_id]
                    self._decoded.pop(leg.leg_id, None)
                    self._note(f"leg:{leg.leg_id}", None)
                self._by_time.drop(mission_id)
                gone.append(mission_id)
        for leg_id in sorted(self._retracted):
            if self._leg(leg_id).observed_through < limit:
                self._retracted.discard(leg_id)
                del self._legs[leg_id]
                self._decoded.pop(leg_id, None)
                self._note(f"leg:{leg_id}", None)
        return gone

    def _leg(self, leg_id: str) -> Leg:
        found = self._decoded.get(leg_id)
        if found is None:
            found = _decode(self._legs[leg_id])
            self._keep(found)
        return found

    def _keep(self, leg: Leg) -> None:
        if len(self._decoded) >= _DECODED:
            self._decoded.clear()
        self._decoded[leg.leg_id] = leg

    def _load(self, leg: Leg, value: bytes) -> None:
        self._legs[leg.leg_id] = value
        self._keep(leg)
        if leg.is_deleted:
            self._retracted.add(leg.leg_id)
        else:
            held = self._missions.get(leg.mission_id, ())
            self._missions[leg.mission_id] = (*held, leg.leg_id)
            self._name(leg)

    def _let_go(self, leg: Leg) -> None:
        if leg.is_deleted:
            self._retracted.discard(leg.leg_id)
            return
        rest = tuple(one for one in self._missions[leg.mission_id] if one != leg.leg_id)
        if rest:
            self._missions[leg.mission_id] = rest
        else:
            del self._missions[leg.mission_id]
        self._unname(leg)

    def _legs_of(self, mission_id: str) -> Iterator[Leg]:
        for leg_id in self._missions.get(mission_id, ()):
            yield self._leg(leg_id)

    def _span(self, mission_id: str) -> Span | None:
        flight = self.mission(mission_id)
        return None if flight is None else flight.span

    def _recalled(self, mission_id: str) -> Span | None:
        for leg in self._legs_of(mission_id):
            self._name(leg)
        return self._span(mission_id)

    def _name(self, leg: Leg) -> None:
        for name in names_of(leg):
            self._named.setdefault(name, set()).add(leg.leg_id)

    def _unname(self, leg: Leg) -> None:
        for name in names_of(leg):
            found = self._named.get(name)
            if found is not None:
                found.discard(leg.leg_id)
                if not found:
                    del self._named[name]


def names_of(leg: Leg) -> set[str]:
    """What a claim may call it."""
    names = {leg.registration, leg.callsign, flight_number(leg.callsign)}
    return {one for one in names if one is not None}
