"""A delivery of CourtListener's docket-alert webhook goes in, docket entries come out.

``{"payload": {"results": [entry…]}, "webhook": {"version", "event_type": 1, …}}``. An entry's
docket is an id: it must be listed in ``dockets.yaml`` by whoever subscribes to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streams.facts.received import DocketEntry
from streams.feeds.court.courtlistener import Dockets, Json, docket_key, entries, is_docket
from streams.feeds.court.courtlistener_entries import loaded
from streams.feeds.documents import BadDocument, BadItem, Received

KIND = "court.courtlistener-webhook"
DOCKET_ALERT = 1
"""Event type of a docket alert."""


def parse(data: bytes, received: Received) -> Iterator[DocketEntry | BadItem]:
    """Entries of one delivery. Raises BadDocument if it is none, or of another event type."""
    document = loaded(data, received.name)
    payload = document.get("payload") if isinstance(document, Mapping) else None
    results = payload.get("results") if isinstance(payload, Mapping) else None
    webhook = document.get("webhook") if isinstance(document, Mapping) else None
    if not isinstance(results, list) or not isinstance(webhook, Mapping):
        raise BadDocument(f"{received.name}: expected an object with payload.results and webhook")
    if webhook.get("event_type") != DOCKET_ALERT:
        raise BadDocument(
            f"{received.name}: webhook.event_type: expected {DOCKET_ALERT} (docket alert),"
            f" found {webhook.get('event_type')!r}"
        )
    dockets: Dockets = {
        key: thing for thing in results if is_docket(thing) and (key := docket_key(thing))
    }
    yield from entries(_entries(results), KIND, dockets, received)


def _entries(results: list[Any]) -> Iterator[tuple[str, object, Json]]:
    for number, thing in enumerate(results, start=1):
        if not is_docket(thing):
            yield f"entry {number}", thing, {}
