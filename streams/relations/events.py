"""Policy events: an order with its reports, or reports of one thing, in; one event out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from streams.facts.derived import EventType, Mention, Order, PolicyEvent, Report
from streams.facts.identity import Revision, identity
from streams.facts.instants import to_datetime
from streams.relations.choosing import Chosen
from streams.relations.policy import MATCHING
from streams.relations.reports import Reported

_NOTHING = Revision(0)
_BEST_CLOCKS = ("pronounced", "entered", "issued", "filed", "signed")


def order_event(
    order: Order, chosen: Sequence[Chosen], reported: Sequence[Reported]
) -> PolicyEvent:
    """The event that an order makes, on the best clock that states a time."""
    by_clock = {one.clock: one for one in chosen}
    timed = [name for name in _BEST_CLOCKS if name in by_clock and by_clock[name].states_a_time]
    best = by_clock[(timed or [name for name in _BEST_CLOCKS if name in by_clock])[0]]
    plain: EventType = "order.entered" if "entered" in by_clock else "order.issued"
    mentions = [one.mention for one in reported]
    seen = [order.known_at, best.known_at, *(one.known_at for one in mentions)]
    return PolicyEvent(
        event_id=identity("event", "order", order.order_id),
        revision=_NOTHING,
        is_deleted=False,
        known_at=max((one for one in seen if one is not None), default=None),
        type=MATCHING.events.get(order.kind, plain),
        subject_type="order",
        subject_id=order.order_id,
        title=order.case_name or order.docket_number,
        actors=order.judges,
        recipients=(),
        place=None,
        court_id=order.court_id,
        docket_number=order.docket_number,
        valid_from=best.at_earliest,
        valid_to=best.at_latest,
        confidence=order.confidence,
        quote=order.rests_on,
        reports=_reports(mentions),
        reconstructed=order.reconstructed,
    )


def cluster_of(mention: Mention) -> str:
    """What reports of one thing share: its type, its day, its place and who did it."""
    day = to_datetime(mention.valid_from).date().isoformat()
    return identity("event", mention.type, day, mention.place, *sorted(mention.actors))


def cluster_event(event_id: str, mentions: Sequence[Mention]) -> PolicyEvent:
    """The event that several reports of one thing make; the first published one names it."""
    ordered = sorted(mentions, key=lambda one: (one.published_at, one.mention_id))
    first = ordered[0]
    narrowest = min(ordered, key=lambda one: (one.valid_to - one.valid_from, one.mention_id))
    return PolicyEvent(
        event_id=event_id,
        revision=_NOTHING,
        is_deleted=False,
        known_at=max((one.known_at for one in ordered if one.known_at is not None), default=None),
        type=first.type,
        subject_type="none",
        subject_id=None,
        title=first.title,
        actors=tuple(sorted({actor for one in ordered for actor in one.actors})),
        recipients=tuple(sorted({name for one in ordered for name in one.recipients})),
        place=first.place,
        court_id=first.court_id,
        docket_number=None,
        valid_from=narrowest.valid_from,
        valid_to=narrowest.valid_to,
        confidence=max(one.confidence for one in ordered),
        quote=first.quote,
        reports=_reports(ordered),
        reconstructed=all(one.reconstructed for one in ordered),
    )


def _reports(mentions: Iterable[Mention]) -> tuple[Report, ...]:
    ordered = sorted(mentions, key=lambda one: (one.published_at, one.mention_id))
    return tuple(
        Report(
            one.outlet,
            one.url,
            one.title,
            one.article_id,
            one.mention_id,
            one.published_at,
            one.quote,
        )
        for one in ordered
    )
