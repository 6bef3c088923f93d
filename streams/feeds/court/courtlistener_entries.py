"""A CourtListener REST v4 document goes in, docket entries come out.

A page (``{"results": […]}``), a list, one entry, or a docket with its ``docket_entries`` nested.
A docket object anywhere in the document supplies court and docket number to entries that name it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from streams.facts.received import DocketEntry
from streams.feeds.court.courtlistener import Dockets, Json, docket_key, entries, is_docket
from streams.feeds.documents import BadDocument, BadItem, Received

KIND = "court.courtlistener-entries"


def parse(data: bytes, received: Received) -> Iterator[DocketEntry | BadItem]:
    """Entries of one document, in its order. Raises BadDocument if it is no such document."""
    document = loaded(data, received.name)
    things = _things(document)
    if things is None:
        raise BadDocument(
            f"{received.name}: expected a page with results, a list, an entry or a docket with"
            f" docket_entries, found {json.dumps(document)[:60]}"
        )
    dockets: Dockets = {
        key: thing for thing in things if is_docket(thing) and (key := docket_key(thing))
    }
    yield from entries(_entries(things), KIND, dockets, received)


def loaded(data: bytes, name: str) -> Any:
    """The JSON of a document. Raises BadDocument."""
    try:
        document = json.loads(data)
        # Half a surrogate pair, spelt or as bytes, is no text: Avro and Kafka would refuse it.
        if b"\\u" in data or b"\xed" in data:
            text = json.dumps(document, ensure_ascii=False)
            document = json.loads(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadDocument(f"{name}: expected JSON: {error}") from error
    return document


def _things(document: Any) -> list[Any] | None:
    """Entries and dockets of a document, side by side."""
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping):
        return None
    if isinstance(document.get("results"), list):
        beside = document.get("dockets")
        return [*(beside if isinstance(beside, list) else ()), *document["results"]]
    if is_docket(document) or {"description", "date_filed", "recap_documents"} & set(document):
        return [document]
    return None


def _entries(things: list[Any]) -> Iterator[tuple[str, object, Json]]:
    for number, thing in enumerate(things, start=1):
        nested = thing.get("docket_entries") if isinstance(thing, Mapping) else None
        if isinstance(nested, list):
            for inner, entry in enumerate(nested, start=1):
                yield f"docket {thing.get('id')}, entry {inner}", entry, thing
        elif not is_docket(thing):
            yield f"entry {number}", thing, {}
