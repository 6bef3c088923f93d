"""KIND ``news.ninjs``: IPTC ninjs items in, one or a list; versions of articles out.

``pubStatus`` usable, withheld or canceled models corrections and kills; a later version of one
``uri`` takes an earlier one's place. An item of a recording carries
``"extra": {"reconstructed": true, "cites": "..."}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from streams.facts.instants import parse_rfc3339
from streams.facts.received import Article
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.news.articles import article, plain_text

KIND = "news.ninjs"
_STATUSES = ("usable", "withheld", "canceled")


def parse(data: bytes, received: Received) -> Iterator[Article | BadItem]:
    """Articles of the document. Raises BadDocument if it is no JSON object or list of objects."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadDocument(f"{received.name}: expected JSON: {error}") from error
    items = document if isinstance(document, list) else [document]
    if not all(isinstance(one, dict) for one in items):
        raise BadDocument(f"{received.name}: expected a ninjs object, or a list of them")
    for index, item in enumerate(items):
        yield _article(item, str(item.get("uri") or f"item {index}"), received)


def _article(item: dict[str, Any], name: str, received: Received) -> Article | BadItem:
    def bad(field: str, expected: str, found: object) -> BadItem:
        return BadItem(received.name, name, field, expected, repr(found))

    uri, status = item.get("uri"), item.get("pubStatus") or item.get("pubstatus") or "usable"
    if not isinstance(uri, str) or not uri:
        return bad("uri", "text", uri)
    if status not in _STATUSES:
        return bad("pubStatus", "one of " + ", ".join(_STATUSES), status)
    created = item.get("versionCreated") or item.get("versioncreated")
    try:
        at = parse_rfc3339(created if isinstance(created, str) else "")
    except ValueError:
        return bad("versionCreated", "an RFC 3339 time with a zone", created)
    first = item.get("firstCreated") or item.get("firstcreated")
    try:
        begun = parse_rfc3339(first) if isinstance(first, str) else None
    except ValueError:
        return bad("firstCreated", "an RFC 3339 time with a zone", first)
    extra = item.get("extra") if isinstance(item.get("extra"), dict) else {}
    version = item.get("version")
    holder = item.get("copyrightHolder") or item.get("copyrightholder")
    byline = item.get("by") or item.get("byline")
    return article(
        received,
        KIND,
        title=plain_text(_first(item.get("headlines"), item.get("headline"))),
        text=plain_text(
            _first(item.get("bodies"), item.get("body_text") or item.get("body_xhtml"))
        ),
        published_at=begun if begun is not None else at,
        updated_at=at if begun is not None else None,
        outlet=next(
            (one for one in (holder, byline) if isinstance(one, str) and one), received.source
        ),
        guid=uri,
        version=str(version) if isinstance(version, (str, int, float)) else None,
        status=status,
        byline=byline if isinstance(byline, str) else None,
        language=item.get("language") if isinstance(item.get("language"), str) else None,
        reconstructed=bool(extra and extra.get("reconstructed")),
        cites=str(extra["cites"]) if extra and extra.get("cites") else None,
    )


def _first(several: Any, single: Any) -> str:
    """The main one of several texts, else the first, else the single one."""
    if isinstance(several, list):
        texts = [
            one for one in several if isinstance(one, dict) and isinstance(one.get("value"), str)
        ]
        main = [one for one in texts if one.get("role") == "main"]
        if main or texts:
            return str((main or texts)[0]["value"])
    return single if isinstance(single, str) else ""
