"""KIND ``news.gdelt-mentions``: GDELT 2.0 mentions in, the articles that they point to out.

GDELT gives no text: an article from here has an address and an outlet, and no events come of it
until its text is fetched. Only web pages (MentionType 1) are articles.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.received import Article
from streams.feeds.documents import BadItem, Received
from streams.feeds.news import gdelt
from streams.feeds.news.articles import article, canonical_url, host_of

KIND = "news.gdelt-mentions"
_COLUMNS = 16
_WEB = "1"


def parse(data: bytes, received: Received) -> Iterator[Article | BadItem]:
    """An article for each row that mentions an event on a web page."""
    for row in gdelt.rows(data, received, _COLUMNS):
        if isinstance(row, BadItem):
            yield row
            continue
        name, cells = row
        event, time, kind, outlet, address = cells[0], cells[2], cells[3], cells[4], cells[5]
        if kind != _WEB:
            continue
        at = gdelt.instant(time)
        if at is None:
            yield BadItem(received.name, name, "MentionTimeDate", "YYYYMMDDHHMMSS", repr(time))
        elif canonical_url(address) is None:
            yield BadItem(received.name, name, "MentionIdentifier", "an address", repr(address))
        else:
            yield article(
                received, KIND, title="", text="", published_at=at, url=address,
                outlet=outlet.strip() or host_of(address),
                guid=f"gdelt:{event}",
            )  # fmt: skip
