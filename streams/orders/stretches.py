"""The boundaries of an order's life go in, its stretches from one to the next come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from streams.facts.court import ClockName, Dispute, ForceStatus, Order
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
    act: str = ""
    """The act, on the order or perhaps on it, that begins here; it ends where nothing of what
    follows is given."""
    holds: ForceStatus | None = None
    """What it makes of the order while it lasts: stayed or vacated."""
    extends: Term | None = None
    confidence: float = 1.0
    doubt: Dispute | None = None
    """While it lasts: it may act on this order, or on another."""


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

    def take(self, change: Change) -> Iterator[Stretch]:
        """Come to an act, on this order or perhaps on it, or to the end of one."""
        before, held, doubted = self.limit, dict(self._held), dict(self._doubted)
        held.pop(change.act, None)
        doubted.pop(change.act, None)
        if change.holds is not None:
            held[change.act] = change.holds
        if change.doubt is not None:
            doubted[change.act] = change.doubt
        elif change.act not in self._doubted:
            # What is in doubt lowers the confidence while it is, and not beyond.
            self._confidence = min(self._confidence, change.confidence)
        if change.extends is not None:
            self.limit, self._extended = change.extends, True
            if change.doubt is None:  # it stands now, whether or not it was extended before
                doubted = {act: one for act, one in doubted.items()
                           if one.what != "possibly_extended"}  # fmt: skip
        lapsed = self.status == "lapsed" and change.extends is None
        found = "lapsed" if lapsed else _status(held, extended=self._extended)
        doubtful = doubted != self._doubted and not lapsed
        if found != self.status or change.extends is not None or doubtful:
            yield self._step(change, found, before)
        self._held, self._doubted = held, doubted

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
        yield from walk.take(change)
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
