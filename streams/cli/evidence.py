"""The evidence of an answer: what was found goes in, the folder that backs it comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streams import recording
from streams.bundle import RawDocument, fetch_of, write_bundle
from streams.cli.hindsight import Found, now
from streams.cli.output import as_json
from streams.connectors import configuration
from streams.connectors.archive import Archive
from streams.facts.court import Order
from streams.facts.flights import Leg
from streams.facts.instants import Instant, rfc3339
from streams.facts.news import Mention
from streams.hindsight import warehouse
from streams.hindsight.warehouse import Asked, Evidence
from streams.settings import Settings


def write_evidence(found: Found, answer: Any, folder: Path) -> Path:
    """Write the answer, the facts and feed records behind it, the documents; the manifest's path.

    Raises StackError if the folder holds something.
    """
    question, asker = found.question, found.asker
    asked = (
        asker.moments(question.order)
        if question.order is not None
        else Asked(question.at or Instant(0), question.at or Instant(0))
    )
    by = question.known_at or question.as_of or now()
    standing, evidence = warehouse.supported_by(
        asker.ask, asked, by, asker.scope, by_arrival=question.known_at is not None
    )
    if found.orders is None:
        missions = {one.flight.mission_id for one in found.flights}
    else:
        missions = {one.mission_id for order in found.orders for one in order.flights}
    legs = [one for one in standing.legs.values() if one.mission_id in missions]
    order_ids = {question.order} - {None}
    links = [
        one
        for one in standing.links.values()
        if one.object_id in order_ids | missions or one.subject_id in order_ids
    ]
    spoken = {one for link in links for one in (*link.evidence, link.subject_id)}
    spoken |= {link.object_id for link in links if link.object_type == "article"}
    mentions = [
        one
        for one in standing.mentions.values()
        if one.mention_id in spoken or one.article_id in spoken
    ]
    orders = [one for one in standing.orders.values() if one.order_id in order_ids]
    records = _received(evidence, legs, orders, mentions)
    wanted = {fetch_of(one) for group in records.values() for one in group}
    return write_bundle(
        folder,
        question=question.as_json(),
        answer=answer,
        facts={
            "links": [as_json(one) for one in links],
            "legs": [as_json(one) for one in legs],
            "orders": [as_json(one) for one in orders],
            "mentions": [as_json(one) for one in mentions],
            **records,
        },
        queries={name: sql for sql, name in asker.queries.items()},
        documents=documents(asker.settings, wanted),
    )


def documents(
    settings: Settings, wanted: set[tuple[str, str, str] | None]
) -> Iterator[RawDocument]:
    """Documents as they were received, where they are at hand and not redacted."""
    if settings.namespace == recording.NAMESPACE:
        for one in recording.documents():
            fetched = one.received.fetched_at
            key = (one.kind, one.received.source, "" if fetched is None else rfc3339(fetched))
            if key in wanted:
                yield RawDocument(*key, one.received.name, one.data)
    file = configuration.load(settings.feeds) if settings.feeds.exists() else None
    archive = Archive((file and file.archive) or settings.archive)
    for lane in archive.lanes():
        for entry in archive.entries(lane):
            key = (entry.kind, entry.source, rfc3339(entry.fetched_at))
            if key in wanted and entry.redacted is None:
                yield RawDocument(*key, f"{entry.sha256}.bin", archive.read(entry))


def _received(
    evidence: Evidence, legs: list[Leg], orders: list[Order], mentions: list[Mention]
) -> dict[str, list[dict[str, Any]]]:
    """The feed records that these facts were made from."""
    aircraft = {leg.icao24 for leg in legs}
    dockets = {(one.court_id, one.docket_number) for one in orders}
    articles = {one.article_id for one in mentions}
    return {
        "received/flights.positions": [
            as_json(one) for one in evidence.positions if one.icao24 in aircraft
        ],
        "received/court.docket-entries": [
            as_json(one) for one in evidence.entries if (one.court_id, one.docket_number) in dockets
        ],
        "received/news.articles": [
            as_json(one) for one in evidence.articles if one.article_id in articles
        ],
        "received/feed.progress": [as_json(one) for one in evidence.progress],
    }
