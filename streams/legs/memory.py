"""What the stage remembers of one aircraft, and its compact form: bytes in and out.

Two entries an aircraft, so that a flight that goes on writes little: ``<icao24>`` holds the
readings up to the last time its legs were worked out anew and what was published of them;
``<icao24>/tail`` the readings since, in pieces. A reading takes about 30 bytes: numbers are
integers, times are differences, what many readings share is written once.
"""

from __future__ import annotations

import msgspec

from streams.legs.missions import Known
from streams.legs.readings import Reading, Said

_Row = tuple[
    int,  # ms after the row before
    int,  # micro-degrees
    int,
    bool | None,
    int | None,  # tenths of a metre
    int | None,  # tenths of a metre a second
    int | None,
    int,  # index of what it says
    int | None,  # ms from observed to fetched
    int,  # revision, above the lowest
    int | None,  # sector
]


class _Packed(msgspec.Struct, array_like=True):
    said: list[Said]
    lowest: int
    rows: list[_Row]


class Published(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was last published of a leg. No digest: it was retracted."""

    revision: int
    digest: bytes
    through: int


class Head(msgspec.Struct, array_like=True):
    """An aircraft but for its tail."""

    packed: bytes = b""
    published: dict[str, Published] = {}
    newest: int = -1
    """Time of the newest reading: what is a horizon older is late."""
    ahead: int = -1
    """Time of a reading far after the newest that nothing has borne out yet."""
    frozen: int = -1
    """Legs that landed by then are published for good; the last of them is ``before``."""
    before: Known | None = None


class Tail(msgspec.Struct, array_like=True):
    """What came of an aircraft since its head was written."""

    pieces: list[bytes] = []
    """Readings as ``waiting.piece`` gives them: written without a look at each."""
    published: dict[str, Published] = {}
    newest: int = -1


_tail = msgspec.msgpack.Decoder(Tail)
_head = msgspec.msgpack.Decoder(Head)
_rows = msgspec.msgpack.Decoder(_Packed)
_encode = msgspec.msgpack.Encoder().encode


def encoded(entry: Head | Tail) -> bytes:
    """The entry of a head or a tail."""
    return _encode(entry)


def decoded_tail(entry: bytes) -> Tail:
    """The tail of an entry. Raises msgspec.DecodeError if it is none."""
    return _tail.decode(entry)


def decoded(entry: bytes) -> Head:
    """The head of an entry. Raises msgspec.DecodeError if it is none."""
    return _head.decode(entry)


def packed(readings: list[Reading]) -> bytes:
    """Readings in order of time as bytes."""
    said: dict[Said, int] = {}
    lowest = min((one.revision for one in readings), default=0)
    rows: list[_Row] = []
    before = 0
    for one in readings:
        fetched = None if one.fetched_at is None else one.fetched_at - one.at
        rows.append(
            (
                one.at - before,
                round(one.latitude * 1e6),
                round(one.longitude * 1e6),
                one.on_ground,
                _whole(one.altitude_m),
                _whole(one.ground_speed_mps),
                _whole(one.vertical_rate_mps),
                said.setdefault(one.said, len(said)),
                fetched,
                one.revision - lowest,
                one.sector,
            )
        )
        before = one.at
    return _encode(_Packed(list(said), lowest, rows))


def unpacked(data: bytes) -> list[Reading]:
    """The readings of bytes."""
    if not data:
        return []
    found = _rows.decode(data)
    readings: list[Reading] = []
    at = 0
    for step, lat, lon, ground, height, speed, rate, said, fetched, revision, sector in found.rows:
        at += step
        readings.append(
            Reading(
                at,
                lat / 1e6,
                lon / 1e6,
                ground,
                None if height is None else height / 10,
                None if speed is None else speed / 10,
                None if rate is None else rate / 10,
                found.said[said],
                None if fetched is None else at + fetched,
                revision + found.lowest,
                sector,
            )
        )
    return readings


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value * 10)
