"""One aircraft while a batch is worked in: its entries and new readings go in, legs come out.

The sure way, whatever came and in whatever order: all that is held is worked out anew.
``streams/legs/underway.py`` is the short way for a flight that goes on in order.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace

import msgspec

from streams.facts.derived import Leg
from streams.facts.identity import Revision
from streams.legs import memory
from streams.legs.legs import last_too, legs
from streams.legs.memory import Head, Published, Tail
from streams.legs.missions import Known
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, thinned
from streams.legs.underway import Underway
from streams.legs.waiting import pieced

TAIL = "/tail"
_HORIZON_MS = round(POLICY.horizon_s * 1000)
_BORNE_OUT_MS = 3_600_000
_PIECES = 64

_encode = msgspec.msgpack.Encoder().encode


class Aircraft:
    """What is held of one aircraft, and how a batch changes it."""

    def __init__(self, icao24: str, head: bytes | None, tail: bytes | None) -> None:
        self._icao24, self._head_was, self._tail_was = icao24, head, tail
        self._head = memory.decoded(head) if head else Head(published={})
        held = memory.decoded_tail(tail) if tail else Tail([], {})
        self._pieces = held.pieces
        self._head.published |= held.published
        self._newest = max(self._head.newest, held.newest)
        self._readings: list[Reading] | None = None
        self._rewritten = False
        self.changed = False
        """Whether anything new came; where nothing did, all may go on as before."""
        self.aside: Counter[str] | None = None
        """How many of the held readings are set aside, by reason; None where not worked out."""
        self.underway: Underway | None = None
        """From where the flight may be carried on; None where that is not safe."""

    def late(self, at: int) -> bool:
        """Whether a reading is too old to be worked in; the newest one moves on if it is not.

        A stamp far ahead moves it only once another one near it has come.
        """
        head = self._head
        if at < self._newest - _HORIZON_MS:
            return True
        if at > self._newest:
            if self._newest < 0 or at <= self._newest + _HORIZON_MS:
                self._newest = at
            elif at != head.ahead and abs(at - head.ahead) <= _BORNE_OUT_MS:
                self._newest = max(at, head.ahead)
            else:
                head.ahead = at
        return False

    def advance(self, new: list[Reading]) -> list[Leg]:
        """Take new readings in; the legs to publish, in order."""
        if not new:
            return []
        before = self._held()
        merged = thinned([*before, *new])
        if merged == before:
            self._readings = before
            return []
        every, aside, last = last_too(self._icao24, merged, self._head.before)
        found = [leg for leg in every if leg.observed_through > self._head.frozen]
        if len(new) > 1 and self._contradicts(found):
            # What is taken back is taken back by the very reading that says so.
            half = len(new) // 2
            return [*self.advance(new[:half]), *self.advance(new[half:])]
        changed = self._compare(found, before, max(one.revision for one in new))
        self._readings, self.aside = merged, Counter(_kind(why) for _, why in aside)
        self._rewritten = self.changed = True
        gone = {one.order for one, _ in aside}
        kept = [one for one in merged if one.order not in gone]
        latest = aside[-1][0].at if aside else None
        self.underway = Underway.after(self._icao24, kept, latest, every, last, self._head.before)
        self._freeze(found)
        return changed

    def flight(self) -> Flight | None:
        """The flight to carry on from here; None where that is not safe."""
        if self.underway is None:
            return None
        return Flight(self.underway, Tail([], self._head.published, self._newest))

    def join(self) -> None:
        """Write the tail's readings into the head."""
        self._readings, self._rewritten = self._held(), True

    def changes(self) -> dict[str, bytes | None]:
        """The entries that changed."""
        head, found = self._head, dict[str, bytes | None]()
        if self._rewritten:
            head.newest, head.packed = self._newest, memory.packed(self._readings or [])
            if self._tail_was is not None:
                found[self._icao24 + TAIL] = None
        if self._rewritten or not self._pieces:
            entry = memory.encoded(head)
            if entry != self._head_was and (self._head_was is not None or head.packed):
                found[self._icao24] = entry
        return found

    def _held(self) -> list[Reading]:
        if self._readings is not None:
            return self._readings
        rows = memory.unpacked(self._head.packed)
        return thinned([*rows, *(one for data in self._pieces for one in pieced(data))])

    def _contradicts(self, found: list[Leg]) -> bool:
        """Whether something published vanished or changed without a later reading of its own."""
        now = {leg.leg_id: leg for leg in found}
        for leg_id, published in self._head.published.items():
            leg = now.get(leg_id)
            if leg is None and published.digest:
                return True
            if leg and leg.revision <= published.revision and _digest(leg) != published.digest:
                return True
        return False

    def _compare(self, found: list[Leg], before: list[Reading], cause: int) -> list[Leg]:
        published, changed = self._head.published, list[Leg]()
        ids = {leg.leg_id for leg in found}
        gone = [name for name, one in published.items() if one.digest and name not in ids]
        if gone:
            for leg in legs(self._icao24, before, self._head.before):
                if leg.leg_id in gone:
                    changed.append(replace(leg, is_deleted=True, revision=Revision(cause)))
                    published[leg.leg_id] = Published(cause, b"", leg.observed_through)
        for leg in found:
            known, digest = published.get(leg.leg_id), _digest(leg)
            if known is None or known.digest != digest:
                revision = leg.revision
                if known is not None and revision <= known.revision:
                    revision = Revision(max(cause, known.revision + 1))
                changed.append(replace(leg, revision=revision))
                published[leg.leg_id] = Published(revision, digest, leg.observed_through)
        return changed

    def _freeze(self, found: list[Leg]) -> None:
        """Let go of the readings of legs that landed before the horizon, but for the last one's."""
        head, readings = self._head, self._readings or []
        horizon = self._newest - _HORIZON_MS
        over = [
            leg for leg in found if leg.landing_latest is not None and leg.landing_latest < horizon
        ]
        if not over or over != found[: len(over)]:
            return
        leg = over[-1]
        head.frozen = max(leg.landing_latest or 0, leg.observed_through)
        head.before = Known(leg.leg_id, leg.mission_id, leg.mission_index, leg.revision)
        self._readings = [one for one in readings if one.at >= leg.track[0].at]
        head.published = {
            leg_id: one for leg_id, one in head.published.items() if one.through > head.frozen
        }


class Flight:
    """A flight that is carried on, with what came since its aircraft's head was written."""

    __slots__ = ("_tail", "underway")

    def __init__(self, underway: Underway, tail: Tail) -> None:
        self.underway, self._tail = underway, tail

    def carry(self, new: list[Reading], piece: bytes, *, doubt: bool) -> list[Leg] | None:
        """Take in readings that go on; None where all is to be worked out anew.

        ``piece``: the same as bytes; ``doubt``: whether one aircraft can have made them is to be
        looked at. After None this is of no more use.
        """
        found = self.underway.carry(new, doubt=doubt)
        if found is None:
            return None
        tail, changed = self._tail, list[Leg]()
        for leg in found:
            known, digest = tail.published.get(leg.leg_id), _digest(leg)
            if known is not None and known.digest == digest:
                continue
            if known is not None and leg.revision <= known.revision:
                return None
            changed.append(leg)
            tail.published[leg.leg_id] = Published(leg.revision, digest, leg.observed_through)
        tail.newest = max(tail.newest, *(one.at for one in new))
        tail.pieces.append(piece)
        return changed

    @property
    def entry(self) -> bytes:
        """The entry of the tail."""
        return memory.encoded(self._tail)

    @property
    def long(self) -> bool:
        """Whether the tail should be joined to the head."""
        return len(self._tail.pieces) > _PIECES

    def joined(self) -> None:
        """Note that the head has what the tail had."""
        self._tail.pieces = []


def _kind(why: str) -> str:
    """A reason without its figures."""
    return re.sub(r"[0-9.]+", "N", why)


def _digest(leg: Leg) -> bytes:
    return hashlib.sha256(_encode(leg)).digest()[:12]
