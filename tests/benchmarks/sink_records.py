"""Encoded positions for the sink's benchmark: all different, cheap to make."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import codec
from streams.facts.instants import Instant
from streams.facts.received import Position

_AIRCRAFT = 1_000
_T0 = 1_742_000_000_000


def messages(records: int) -> Iterator[tuple[bytes, bytes]]:
    """Encoded once an aircraft, then only the time is written anew."""
    parts = [_template(number) for number in range(_AIRCRAFT)]
    for number in range(records):
        key, before, after = parts[number % _AIRCRAFT]
        yield key, before + _long(_T0 + 1_000 * number) + after


def _template(number: int) -> tuple[bytes, bytes, bytes]:
    key = f"{0xA00000 + number:06x}"
    position = Position(
        "adsb.lol", "flights.trace", Instant(_T0 - 60_000), key, f"GXA{number}", f"N{number}GX",
        "A320", Instant(_T0 + 1), 26.0 + number / 1000, -97.0 - number / 777, 10_000.5 + number,
        10_100.0, 230.25, 140.125, -1.5 if number % 3 else None, number % 2 == 0, False, False,
        False, False, None, None, None,
    )  # fmt: skip
    before, _, after = codec.encode(position).partition(_long(_T0 + 1))
    return key.encode(), before, after


def _long(number: int) -> bytes:
    """Avro's long, for a number of at least 0."""
    number <<= 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
