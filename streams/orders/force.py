"""The orders of one case family go in, the stretches of each one's life come out.

An order stands from its best clock on, until its stated term is over, and while no stay or vacatur
of it stands. A stay is an order like any other: stayed, vacated or lapsed itself, it lets go what
it held, so a stay of a stay needs no rule of its own. What the words say is reported, with the
words; whether the law agrees is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from streams.facts.court import ClockName, Dispute, DisputeKind, ForceStatus, Order, OrderState
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.orders.references import Term, restrains, scope, term
from streams.orders.stretches import Change, Moment, Stretch, stretches
from streams.orders.targets import Act

_PREFERRED: Mapping[str, tuple[ClockName, ...]] = {
    "oral": ("pronounced", "issued", "first_seen"),
    "written": ("entered", "issued", "filed", "signed", "first_seen"),
}
_POSSIBLY: Mapping[str, DisputeKind] = {
    "stayed": "possibly_stayed", "vacated": "possibly_vacated",
}  # fmt: skip
_DOUBTS: frozenset[DisputeKind] = frozenset({*_POSSIBLY.values(), "possibly_extended"})
UNREVISED = Revision(0)


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
    found = stretches(order, start, own, changes)
    times = [one.order.known_at for one in acts] + [order.known_at]
    known = max((time for time in times if time is not None), default=None)
    about = _About(
        scope(order.description), restrains(order), tuple(disputes), known,
        order.reconstructed or any(one.order.reconstructed for one in acts),
    )  # fmt: skip
    return tuple(_named(order, start, found, about))


@dataclass(frozen=True, slots=True)
class _About:
    """What all stretches of an order share."""

    scope: tuple[str, ...]
    restrains: bool
    disputes: tuple[Dispute, ...]
    known_at: Instant | None
    reconstructed: bool


def _changes(acts: Sequence[Act], held_by: Mapping[str, Sequence[OrderState]]) -> Iterator[Change]:
    for act in acts:
        if act.effect == "extension":
            yield from _extended(act)
        elif act.effect in ("stay", "vacatur"):
            yield from _held(act, held_by.get(act.order.order_id, ()))


def _extended(act: Act) -> Iterator[Change]:
    moment = began(act.order)
    if moment is not None:
        extends = term(act.order.description, act.order.court_id, moment.earliest)
        by = act.order.order_id
        yield Change(
            moment.earliest, moment.latest, by, act.words,
            f"{act.order.court_id}/{act.order.docket_number}",
            act=by, confidence=act.confidence,
            extends=None if act.choice == "open" else extends or Term(None, ""),
            doubt=_doubt(act, "possibly_extended"),
        )  # fmt: skip


def _held(act: Act, stretches: Sequence[OrderState]) -> Iterator[Change]:
    """What a stay or vacatur holds while it stands itself."""
    by = act.order.order_id
    holds: ForceStatus = "stayed" if act.effect == "stay" else "vacated"
    for one in stretches:
        # A stretch that follows another of the same standing changes nothing here.
        yield Change(
            one.from_earliest, one.from_latest, one.began_by,
            act.words if one.in_force and one.began_by == by else one.began_words,
            one.began_in,
            act=by, confidence=act.confidence,
            holds=holds if one.in_force and act.choice != "open" else None,
            doubt=_doubt(act, _POSSIBLY[holds], one),
        )  # fmt: skip


def _doubt(act: Act, possibly: DisputeKind, held: OrderState | None = None) -> Dispute | None:
    """What an act may do to an order: it does not name it, or may itself be held, or not."""
    unsaid = act.choice != "said" and (held is None or held.in_force)
    unsure = held is not None and any(one.what in _DOUBTS for one in held.disputes)
    return Dispute(possibly, act.order.order_id, act.words) if unsaid or unsure else None


def _named(
    order: Order, start: Moment, found: Iterable[Stretch], about: _About
) -> Iterator[OrderState]:
    seen: dict[tuple[str, str], int] = {}
    for one in found:
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
            began_in=one.begins.where or f"{order.court_id}/{order.docket_number}",
            ended_by=(one.ends.by or None) if one.ends else None,
            began_words=one.begins.words,
            term_earliest=until.earliest if until else None,
            term_latest=until.latest if until else None,
            term_words=(one.term.words or None) if one.term else None,
            restrains=about.restrains,
            scope=about.scope,
            disputes=(*about.disputes, *one.doubts),
            description=order.description,
            confidence=round(one.confidence, 2),
            sources=order.sources,
            reconstructed=about.reconstructed,
        )
