"""Made-up days of what else flies and is heard: helicopters, gliders, vehicles, other receivers.

As in real days of each: hovering and circling as slowly as aeroplanes roll, feeds without flags,
altitudes of 0 on the ground, positions by multilateration or from radar, reports over the ocean.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.facts.sphere import METRES_A_DEGREE
from tests.streams.legs.flights import BLANK
from tests.streams.legs.made_up import AIRPORTS, CESSNA, JET, Craft, Flight, Receiver, State, fly

MINUTE = 60_000
NOON = "2025-04-01T12:00:00Z"
HELICOPTER = Craft(12.0, 5.0, 60.0, 420.0, 20.0, 3.0)
GLIDER = Craft(28.0, 3.0, 30.0, 900.0, 26.0, 4.0)

Day = tuple[str, Sequence[Flight], Sequence[Position]]


def days() -> Iterator[Day]:
    """Name, flights and readings of each."""
    yield from _helicopters()
    yield from _gliders()
    yield from _vehicles()
    yield from _receivers()
    yield from _without_flags()


def _helicopters() -> Iterator[Day]:
    out = fly("KSMO", "KVNY", NOON, HELICOPTER, taxi_s=60)
    for minutes, height in ((20, 450.0), (45, 620.0)):
        held = _held(out, 0.5, minutes * 60, radius_m=0, speed=2.0, height_m=height)
        back = fly("KVNY", "KSMO", held.on + 25 * MINUTE, HELICOPTER, taxi_s=60)
        flights = [held, back]
        yield f"a helicopter hovers {minutes} min", flights, Receiver(flags=False).hears(flights)
    slow = _held(out, 0.4, 1800, radius_m=400, speed=14.0, height_m=400.0)
    yield "a helicopter searches slowly", [slow], Receiver(flags=False).hears([slow])
    heard = [replace(one, on_ground=None) for one in Receiver(2).hears([slow])]
    yield "a helicopter searches slowly, no flag at all", [slow], heard


def _gliders() -> Iterator[Day]:
    for place in (0.1, 0.5, 0.9):
        soaring = _held(
            fly("LFNF", "LFNZ", NOON, GLIDER, taxi_s=60), place, 3600, radius_m=120, speed=23.0,
            height_m=560.0,
        )  # fmt: skip
        heard = [replace(one, on_ground=None) for one in Receiver(8).hears([soaring])]
        yield f"a glider circles at {place:.1f} of its way, no flags", [soaring], heard
        yield f"a glider circles at {place:.1f}, flags", [soaring], Receiver(8).hears([soaring])


def _vehicles() -> Iterator[Day]:
    field, chance = AIRPORTS["KBOS"], random.Random(5)
    rows = [
        replace(
            BLANK, icao24="ae1234", observed_at=Instant(1_743_508_800_000 + second * 1000),
            latitude=field["lat"] + 0.008 * math.sin(second / 300),
            longitude=field["lon"] + 0.008 * math.cos(second / 500),
            ground_speed_mps=abs(chance.gauss(9, 8)), on_ground=True,
        )
        for second in range(0, 30_000, 7)
    ]  # fmt: skip
    yield "a service vehicle", [], rows
    silent = [replace(one, on_ground=None) for one in rows]
    yield "a service vehicle, no flags", [], silent
    wrong = [replace(one, on_ground=chance.random() > 0.02, altitude_m=15.0) for one in rows]
    yield "a service vehicle, flags wrong now and then", [], wrong


def _receivers() -> Iterator[Day]:
    out = fly("KHRL", "MHPR", NOON)
    on = fly("MHPR", "MSLP", out.on + 120 * MINUTE)
    day, exact = [out, on], Receiver(5).hears([out, on])
    located = Receiver(7, flags=False, jitter_m=350, seed=9, source="mlat", floor_m=900).hears(day)
    yield "multilateration beside", day, [*exact, *located]
    yield "multilateration alone", day, located
    radar = [
        replace(
            one, source="tisb", observed_at=Instant(one.observed_at + 4_000), registration=None,
            altitude_m=one.altitude_m and round(one.altitude_m / 30.48) * 30.48, on_ground=None,
            vertical_rate_mps=None,
        )
        for one in Receiver(12, seed=4, floor_m=300).hears(day)
    ]  # fmt: skip
    yield "radar's targets beside", day, [*exact, *radar]
    yield "radar's targets alone", day, radar
    ocean = fly("KJFK", "LPPT", NOON)
    heard = Receiver(10).hears([ocean])
    coast = 55 * MINUTE
    far = [one for one in heard if ocean.off + coast < one.observed_at < ocean.on - coast]
    near = [one for one in heard if not ocean.off + coast < one.observed_at < ocean.on - coast]
    for every in (84, 180):
        reports = [replace(one, source="adsc", on_ground=None) for one in far[::every]]
        yield f"over the ocean, a report every {every // 6} min", [ocean], [*near, *reports]
    yield "over the ocean, nothing", [ocean], near


def _without_flags() -> Iterator[Day]:
    up = fly("KDEN", "KASE", NOON, JET)
    zeroed = [
        replace(one, altitude_m=0.0 if one.on_ground else one.altitude_m, on_ground=None)
        for one in Receiver(5).hears([up])
    ]
    yield "altitudes of 0 on the ground, no flags", [up], zeroed
    hop = fly("KPAO", "KSQL", NOON, CESSNA)
    loiters = _held(hop, 0.5, 1500, radius_m=300, speed=22.0, height_m=380.0)
    heard = [replace(one, on_ground=None) for one in Receiver(5).hears([loiters])]
    yield "a drone loiters by its field, no flags", [loiters], heard


def _held(
    flight: Flight, share: float, seconds: int, *, radius_m: float, speed: float, height_m: float
) -> Flight:
    """The flight, held up for so long at a share of its way: it hovers, or circles there."""
    airborne = [index for index, (_, state) in enumerate(flight.states) if not state.wheels_on]
    cut = airborne[int(share * len(airborne))]
    before, after = flight.states[:cut], flight.states[cut:]
    at, state = flight.states[cut]
    states = [*before]
    reach_s = math.ceil(abs(height_m - state.height_m) / 3.0)
    turn = speed / radius_m if radius_m else 0.0
    longest = seconds + 2 * reach_s
    for second in range(longest):
        part = min(1.0, second / max(reach_s, 1), (longest - second) / max(reach_s, 1))
        north = radius_m * math.sin(turn * second) / METRES_A_DEGREE
        east = radius_m * (math.cos(turn * second) - 1) / METRES_A_DEGREE
        held = State(
            state.second + second, state.latitude + north, state.longitude + east,
            state.height_m + (height_m - state.height_m) * part, speed,
            0.0 if part == 1.0 else 3.0, False,
            (state.track_deg + math.degrees(turn * second)) % 360,
        )  # fmt: skip
        states.append((Instant(at + second * 1000), held))
    shift = longest * 1000
    states += [
        (Instant(then + shift), replace(one, second=one.second + longest)) for then, one in after
    ]
    return Flight(flight.origin, flight.destination, flight.off, Instant(flight.on + shift), states)
