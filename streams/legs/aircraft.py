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

    def carry(self, underway: Underway, new: list[Reading]) -> list[Leg] | None:
        """Carry on a flight with readings in order; None where all is to be worked out anew."""
        found = underway.carry(new)
        if found is None:
            return None
        changed: list[Leg] = []
        for leg in found:
            known, digest = self._head.published.get(leg.leg_id), _digest(leg)
            if known is not None and known.digest == digest:
                continue
            if known is not None and leg.revision <= known.revision:
                return None
            changed.append(leg)
            self._head.published[leg.leg_id] = Published(leg.revision, digest, leg.observed_through)
        self._newest = max(self._newest, new[-1].at)
        self._pieces = [*self._pieces, memory.packed(new)]
        if len(self._pieces) > _PIECES:
            self._readings, self._rewritten = self._held(), True
        return changed

    def changes(self) -> dict[str, bytes | None]:
        """The entries that changed."""
        head, found = self._head, dict[str, bytes | None]()
        tail: bytes | None = self._tail_was
        if self._rewritten:
            head.newest, head.packed = self._newest, memory.packed(self._readings or [])
            self._pieces, tail = [], None
        elif self._pieces:
            tail = memory.encoded(Tail(self._pieces, head.published, self._newest))
        if self._rewritten or not self._pieces:
            entry = memory.encoded(head)
            if entry != self._head_was and (self._head_was is not None or head.packed):
                found[self._icao24] = entry
        if tail != self._tail_was:
            found[self._icao24 + TAIL] = tail
        return found

    def _held(self) -> list[Reading]:
        if self._readings is not None:
            return self._readings
        rows = memory.unpacked(self._head.packed)
        return thinned([*rows, *(one for data in self._pieces for one in memory.unpacked(data))])

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


def _kind(why: str) -> str:
    """A reason without its figures."""
    return re.sub(r"[0-9.]+", "N", why)


def _digest(leg: Leg) -> bytes:
    return hashlib.sha256(_encode(leg)).digest()[:12]
