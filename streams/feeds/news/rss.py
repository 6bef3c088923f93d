"""KIND ``news.rss``: RSS 2.0 or Atom in, articles out. feedparser reads, defusedxml guards.

An item of a recording carries ``<pe:reconstructed xmlns:pe="urn:policy-events" cites="..."/>``.
"""

from __future__ import annotations

import calendar
import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import feedparser
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from streams.facts.instants import Instant, from_seconds
from streams.facts.received import Article
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.news.articles import article, plain_text

KIND = "news.rss"
_OURS = "{urn:policy-events}reconstructed"


def parse(data: bytes, received: Received) -> Iterator[Article | BadItem]:
    """Articles of the feed. Raises BadDocument for no feed, entities that expand, or bad XML."""
    try:
        root: Element | None = fromstring(
            data, forbid_dtd=False, forbid_entities=True, forbid_external=True
        )
    except DefusedXmlException as error:
        raise BadDocument(f"{received.name}: entities are refused: {error}") from error
    except (ParseError, ValueError, LookupError) as error:
        # Feeds with '&nbsp;' or a stray '&' are common: feedparser reads them loosely. What
        # declares entities of its own is not read at all.
        root = None
        trouble = error
        if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
            raise BadDocument(f"{received.name}: expected XML: {error}") from error
    try:
        feed = feedparser.parse(io.BytesIO(data))
    except Exception as error:  # feedparser raises what its guesses at the encoding met
        raise BadDocument(f"{received.name}: expected a feed: {error}") from error
    if not feed.get("version"):
        if root is None:
            raise BadDocument(f"{received.name}: expected XML: {trouble}") from trouble
        raise BadDocument(f"{received.name}: expected RSS or Atom, found <{root.tag}>")
    if root is None and not feed.entries:
        raise BadDocument(f"{received.name}: expected XML: {trouble}") from trouble
    outlet = str(feed.feed.get("title") or received.source)
    items = (
        [] if root is None
        else [one for one in root.iter() if str(one.tag).rpartition("}")[2] in ("item", "entry")]
    )  # fmt: skip
    marks = [_mark(item) for item in items]
    for index, entry in enumerate(feed.entries):
        cites = marks[index] if index < len(marks) else None
        yield _article(entry, f"item {index}", outlet, cites, received)


def _mark(item: Element) -> str | None:
    found = item.find(_OURS)
    return None if found is None else found.get("cites", "")


def _article(
    entry: Any, item: str, outlet: str, cites: str | None, received: Received
) -> Article | BadItem:
    published = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    if published is None:
        found = repr(dict.get(entry, "published") or dict.get(entry, "updated"))
        return BadItem(received.name, item, "pubDate", "a date with a time", found)
    at = _instant(published)
    if at is None:
        return BadItem(received.name, item, "pubDate", "a date with a time", repr(published))
    title = plain_text(str(entry.get("title", "")))
    body = next((one.value for one in entry.get("content", ()) if one.value), None)
    text = plain_text(str(body if body is not None else entry.get("summary", "")))
    if not title and not text:
        return BadItem(received.name, item, "title", "a title or a text", "neither")
    # dict's own get: feedparser's would give the time of publication where there is no update.
    updated = dict.get(entry, "updated_parsed") if dict.get(entry, "published_parsed") else None
    return article(
        received,
        KIND,
        title=title,
        text=text,
        published_at=at,
        updated_at=_instant(updated) if updated else None,
        outlet=outlet,
        url=entry.get("link") or None,
        guid=entry.get("id") or None,
        byline=entry.get("author") or None,
        reconstructed=cites is not None,
        cites=cites,
    )


def _instant(parsed: Any) -> Instant | None:
    """The instant of a time that feedparser has read; None for one of no calendar of ours."""
    try:
        return from_seconds(calendar.timegm(parsed))
    except (OverflowError, ValueError):
        return None
