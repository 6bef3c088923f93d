"""KIND ``news.gdelt-events``: GDELT 2.0 events in, the articles that they were read from out.

An event's own date is a day only, and coded by machine: it is not taken over. What is kept is the
article's address and when GDELT added it.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.facts.received import Article
from streams.feeds.documents import BadItem, Received
from streams.feeds.news import gdelt
from streams.feeds.news.articles import article, canonical_url, host_of

KIND = "news.gdelt-events"
_COLUMNS = 61
_ID, _ADDED, _ADDRESS = 0, 59, 60


def parse(data: bytes, received: Received) -> Iterator[Article | BadItem]:
    """An article for each row."""
    for row in gdelt.rows(data, received, _COLUMNS):
        if isinstance(row, BadItem):
            yield row
            continue
        name, cells = row
        at = gdelt.instant(cells[_ADDED])
        address = cells[_ADDRESS]
        if at is None:
            yield BadItem(received.name, name, "DATEADDED", "YYYYMMDDHHMMSS", repr(cells[_ADDED]))
        elif canonical_url(address) is None:
            yield BadItem(received.name, name, "SOURCEURL", "an address", repr(address))
        else:
            outlet = host_of(address)
            yield article(
                received, KIND, title="", text="", published_at=at, outlet=outlet, url=address,
                guid=f"gdelt:{cells[_ID]}",
            )  # fmt: skip
