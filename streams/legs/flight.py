"""A flight that goes on, with its entry: readings and their bytes in, legs to publish out."""

from __future__ import annotations

from dataclasses import replace

from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.legs import memory
from streams.legs.causes import digest_of
from streams.legs.memory import Published, Tail
from streams.legs.readings import Reading
from streams.legs.underway import Underway

_PIECES = 64


class Flight:
    """A flight that is carried on, with what came since its aircraft's head was written."""

    __slots__ = ("_tail", "underway")

    def __init__(self, underway: Underway, tail: Tail) -> None:
        self.underway, self._tail = underway, tail

    def carry(
        self, new: list[Reading], piece: bytes, *, calm: int, only: bool, doubt: bool, high: bool
    ) -> list[Leg] | None:
        """Take in readings that go on; None where all is to be worked out anew.

        ``calm``: of so many of them none but the last can change anything; ``only``: none after
        those can, either;
        ``piece``: the same as bytes; ``doubt``: whether one aircraft can have made them is to be
        looked at; ``high``: they are known to be in order, plainly in the air and not low near a
        field. After None this is of no more use.
        """
        tail, changed = self._tail, dict[str, Leg]()
        parts = [new] if only else [new[:calm], *([one] for one in new[calm:])]
        cause = Revision(new[calm - 1].revision)
        for part in parts:
            if not only:
                cause = Revision(part[-1].revision)
            found = self.underway.cruise(part, cause) if high else None
            if found is None:
                found = self.underway.carry(part, revision=cause, doubt=doubt)
            if found is None:
                return None
            for leg in found:
                known, digest = tail.published.get(leg.leg_id), digest_of(leg)
                if known is None or known.digest != digest:
                    stands = leg.revision == cause
                    changed[leg.leg_id] = leg if stands else replace(leg, revision=cause)
                    tail.published[leg.leg_id] = Published(cause, digest, leg.observed_through)
        newest = new[-1].at if high else max(one.at for one in new)
        tail.newest = max(tail.newest, newest)
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
