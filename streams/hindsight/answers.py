"""Answers without the table: links and events as they stood go in, answers by order come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from streams.answers import NAMES, OrderAnswer, answers
from streams.facts.instants import Instant, to_datetime
from streams.facts.policy import Link, PolicyEvent


def answers_from(links: Iterable[Link], events: Iterable[PolicyEvent]) -> list[OrderAnswer]:
    """Answers from links and events as they stood at some time, in order of time.

    An order that no link speaks of is answered on the clock that its event stands on.
    """
    orders = {one.subject_id: one for one in events if one.subject_type == "order"}
    rows = [_row(one, orders.get(one.object_id)) for one in links if one.relation == "airborne_at"]
    linked = {row["order_id"] for row in rows}
    rows += [_bare(one) for name, one in orders.items() if name not in linked]
    return answers(list(NAMES), [[row[name] for name in NAMES] for row in rows])


def _row(link: Link, event: PolicyEvent | None) -> dict[str, Any]:
    return {
        **dataclasses.asdict(link),
        "order_id": link.object_id,
        "mission_id": link.subject_id,
        "kind": link.order_kind,
        "at_earliest": _datetime(link.at_earliest),
        "at_latest": _datetime(link.at_latest),
        "claimed_since": _datetime(link.claimed_since),
        "known_at": _datetime(link.known_at),
        "rivals": [
            (
                to_datetime(one.at_earliest),
                to_datetime(one.at_latest),
                one.source,
                one.certainty,
                one.phase,
                one.margin_s,
            )
            for one in link.rivals
        ],
        "reported_by": _reported(event),
    }


def _bare(event: PolicyEvent) -> dict[str, Any]:
    return {
        **dict.fromkeys(NAMES),
        "order_id": event.subject_id,
        "kind": event.type,
        "court_id": event.court_id,
        "docket_number": event.docket_number,
        "clock": event.type.rpartition(".")[2],
        "at_earliest": to_datetime(event.valid_from),
        "at_latest": to_datetime(event.valid_to),
        "reconstructed": event.reconstructed,
        "reported_by": _reported(event),
    }


def _reported(event: PolicyEvent | None) -> list[tuple[str, str | None]]:
    return sorted({(one.outlet, one.url or "") for one in event.reports}) if event else []


def _datetime(instant: Instant | None) -> datetime | None:
    return None if instant is None else to_datetime(instant)
