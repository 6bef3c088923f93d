"""Small documents of each flight feed, and a parser's answer sorted into good and bad."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from streams.facts.instants import Instant
from streams.facts.received import Position
from streams.feeds.documents import BadItem, Received

FETCHED = Instant(1_743_500_000_000)
RECEIVED = Received("feed", FETCHED, "document.json")

Parser = Callable[[bytes, Received], Iterator[Position | BadItem]]


def parsed(parse: Parser, document: Any) -> tuple[list[Position], list[BadItem]]:
    """The positions and the refused items of a document."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = list(parse(data, RECEIVED))
    good = [one for one in found if isinstance(one, Position)]
    return good, [one for one in found if isinstance(one, BadItem)]


STATE = ["a2c4e0", "GXA6143 ", "United States", 1742076000, 1742076003, -97.65, 26.22, 3048.0,
         False, 128.6, 140.5, 6.5, None, 3100.2, "1200", False, 0]  # fmt: skip


def states(*rows: Any) -> dict[str, Any]:
    return {"time": 1742076003, "states": list(rows)}


def track(*path: Any, **fields: Any) -> dict[str, Any]:
    return {"icao24": "A2C4E0", "calllsign": "GXA6143 ", "startTime": 1742076000,
            "endTime": 1742080000, "path": list(path)} | fields  # fmt: skip


AIRCRAFT = {"hex": "a2c4e0", "flight": "GXA6143 ", "r": "N278GX", "t": "A320", "alt_baro": 10000,
            "alt_geom": 10200, "gs": 250.0, "track": 140.5, "baro_rate": 1280, "lat": 26.22,
            "lon": -97.65, "seen_pos": 1.5, "dbFlags": 0}  # fmt: skip


def readsb(*aircraft: Any, now: Any = 1742076001.5) -> dict[str, Any]:
    return {"now": now, "messages": 1, "aircraft": list(aircraft)}


def v2(*aircraft: Any, now: Any = 1742076001500) -> dict[str, Any]:
    return {"ac": list(aircraft), "ctime": now, "msg": "No error", "now": now, "ptime": 0,
            "total": len(aircraft)}  # fmt: skip


def trace(*rows: Any, **fields: Any) -> dict[str, Any]:
    return {"icao": "a2c4e0", "r": "N278GX", "t": "A320", "dbFlags": 0, "desc": "AIRBUS A-320",
            "timestamp": 1742076000.0, "trace": list(rows)} | fields  # fmt: skip


ROW = [1.5, 26.22, -97.65, 10000, 250.0, 140.5, 0, 1280, None, "adsb_icao", 10200, 1280, 240, 0.1]
