"""The boundaries of an order's life go in, its stretches from one to the next come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from streams.facts.derived import ClockName, Dispute, ForceStatus, Order
from streams.facts.instants import Instant, Interval
from streams.orders.references import Term

_DOUBTED = 0.5
"""How sure it is that an order stands, while an act that may mean it or another holds one."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something began: earliest and latest instant, and the clock that says so."""

    earliest: Instant
    latest: Instant
    clock: ClockName


@dataclass(frozen=True, slots=True)
class Change:
    """A boundary of an order's life."""

    earliest: Instant
    latest: Instant
    by: str
    """The order that makes it; empty where a stated term is over."""
    words: str
    where: str = ""
    """``court/docket`` of that order; empty for the order's own."""
    holds: ForceStatus | None = None
    """What begins to hold the order: stayed or vacated."""
    frees: str | None = None
    """The act that ceases to hold it."""
    extends: Term | None = None
    confidence: float = 1.0
    doubt: Dispute | None = None
    """It may act on this order or on another."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an order's life, from one boundary to the next."""

    status: ForceStatus
    begins: Change
    ends: Change | None
    term: Term | None
    confidence: float
    doubts: tuple[Dispute, ...] = ()
    """Acts that may hold it or another, in this stretch."""


class _Walk:
    """One walk through the boundaries of an order's life: what holds it where the walk stands."""

    def __init__(self, order: Order, start: Moment, own: Term | None) -> None:
        self.begins = Change(start.earliest, start.latest, order.order_id, order.rests_on)
        self.status: ForceStatus = "issued"
        self.limit = own
        self._extended = False
        self._confidence = order.confidence
        self._held: dict[str, ForceStatus] = {}
        self._doubted: dict[str, Dispute] = {}

    @property
    def over(self) -> Change | None:
        """The end of the stated term, while it is still ahead."""
        return None if self.status in ("lapsed", "vacated") else _over(self.limit)

    def ended(self, ends: Change | None, term: Term | None) -> Stretch:
        """The stretch that the walk stands in, up to a boundary."""
        doubts = tuple(self._doubted[act] for act in sorted(self._doubted))
        sure = min(self._confidence, _DOUBTED) if doubts else self._confidence
        return Stretch(self.status, self.begins, ends, term, sure, doubts)

    def lapse(self, over: Change) -> Stretch:
        """Come to the end of the term."""
        return self._step(over, "lapsed", self.limit)

    def doubt(self, change: Change, act: str) -> Iterator[Stretch]:
        """Come to an act that may mean this order or another, or to its end."""
        if change.doubt == self._doubted.get(act):
            return
        if self.status != "lapsed":
            yield self._step(change, self.status, self.limit)
        if change.doubt is None:
            del self._doubted[act]
        else:
            self._doubted[act] = change.doubt

    def act(self, change: Change) -> Iterator[Stretch]:
        """Come to an act on this order, or to its end."""
        before = self.limit
        self._confidence = min(self._confidence, change.confidence)
        lapsed = self.status == "lapsed" and change.extends is None
        if change.extends is not None:
            self.limit, self._extended = change.extends, True
        elif change.frees is not None and change.holds is not None:
            self._held[change.frees] = change.holds
        elif change.frees is not None:
            self._held.pop(change.frees, None)
        found = "lapsed" if lapsed else _status(self._held, extended=self._extended)
        if found != self.status or change.extends is not None:
            yield self._step(change, found, before)

    def is_doubt(self, change: Change) -> str | None:
        """The act whose doubt a boundary begins or ends, if it is one."""
        if change.doubt is not None or change.frees in self._doubted:
            return change.frees
        return None

    def _step(self, at: Change, status: ForceStatus, term: Term | None) -> Stretch:
        if at.earliest < self.begins.earliest:
            at = _after(at, self.begins)
        stretch = self.ended(at, term)
        self.begins, self.status = at, status
        return stretch


def stretches(
    order: Order, start: Moment, own: Term | None, changes: Sequence[Change]
) -> Iterator[Stretch]:
    """Walk through the boundaries; a stated term ends the walk unless it was extended by then."""
    walk = _Walk(order, start, own)
    for change in changes:
        over = walk.over
        if over is not None and change.earliest > over.latest:
            yield walk.lapse(over)
        act = walk.is_doubt(change)
        yield from walk.act(change) if act is None else walk.doubt(change, act)
    if (over := walk.over) is not None:
        yield walk.lapse(over)
    yield walk.ended(None, walk.limit)


def _status(held: Mapping[str, ForceStatus], *, extended: bool) -> ForceStatus:
    if "vacated" in held.values():
        return "vacated"
    if held:
        return "stayed"
    return "extended" if extended else "issued"


def _over(limit: Term | None) -> Change | None:
    """The end of a stated term: the order stands through it, so the end is its last moment."""
    if limit is None or limit.until is None:
        return None
    until: Interval = limit.until
    if until.earliest is None or until.latest is None:
        return None
    return Change(until.earliest, until.latest, "", limit.words)


def _after(change: Change, before: Change) -> Change:
    """A boundary that is not known to come later than the one before it, moved there."""
    return replace(
        change,
        earliest=max(change.earliest, before.earliest),
        latest=max(change.latest, before.latest),
    )
