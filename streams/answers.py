"""The headline answer: rows of ``airborne_at_orders``, or links, in; answers by order out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streams.facts.instants import Instant, from_datetime, rfc3339

QUERY = "airborne_at_orders"
NAMES = (
    "order_id", "kind", "court_id", "docket_number", "clock", "clock_source", "at_earliest",
    "at_latest", "mission_id", "flight", "registration", "certainty", "phase", "margin_s",
    "claimed_by", "gap", "rivals", "policy", "latitude", "longitude", "left_us", "claimed_since",
    "known_at", "leg_id", "callsign", "reconstructed", "reported_by",
)  # fmt: skip
"""Columns of the query that answers are made from."""


@dataclass(frozen=True, slots=True)
class FlightAnswer:
    """One flight at one order on one clock."""

    flight: str | None
    registration: str | None
    certainty: str
    phase: str
    margin_s: float | None
    claimed_by: tuple[str, ...]
    gap: str | None
    rivals: tuple[dict[str, Any], ...]
    """What the answer would be if another source's time were true."""
    policy: str | None
    """The policy that chose among the times."""
    position: tuple[float, float] | None
    """Latitude and longitude at that moment, where readings support one."""
    left_us: str
    """Whether it had left US territory and its 12 nautical miles by then."""
    claimed_since: Instant | None
    known_at: Instant | None
    """Arrival of the last evidence that the answer rests on."""
    leg_id: str | None
    mission_id: str
    callsign: str | None

    @property
    def flips(self) -> list[str]:
        """Sources under whose time the answer would be another, with what it would be."""
        return sorted(
            f"{rival['source']}: {rival['certainty']}"
            for rival in self.rivals
            if rival["certainty"] != self.certainty
        )

    def as_json(self) -> dict[str, Any]:
        """The answer as ``--format json`` prints it."""
        return {
            "flight": self.flight,
            "registration": self.registration,
            "certainty": self.certainty,
            "phase": self.phase,
            "margin_s": self.margin_s,
            "claimed_by": list(self.claimed_by),
            "gap": self.gap,
            "rivals": list(self.rivals),
            "flips": self.flips,
            "policy": self.policy,
            "position": None if self.position is None else list(self.position),
            "left_us": self.left_us,
            "claimed_since": _rfc3339(self.claimed_since),
            "known_at": _rfc3339(self.known_at),
            "leg_id": self.leg_id,
            "mission_id": self.mission_id,
        }


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """One order on one clock, with every flight that the answer speaks of."""

    order_id: str
    kind: str
    court_id: str
    docket_number: str
    clock: str
    clock_source: str
    at_earliest: Instant
    at_latest: Instant
    flights: tuple[FlightAnswer, ...]
    reported_by: tuple[tuple[str, str | None], ...]
    reconstructed: bool
    outages: tuple[str, ...] = ()
    """Outages of position feeds at that moment: flights that nobody saw may be missing."""

    def only(self, wanted: Callable[[FlightAnswer], bool]) -> OrderAnswer:
        """The same answer about some of the flights."""
        return dataclasses.replace(self, flights=tuple(filter(wanted, self.flights)))

    def as_json(self) -> dict[str, Any]:
        """The answer as ``demo --format json`` prints it."""
        return {
            "order": f"{self.kind} {self.order_id}",
            "order_id": self.order_id,
            "kind": self.kind,
            "court_id": self.court_id,
            "docket_number": self.docket_number,
            "clock": self.clock,
            "clock_source": self.clock_source,
            "at_earliest": rfc3339(self.at_earliest),
            "at_latest": rfc3339(self.at_latest),
            "flights": [one.as_json() for one in self.flights],
            "reported_by": [{"outlet": outlet, "url": url} for outlet, url in self.reported_by],
            "reconstructed": self.reconstructed,
            "outages": list(self.outages),
        }


def answers(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[OrderAnswer]:
    """Group the query's rows by order and clock, in order of time.

    A clock on which no link stands is left out where the order has an answer on another clock.
    """
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        one = dict(zip(names, row, strict=True))
        if one["clock"] != "first_seen":
            grouped.setdefault((one["order_id"], one["clock"]), []).append(one)
    answered = {
        order_id
        for (order_id, _clock), group in grouped.items()
        if any(one["mission_id"] is not None for one in group)
    }
    found = [
        _answer(group)
        for (order_id, _clock), group in grouped.items()
        if order_id not in answered or any(one["mission_id"] is not None for one in group)
    ]
    return sorted(found, key=lambda one: (one.at_earliest, one.order_id, one.clock))


def _answer(group: list[dict[str, Any]]) -> OrderAnswer:
    first = group[0]
    flights = [_flight(one) for one in group if one["mission_id"] is not None]
    return OrderAnswer(
        first["order_id"],
        first["kind"] or "order",
        first["court_id"],
        first["docket_number"],
        first["clock"],
        first["clock_source"] or "",
        _instant(first["at_earliest"]),
        _instant(first["at_latest"]),
        tuple(sorted(flights, key=lambda one: (one.flight or "", one.registration or ""))),
        tuple((outlet, url or None) for outlet, url in first["reported_by"] or ()),
        bool(first["reconstructed"]),
    )


def _flight(row: dict[str, Any]) -> FlightAnswer:
    return FlightAnswer(
        row["flight"],
        row["registration"],
        row["certainty"],
        row["phase"],
        row["margin_s"],
        tuple(row["claimed_by"]),
        row["gap"],
        tuple(_rival(one) for one in row["rivals"]),
        row["policy"],
        None if row["latitude"] is None else (row["latitude"], row["longitude"]),
        row["left_us"],
        _maybe(row["claimed_since"]),
        _maybe(row["known_at"]),
        row["leg_id"],
        row["mission_id"],
        row["callsign"],
    )


def _rival(one: Sequence[Any]) -> dict[str, Any]:
    earliest, latest, source, certainty, phase, margin_s = one
    return {
        "at_earliest": rfc3339(_instant(earliest)),
        "at_latest": rfc3339(_instant(latest)),
        "source": source,
        "certainty": certainty,
        "phase": phase,
        "margin_s": margin_s,
    }


def _maybe(moment: datetime | None) -> Instant | None:
    return None if moment is None else from_datetime(moment)


def _rfc3339(instant: Instant | None) -> str | None:
    return None if instant is None else rfc3339(instant)


def _instant(moment: datetime) -> Instant:
    return from_datetime(moment)
