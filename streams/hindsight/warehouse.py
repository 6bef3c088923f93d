"""Hindsight from ClickHouse: a moment and what is asked about go in, links and events come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sinks.facts import facts, text
from streams.facts.flights import Leg
from streams.facts.instants import Instant, from_datetime
from streams.facts.policy import Link, PolicyEvent
from streams.facts.received import Article, DocketEntry, Position, Progress
from streams.hindsight.recomputed import Standing, standing
from streams.relations.coverage import Coverage
from streams.relations.policy import Scope

FOLDER = Path(__file__).parent
Ask = Callable[[str, dict[str, Any]], tuple[list[str], Sequence[Sequence[Any]]]]
"""Runs SQL with parameters; column names and rows."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: the moments, and the order where there is one."""

    earliest: Instant
    latest: Instant
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Feed records that an answer may rest on."""

    positions: list[Position]
    entries: list[DocketEntry]
    articles: list[Article]
    progress: list[Progress]


def published_by(ask: Ask, as_of: Instant) -> tuple[list[Link], list[PolicyEvent]]:
    """Links and events as they were published by a moment, by the generation live then."""
    parameters = {"as_of": text(as_of)}
    return (
        read(ask, Link, "links_as_of", parameters),
        read(ask, PolicyEvent, "events_as_of", parameters),
    )


def supported_by(
    ask: Ask,
    asked: Asked,
    by: Instant,
    scope: Scope,
    *,
    by_arrival: bool = True,
) -> tuple[Standing, Evidence]:
    """What the evidence that had arrived by a moment supports, by today's rules; that evidence.

    ``by_arrival``: by when feeds fetched it; else by when it was logged. What has no time of
    arrival counts by when it was logged.
    """
    parameters = {
        "by_arrival": "true" if by_arrival else "false",
        "by": text(by),
        "earliest": text(asked.earliest),
        "latest": text(asked.latest),
        "order_id": asked.order_id,
    }
    received = Evidence(
        read(ask, Position, "positions", parameters),
        read(ask, DocketEntry, "docket_entries", parameters),
        read(ask, Article, "articles", parameters),
        read(ask, Progress, "progress", parameters),
    )
    found = standing(
        received.positions, received.entries, received.articles, received.progress, scope=scope
    )
    return found, received


def moments_of(ask: Ask, order_id: str) -> Asked | None:
    """All moments that any source ever gave for an order; None if there is no such order."""
    _, rows = ask(query("order_moments"), {"order_id": order_id})
    if not rows:
        return None
    earliest, latest = (from_datetime(one) for one in rows[0])
    return Asked(earliest, latest, order_id)


def legs_near(ask: Ask, at: Instant, *, every: bool) -> list[Leg]:
    """Legs, as they stand, of missions under way near a moment, or of all."""
    return read(ask, Leg, "legs_near", {"at": text(at), "every": str(every).lower()})


def claims(ask: Ask) -> dict[str, list[str]]:
    """Outlets that claim that a flight carried people removed, by mission."""
    found: dict[str, list[str]] = {}
    for mission_id, outlet in ask(query("claims"), {})[1]:
        found.setdefault(mission_id, []).append(outlet)
    return found


def coverage(ask: Ask, by: Instant, *, by_arrival: bool = False) -> Coverage:
    """What the feeds of positions had said of their progress and outages by a moment."""
    parameters = {"by": text(by), "by_arrival": str(by_arrival).lower()}
    return coverage_of(read(ask, Progress, "progress", parameters))


def coverage_of(progress: Iterable[Progress]) -> Coverage:
    """Coverage from all that feeds said, in any order."""
    found = Coverage()
    for one in progress:
        key = f"{one.feed}/{one.scope}"
        if one.outage_from is not None:
            key = f"{key}/{one.outage_from}"
        found.take(key, one)
    return found


def query(name: str) -> str:
    """The text of one of the queries beside this module."""
    return (FOLDER / f"{name}.sql").read_text()


def read(ask: Ask, kind: type[T], name: str, parameters: dict[str, Any]) -> list[T]:
    """Facts of a kind by one of the queries beside this module, which takes some parameters."""
    sql = query(name)
    wanted = {key: value for key, value in parameters.items() if f"{{{key}:" in sql}
    names, rows = ask(sql, wanted)
    return list(facts(kind, names, rows))
