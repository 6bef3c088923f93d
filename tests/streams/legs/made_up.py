"""Realistic made-up flights with known truth: a plan goes in, what receivers report comes out.

A second-by-second flight: take-off roll, climb, cruise, a three-degree approach, roll-out, taxi.
The ground flag flips while the aircraft rolls, the barometer is off by the day's pressure,
altitudes come in steps of 25 ft, positions and clocks jitter, and readings are missing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import airportsdata

from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Position
from streams.facts.sphere import distance_m
from tests.streams.legs.flights import BLANK

AIRPORTS = airportsdata.load("ICAO")
_FOOT_M = 0.3048
_SLOPE = math.tan(math.radians(3))


@dataclass(frozen=True)
class Craft:
    """How an aircraft flies: speeds in m/s, cruise altitude in metres."""

    lift_off: float = 75.0
    climb: float = 12.0
    cruise: float = 230.0
    level_m: float = 10_600.0
    approach: float = 70.0
    taxi: float = 8.0


JET, TURBOPROP = Craft(), Craft(55.0, 8.0, 135.0, 6_000.0, 55.0)
CESSNA = Craft(30.0, 3.5, 55.0, 1_400.0, 33.0, 5.0)


@dataclass(frozen=True)
class State:
    """The truth of one second."""

    second: int
    latitude: float
    longitude: float
    height_m: float
    """Above sea level."""
    speed_mps: float
    climb_mps: float
    wheels_on: bool
    track_deg: float


@dataclass
class Flight:
    """One take-off to one landing, as it was."""

    origin: str
    destination: str
    off: Instant
    on: Instant
    states: list[tuple[Instant, State]] = field(default_factory=list)


def fly(
    origin: str, destination: str, wheels_off: str | int, craft: Craft = JET, *, rounds: int = 0,
    taxi_s: int = 240,
) -> Flight:  # fmt: skip
    """Fly from one airport to another; ``rounds``: so many go-arounds before the landing."""
    a, b = AIRPORTS[origin], AIRPORTS[destination]
    off = parse_rfc3339(wheels_off) if isinstance(wheels_off, str) else Instant(wheels_off)
    length = distance_m(a["lat"], a["lon"], b["lat"], b["lon"])
    low_a, low_b = a["elevation"] * _FOOT_M, b["elevation"] * _FOOT_M
    level = min(craft.level_m, max(low_a, low_b) + length * _SLOPE / 3)

    def place(metres: float) -> tuple[float, float]:
        share = metres / length
        return a["lat"] + (b["lat"] - a["lat"]) * share, a["lon"] + (b["lon"] - a["lon"]) * share

    east = math.radians(b["lon"] - a["lon"]) * math.cos(math.radians(a["lat"]))
    track = math.degrees(math.atan2(east, math.radians(b["lat"] - a["lat"]))) % 360
    flight = Flight(origin, destination, off, off)
    roll_s = round(craft.lift_off / 2.2)
    roll_m = craft.lift_off * roll_s / 2

    def note(
        second: int, metres: float, height: float, speed: float, climb: float, on: bool
    ) -> None:
        state = State(second, *place(metres), height, speed, climb, on, track)
        flight.states.append((Instant(off + second * 1000), state))

    for second in range(-roll_s - taxi_s, 0):
        rolled = max(0, second + roll_s)
        speed = rolled * 2.2 if rolled else craft.taxi
        taxied = min(0, second + roll_s) * craft.taxi
        note(second, -roll_m + rolled**2 * 1.1 + taxied, low_a, speed, 0.0, True)
    second, metres, height, speed = 0, 0.0, low_a, craft.lift_off
    while metres < length:
        glide = low_b + (length - metres) * _SLOPE
        target = min(level, glide)
        left = max(0.0, length - metres - 9_000)
        fast = craft.cruise if height > low_a + 450 else craft.lift_off * 1.2
        fast = min(fast, craft.approach + left / 150)
        speed += max(-0.8, min(0.8, fast - speed))
        climb = max(-glide_rate(speed), min(craft.climb, target - height))
        height += climb
        note(
            second,
            metres,
            max(height, low_b if metres > length / 2 else low_a),
            speed,
            climb,
            False,
        )
        metres += speed
        second += 1
        if rounds and height < low_b + 60 and metres > length / 2:
            rounds -= 1
            second, metres, height = _round(note, second, metres, height, low_b, craft)
    flight.on = Instant(off + second * 1000)
    rolled_m = metres
    for after in range(round(speed / 2) + taxi_s):
        now = max(craft.taxi, speed - 2.0 * after)
        note(second + after, rolled_m, low_b, now, 0.0, True)
        rolled_m += now
    return flight


def glide_rate(speed: float) -> float:
    """How fast a descent may be: a three-degree slope and half as much again."""
    return speed * _SLOPE * 1.6


def _round(
    note: Callable[..., None], second: int, metres: float, height: float, field_m: float,
    craft: Craft,
) -> tuple[int, float, float]:  # fmt: skip
    """Climb away over the runway, back along the way it came, and turn in again."""
    speed = craft.approach
    for step in range(620):
        outward = step < 60 or step >= 430
        metres += speed if outward else -speed
        height += max(-4.0, min(6.0, field_m + 600 - height))
        note(second, metres, height, speed, 0.0, False)
        second += 1
    return second, metres, height


@dataclass(frozen=True)
class Receiver:
    """What reaches a feed of the truth."""

    every_s: float = 5.0
    floor_m: float = -500.0
    """Nothing is received below this height above sea level."""
    late_flag_s: int = 15
    early_flag_s: int = 20
    flags: bool = True
    """Whether the ground is ever flagged."""
    pressure_m: float = 60.0
    jitter_m: float = 15.0
    lost: float = 0.05
    exact: bool = False
    """Whether its clock does not jitter."""
    source: str = "made-up"
    seed: int = 1

    def hears(self, flights: Iterable[Flight], blank: Position = BLANK) -> list[Position]:
        """The readings of some flights of one aircraft."""
        chance = random.Random(self.seed)
        return [one for flight in flights for one in self._of(flight, blank, chance)]

    def _of(self, flight: Flight, blank: Position, chance: random.Random) -> Iterator[Position]:
        due = 0.0
        for at, state in flight.states:
            if (due and state.second < due) or chance.random() < self.lost:
                continue
            due = state.second + self.every_s
            if state.height_m < self.floor_m:
                continue
            grounded = self.flags and state.wheels_on and not (
                flight.off - self.early_flag_s * 1000 <= at < flight.off
                or flight.on <= at < flight.on + self.late_flag_s * 1000
            )  # fmt: skip
            shown = round((state.height_m + self.pressure_m) / 7.62) * 7.62
            degree = self.jitter_m / 111_195
            yield replace(
                blank,
                source=self.source,
                observed_at=Instant(at if self.exact else at + chance.randint(0, 900)),
                latitude=state.latitude + chance.gauss(0, degree),
                longitude=state.longitude + chance.gauss(0, degree),
                altitude_m=None if grounded else shown,
                ground_speed_mps=max(0.0, state.speed_mps + chance.gauss(0, 0.5)),
                vertical_rate_mps=None if grounded else round(state.climb_mps / 0.325) * 0.325,
                on_ground=grounded,
                track_deg=(state.track_deg + chance.gauss(0, 1)) % 360,
            )
