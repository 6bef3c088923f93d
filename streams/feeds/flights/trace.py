"""KIND ``flights.trace``: readsb's trace of one aircraft's day in, positions out.

Format: readsb's README-json, ``trace_full_<hex>.json``. A row is [seconds after ``timestamp``,
lat, lon, altitude in feet or "ground" or null, ground speed in knots, track, flags, vertical rate
in feet a minute, details or null, source, geometric altitude, ...]. Flags: 1 stale position, 2
new leg, 4 geometric vertical rate, 8 geometric altitude.

A trace made from reports carries ``"reconstructed": true`` and ``cites``; its rows' details may
hold ``uncertainty_s`` and ``bound``. Then a row on the ground at an end of a leg states the
reported instant of wheels off or wheels on, right to plus or minus its ``uncertainty_s``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.trace"
_STALE, _NEW_LEG, _GEOMETRIC_ALTITUDE = 1, 2, 8
_SHORTEST_ROW = 8


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Positions of the trace, in its order. Raises BadDocument if it is no trace."""
    document = readings.load(data, received)
    if not isinstance(document, dict) or not isinstance(document.get("trace"), list):
        raise BadDocument(f"{received.name}: expected an object with a list called trace")
    try:
        head = _head(readings.whole(document, "the trace"))
        start = readings.instant(document.get("timestamp"), "timestamp")
    except FieldError as error:
        bad = error.of(received, "the trace")
        raise BadDocument(str(bad)) from error
    callsign: str | None = None
    for index, row in enumerate(document["trace"]):
        try:
            values = _row(row, head)
            # The callsign stands in the details of some rows and holds until it changes.
            callsign = values["callsign"] = values.get("callsign") or callsign
            at = Instant(start + round(_seconds(row) * 1000))
            yield readings.position(received, KIND, at, values)
        except FieldError as error:
            yield error.of(received, f"row {index}")


def _head(document: dict[str, Any]) -> dict[str, Any]:
    flags = int(readings.number(document.get("dbFlags"), "dbFlags", 0, 2**31) or 0)
    return {
        "icao24": readings.address(document.get("icao"), "icao"),
        "registration": readings.text(document.get("r"), "r"),
        "aircraft_type": readings.text(document.get("t"), "t"),
        "masked": bool(flags & (readings.PIA | readings.LADD)),
        "reconstructed": bool(readings.flag(document.get("reconstructed"), "reconstructed")),
        "cites": readings.text(document.get("cites"), "cites"),
    }


def _seconds(row: list[Any]) -> float:
    return readings.required(readings.number(row[0], "0 (seconds)", -86400, 10 * 86400), "0")


def _row(row: Any, head: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) < _SHORTEST_ROW:
        raise FieldError("row", f"a list of at least {_SHORTEST_ROW}", row)
    cells = [*row, *[None] * 11][: max(len(row), 11)]
    flags = int(readings.number(cells[6], "6 (flags)", 0, 2**31) or 0)
    details = {} if cells[8] is None else readings.whole(cells[8], "8 (details)")
    on_ground = cells[3] == "ground"
    altitude = (
        None if on_ground else readings.scaled(cells[3], "3 (altitude)", readings.METRES_A_FOOT)
    )
    geometric = readings.scaled(cells[10], "10 (geometric altitude)", readings.METRES_A_FOOT)
    if flags & _GEOMETRIC_ALTITUDE:
        altitude, geometric = None, altitude if geometric is None else geometric
    bound = details.get("bound")
    if bound not in (None, "after", "before"):
        raise FieldError("8 (details).bound", "after or before", bound)
    return {
        **head,
        "callsign": readings.text(details.get("flight"), "8 (details).flight"),
        "latitude": cells[1],
        "longitude": cells[2],
        "altitude_m": altitude,
        "geometric_altitude_m": geometric,
        "ground_speed_mps": readings.scaled(cells[4], "4 (ground speed)", readings.MPS_A_KNOT),
        "track_deg": readings.number(cells[5], "5 (track)", 0, 360),
        "vertical_rate_mps": readings.scaled(
            cells[7], "7 (vertical rate)", readings.MPS_A_FOOT_A_MINUTE
        ),
        # Without an altitude the row does not say whether it is on the ground.
        "on_ground": True if on_ground else None if cells[3] is None else False,
        "stale": bool(flags & _STALE),
        "new_leg": bool(flags & _NEW_LEG),
        "uncertainty_s": readings.number(
            details.get("uncertainty_s"), "8 (details).uncertainty_s", 0
        ),
        "bound": bound,
    }
