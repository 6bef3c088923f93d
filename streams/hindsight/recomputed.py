"""The pipeline's answer from other records: feed records go in, what would stand comes out.

The same pure stages that the workers run, one after the other, on all records at once. Since what
stands at the end does not depend on order or batches, this is what the live pipeline would have
published, by the rules of today, had it received these records and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from streams.facts.court import Order, OrderState
from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.facts.news import Mention
from streams.facts.policy import Link, PolicyEvent
from streams.facts.received import Article, DocketEntry, Position, Progress
from streams.legs.stage import LegsStage
from streams.mentions.stage import ArticlesStage
from streams.orders.cases_stage import CasesStage
from streams.orders.family import Family
from streams.orders.stage import OrdersStage
from streams.relations.policy import SCOPE, Scope
from streams.relations.stage import RelateStage
from streams.stages import Arrived, Stage

_BATCH = 20_000
_TOPICS = (
    "flights.legs", "cases.inputs", "court.orders", "news.mentions", "policy.links",
    "policy.events",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Facts and outputs as they stand, by id."""

    legs: dict[str, Leg]
    orders: dict[str, Order]
    mentions: dict[str, Mention]
    links: dict[str, Link]
    events: dict[str, PolicyEvent]


def standing(
    positions: Iterable[Position],
    entries: Iterable[DocketEntry],
    articles: Iterable[Article],
    progress: Iterable[Progress] = (),
    *,
    scope: Scope = SCOPE,
) -> Standing:
    """What stands once all these records are worked off. Positions come in the order of time."""
    legs = _last("flights.legs", LegsStage(), positions)
    orders = orders_of(entries)
    mentions = _last("news.mentions", ArticlesStage(), articles)
    facts: list[Any] = [*orders.values(), *mentions.values(), *legs.values(), *progress]
    relate = RelateStage(0, 1, scope)
    outputs = _published(relate, facts)
    return Standing(
        legs,
        orders,
        mentions,
        _standing(outputs["policy.links"]),
        _standing(outputs["policy.events"]),
    )


def orders_of(entries: Iterable[DocketEntry]) -> dict[str, Order]:
    """The orders that stand once these docket entries are worked off, by id."""
    docketed = _published(OrdersStage(), entries)["cases.inputs"]
    return _last("court.orders", CasesStage(), docketed.values())


def order_states(entries: Iterable[DocketEntry]) -> list[OrderState]:
    """The stretches of the lives of the orders that stand once these entries are worked off."""
    families: dict[str, list[Order]] = {}
    for order in orders_of(entries).values():
        families.setdefault(order.case_family, []).append(order)
    # A family taken at once is what one order after the other makes of it, for much less work.
    return [
        state
        for family in map(Family, families.values())
        for order_id in family.orders
        for state in family.shown(order_id)
    ]


def _last(topic: str, stage: Stage, records: Iterable[Any]) -> dict[str, Any]:
    return _standing(_published(stage, records)[topic])


def _published(stage: Stage, records: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """What a stage publishes last under each key, by topic."""
    stage.restore(())
    found: dict[str, dict[str, Any]] = {topic: {} for topic in _TOPICS}
    waiting, offset = iter(records), 0
    while batch := list(islice(waiting, _BATCH)):
        for emit in stage.apply(_arrived(batch, offset)).emits:
            found.setdefault(emit.topic, {})[emit.key] = emit.record
        offset += len(batch)
    return found


def _arrived(batch: Sequence[Any], offset: int) -> list[Arrived]:
    return [
        Arrived("hindsight", 0, offset + at, Revision(offset + at), _key(one), one)
        for at, one in enumerate(batch)
    ]


def _key(record: Any) -> str:
    if isinstance(record, Progress):
        return f"{record.feed}/{record.scope}"
    for name in (
        "leg_id",
        "order_id",
        "entry_id",
        "case_link_id",
        "mention_id",
        "icao24",
        "article_id",
    ):
        if hasattr(record, name):
            return str(getattr(record, name))
    return f"{record.court_id}/{record.docket_number}"


def _standing(records: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in records.items() if not one.is_deleted}
