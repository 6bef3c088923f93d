"""CourtListener's REST API v4: the entries of a docket, in pages, those changed since last time.

An entry names its docket by address only: the docket is fetched too, and its court and number go
with each page. Pages come in the order of date_modified; where one does not, the lane goes on from
where it was and not from what it saw, so that nothing is skipped.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from streams.connectors.answers import Answer, FetchError, NotModified, now
from streams.connectors.entries import Document
from streams.connectors.fetching import Fetcher
from streams.connectors.polled import CourtListener
from streams.connectors.progress import Stream
from streams.connectors.source import Source, Unchanged
from streams.connectors.sources.page import limits_of, stream_of

KIND = "court.courtlistener-entries"
_DOCKET_FACTS = (
    "id", "court", "court_id", "docket_number", "pacer_case_id", "case_name", "assigned_to_str",
    "appeal_from", "original_court_info",
)  # fmt: skip
_DOCKET_KEPT_MS = 86_400_000
_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Docket:
    """One docket."""

    name: str
    stream: Stream
    kind: str
    docket: int
    feed: CourtListener

    async def turn(
        self, position: Mapping[str, Any], fetcher: Fetcher
    ) -> AsyncIterator[Document | Unchanged]:
        """The docket, once a day, and the pages of what has changed. Raises FetchError."""
        place = dict(position)
        if now() - place.get("docket_at", 0) > _DOCKET_KEPT_MS:
            answer = await self._get(fetcher, f"{self._base}dockets/{self.docket}/")
            facts = _json(answer)
            if not isinstance(facts, dict) or not facts.get("docket_number"):
                raise FetchError("document", f"{answer.url}: expected a docket with docket_number")
            kept = {name: facts[name] for name in _DOCKET_FACTS if facts.get(name)}
            place |= {"docket": kept, "docket_at": answer.fetched_at}
            yield self._document(answer, place, None)
        query = {"docket": self.docket, "order_by": "date_modified"}
        since = place.get("since") or self.feed.since
        if since:
            query["date_modified__gte"] = since
        url = f"{self._base}docket-entries/?{urlencode(query)}"
        asked: set[str] = set()
        newest = since or ""
        ordered, before = True, b""
        while url:
            asked.add(url)
            answer = await self._get(fetcher, url)
            page = _json(answer)
            results = page.get("results") if isinstance(page, dict) else None
            if not isinstance(results, list):
                yield self._document(answer, place, None)
                return
            changed = _changed(results)
            ordered = ordered and changed == sorted(changed, key=_moment)
            ordered = ordered and (
                not newest or all(_moment(newest) <= _moment(c) for c in changed)
            )
            newest = max([newest, *changed], key=lambda one: _moment(one) if one else -1.0)
            url = self._next(page, answer)
            repeats = url in asked or (url and answer.data == before) or len(asked) > _PAGES
            before = answer.data
            # Out of order, only the whole walk tells what has been seen.
            place = {**place, "since": newest} if newest and (ordered or not url) else place
            yield self._document(answer, place, None if url else answer.server_time)
            if repeats:
                raise FetchError("repeat", f"{answer.url}: a page comes after itself")

    @property
    def _base(self) -> str:
        return self.feed.url.rstrip("/") + "/"

    async def _get(self, fetcher: Fetcher, url: str) -> Answer:
        # Read anew each time: whoever renews the token need not restart us.
        headers = {"Authorization": f"Token {self.feed.token.read().get_secret_value()}"}
        answer = await fetcher.get(url, limits=limits_of(self.feed), headers=headers)
        if isinstance(answer, NotModified):
            raise FetchError("status-304", f"{self._base}: 304 to an unconditional request")
        return answer

    def _next(self, page: Mapping[str, Any], answer: Answer) -> str:
        url = page.get("next") or ""
        if url and urlsplit(str(url))[:2] != urlsplit(self._base)[:2]:
            raise FetchError("redirect", f"{answer.url}: its next page is on another host")
        return str(url)

    def _document(self, answer: Answer, place: Mapping[str, Any], through: Any) -> Document:
        docket = place.get("docket")
        return Document(
            kind=self.kind,
            source=self.feed.source_name,
            url=answer.url,
            fetched_at=answer.fetched_at,
            data=answer.data,
            headers=answer.headers,
            position=place,
            complete_through=through,
            context={"dockets": [docket]} if docket else None,
        )


def sources(feed: CourtListener) -> Iterator[Source]:
    """A lane for each docket. Raises StackError if there is no token."""
    feed.token.read()
    for docket in feed.dockets:
        yield Docket(
            name=f"{feed.name}/{docket}",
            stream=stream_of(feed, KIND, "ledger", name=feed.name, scope=f"docket {docket}"),
            kind=KIND,
            docket=docket,
            feed=feed,
        )


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.data)
    except (ValueError, RecursionError):
        return None


def _changed(results: list[Any]) -> list[str]:
    found = [one.get("date_modified") for one in results if isinstance(one, dict)]
    return [text for text in found if isinstance(text, str) and _moment(text) >= 0]


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return -1.0
