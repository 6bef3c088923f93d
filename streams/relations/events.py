"""Policy events: an order with its reports, or reports of one thing, in; one event out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from streams.facts.court import Order
from streams.facts.identity import Revision, identity
from streams.facts.news import EventType, Mention
from streams.facts.policy import ClaimedNumber, PolicyEvent, Report
from streams.mentions.plover import plover
from streams.relations.choosing import Chosen
from streams.relations.clusters import order_of, summary
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
    kind = MATCHING.events.get(order.kind, plain)
    seen = [order.known_at, best.known_at, *(one.known_at for one in mentions)]
    return PolicyEvent(
        event_id=identity("event", "order", order.order_id),
        revision=_NOTHING,
        is_deleted=False,
        known_at=max((one for one in seen if one is not None), default=None),
        type=kind,
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
        **_told(kind, order.rests_on, mentions),
    )


def cluster_event(event_id: str, mentions: Sequence[Mention]) -> PolicyEvent:
    """The event that several reports of one thing make; the first published one names it."""
    ordered = sorted(mentions, key=order_of)
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
        **_told(first.type, first.quote, ordered),
    )


def _told(kind: EventType, words: str, mentions: Sequence[Mention]) -> dict[str, Any]:
    """What the reports amount to, and the PLOVER codes of the words that the event rests on."""
    codes = plover(kind, words)
    told: dict[str, Any] = {
        "plover_event": codes.event,
        "plover_mode": codes.mode,
        "plover_contexts": codes.contexts,
    }
    if mentions:
        found = summary(mentions)
        told["first_outlet"] = found.first_report.outlet
        told["first_reported_at"] = found.first_report.published_at
        told["outlets"] = found.outlets
        told["claimed_values"] = tuple(
            ClaimedNumber(one.number, one.counted, one.scope, one.rough, spread.outlets)
            for spread in found.values
            for one in [spread.value]
        )
    return told


def _reports(mentions: Iterable[Mention]) -> tuple[Report, ...]:
    ordered = sorted(mentions, key=order_of)
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
