"""Made-up flights: airports and times go in, positions as receivers report them come out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import airportsdata

from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Position
from streams.facts.sphere import distance_m

AIRPORTS = airportsdata.load("ICAO")
MINUTE = 60_000

BLANK = Position(
    source="made-up", kind="flights.trace", fetched_at=None, icao24="abc123", callsign="TEST1",
    registration="N1", aircraft_type=None, observed_at=Instant(0), latitude=0.0, longitude=0.0,
    altitude_m=None, geometric_altitude_m=None, ground_speed_mps=None, track_deg=None,
    vertical_rate_mps=None, on_ground=None, stale=False, new_leg=False, masked=False,
    reconstructed=False, uncertainty_s=None, bound=None, cites=None,
)  # fmt: skip

_TAXI_S, _ROLL_S, _CLIMB_S = 180, 30, 1200
_RUNWAY_M, _CRUISE_M, _LATE_FLAG_S, _EARLY_FLAG_S = 1200.0, 10_500.0, 15, 20


@dataclass(frozen=True)
class Flown:
    """A flight: its readings, and the true instants of wheels off and wheels on."""

    readings: list[Position]
    off: Instant
    on: Instant

    def without(self, start_minute: float, end_minute: float) -> list[Position]:
        """The readings outside a stretch, in minutes after wheels off."""
        start, end = (self.off + round(one * MINUTE) for one in (start_minute, end_minute))
        return [one for one in self.readings if not start <= one.observed_at < end]


def flown(
    origin: str, destination: str, wheels_off: str, *, every_s: int = 10, blank: Position = BLANK
) -> Flown:
    """Taxi, roll, climb, cruise at 230 m/s, descend, roll out, taxi; flags flip while rolling."""
    a, b = AIRPORTS[origin], AIRPORTS[destination]
    length = distance_m(a["lat"], a["lon"], b["lat"], b["lon"])
    seconds = length / 230.0 + 300
    off = parse_rfc3339(wheels_off)
    on = Instant(off + round(seconds * 1000))
    found: list[Position] = []
    for second in range(-_TAXI_S, round(seconds) + _TAXI_S, every_s):
        share = min(1.0, max(0.0, second / seconds))
        # Slow ends: the middle is flown faster than the ends.
        along = share - math.sin(2 * math.pi * share) / (2 * math.pi) * 0.3
        height = max(0.0, min(_CRUISE_M, second * 8.0, (seconds - second) * 8.0))
        share_of_climb = min(1.0, height / 3000)
        speed = 75 + share_of_climb * 150
        if second < 0:
            speed = max(5.0, 75 + second * 2.5)
        elif second > seconds:
            speed = max(5.0, 75 - (second - seconds) * 2.5)
        ground = second < -_EARLY_FLAG_S or second > seconds + _LATE_FLAG_S
        # On the ground it creeps on, so that no two positions are the same.
        creep = (second - min(max(second, 0), seconds)) * 2e-5
        elevation = (a if share < 0.5 else b)["elevation"] * 0.3048
        found.append(
            replace(
                blank,
                observed_at=Instant(off + second * 1000),
                latitude=a["lat"] + (b["lat"] - a["lat"]) * along + creep,
                longitude=a["lon"] + (b["lon"] - a["lon"]) * along,
                altitude_m=None if ground else round((elevation + height + 50) / 7.62) * 7.62,
                ground_speed_mps=speed,
                on_ground=ground,
            )
        )
    return Flown(found, off, on)
