"""KIND ``flights.opensky-tracks``: OpenSky's /tracks of one flight in, its waypoints out.

``path`` rows are [time, lat, lon, baro_altitude, true_track, on_ground]. The documentation spells
the callsign ``calllsign``; both spellings are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.flights import readings
from streams.feeds.flights.readings import FieldError

KIND = "flights.opensky-tracks"
_ROW = 6


def parse(data: bytes, received: Received) -> Iterator[Position | BadItem]:
    """Positions of the track. Raises BadDocument if it is no track."""
    document = readings.load(data, received)
    if not isinstance(document, dict) or not isinstance(document.get("path"), list):
        raise BadDocument(f"{received.name}: expected an object with a list called path")
    try:
        readings.whole(document, "the track")
        icao24 = readings.address(document.get("icao24"), "icao24")
        spelled = document.get("callsign", document.get("calllsign"))
        callsign = readings.text(spelled, "callsign")
    except FieldError as error:
        raise BadDocument(str(error.of(received, "the track"))) from error
    for index, row in enumerate(document["path"]):
        try:
            if not isinstance(row, list) or len(row) < _ROW:
                raise FieldError("waypoint", f"a list of {_ROW}", row)
            values = {
                "icao24": icao24,
                "callsign": callsign,
                "latitude": row[1],
                "longitude": row[2],
                "altitude_m": readings.number(row[3], "3 (baro_altitude)"),
                "track_deg": readings.number(row[4], "4 (true_track)", 0, 360),
                "on_ground": readings.flag(row[5], "5 (on_ground)"),
            }
            at = readings.instant(row[0], "0 (time)")
            yield readings.position(received, KIND, at, values)
        except FieldError as error:
            yield error.of(received, f"waypoint {index}")
