"""Days of aircraft with the legs that they flew: made-up hard cases, and the samples by eye.

A case is the readings that came and the flights that there were, with the true instants of wheels
off and wheels on. The samples' ends were read off by eye to about half a minute.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Position
from streams.feeds.documents import Received
from streams.feeds.flights import trace
from tests.streams.legs import labelled_kinds
from tests.streams.legs.made_up import CESSNA, TURBOPROP, Flight, Receiver, fly

SAMPLES = Path(__file__).parents[3] / ".." / "shared" / "samples" / "flights"
MINUTE = 60_000


@dataclass(frozen=True)
class Case:
    """Readings, and the flights that there were. ``off`` or ``on`` is None where nobody knows."""

    name: str
    readings: Sequence[Position]
    flights: Sequence[Truth]


@dataclass(frozen=True)
class Truth:
    """One flight as it was."""

    origin: str
    destination: str
    off: int | None
    on: int | None


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _made_up()
    for name, flights, readings in labelled_kinds.days():
        yield _case(name, flights, readings)
    if SAMPLES.exists():
        yield _sample()


def _case(name: str, flights: Sequence[Flight], readings: Sequence[Position]) -> Case:
    truths = [Truth(one.origin, one.destination, one.off, one.on) for one in flights]
    return Case(name, readings, truths)


def _made_up() -> Iterator[Case]:
    out = fly("KHRL", "MHPR", "2025-04-01T12:00:00Z")
    on = fly("MHPR", "MSLP", out.on + 120 * MINUTE)
    back = fly("MSLP", "KHRL", on.on + 60 * MINUTE)
    day = [out, on, back]
    for every_s in (1, 10, 60):
        yield _case(f"a day, every {every_s} s", day, Receiver(every_s).hears(day))
    yield _case("no flag ever says ground", day, Receiver(flags=False).hears(day))
    for metres in (-200, 250):
        heard = Receiver(pressure_m=metres).hears(day)
        yield _case(f"pressure altitude off by {metres} m", day, heard)
    yield _case("nothing heard below 1,000 m", day, Receiver(floor_m=1000).hears(day))
    yield _case("nothing heard below 3,000 m", day, Receiver(floor_m=3000).hears(day))
    heard = Receiver().hears(day)
    for before, after in ((20, 20), (60, 30), (240, 240), (600, 60), (60, 600)):
        hidden = _without(heard, out.on - before * 1000, on.off + after * 1000)
        yield _case(f"stop hidden, {before} s before to {after} s after", day, hidden)
    cruise = _without(heard, out.off + 30 * MINUTE, out.on - 30 * MINUTE)
    yield _case("a gap in cruise", day, cruise)
    for name, spoil in _SPOILT:
        chance = random.Random(7)
        yield _case(name, day, [spoil(one, i, chance) for i, one in enumerate(heard)])
    other = Receiver(10, seed=3, source="opensky").hears(day)
    late = [replace(one, observed_at=Instant(one.observed_at // 1000 * 1000 + 3000),
                    registration=None) for one in other]  # fmt: skip
    yield _case("two feeds with different clocks", day, [*late, *heard])
    yield from _other_aircraft()


def _other_aircraft() -> Iterator[Case]:
    round_ = [fly("KJFK", "KBOS", "2025-04-01T12:00:00Z", rounds=1)]
    yield _case("a go-around", round_, Receiver().hears(round_))
    yield _case("a go-around, no flags", round_, Receiver(flags=False).hears(round_))
    first = fly("KPAO", "KSQL", "2025-04-01T12:00:00Z", CESSNA)
    second = fly("KSQL", "KHAF", first.on + 30 * MINUTE, CESSNA)
    hops = [first, second]
    yield _case("a light aircraft", hops, Receiver(early_flag_s=10, late_flag_s=8).hears(hops))
    yield _case("a light aircraft, no flags", hops, Receiver(flags=False).hears(hops))
    up = fly("KDEN", "KASE", "2025-04-01T12:00:00Z", TURBOPROP)
    down = fly("KASE", "KDEN", up.on + 40 * MINUTE, TURBOPROP)
    yield _case("a high field", [up, down], Receiver().hears([up, down]))
    yield _case("a high field, low floor", [up, down], Receiver(floor_m=3500).hears([up, down]))
    highest = fly("SLLP", "SLVR", "2025-04-01T12:00:00Z")
    yield _case("the highest field", [highest], Receiver().hears([highest]))
    night = [fly("KIWA", "KAEX", "2025-04-01T22:30:00Z")]
    night.append(fly("KAEX", "MGGT", night[0].on + 9 * 60 * MINUTE))
    yield _case("over midnight and a night", night, Receiver().hears(night))


def _without(readings: Sequence[Position], start: int, end: int) -> list[Position]:
    return [one for one in readings if not start <= one.observed_at < end]


_Spoil = Callable[[Position, int, random.Random], Position]


def _elsewhere(one: Position, index: int, chance: random.Random) -> Position:
    spoofed = 200 < index < 400 and chance.random() < 0.5
    return replace(one, latitude=33.8, longitude=35.5) if spoofed else one


def _jumping(one: Position, _index: int, chance: random.Random) -> Position:
    return replace(one, latitude=one.latitude + 0.5) if chance.random() < 0.1 else one


def _flipping(one: Position, _index: int, chance: random.Random) -> Position:
    return replace(one, on_ground=not one.on_ground) if chance.random() < 0.03 else one


def _an_hour_late(one: Position, index: int, _chance: random.Random) -> Position:
    late = 300 < index < 340
    return replace(one, observed_at=Instant(one.observed_at + 60 * MINUTE)) if late else one


def _a_day_late(one: Position, index: int, _chance: random.Random) -> Position:
    late = 300 < index < 304
    return replace(one, observed_at=Instant(one.observed_at + 1440 * MINUTE)) if late else one


def _patchy(one: Position, _index: int, chance: random.Random) -> Position:
    altitude = None if chance.random() < 0.3 else one.altitude_m
    return replace(one, altitude_m=altitude, ground_speed_mps=None, vertical_rate_mps=None)


_SPOILT: tuple[tuple[str, _Spoil], ...] = (
    ("a spell of spoofed positions", _elsewhere),
    ("one position in ten off by half a degree", _jumping),
    ("three flags in a hundred wrong", _flipping),
    ("a spell stamped an hour late", _an_hour_late),
    ("a few stamped a day late", _a_day_late),
    ("no speeds, a third without altitude", _patchy),
)


def _sample() -> Case:
    data = (SAMPLES / "trace_c060ba_2025-02-07.json").read_bytes()
    received = Received("sample", None, "trace")
    readings = [one for one in trace.parse(data, received) if isinstance(one, Position)]
    ends = (
        ("CYYZ", "CYEG", "02:14:45", "06:10:00"), ("CYEG", "CYYZ", "13:26:00", "16:31:00"),
        ("CYYZ", "KDJT", "19:40:00", "22:14:00"),
    )  # fmt: skip
    truths = [
        Truth(origin, destination, _at(off), _at(on)) for origin, destination, off, on in ends
    ]
    return Case("the day of C-GKQJ", readings, truths)


def _at(text: str) -> int:
    return parse_rfc3339(f"2025-02-07T{text}Z")
