"""The stage ``legs``: positions of many aircraft in, upserts and retractions of their legs out.

A position older than the horizon, by the newest of its aircraft before it, is late and refused;
legs that landed before the horizon are published for good and their readings let go. So nothing
that is published depends on where batches are cut.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from streams.facts.derived import Leg
from streams.facts.identity import Revision
from streams.facts.received import Position
from streams.legs import memory
from streams.legs.legs import legs, worked_out
from streams.legs.memory import Head, Published
from streams.legs.missions import Known
from streams.legs.plausibility import impossible
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, cruises, from_the_future, reading, thinned
from streams.stages import Arrived, Emit, Outcome, Refused, Route

_TAIL = "/tail"
_HORIZON_MS = round(POLICY.horizon_s * 1000)
_GAP_MS = round(POLICY.gap_s * 1000)
_MARK_MS = round(POLICY.open_mark_s * 1000)
_BORNE_OUT_MS = 3_600_000

_encode = msgspec.msgpack.Encoder().encode


class LegsStage:
    """The aircraft of one partition."""

    def __init__(self) -> None:
        self._heads: dict[str, bytes] = {}
        self._tails: dict[str, bytes] = {}
        self._aside: dict[str, Counter[str]] = {}

    @property
    def set_aside(self) -> Counter[str]:
        """How many of the readings worked over since the start are set aside now, by reason."""
        return sum(self._aside.values(), Counter[str]())

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the aircraft as they were."""
        self._heads, self._tails = {}, {}
        for key, value in entries:
            if key.endswith(_TAIL):
                self._tails[key.removesuffix(_TAIL)] = value
            else:
                self._heads[key] = value

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Work the batch's positions into their aircraft; publish what changed."""
        touched: dict[str, tuple[_Aircraft, list[Reading]]] = {}
        refused: list[Refused] = []
        for one in batch:
            position: Position = one.record
            icao24 = position.icao24
            held = touched.get(icao24)
            if held is None:
                held = touched[icao24] = (self._aircraft(icao24), [])
            aircraft, new = held
            if from_the_future(position):
                refused.append(Refused(one, f"{icao24}: stamped after it was fetched"))
            elif aircraft.late(position.observed_at):
                refused.append(Refused(one, f"{icao24}: older than what is still held"))
            else:
                new.append(reading(position, one.revision))
        emits: dict[tuple[str, str], Emit] = {}
        changes: dict[str, bytes | None] = {}
        asides: dict[str, Counter[str]] = {}
        for icao24, (aircraft, new) in sorted(touched.items()):
            for leg in aircraft.advance(new):
                for emit in _emits(leg):
                    # The last of a batch stands where the last came: pop, then put.
                    emits.pop((emit.topic, emit.key), None)
                    emits[emit.topic, emit.key] = emit
            changes |= aircraft.changes()
            if aircraft.aside is not None:
                asides[icao24] = aircraft.aside
        self._aside |= asides
        for key, value in changes.items():
            name, entries = key, self._heads
            if key.endswith(_TAIL):
                name, entries = key.removesuffix(_TAIL), self._tails
            if value is None:
                entries.pop(name, None)
            else:
                entries[name] = value
        return Outcome(list(emits.values()), changes, refused)

    def _aircraft(self, icao24: str) -> _Aircraft:
        return _Aircraft(icao24, self._heads.get(icao24), self._tails.get(icao24))


class _Aircraft:
    """One aircraft while a batch is worked in."""

    def __init__(self, icao24: str, head: bytes | None, tail: bytes | None) -> None:
        self._icao24, self._head_was, self._tail_was = icao24, head, tail
        self._head = memory.decoded(head) if head else Head(published={})
        self._tail = memory.unpacked(tail) if tail else []
        self._newest = max(self._head.newest, self._tail[-1].at if self._tail else -1)
        self._readings: list[Reading] | None = None
        self.aside: Counter[str] | None = None
        """How many of the held readings are set aside, by reason; None where not worked out."""

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
        if not new or self._uneventful(new):
            return []
        before = self._held()
        merged = thinned([*before, *new])
        if merged == before:
            return []
        every, aside = worked_out(self._icao24, merged, self._head.before)
        found = [leg for leg in every if leg.observed_through > self._head.frozen]
        if len(new) > 1 and self._contradicts(found):
            # What is taken back is taken back by the very reading that says so.
            half = len(new) // 2
            return [*self.advance(new[:half]), *self.advance(new[half:])]
        changed = self._compare(found, before, max(one.revision for one in new))
        self._readings, self.aside = merged, Counter(_kind(why) for _, why in aside)
        self._freeze(found, aside[-1][0].at if aside else None)
        return changed

    def changes(self) -> dict[str, bytes | None]:
        """The entries that changed."""
        head, found = self._head, dict[str, bytes | None]()
        if self._readings is not None:
            head.newest, head.packed = self._newest, memory.packed(self._readings)
            self._tail = []
        entry = memory.encoded(head)
        if entry != self._head_was and (self._head_was is not None or head.packed):
            found[self._icao24] = entry
        tail = memory.packed(self._tail) if self._tail else None
        if tail != self._tail_was:
            found[self._icao24 + _TAIL] = tail
        return found

    def _held(self) -> list[Reading]:
        if self._readings is not None:
            return self._readings
        return thinned([*memory.unpacked(self._head.packed), *self._tail])

    def _uneventful(self, new: list[Reading]) -> bool:
        """Take in readings that carry a cruise on within one mark: they change no leg."""
        if not self._head.cruising or self._readings is not None:
            return False
        last = self._tail[-1] if self._tail else None
        if last is None:
            last = memory.unpacked(self._head.packed)[-1]
        mark = last.at // _MARK_MS
        for one in new:
            if (
                not last.at < one.at <= last.at + _GAP_MS
                or one.at // _MARK_MS != mark
                or not cruises(one)
                or one.said != last.said
                or impossible(last, one)
            ):
                return False
            last = one
        self._tail = thinned([*self._tail, *new])
        return True

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

    def _freeze(self, found: list[Leg], last_aside: int | None) -> None:
        """Let go of the readings of legs that landed before the horizon, but for the last one's."""
        head, readings = self._head, self._readings or []
        last = found[-1] if found else None
        head.cruising = (
            last is not None
            and last.landing_basis == "unseen"
            and cruises(readings[-1])
            and (last_aside is None or last_aside < readings[-1].at - _BORNE_OUT_MS)
        )
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


def _emits(leg: Leg) -> Iterable[Emit]:
    yield Emit("flights.legs", leg.leg_id, leg, Route.BY_KEY, partition_by=leg.icao24)
    yield Emit("relate.inputs", leg.leg_id, leg, Route.SAME)
