"""KIND ``news.text``: plain text and the time it was published in, one article out."""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.instants import Instant
from streams.facts.received import Article
from streams.feeds.documents import BadDocument, Received
from streams.feeds.news.articles import article

KIND = "news.text"


def parse(data: bytes, received: Received, *, published: Instant) -> Iterator[Article]:
    """The article; all of the text is its body. Raises BadDocument if it is no UTF-8 or empty."""
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise BadDocument(f"{received.name}: expected UTF-8 text: {error}") from error
    if not text:
        raise BadDocument(f"{received.name}: expected an article, found nothing")
    yield article(
        received, KIND, title="", text=text, published_at=published, outlet=received.source
    )
