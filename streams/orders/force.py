"""The orders of one case family go in, the stretches of each one's life come out.

An order stands from its best clock on, until its stated term is over, and while no stay or vacatur
of it stands. A stay is an order like any other: stayed, vacated or lapsed itself, it lets go what
it held, so a stay of a stay needs no rule of its own. What the words say is reported, with the
words; whether the law agrees is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from streams.facts.derived import ClockName, Dispute, ForceStatus, Order, OrderState
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant, Interval
from streams.orders.references import Term, restrains, scope, term
from streams.orders.targets import Act

_PREFERRED: Mapping[str, tuple[ClockName, ...]] = {
    "oral": ("pronounced", "issued", "first_seen"),
    "written": ("entered", "issued", "filed", "signed", "first_seen"),
}
UNREVISED = Revision(0)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something began: earliest and latest instant, and the clock that says so."""

    earliest: Instant
    latest: Instant
    clock: ClockName


@dataclass(frozen=True, slots=True)
class _Change:
    """A boundary of an order's life."""

    earliest: Instant
    latest: Instant
    by: str
    words: str
    holds: ForceStatus | None = None
    """What begins to hold the order: stayed or vacated."""
    frees: str | None = None
    """The act that ceases to hold it."""
    extends: Term | None = None
    confidence: float = 1.0


def began(order: Order) -> Moment | None:
    """When an order began to stand, by its best clock; None where none is known."""
    for name in _PREFERRED.get(order.form, _PREFERRED["written"]):
        claims = [one for one in order.clocks if one.clock == name]
        if claims:
            best = min(claims, key=lambda one: (one.source_rank, one.at_latest - one.at_earliest))
            return Moment(best.at_earliest, best.at_latest, name)
    return None


def stands(order: Order) -> bool:
    """Whether an order has a life of its own: not a denial, a notice, nor a mere act on another."""
    if order.kind in ("denial", "notice_of_appeal", "extension", "vacatur"):
        return False
    return order.disposition != "denied"


def states(
    order: Order,
    acts: Sequence[Act],
    held_by: Mapping[str, Sequence[OrderState]],
    disputes: Sequence[Dispute],
) -> tuple[OrderState, ...]:
    """The stretches of an order's life, in order.

    ``acts`` speak of it; ``held_by`` gives the stretches of each of the stays and vacaturs among
    them.
    """
    start = began(order)
    if start is None:
        return ()
    own = term(order.description, order.court_id, start.earliest)
    changes = sorted(
        _changes(acts, held_by), key=lambda one: (one.earliest, one.latest, one.by, one.words)
    )
    stretches = list(_stretches(order, start, own, changes))
    times = [one.order.known_at for one in acts] + [order.known_at]
    known = max((time for time in times if time is not None), default=None)
    about = _About(
        scope(order.description), restrains(order), tuple(disputes), known,
        order.reconstructed or any(one.order.reconstructed for one in acts),
    )  # fmt: skip
    return tuple(_named(order, start, stretches, about))


@dataclass(frozen=True, slots=True)
class _About:
    """What all stretches of an order share."""

    scope: tuple[str, ...]
    restrains: bool
    disputes: tuple[Dispute, ...]
    known_at: Instant | None
    reconstructed: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    status: ForceStatus
    begins: _Change
    ends: _Change | None
    term: Term | None
    confidence: float


def _changes(acts: Sequence[Act], held_by: Mapping[str, Sequence[OrderState]]) -> Iterator[_Change]:
    for act in acts:
        by, words = act.order.order_id, act.words
        if act.effect == "extension":
            moment = began(act.order)
            if moment is not None:
                extends = term(act.order.description, act.order.court_id, moment.earliest)
                yield _Change(
                    moment.earliest, moment.latest, by, words,
                    extends=extends or Term(None, ""), confidence=act.confidence,
                )  # fmt: skip
        holds: ForceStatus = "stayed" if act.effect == "stay" else "vacated"
        for stretch in held_by.get(by, ()):
            # A stretch that follows another of the same standing changes nothing here.
            if stretch.in_force:
                yield _Change(
                    stretch.from_earliest, stretch.from_latest, stretch.began_by,
                    words if stretch.began_by == by else stretch.began_words,
                    holds=holds, frees=by, confidence=act.confidence,
                )  # fmt: skip
            else:
                yield _Change(
                    stretch.from_earliest, stretch.from_latest, stretch.began_by,
                    stretch.began_words, frees=by, confidence=act.confidence,
                )  # fmt: skip


def _stretches(
    order: Order, start: Moment, own: Term | None, changes: Sequence[_Change]
) -> Iterator[_Stretch]:
    """Walk through the boundaries; a stated term ends the walk unless it was extended by then."""
    held: dict[str, ForceStatus] = {}
    limit, extended = own, False
    confidence = order.confidence
    begins = _Change(start.earliest, start.latest, order.order_id, order.rests_on)
    status: ForceStatus = "issued"
    lapsed = False
    for change in changes:
        over = _over(limit)
        timely = over is None or lapsed or status == "vacated" or change.earliest <= over.latest
        if over is not None and not timely:
            yield _Stretch(status, begins, over, limit, confidence)
            begins, status, lapsed = over, "lapsed", True
        confidence, before = min(confidence, change.confidence), limit
        if change.extends is not None:
            limit, extended, lapsed = change.extends, True, False
        elif change.holds is not None and change.frees is not None:
            held[change.frees] = change.holds
        elif change.frees is not None:
            held.pop(change.frees, None)
        found = "lapsed" if lapsed else _status(held, extended=extended)
        if found == status and change.extends is None:
            continue
        at = change if change.earliest >= begins.earliest else _after(change, begins)
        yield _Stretch(status, begins, at, before, confidence)
        begins, status = at, found
    over = _over(limit)
    if over is not None and not lapsed and status != "vacated":
        over = over if over.latest >= begins.earliest else _after(over, begins)
        yield _Stretch(status, begins, over, limit, confidence)
        begins, status = over, "lapsed"
    yield _Stretch(status, begins, None, limit, confidence)


def _status(held: Mapping[str, ForceStatus], *, extended: bool) -> ForceStatus:
    if "vacated" in held.values():
        return "vacated"
    if held:
        return "stayed"
    return "extended" if extended else "issued"


def _over(limit: Term | None) -> _Change | None:
    """The end of a stated term: the order stands through it, so the end is its last moment."""
    if limit is None or limit.until is None:
        return None
    until: Interval = limit.until
    if until.earliest is None or until.latest is None:
        return None
    return _Change(until.earliest, until.latest, "", limit.words)


def _after(change: _Change, before: _Change) -> _Change:
    """A boundary that is not known to come later than the one before it, moved there."""
    return _Change(
        max(change.earliest, before.earliest), max(change.latest, before.latest), change.by,
        change.words, change.holds, change.frees, change.extends, change.confidence,
    )  # fmt: skip


def _named(
    order: Order, start: Moment, stretches: Sequence[_Stretch], about: _About
) -> Iterator[OrderState]:
    seen: dict[tuple[str, str], int] = {}
    for one in stretches:
        key = (one.begins.by, one.status)
        number = seen[key] = seen.get(key, -1) + 1
        until = one.term.until if one.term else None
        yield OrderState(
            state_id=identity("state", order.case_family, order.order_id, *key, number),
            revision=UNREVISED,
            is_deleted=False,
            known_at=about.known_at,
            case_family=order.case_family,
            court_id=order.court_id,
            docket_number=order.docket_number,
            case_name=order.case_name,
            order_id=order.order_id,
            document_number=order.document_number,
            kind=order.kind,
            form=order.form,
            status=one.status,
            in_force=one.status in ("issued", "extended"),
            from_earliest=one.begins.earliest,
            from_latest=one.begins.latest,
            to_earliest=one.ends.earliest if one.ends else None,
            to_latest=one.ends.latest if one.ends else None,
            clock=start.clock,
            began_by=one.begins.by or order.order_id,
            ended_by=(one.ends.by or None) if one.ends else None,
            began_words=one.begins.words,
            term_earliest=until.earliest if until else None,
            term_latest=until.latest if until else None,
            term_words=(one.term.words or None) if one.term else None,
            restrains=about.restrains,
            scope=about.scope,
            disputes=about.disputes,
            description=order.description,
            confidence=round(one.confidence, 2),
            sources=order.sources,
            reconstructed=about.reconstructed,
        )
