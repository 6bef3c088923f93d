"""One article from checked fields: identity, canonical address, plain text and content hash."""

from __future__ import annotations

import hashlib
import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import trafilatura

from streams.facts.instants import Instant
from streams.facts.received import Article
from streams.feeds.documents import Received

_TRACKING = re.compile(r"(utm_\w+|fbclid|gclid|cmpid|ref|smid|partner)$", re.I)
_TAG = re.compile(r"<[^>]+>")
_BLOCK_END = re.compile(r"</(p|div|li|h\d|blockquote)>|<br\s*/?>", re.I)
_BLANK = re.compile(r"[ \t\r\f\v\xa0]+")


def canonical_url(url: str) -> str:
    """The address without tracking parameters, fragment and a slash at the end; host lower case."""
    parts = urlsplit(url.strip())
    query = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.match(name)]
    path = parts.path.rstrip("/") or "/"
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, urlencode(query), ""))


def plain_text(markup: str) -> str:
    """The text of HTML, a paragraph a line. Whole pages go through trafilatura."""
    if "<html" in markup[:2000].lower():
        found = trafilatura.extract(markup, include_comments=False, include_tables=False)
        if found:
            return str(found)
    text = html.unescape(_TAG.sub(" ", _BLOCK_END.sub("\n", markup)))
    lines = (_BLANK.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def article(
    received: Received,
    kind: str,
    *,
    title: str,
    text: str,
    published_at: Instant,
    outlet: str,
    url: str | None = None,
    guid: str | None = None,
    version: str | None = None,
    status: str = "usable",
    byline: str | None = None,
    language: str | None = None,
    updated_at: Instant | None = None,
    reconstructed: bool = False,
    cites: str | None = None,
) -> Article:
    """Make the Article. Identity: canonical URL, else guid, else content hash."""
    address = canonical_url(url) if url else None
    digest = hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()
    return Article(
        source=received.source,
        kind=kind,
        fetched_at=received.fetched_at,
        article_id=address or guid or f"sha256:{digest}",
        url=address,
        guid=guid,
        version=version,
        status=status,  # type: ignore[arg-type]
        outlet=outlet,
        byline=byline,
        language=language,
        title=title,
        text=text,
        published_at=published_at,
        updated_at=updated_at,
        content_hash=digest,
        reconstructed=reconstructed,
        cites=cites,
    )
