"""The world that `bench join` measures in: legs and orders by number, seeded, as many as asked."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from streams.facts.court import Clock, Order
from streams.facts.flights import Leg, TrackPoint
from streams.facts.identity import Revision
from streams.facts.instants import Instant

BEGIN = 1_742_000_000_000
SPAN_MS = 160 * 86_400_000
FLIGHT_MS = 2 * 3_600_000
QUIET_MS = 3 * 3_600_000
AIRCRAFT = 5_000
TRACK_POINTS = 40


class World:
    """So many orders, each with so many flights in the air at its entry."""

    def __init__(self, *, orders: int, answers: int) -> None:
        self._orders, self._answers = orders, answers
        self.order_count = orders
        self._every_ms = SPAN_MS // orders

    def moment(self, number: int) -> int:
        """When an order is entered."""
        return BEGIN + number * self._every_ms + self._every_ms // 2

    def legs(self, begin: int, end: int, batch: int) -> Iterator[list[Leg]]:
        """Legs by number, in batches; the first of them are those in the air at orders."""
        for start in range(begin, end, batch):
            yield [self.leg(number) for number in range(start, min(start + batch, end))]

    def leg(self, number: int) -> Leg:
        """The leg of a number: the same whenever it is asked for."""
        if number < self._orders * self._answers:
            moment = self.moment(number // self._answers)
            off = moment - FLIGHT_MS // 4 - number % self._answers
            return _leg(number, off, _track(off))
        # Anywhere in the stretches between orders, but for the hours around them.
        chance = random.Random(number)
        free = self._every_ms - 2 * QUIET_MS - FLIGHT_MS
        order = chance.randrange(self._orders - 1)
        return _leg(number, self.moment(order) + QUIET_MS + chance.randrange(free))

    def orders(self, *, revision: int) -> list[Order]:
        """All orders, in a revision."""
        return [_order(number, self.moment(number), revision) for number in range(self._orders)]

    def in_order(self, legs: int) -> tuple[list[Any], set[tuple[str, str]]]:
        """Facts in the order of their times, none corrected; pairs that must stand at the end."""
        facts: list[Any] = [self.leg(number) for number in range(legs)]
        wanted = self._pairs(facts)
        facts += self.orders(revision=1)
        facts.sort(
            key=lambda one: (
                one.takeoff_latest if isinstance(one, Leg) else one.clocks[0].at_earliest
            )
        )
        return facts, wanted

    def disordered(
        self, chance: random.Random, legs: int
    ) -> tuple[list[Any], set[tuple[str, str]]]:
        """Facts in any order, a tenth of the legs corrected; pairs that must stand at the end."""
        facts: list[Any] = list(self.orders(revision=1))
        last: dict[str, Leg] = {}
        for number in range(legs):
            leg = self.leg(number)
            facts.append(leg)
            last[leg.mission_id] = leg
            if number % 10 == 0:  # it turns out to have flown a day later
                later = _leg(number, (leg.takeoff_earliest or 0) + 86_400_000)
                last[leg.mission_id] = replace(later, revision=Revision(1))
                facts.append(last[leg.mission_id])
        chance.shuffle(facts)
        return facts, self._pairs(last.values())

    def _pairs(self, legs: Iterable[Leg]) -> set[tuple[str, str]]:
        return {
            (leg.mission_id, f"order-{number}")
            for leg in legs
            for number in range(self._orders)
            if (leg.takeoff_latest or 0) <= self.moment(number) < (leg.landing_earliest or 0)
        }


def _track(off: int) -> tuple[TrackPoint, ...]:
    return tuple(
        TrackPoint(
            Instant(off + at * FLIGHT_MS // TRACK_POINTS), 26.2 - at / 4, -97.6 + at / 4, 9e3
        )
        for at in range(TRACK_POINTS)
    )


_SOME_TRACK = _track(BEGIN)
"""Of legs that no order is asked about: as long as theirs would be, and made once."""


def _leg(number: int, off: int, track: tuple[TrackPoint, ...] = _SOME_TRACK) -> Leg:
    on = off + FLIGHT_MS
    aircraft = number % AIRCRAFT
    return Leg(
        f"leg-{number:020}", Revision(0), False, None, f"{aircraft:06x}", f"N{aircraft}",
        f"GXA{number % 9999}", "KHRL", "MHPR", (), (), Instant(off), Instant(off), "observed",
        Instant(on), Instant(on), "observed", Instant(off), Instant(on), (), track, 500, False,
        False, None, None, "no", f"mission-{number:016}", 0, ("readsb",), (),
    )  # fmt: skip


def _order(number: int, at: int, revision: int) -> Order:
    clock = Clock("entered", Instant(at), Instant(at), "cmecf-rss", 1, None, "pubDate")
    return Order(
        f"order-{number}", Revision(revision), False, None, f"dcd/{number}", "dcd",
        f"1:25-cv-{number:05}", "A v. B", None, None, None, "tro", "written", "granted", None, (),
        "ORDER", "ORDER", 1.0, (clock,), None, ("cmecf-rss",), False,
    )  # fmt: skip
