"""A flight that goes on in order: readings in, the leg as it now is out, without working all anew.

It holds only what later readings in order can still change: on the ground the last reading there,
in the air the sums over what is settled and the few readings since. What comes out is what the
sure way (``legs.worked_out`` on all readings) gives; wherever that is not certain, ``carry`` gives
None. Readings in order are later than all before, without a gap in the air, at speeds that an
aircraft can fly, and say nothing that sets them apart.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from streams.facts.flights import Leg
from streams.legs import ends
from streams.legs.legs import LONG_MARK_MS, leg_of, mark_shift_ms, shown, shown_through
from streams.legs.missions import Known, chained
from streams.legs.policy import POLICY
from streams.legs.readings import Reading, settled_before, thinned, thinned_up
from streams.legs.segments import TREND, Segment, fast, plainly_up, said, segments
from streams.legs.settled import Settled
from streams.legs.strands import in_order

_QUIET_MS = 2 * round(POLICY.flicker_s * 1000)
"""So long on the ground, no flag is doubted any more."""
_FRESH = 64
_at = attrgetter("at")
_PAUSE_MS = round(POLICY.hiding_gap_s * 1000)


@dataclass(slots=True)
class Underway:
    """Where an aircraft is, for readings in order to go on from."""

    icao24: str
    rows: list[Reading]
    """On the ground the last reading there and what came since; in the air the unsettled ones."""
    aeroplane: bool
    previous: Leg | None
    before: Known | None
    quiet_since: float
    """Since when every reading was on the ground; infinite where leaving it is not certain."""
    open: Settled | None = None
    leg: Leg | None = field(default=None)
    """Of an open leg that is not settled yet."""
    shift: int = 0
    """Where its marks are."""
    newest: int = 0
    """The revision of what is carried on to."""
    high: bool = False
    """Whether all rows plainly are in the air, and the last is not low near a field."""

    def __post_init__(self) -> None:
        self.shift = mark_shift_ms(self.icao24)

    @classmethod
    def after(
        cls,
        icao24: str,
        kept: Sequence[Reading],
        aside_at: int | None,
        found: Sequence[Leg],
        last: Segment | None,
        before: Known | None,
    ) -> Underway | None:
        """From where to go on after all was worked out; None where that is not safe.

        ``kept``: the readings used; ``aside_at``: the time of the last one set aside; ``found``:
        the legs; ``last``: the segment of the last of them.
        """
        if not kept or kept[-1].said.reconstructed or any(o.said.reconstructed for o in kept):
            return None
        if aside_at is not None and aside_at >= kept[-1].at - _PAUSE_MS:
            return None  # what was set aside may yet be borne out
        aeroplane, end = fast(kept), kept[-1]
        in_the_air = last is not None and last.ground_after is None and last.air_after is None
        if end.on_ground:
            if found and (last is None or last.ground_after is None or in_the_air):
                return None
            previous = found[-1] if found else None
            quiet = _grounded_since(kept)
            if previous is not None and previous.destination is None:
                quiet = math.inf
            return cls(icao24, [end], aeroplane, previous, before, quiet)
        previous = found[-2] if in_the_air and len(found) > 1 else None
        if in_the_air and last is not None and found:
            leg = found[-1]
            one = cls(icao24, list(kept), aeroplane, previous, before, -math.inf, leg=leg)
            return one if one._settle(last, leg) else one._unsettled(last, len(found))
        ground = max((i for i, one in enumerate(kept) if one.on_ground), default=None)
        if ground is not None:
            previous = found[-1] if found else None
            if previous is not None and previous.observed_through >= kept[ground].at:
                return None
            settled = previous is None or previous.destination is not None
            quiet = _grounded_since(kept[: ground + 1]) if settled else math.inf
            return cls(icao24, list(kept[ground:]), aeroplane, previous, before, quiet)
        if not found and len(kept) <= _FRESH:
            return cls(icao24, list(kept), aeroplane, None, before, -math.inf)
        return None

    def _unsettled(self, last: Segment, count: int) -> Underway | None:
        """Hold on to all readings of a leg that is not settled; None where that would be many."""
        ground = last.ground_before
        if last.air_before is not None or len(last.air) > 4 * _FRESH:
            return None
        if ground is None:
            return self if count == 1 and self.rows[0] is last.air[0] else None
        if not ground.on_ground:
            return None
        self.rows = [one for one in self.rows if one.at >= ground.at]
        return self

    @property
    def on_the_ground(self) -> bool:
        """Whether it is on the ground, and readings there change nothing."""
        return self.open is None and len(self.rows) == 1 and bool(self.rows[0].on_ground)

    @property
    def rolling(self) -> bool:
        """Whether its flag says that it is up, and nothing else does."""
        first, *rest = self.rows
        climbing = self.open is not None or self.leg is not None
        return bool(first.on_ground and rest and not climbing)

    @property
    def through(self) -> int | None:
        """Until when the settled leg was published; None where there is none."""
        return None if self.open is None else max(self.open.leg.observed_through, self.open.up)

    def carry(
        self, new: list[Reading], *, revision: int = 0, doubt: bool = True
    ) -> list[Leg] | None:
        """Take in readings in order: the leg if there is one; None if it is to be worked out anew.

        They may be out of order among those that are not settled, as two feeds' are; ``revision``:
        of the leg; ``doubt``: whether one aircraft can have made them is to be looked at. After
        None this is of no more use.
        """
        self.newest, self.high = revision, False
        settled = self.rows[0].at - 1 if self.open is None else self.open.folded
        unsettled = [one for one in self.rows if one.at > settled]
        context = self.rows[: len(self.rows) - len(unsettled)]
        rows = [*context, *thinned([*unsettled, *new])]
        if min(one.at for one in new) <= max(settled, self.rows[0].at) or (
            doubt and not in_order(rows)
        ):
            return None
        if not self.aeroplane and fast(new):
            return None
        if self.open is None:
            return self._afresh(rows)
        return self._further(self.open, rows)

    def cruise(self, new: list[Reading], revision: int) -> list[Leg] | None:
        """As ``carry`` what is known to be in order, plainly in the air and not low near a field.

        None where more is to be looked at: then nothing was taken in.
        """
        now, rows = self.open, self.rows
        if now is None or not (self.high or all(map(plainly_up, rows))):
            return None
        last, at = rows[-1].at, new[-1].at
        through = max((at - self.shift) // LONG_MARK_MS * LONG_MARK_MS + self.shift - 1, now.up)
        if not last < new[0].at or last > through:
            return None
        settled = bisect.bisect_right(rows, now.folded, key=_at)
        kept = thinned_up([*rows[settled:], *new])
        shows = bisect.bisect_right(kept, through, key=_at)
        if not shows or kept[shows - 1].at <= last or settled + shows <= TREND:
            return None
        air = [*rows[:settled], *kept]
        self.newest, self.high = revision, True
        if now.shows(kept[:shows]):
            self.rows = air
            return []
        self.rows = now.fold(air, air, min(settled_before(air) - 1, through))
        unsettled = [one for one in kept[:shows] if one.at > now.folded]
        on = ends.unseen(kept[shows - 1])
        now.leg = now.further(self.icao24, unsettled, None, on, revision)
        return [now.leg]

    def _afresh(self, rows: list[Reading]) -> list[Leg] | None:
        """From the ground, or from the first readings of an aircraft."""
        start = next((index for index, one in enumerate(rows) if not one.on_ground), None)
        if start is None:
            self.rows = rows[-1:]
            return []
        on_the_ground_again = any(one.on_ground for one in rows[start:])
        if on_the_ground_again or rows[start].at - self.quiet_since < _QUIET_MS:
            return None
        rows = rows[max(0, start - 1) :]
        cut = list(segments(rows, aeroplane=self.aeroplane))
        self.rows = rows
        if not cut:
            return [] if self.leg is None and len(rows) <= 4 * _FRESH else None
        if len(cut) > 1 or cut[0].ground_after is not None or cut[0].air_after is not None:
            return None
        (segment,) = cut
        leg = self._chained(leg_of(self.icao24, shown(segment, self.shift)))
        if self.leg is not None and self.leg.leg_id != leg.leg_id:
            return None  # it began earlier than was known: the other is to be taken back
        if self.previous is not None and leg.origin is None:
            return None  # where the one before it landed may tell where it began
        self.leg = leg
        if not self._settle(segment, leg) and len(rows) > 4 * _FRESH:
            return None
        return [leg]

    def _chained(self, leg: Leg) -> Leg:
        chain = [leg] if self.previous is None else [self.previous, leg]
        if self.previous is None:
            return chained(chain, self.before)[-1]
        known = self.previous
        own = Known(known.leg_id, known.mission_id, known.mission_index)
        return chained(chain, own)[-1]

    def _settle(self, segment: Segment, leg: Leg) -> bool:
        """Let go of the readings of a leg that no later one can change; False if there are none."""
        bound = settled_before(segment.air)
        self.open = Settled.of(segment, leg, bound, self.shift)
        if self.open is None:
            return False
        through = shown_through(segment.air, self.open.up, self.shift)
        self.rows = self.open.fold(segment.air, self.rows, min(bound - 1, through))
        return True

    def _further(self, now: Settled, rows: list[Reading]) -> list[Leg] | None:
        """On from a leg in the air."""
        marked = list(said(rows, aeroplane=self.aeroplane))
        landed = next((index for index, (_, up) in enumerate(marked) if not up), len(marked))
        air = [one for one, _ in marked[:landed]]
        ground = marked[landed][0] if landed < len(marked) else None
        if any(up for _, up in marked[landed:]) or len(air) <= TREND:
            return None
        self.rows = rows
        through = air[-1].at if ground else shown_through(air, now.up, self.shift)
        part = [one for one in air if one.at <= through]
        if ground is None and now.shows([one for one in part if one.at > now.folded]):
            return []
        if len(part) <= TREND:
            return None
        if ground is None:
            self.rows = now.fold(air, rows, min(settled_before(air) - 1, through))
        on = ends.landing(Segment(tuple(part), None, ground))
        if on.basis != "unseen" and not ends.told_by(part, ground):
            return None
        unsettled = [one for one in part if one.at > now.folded]
        leg = now.further(self.icao24, unsettled, ground, on, self.newest)
        if ground is None:
            now.leg = leg
        elif rows[-1].on_ground and ground.on_ground:
            self._land(leg, ground, rows)
        return [leg]

    def _land(self, leg: Leg, ground: Reading, rows: list[Reading]) -> None:
        self.previous, self.open, self.leg = leg, None, None
        self.rows = [rows[-1]]
        self.quiet_since = ground.at if leg.destination is not None else math.inf


def _grounded_since(kept: Sequence[Reading]) -> float:
    """Since when every reading is on the ground; for ever if none is in the air."""
    start = float(kept[-1].at)
    for one in reversed(kept):
        if not one.on_ground:
            return start
        start = one.at
    return -math.inf
