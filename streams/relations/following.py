"""Which flights are claimed or watched: every answer about those is stored."""

from __future__ import annotations

import msgspec

from streams.facts.news import Mention
from streams.relations.entries import Entries
from streams.relations.flight import Flight
from streams.relations.flights import Flights
from streams.relations.horizon import Span, TimeIndex
from streams.relations.policy import Scope
from streams.relations.press import Press, speaks_of_removal
from streams.relations.reports import watched

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, int]).decode


class Following:
    """Missions that are followed, by their span; each that is in memory has an entry."""

    def __init__(self, scope: Scope, entries: Entries, flights: Flights, press: Press) -> None:
        self._scope, self._entries = scope, entries
        self._flights, self._press = flights, press
        self.by_time = TimeIndex("followed", entries, self._woken)

    def load(self, mission_id: str, value: bytes) -> None:
        """Take a state entry up."""
        self.by_time.put(mission_id, _decode(value))

    def has(self, flight: Flight) -> bool:
        """Whether a flight is followed."""
        self.by_time.recall(*flight.span)
        return flight.mission_id in self.by_time

    def overlapping(self, earliest: int, latest: int) -> list[str]:
        """Followed missions that may have been under way in a stretch, by id."""
        return self.by_time.overlapping(earliest, latest)

    def recall(self, mission_id: str) -> None:
        """Take back what was let go of a mission, before it changes."""
        flight = self._flights.mission(mission_id)
        if flight is not None:
            self.by_time.recall(*flight.span)

    def judge(self, mission_id: str) -> None:
        """Follow a mission or not, by what is known of it now."""
        flight = self._flights.mission(mission_id)
        if flight is not None:
            self.by_time.recall(*flight.span)
        if flight is None or not (
            watched(flight, self._scope.watch_list) or self._press.claims(flight)
        ):
            self.drop(mission_id)
        else:
            self._put(mission_id, flight.span)

    def judge_all(self) -> None:
        """Judge what is in memory by the claims and the watch-list of now."""
        found = self._flights.watched_missions(self._scope.watch_list)
        for mention in self._press.claiming():
            found |= self.named_by(mention)
        for mission_id in sorted(found):
            self.judge(mission_id)

    def named_by(self, mention: Mention) -> set[str]:
        """Missions whose claims may change with a mention."""
        if not speaks_of_removal(mention):
            return set()
        within = self._scope.claim_within_ms
        names = (*mention.flight_numbers, *mention.registrations)
        return self._flights.named(names, mention.valid_from - within, mention.valid_to + within)

    def drop(self, mission_id: str) -> None:
        """Follow a mission no more."""
        if mission_id in self.by_time:
            self.by_time.drop(mission_id)
            self._entries.note(f"followed:{mission_id}", None)

    def evict(self, limit: int, most: int) -> bool:
        """Let go of what was over before an instant, at most so many; whether that was all."""
        gone = self.by_time.evict(limit, most)
        for mission_id in gone:
            self._entries.note(f"followed:{mission_id}", None)
        return len(gone) < most

    def forget(self, limit: int) -> None:
        """Let go of notes of what was over before an instant."""
        for mission_id in self.by_time.sift(limit, lambda _: True):
            self._entries.note(f"followed:{mission_id}", None)

    def _put(self, mission_id: str, span: Span) -> None:
        self.by_time.put(mission_id, span)
        self._entries.note(f"followed:{mission_id}", _encode(span))

    def _woken(self, mission_id: str) -> Span | None:
        flight = self._flights.mission(mission_id)
        if flight is None:
            return None
        self._entries.note(f"followed:{mission_id}", _encode(flight.span))
        return flight.span
