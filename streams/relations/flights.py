"""The flights that are held: legs go in, missions come out by id, by name and by time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from streams.facts.derived import Leg
from streams.relations.entries import Entries, Shelf
from streams.relations.flight import Flight, flight_number
from streams.relations.horizon import Evicted, Span, TimeIndex
from streams.relations.policy import WatchList
from streams.relations.rows import codec
from streams.relations.timeline import in_the_air

_encode, _decode = codec(Leg)
_encode_ids = msgspec.msgpack.Encoder().encode
_decode_ids = msgspec.msgpack.Decoder(tuple[str, ...]).decode

_DECODED = 4096
"""Legs that were asked for last are kept decoded, up to so many."""


class Flights:
    """Legs by id, as bytes; what is needed of them is decoded when it is asked for.

    A mission is at rest or in memory with all its legs; at rest, ``mission:`` names them.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._legs = Shelf("leg", entries)
        self._decoded: dict[str, Leg] = {}
        self._missions: dict[str, tuple[str, ...]] = {}
        """Ids of the legs of a mission that were not retracted."""
        self._named: dict[str, set[str]] = {}
        self.by_time = TimeIndex("missions", entries, self._woken)
        self.retracted = TimeIndex("retracted-legs", entries, lambda _: None)

    def __len__(self) -> int:
        """How many legs are in memory."""
        return len(self._legs)

    def leg(self, leg_id: str) -> Leg | None:
        """The leg of an id, retracted ones too."""
        found = self._decoded.get(leg_id)
        if found is None:
            value = self._legs.get(leg_id)
            if value is None:
                return None
            found = _decode(value)
            self._keep(found)
        return found

    def hold(self, leg: Leg, before: Leg | None) -> None:
        """Take a leg in the place of its earlier revision."""
        missions = {leg.mission_id}
        if before is not None:
            missions.add(before.mission_id)
        for mission_id in missions:
            self.wake(mission_id)
        if before is not None:
            self._let_go(before)
        value = _encode(leg)
        self._legs.put(leg.leg_id, value)
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
            leg = _decode(value)
            self._legs.load(leg.leg_id, value)
            self._take(leg)
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
            for leg in map(self._held, ids):
                self._unname(leg)
                self._rest(leg.leg_id)
            self._entries.put_to_rest(f"mission:{mission_id}", _encode_ids(ids))
        retracted = self.retracted.evict(limit, most)
        is_all = max(len(gone), len(retracted)) < most
        for leg_id in retracted:
            mission_id = self._held(leg_id).mission_id
            self._rest(leg_id)
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
                self._drop(leg.leg_id)
            self._missions.pop(mission_id, None)
            self._entries.put_to_rest(f"mission:{mission_id}", None)
        for leg_id in self.retracted.sift(limit, lambda leg_id: self._is_over(leg_id, limit)):
            known = self.leg(leg_id)
            if known is not None and known.is_deleted:
                self._drop(leg_id)
        return gone

    def _is_over(self, leg_id: str, limit: int) -> bool:
        leg = self.leg(leg_id)
        return leg is None or not leg.is_deleted or leg.observed_through < limit

    def _woken(self, mission_id: str) -> Span | None:
        if mission_id not in self._missions:
            ids = self._ids(mission_id)
            if ids:
                self._entries.put_to_rest(f"mission:{mission_id}", None)
                self._missions[mission_id] = ids
                for leg_id in ids:
                    self._legs.wake(leg_id)
                    self._name(self._held(leg_id))
        return self._span(mission_id)

    def _ids(self, mission_id: str) -> tuple[str, ...]:
        ids = self._missions.get(mission_id)
        if ids is None:
            value = self._entries.at_rest(f"mission:{mission_id}")
            ids = () if value is None else _decode_ids(value)
        return ids

    def _held(self, leg_id: str) -> Leg:
        found = self.leg(leg_id)
        if found is None:
            raise KeyError(leg_id)
        return found

    def _keep(self, leg: Leg) -> None:
        if len(self._decoded) >= _DECODED:
            self._decoded.clear()
        self._decoded[leg.leg_id] = leg

    def _rest(self, leg_id: str) -> None:
        self._legs.rest(leg_id)
        self._decoded.pop(leg_id, None)

    def _drop(self, leg_id: str) -> None:
        self._legs.drop(leg_id)
        self._decoded.pop(leg_id, None)

    def _take(self, leg: Leg) -> None:
        self._keep(leg)
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
        return map(self._held, self._ids(mission_id))

    def _span(self, mission_id: str) -> Span | None:
        flight = self.mission(mission_id)
        return None if flight is None else flight.span

    def _called(self, name: str) -> Iterator[Leg]:
        return map(self._held, self._named.get(name, ()))

    def _name(self, leg: Leg) -> None:
        for name in names_of(leg):
            self._named.setdefault(name, set()).add(leg.leg_id)

    def _unname(self, leg: Leg) -> None:
        for name in names_of(leg):
            discard(self._named, name, leg.leg_id)


def names_of(leg: Leg) -> set[str]:
    """What a claim may call it."""
    names = {leg.registration, leg.callsign, flight_number(leg.callsign)}
    return {one for one in names if one is not None}


def discard(index: dict[str, set[str]], key: str, name: str) -> None:
    """Take a name out of an index that keeps no empty sets."""
    found = index.get(key)
    if found is not None:
        found.discard(name)
        if not found:
            del index[key]
