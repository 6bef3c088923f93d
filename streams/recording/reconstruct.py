"""Reported flight times become trace documents: facts go in, readsb traces marked so come out.

Each leg begins and ends with a row on the ground at the middle of the reported interval, with the
interval's half width as ``uncertainty_s``; rows between are a minute apart on the great circle.
Days are cut at UTC midnight, as readsb cuts them. Heights are nominal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from streams.facts.sphere import Point, angle, between

HERE = Path(__file__).parent
FOLDER = HERE / "documents" / "flights"

_STEP_S = 60
_EARTH_NM = 3440.065
_CRUISE_FT = 36000
_CLIMB_FT_A_MINUTE = 2000


def documents(facts: dict[str, Any]) -> dict[str, str]:
    """File names and JSON texts of the traces that the facts describe."""
    found: dict[str, str] = {}
    for aircraft in facts["aircraft"]:
        days: dict[datetime, list[list[Any]]] = {}
        for leg in aircraft["legs"]:
            for at, row in _rows(facts, aircraft, leg):
                day = at.replace(hour=0, minute=0, second=0, microsecond=0)
                days.setdefault(day, []).append([round((at - day).total_seconds(), 3), *row])
        cites = "; ".join(dict.fromkeys(leg["cites"] for leg in aircraft["legs"]))
        for day, rows in sorted(days.items()):
            name = f"trace_full_{aircraft['icao24']}_{day:%Y-%m-%d}.json"
            head = {
                "icao": aircraft["icao24"],
                "r": aircraft["registration"],
                "reconstructed": True,
                "cites": cites,
                "timestamp": day.timestamp(),
            }
            body = ",\n".join(json.dumps(row) for row in rows)
            text = json.dumps(head, indent=1)[:-2] + ',\n "trace": [\n' + body + "\n]}\n"
            found[name] = text
    return found


def _rows(
    facts: dict[str, Any], aircraft: dict[str, Any], leg: dict[str, Any]
) -> Iterator[tuple[datetime, list[Any]]]:
    origin: Point = tuple(facts["airports"][leg["from"]])
    destination: Point = tuple(facts["airports"][leg["to"]])
    (off, off_s), (on, on_s) = _middle(leg["takeoff"]), _middle(leg["landing"])
    duration_s = (on - off).total_seconds()
    speed_kt = round(_distance_nm(origin, destination) / duration_s * 3600)
    # Only the first leg's flight number is reported.
    callsign = facts["operator"] + aircraft["flight"] if leg is aircraft["legs"][0] else None

    def details(uncertainty_s: float, bound: str | None) -> dict[str, Any]:
        values = {"flight": callsign, "uncertainty_s": uncertainty_s, "bound": bound}
        return {name: value for name, value in values.items() if value is not None}

    yield off, _row(origin, "ground", 0, 0, details(off_s, leg.get("bound")))
    for second in range(_STEP_S, int(duration_s) - _STEP_S // 2, _STEP_S):
        share = second / duration_s
        here = between(origin, destination, share)
        height = min(
            _CRUISE_FT, *(_CLIMB_FT_A_MINUTE * s / 60 for s in (second, duration_s - second))
        )
        track = round(_course(here, destination), 1)
        spread = round(max(off_s, on_s), 1)
        row = _row(here, round(height / 25) * 25, speed_kt, track, details(spread, None))
        yield off + timedelta(seconds=second), row
    yield on, _row(destination, "ground", 0, 0, details(on_s, None))


def _row(at: Point, height: int | str, speed: int, track: float, details: Any) -> list[Any]:
    latitude, longitude = (round(degrees, 5) for degrees in at)
    return [latitude, longitude, height, speed, track, 0, None, details, "reconstructed"]


def _middle(interval: list[datetime]) -> tuple[datetime, float]:
    earliest, latest = (moment.astimezone(UTC) for moment in interval)
    half = (latest - earliest) / 2
    return earliest + half, half.total_seconds()


def _distance_nm(a: Point, b: Point) -> float:
    return _EARTH_NM * angle(a, b)


def _course(a: Point, b: Point) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(math.radians, point)) for point in (a, b))
    east = math.sin(lon_b - lon_a) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(
        lon_b - lon_a
    )
    return math.degrees(math.atan2(east, north)) % 360


def main() -> None:
    """Write the documents anew from the facts."""
    for name, text in documents(yaml.safe_load((HERE / "facts.yaml").read_text())).items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
