"""What the join remembers: facts by id and by what they are looked up by, and what it published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from streams.facts.derived import Leg, Link, Mention, Order, PolicyEvent
from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.relations.airborne import Outage
from streams.relations.flight import Flight
from streams.relations.policy import SCOPE

_KINDS: dict[str, type[Any]] = {
    "leg": Leg,
    "order": Order,
    "mention": Mention,
    "progress": Progress,
    "link": Link,
    "event": PolicyEvent,
}
_DECODERS = {name: msgspec.msgpack.Decoder(kind).decode for name, kind in _KINDS.items()}
_encode = msgspec.msgpack.Encoder().encode
_DAY_MS = 86_400_000


class Memory:
    """Facts held, with the ids of the state entries that changed since they were last asked for."""

    def __init__(self) -> None:
        self.legs: dict[str, Leg] = {}
        self.orders: dict[str, Order] = {}
        self.mentions: dict[str, Mention] = {}
        self.progress: dict[str, Progress] = {}
        self.published: dict[str, Link | PolicyEvent] = {}
        self._missions: dict[str, set[str]] = {}
        self._changed: dict[str, Any] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up what ``changes`` gave earlier."""
        for key, value in entries:
            kind, _, name = key.partition(":")
            fact = _DECODERS[kind](value)
            match kind:
                case "leg":
                    self._hold_leg(fact)
                case "order":
                    self.orders[name] = fact
                case "mention":
                    self.mentions[name] = fact
                case "progress":
                    self.progress[name] = fact
                case _:
                    self.published[name] = fact

    def changes(self) -> dict[str, bytes | None]:
        """State entries changed since the last call."""
        changed, self._changed = self._changed, {}
        return {key: None if value is None else _encode(value) for key, value in changed.items()}

    def hold_leg(self, leg: Leg) -> None:
        """Take a leg in the place of an earlier revision."""
        self._hold_leg(leg)
        self._changed[f"leg:{leg.leg_id}"] = leg

    def _hold_leg(self, leg: Leg) -> None:
        known = self.legs.get(leg.leg_id)
        if known is not None:
            self._missions[known.mission_id].discard(leg.leg_id)
        self.legs[leg.leg_id] = leg
        self._missions.setdefault(leg.mission_id, set()).add(leg.leg_id)

    def hold_order(self, order: Order) -> None:
        """Take an order in the place of an earlier revision."""
        self.orders[order.order_id] = order
        self._changed[f"order:{order.order_id}"] = order

    def hold_mention(self, mention: Mention) -> None:
        """Take a mention in the place of an earlier revision."""
        self.mentions[mention.mention_id] = mention
        self._changed[f"mention:{mention.mention_id}"] = mention

    def hold_progress(self, key: str, progress: Progress) -> None:
        """Take a feed's progress, or an outage, which stays."""
        self.progress[key] = progress
        self._changed[f"progress:{key}"] = progress

    def note_published(self, kind: str, name: str, record: Link | PolicyEvent) -> None:
        """Remember what was last published under an id."""
        self.published[name] = record
        self._changed[f"{kind}:{name}"] = record

    def flight(self, mission_id: str) -> Flight | None:
        """The mission of this id; None where no leg of it is left."""
        held = (self.legs[leg_id] for leg_id in self._missions.get(mission_id, ()))
        alive = sorted(
            (leg for leg in held if not leg.is_deleted),
            key=lambda leg: (leg.mission_index, leg.observed_from, leg.leg_id),
        )
        return Flight(mission_id, tuple(alive)) if alive else None

    def flights_near(self, earliest: int, latest: int) -> Iterator[Flight]:
        """Missions within the horizon of a moment."""
        horizon = SCOPE.horizon_days * _DAY_MS
        for mission_id in sorted(self._missions):
            flight = self.flight(mission_id)
            if (
                flight is not None
                and flight.begins <= latest + horizon
                and earliest - horizon <= flight.ends
            ):
                yield flight

    def outages(self, icao24: str) -> list[Outage]:
        """Outages of position feeds that would have shown this aircraft, in order of time."""
        found = []
        for one in self.progress.values():
            if (
                one.topic == "flights.positions"
                and one.scope in ("*", icao24)
                and one.outage_from is not None
                and one.outage_to is not None
            ):
                words = f"outage of {one.feed}" + (f": {one.reason}" if one.reason else "")
                found.append(Outage(Instant(one.outage_from), Instant(one.outage_to), words))
        return sorted(found, key=lambda one: (one.outage_from, one.outage_to, one.words))
