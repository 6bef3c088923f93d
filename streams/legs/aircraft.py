"""One aircraft while a batch is worked in: its entries and new readings go in, legs come out.

The sure way, whatever came and in whatever order: all that is held is worked out anew.
``streams/legs/underway.py`` is the short way for a flight that goes on in order.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.legs import memory
from streams.legs.causes import Causes, digest_of
from streams.legs.flight import Flight
from streams.legs.memory import Head, Published, Tail
from streams.legs.missions import Known
from streams.legs.plausibility import distinct
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, thinned
from streams.legs.underway import Underway
from streams.legs.waiting import pieced

TAIL = "/tail"
_HORIZON_MS = round(POLICY.horizon_s * 1000)
_BORNE_OUT_MS = 3_600_000
_FEW = 16
"""So many readings of a batch are worked in one by one, for a batch of a live feed has fewer."""


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
        self._found: list[Leg] = []
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

    def wait(self, readings: list[Reading]) -> None:
        """Take in readings that change no leg, without working anything out."""
        if readings:
            self._readings, self._rewritten = thinned([*self._held(), *readings]), True

    def advance(self, new: list[Reading]) -> list[Leg]:
        """Take new readings in, in order of the log; the legs to publish, in order.

        A few are taken in one by one: then what goes back and forth among them counts, too.
        """
        if len(new) > _FEW:
            changed = self._step(new)
        else:
            changed = [leg for one in new for leg in self._step([one])]
        self._freeze()
        return changed

    def _step(self, new: list[Reading]) -> list[Leg]:
        before = self._held()
        causes = Causes(self._icao24, before, new, self._head.before)
        merged = causes.readings(len(new))
        if merged == before:
            self._readings = before
            return []
        every, aside, last = causes.whole()
        self._found = [leg for leg in every if leg.observed_through > self._head.frozen]
        changed = self._compare(causes)
        self._readings, self.aside = merged, Counter(_kind(why) for _, why in aside)
        self._rewritten = self.changed = True
        gone = {one.order for one, _ in aside}
        kept = [one for one in distinct(merged) if one.order not in gone]
        latest = aside[-1][0].at if aside else None
        self.underway = Underway.after(self._icao24, kept, latest, every, last, self._head.before)
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

    def _compare(self, causes: Causes) -> list[Leg]:
        """The legs that changed, each of the revision of the reading that made it what it is."""
        published, changed = self._head.published, list[Leg]()
        ids = {leg.leg_id for leg in self._found}
        for leg_id in [name for name, one in published.items() if one.digest and name not in ids]:
            cause, leg = causes.gone(leg_id)
            if leg is not None:
                changed.append(replace(leg, is_deleted=True, revision=Revision(cause)))
            published[leg_id] = Published(cause, b"", published[leg_id].through)
        for leg in self._found:
            known, digest = published.get(leg.leg_id), digest_of(leg)
            if known is None or known.digest != digest:
                cause = causes.cause(leg.leg_id, digest)
                changed.append(replace(leg, revision=Revision(cause)))
                published[leg.leg_id] = Published(cause, digest, leg.observed_through)
        return changed

    def _freeze(self) -> None:
        """Let go of the readings of legs that landed before the horizon, but for the last one's."""
        head, readings, found = self._head, self._readings or [], self._found
        horizon = self._newest - _HORIZON_MS
        over = [
            leg for leg in found if leg.landing_latest is not None and leg.landing_latest < horizon
        ]
        if not over or over != found[: len(over)]:
            return
        leg = over[-1]
        head.frozen = max(leg.landing_latest or 0, leg.observed_through)
        head.before = Known(leg.leg_id, leg.mission_id, leg.mission_index)
        self._readings = [one for one in readings if one.at >= leg.track[0].at]
        head.published = {
            leg_id: one for leg_id, one in head.published.items() if one.through > head.frozen
        }


def _kind(why: str) -> str:
    """A reason without its figures."""
    return re.sub(r"[0-9.]+", "N", why)
