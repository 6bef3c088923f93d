"""The flights that are held: legs go in, missions come out by id, by name and by time.

A mission is at rest or in memory with all its legs; at rest, ``mission:`` names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from streams.facts.flights import Leg
from streams.relations.entries import Entries
from streams.relations.flight import Flight, names_of
from streams.relations.held_legs import HeldLegs
from streams.relations.horizon import Evicted, Span, TimeIndex
from streams.relations.key_index import KeyIndex
from streams.relations.policy import WatchList
from streams.relations.timeline import in_the_air

_encode_ids = msgspec.msgpack.Encoder().encode
_decode_ids = msgspec.msgpack.Decoder(tuple[str, ...]).decode


class Flights:
    """Missions: which legs each is of, what claims may call it, when it was under way."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self.legs = HeldLegs(entries)
        self._missions: dict[str, tuple[str, ...]] = {}
        """Ids of the legs of a mission that were not retracted."""
        self._named = KeyIndex()
        """Ids of the legs in memory that go by each name."""
        self.by_time = TimeIndex("missions", entries, self._woken)
        self.retracted = TimeIndex("retracted-legs", entries, lambda _: None)

    def __len__(self) -> int:
        """How many legs are in memory."""
        return len(self.legs)

    def hold(self, leg: Leg, before: Leg | None) -> None:
        """Take a leg in the place of its earlier revision."""
        missions = {leg.mission_id}
        if before is not None:
            missions.add(before.mission_id)
        for mission_id in missions:
            self.wake(mission_id)
        if before is not None:
            self._let_go(before)
        self.legs.put(leg)
        self._take(leg)
        for mission_id in missions:
            span = self._span(mission_id)
            if span is None:
                self.by_time.drop(mission_id)
            else:
                self.by_time.put(mission_id, span)

    def load(self, values: Iterable[bytes]) -> None:
        """Take state entries up, all at once."""
        for value in values:
            self._take(self.legs.load(value))
        for mission_id in self._missions:
            span = self._span(mission_id)
            if span is not None:
                self.by_time.put(mission_id, span)

    def mission(self, mission_id: str) -> Flight | None:
        """The flight of this id; None where no leg of it is left."""
        legs = sorted(
            self._legs_of(mission_id),
            key=lambda leg: (leg.mission_index, leg.observed_from, leg.leg_id),
        )
        return Flight(mission_id, tuple(legs)) if legs else None

    def near(self, earliest: int, latest: int) -> list[str]:
        """Missions that may have been under way in a stretch of time, by id."""
        return self.by_time.overlapping(earliest, latest)

    def named(self, names: Iterable[str], earliest: int, latest: int) -> set[str]:
        """Missions with a leg that goes by one of these names and may overlap a stretch."""
        self.by_time.recall(earliest, latest)
        found = set()
        for name in names:
            for leg in self._called(name):
                off, on = in_the_air(leg)
                if off <= latest and earliest <= on:
                    found.add(leg.mission_id)
        return found

    def watched_missions(self, watch: WatchList) -> set[str]:
        """Missions in memory of which the watch-list names a leg or the whole."""
        found = set(watch.missions & self._missions.keys())
        for name in watch.registrations:
            found |= {leg.mission_id for leg in self._called(name)}
        for name in self._named if watch.operators else ():
            if name[:3] in watch.operators:
                found |= {leg.mission_id for leg in self._called(name)}
        return found

    def wake(self, mission_id: str) -> None:
        """Take a mission that is at rest into memory, to be found by name and by time."""
        span = None if mission_id in self._missions else self._woken(mission_id)
        if span is not None:
            self.by_time.put(mission_id, span)

    def evict(self, limit: int, most: int) -> Evicted:
        """Put missions to rest that were over before an instant, at most so many."""
        gone = self.by_time.evict(limit, most)
        for mission_id in gone:
            ids = self._missions.pop(mission_id)
            for leg in map(self.legs.__getitem__, ids):
                self._unname(leg)
                self.legs.rest(leg.leg_id)
            self._entries.put_to_rest(f"mission:{mission_id}", _encode_ids(ids))
        retracted = self.retracted.evict(limit, most)
        is_all = max(len(gone), len(retracted)) < most
        for leg_id in retracted:
            mission_id = self.legs[leg_id].mission_id
            self.legs.rest(leg_id)
            if mission_id not in self._missions:
                gone.append(mission_id)
        return Evicted(gone, is_all=is_all)

    def forget(self, limit: int) -> list[str]:
        """Let go for good of missions that were over before an instant; their ids."""

        def is_over(mission_id: str) -> bool:
            span = self._span(mission_id)
            return span is None or span[1] < limit

        gone = self.by_time.sift(limit, is_over)
        for mission_id in gone:
            for leg in list(self._legs_of(mission_id)):
                self._unname(leg)
                self.legs.drop(leg.leg_id)
            self._missions.pop(mission_id, None)
            self._entries.put_to_rest(f"mission:{mission_id}", None)
        for leg_id in self.retracted.sift(limit, lambda leg_id: self._is_over(leg_id, limit)):
            known = self.legs.get(leg_id)
            if known is not None and known.is_deleted:
                self.legs.drop(leg_id)
        return gone

    def _is_over(self, leg_id: str, limit: int) -> bool:
        leg = self.legs.get(leg_id)
        return leg is None or not leg.is_deleted or leg.observed_through < limit

    def _woken(self, mission_id: str) -> Span | None:
        if mission_id not in self._missions:
            ids = self._ids(mission_id)
            if ids:
                self._entries.put_to_rest(f"mission:{mission_id}", None)
                self._missions[mission_id] = ids
                for leg_id in ids:
                    self.legs.wake(leg_id)
                    self._name(self.legs[leg_id])
        return self._span(mission_id)

    def _ids(self, mission_id: str) -> tuple[str, ...]:
        ids = self._missions.get(mission_id)
        if ids is None:
            value = self._entries.at_rest(f"mission:{mission_id}")
            ids = () if value is None else _decode_ids(value)
        return ids

    def _take(self, leg: Leg) -> None:
        if leg.is_deleted:
            self.retracted.put(leg.leg_id, (leg.observed_from, leg.observed_through))
        else:
            held = self._missions.get(leg.mission_id, ())
            self._missions[leg.mission_id] = (*held, leg.leg_id)
            self._name(leg)

    def _let_go(self, leg: Leg) -> None:
        if leg.is_deleted:
            self.retracted.drop(leg.leg_id)
            return
        rest = tuple(one for one in self._missions[leg.mission_id] if one != leg.leg_id)
        if rest:
            self._missions[leg.mission_id] = rest
        else:
            del self._missions[leg.mission_id]
        self._unname(leg)

    def _legs_of(self, mission_id: str) -> Iterator[Leg]:
        return map(self.legs.__getitem__, self._ids(mission_id))

    def _span(self, mission_id: str) -> Span | None:
        flight = self.mission(mission_id)
        return None if flight is None else flight.span

    def _called(self, name: str) -> Iterator[Leg]:
        return map(self.legs.__getitem__, self._named.at(name))

    def _name(self, leg: Leg) -> None:
        for name in names_of(leg):
            self._named.put(name, leg.leg_id)

    def _unname(self, leg: Leg) -> None:
        for name in names_of(leg):
            self._named.drop(name, leg.leg_id)
