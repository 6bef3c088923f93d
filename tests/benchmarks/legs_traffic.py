"""Made-up traffic for the legs' benchmark: many aircraft at one reading a second, as Kafka has it.

A handful of flights is flown second by second; each aircraft follows one of them from a point of
its own, so that in a stretch of time some take off, some land, and most are on their way. What is
an aircraft's own and what is a second's of a flight is written once and put together, for else
writing would take most of a benchmark; ``test_legs.py`` sees that the codec writes the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from schemas import codec
from streams.facts.instants import Instant
from streams.facts.received import Position
from tests.streams.legs.flights import BLANK
from tests.streams.legs.made_up import JET, Receiver, fly

_ROUTES = (
    ("KJFK", "KORD"), ("KHRL", "MHPR"), ("KBOS", "KATL"), ("KDEN", "KLAX"), ("KSEA", "KSFO"),
    ("KMIA", "KDFW"),
)  # fmt: skip
_BEGIN = 1_743_508_800_000
_FETCHED_MS = 1500
HISTORY_S, HISTORY_EVERY_S = 300, 15
"""So many readings of an aircraft come in the first batch that they are worked in at once."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as a consumer has it."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes


@cache
def _flown(route: int) -> list[Position]:
    flight = fly(*_ROUTES[route], "2025-04-01T12:00:00Z", JET, taxi_s=300)
    return Receiver(every_s=1, lost=0, jitter_m=5, exact=True).hears([flight])


def _long(number: int) -> bytes:
    """Avro's long, of an instant in these years: six bytes."""
    number <<= 1
    return bytes([number >> shift & 0x7F | (0 if shift == _TOP else 0x80) for shift in _SHIFTS])


_SHIFTS = range(0, 42, 7)
_TOP = _SHIFTS[-1]
_MARK = Instant(_BEGIN)
"""Stands where the two instants of a record come."""


def _own(blank: Position) -> tuple[bytes, bytes]:
    """What an aircraft's records begin with, and what stands between their instants."""
    marked = codec.encode(replace(blank, fetched_at=_MARK, observed_at=_MARK))
    first, between, _ = marked.split(_long(_MARK), 2)
    return first, between


@cache
def _tail(route: int, row: int) -> bytes:
    """What a record of a flight's second ends with."""
    return codec.encode(replace(_flown(route)[row], observed_at=_MARK)).rpartition(_long(_MARK))[2]


class Aircraft:
    """One aircraft of the traffic: it begins somewhere in its flight."""

    def __init__(self, number: int, needed_s: int, *, in_the_air: bool = False) -> None:
        chance = random.Random(number)
        self._route = chance.randrange(len(_ROUTES))
        self._rows = _flown(self._route)
        margin = 900 if in_the_air else 0
        self._first = chance.randrange(margin, len(self._rows) - needed_s - margin)
        self._late_ms = chance.randrange(900)
        self._blank = replace(
            BLANK, source="readsb", kind="flights.readsb", icao24=f"{0xA00000 + number:06x}",
            callsign=f"TST{number}", registration=f"N{number}", aircraft_type="A320",
        )  # fmt: skip
        self._key = self._blank.icao24.encode()
        self._own = _own(self._blank)

    def record(self, second: int, offset: int) -> Record:
        """Its reading of a second of the traffic, as a record."""
        at = _BEGIN + second * 1000 + self._late_ms
        own, tail = self._own, _tail(self._route, self._first + second)
        value = b"".join((own[0], _long(at + _FETCHED_MS), own[1], _long(at), tail))
        return Record("flights.positions", 0, offset, self._key, value)

    def position(self, second: int) -> Position:
        """Its reading of a second of the traffic."""
        row, blank = self._rows[self._first + second], self._blank
        at = Instant(_BEGIN + second * 1000 + self._late_ms)
        return replace(
            row, source=blank.source, kind=blank.kind, icao24=blank.icao24, observed_at=at,
            callsign=blank.callsign, registration=blank.registration,
            aircraft_type=blank.aircraft_type, fetched_at=Instant(at + _FETCHED_MS),
        )  # fmt: skip


def traffic(aircraft: list[Aircraft], seconds: range, offset: int = 0) -> Iterator[Record]:
    """Every aircraft's reading of every second, second by second."""
    for second in seconds:
        for one in aircraft:
            yield one.record(second, offset)
            offset += 1
