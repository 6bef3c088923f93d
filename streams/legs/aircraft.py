"""One aircraft while a batch is worked in: its entries and new readings go in, legs come out.

The sure way, whatever came and in whatever order: all that is held is worked out anew.
``streams/legs/underway.py`` is the short way for a flight that goes on in order.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import fields, replace
from operator import attrgetter

import msgspec

from streams.facts.derived import Leg
from streams.facts.identity import Revision
from streams.legs import memory
from streams.legs.legs import last_too, legs
from streams.legs.memory import Head, Published, Tail
from streams.legs.missions import Known
from streams.legs.plausibility import Aside, distinct
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, thinned
from streams.legs.segments import Segment
from streams.legs.underway import Underway
from streams.legs.waiting import pieced

TAIL = "/tail"
_HORIZON_MS = round(POLICY.horizon_s * 1000)
_BORNE_OUT_MS = 3_600_000
_PIECES = 64
_FEW = 16
"""So many readings of a batch are worked in one by one, for a batch of a live feed has fewer."""

_encode = msgspec.msgpack.Encoder().encode
_facts = attrgetter(*(one.name for one in fields(Leg) if one.name != "revision"))


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
        prefixes = _Prefixes(self._icao24, before, new, self._head.before)
        merged = prefixes.readings(len(new))
        if merged == before:
            self._readings = before
            return []
        every, aside, last = prefixes.whole()
        self._found = [leg for leg in every if leg.observed_through > self._head.frozen]
        changed = self._compare(prefixes)
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

    def _compare(self, prefixes: _Prefixes) -> list[Leg]:
        """The legs that changed, each of the revision of the reading that made it what it is."""
        published, changed = self._head.published, list[Leg]()
        ids = {leg.leg_id for leg in self._found}
        for leg_id in [name for name, one in published.items() if one.digest and name not in ids]:
            cause, leg = prefixes.gone(leg_id)
            if leg is not None:
                changed.append(replace(leg, is_deleted=True, revision=Revision(cause)))
            published[leg_id] = Published(cause, b"", published[leg_id].through)
        for leg in self._found:
            known, digest = published.get(leg.leg_id), digest_of(leg)
            if known is None or known.digest != digest:
                cause = prefixes.cause(leg.leg_id, digest)
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


class _Prefixes:
    """The legs after each of some new readings, worked out where they are asked for.

    So the revision of what is published is the place in the log of the reading that made it so,
    and the same revision never stands for two things, wherever batches are cut.
    """

    def __init__(
        self, icao24: str, held: list[Reading], new: list[Reading], before: Known | None
    ) -> None:
        self._icao24, self._held, self._new = icao24, held, new
        self._before = before
        self._legs: dict[int, dict[str, Leg]] = {}

    def readings(self, count: int) -> list[Reading]:
        """What is held after so many."""
        return thinned([*self._held, *self._new[:count]])

    def whole(self) -> tuple[list[Leg], list[Aside], Segment | None]:
        """All that is worked out after the last."""
        found = last_too(self._icao24, self.readings(len(self._new)), self._before)
        self._legs[len(self._new)] = {leg.leg_id: leg for leg in found[0]}
        return found

    def cause(self, leg_id: str, digest: bytes) -> int:
        """The revision of the reading that made a leg what it is after the last."""
        return self._new[self._since(leg_id, digest) - 1].revision

    def gone(self, leg_id: str) -> tuple[int, Leg | None]:
        """The revision of the reading that undid a leg, and the leg before it."""
        place = self._since(leg_id, b"")
        return self._new[place - 1].revision, self._after(place - 1).get(leg_id)

    def _since(self, leg_id: str, digest: bytes) -> int:
        """After how many it came to be as it is: it was not so before the first."""
        low, high = 0, len(self._new)
        while high - low > 1:
            middle = (low + high) // 2
            leg = self._after(middle).get(leg_id)
            if (digest_of(leg) if leg else b"") == digest:
                high = middle
            else:
                low = middle
        return high

    def _after(self, count: int) -> dict[str, Leg]:
        if count not in self._legs:
            found = legs(self._icao24, self.readings(count), self._before)
            self._legs[count] = {leg.leg_id: leg for leg in found}
        return self._legs[count]


class Flight:
    """A flight that is carried on, with what came since its aircraft's head was written."""

    __slots__ = ("_tail", "underway")

    def __init__(self, underway: Underway, tail: Tail) -> None:
        self.underway, self._tail = underway, tail

    def carry(
        self, new: list[Reading], piece: bytes, *, calm: int, only: bool, doubt: bool
    ) -> list[Leg] | None:
        """Take in readings that go on; None where all is to be worked out anew.

        ``calm``: of so many of them none but the last can change anything; ``only``: none after
        those can, either;
        ``piece``: the same as bytes; ``doubt``: whether one aircraft can have made them is to be
        looked at. After None this is of no more use.
        """
        tail, changed = self._tail, dict[str, Leg]()
        parts = [new] if only else [new[:calm], *([one] for one in new[calm:])]
        cause = Revision(new[calm - 1].revision)
        for part in parts:
            if not only:
                cause = Revision(part[-1].revision)
            found = self.underway.carry(part, revision=cause, doubt=doubt)
            if found is None:
                return None
            for leg in found:
                known, digest = tail.published.get(leg.leg_id), digest_of(leg)
                if known is None or known.digest != digest:
                    stands = leg.revision == cause
                    changed[leg.leg_id] = leg if stands else replace(leg, revision=cause)
                    tail.published[leg.leg_id] = Published(cause, digest, leg.observed_through)
        tail.newest = max(tail.newest, *(one.at for one in new))
        tail.pieces.append(piece)
        return list(changed.values())

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


def digest_of(leg: Leg) -> bytes:
    """Stands for all that a leg says but for its revision."""
    return hashlib.sha256(_encode(_facts(leg))).digest()[:12]
