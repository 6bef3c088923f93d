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
_UNSEEN = re.compile(r"<(script|style|template|noscript)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_BLOCK_END = re.compile(r"</(p|div|li|h\d|blockquote)>|<br\s*/?>", re.I)
_BLANK = re.compile(r"[ \t\r\f\v\xa0]+")


def canonical_url(url: str) -> str | None:
    """The address without tracking parameters, fragment and a slash at the end; host lower case.

    None for what is no address of a web page: an article is then known by its guid.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.rpartition("@")[2].lower().removesuffix(":80").removesuffix(":443")
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:  # '[' without ']', or more parameters than any page has
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    kept = [(name, value) for name, value in query if not _TRACKING.match(name)]
    path = parts.path.rstrip("/") or "/"
    return urlunsplit((parts.scheme.lower(), host, path, urlencode(kept), ""))


def host_of(url: str) -> str:
    """Host of an address; nothing of one that is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def plain_text(markup: str) -> str:
    """The text of HTML, a paragraph a line. Whole pages go through trafilatura."""
    if "<html" in markup[:2000].lower():
        found = trafilatura.extract(markup, include_comments=False, include_tables=False)
        if found:
            return str(found)
    markup = _UNSEEN.sub(" ", markup) if "<" in markup else markup
    text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", markup)))
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
    title, text, outlet = _sound(title), _sound(text), _sound(outlet)
    url, guid, version = _sound_or_none(url), _sound_or_none(guid), _sound_or_none(version)
    byline, language = _sound_or_none(byline), _sound_or_none(language)
    cites = _sound_or_none(cites)
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


def _sound(text: str) -> str:
    """Text that UTF-8 has bytes for: half a surrogate pair, which JSON can spell, is none."""
    return text.encode("utf-8", "replace").decode()


def _sound_or_none(text: str | None) -> str | None:
    return None if text is None else _sound(text)
