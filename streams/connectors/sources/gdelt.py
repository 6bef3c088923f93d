"""GDELT 2.0's 15-minute files: each checked against its MD5; missing ones are asked for again.

``lastupdate.txt`` names the newest files, the end of ``masterfilelist.txt`` the ones before. A
file that has not come in a day is given up: an outage of its quarter of an hour.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.connectors.answers import Answer, FetchError, NotModified, now
from streams.connectors.entries import Document
from streams.connectors.fetching import Fetcher
from streams.connectors.polled import Gdelt
from streams.connectors.progress import Stream
from streams.connectors.source import Source, Unchanged
from streams.connectors.sources.page import limits_of, stream_of
from streams.facts.instants import Instant, from_datetime

_FILES = {"mentions": "mentions.CSV.zip", "events": "export.CSV.zip"}
_LINE = re.compile(r"^\d+ ([0-9a-f]{32}) \S*/(\d{14})\.(\S+)$", re.MULTILINE | re.IGNORECASE)
_QUARTER = timedelta(minutes=15)
_LIST_BYTES = 1 << 20
_TAIL_BYTES = 512 * 1024
"""End of the master list that is asked for: about a week of files."""
_MOST_SLOTS = 96 * 31
_GONE = (403, 404)


@dataclass(frozen=True, slots=True)
class Quarters:
    """The files of one table."""

    name: str
    stream: Stream
    kind: str
    feed: Gdelt

    async def turn(
        self, position: Mapping[str, Any], fetcher: Fetcher
    ) -> AsyncIterator[Document | Unchanged]:
        """Files since last time, oldest first. Raises FetchError."""
        sums = await self._sums(fetcher, "lastupdate.txt", None)
        if not sums:
            raise FetchError("document", f"{self._base}lastupdate.txt: names no {self._file}")
        newest = max(sums)
        done = position.get("slot")
        missing: dict[str, int] = dict(position.get("missing", {}))
        wanted = sorted({*missing, *_between(done, newest)})
        if set(wanted) - set(sums):
            sums = {**await self._older_sums(fetcher), **sums}
        wrong: FetchError | None = None
        given = False
        for slot in wanted:
            outcome = await self._file_of(fetcher, slot, sums.get(slot))
            done = max(done or slot, slot)
            if isinstance(outcome, Answer):
                missing.pop(slot, None)
                given = True
                yield Document(
                    kind=self.kind,
                    source=self.feed.source_name,
                    url=outcome.url,
                    fetched_at=outcome.fetched_at,
                    data=outcome.data,
                    headers={**outcome.headers, "md5": sums.get(slot, "not known")},
                    position={"slot": done, "missing": dict(missing)},
                    complete_through=_through(done, missing),
                )
                continue
            if outcome is not None:
                wrong = outcome
            missing.setdefault(slot, now())
            if now() - _at(slot) > self.feed.missing_after_s * 1000:
                del missing[slot]
                gap = (_at(slot) - 900_000, _at(slot), f"{slot}.{self._file} never came")
                place = {"slot": done, "missing": dict(missing)}
                given = True
                yield Unchanged(now(), _through(done, missing), place, (gap,))
        if not given or missing != position.get("missing", {}):
            place = {"slot": done, "missing": dict(missing)}
            yield Unchanged(now(), _through(done or newest, missing), place)
        if wrong is not None:
            raise wrong

    @property
    def _base(self) -> str:
        return self.feed.url.rstrip("/") + "/"

    @property
    def _file(self) -> str:
        return _FILES[self.feed.table]

    async def _sums(
        self, fetcher: Fetcher, name: str, headers: Mapping[str, str] | None
    ) -> dict[str, str]:
        """MD5 by slot, from a list of files."""
        limits = replace(limits_of(self.feed), body_bytes=_LIST_BYTES, unpacked_bytes=_LIST_BYTES)
        answer = await fetcher.get(self._base + name, limits=limits, headers=headers)
        text = "" if isinstance(answer, NotModified) else answer.data.decode("latin-1")
        return {slot: md5.lower() for md5, slot, file in _LINE.findall(text) if file == self._file}

    async def _older_sums(self, fetcher: Fetcher) -> dict[str, str]:
        headers = {"Range": f"bytes=-{_TAIL_BYTES}", "Accept-Encoding": "identity"}
        try:
            return await self._sums(fetcher, "masterfilelist.txt", headers)
        except FetchError:
            return {}  # a server that knows no ranges: the file's own check must do

    async def _file_of(
        self, fetcher: Fetcher, slot: str, md5: str | None
    ) -> Answer | FetchError | None:
        """The file, None if it is not there, or what is wrong with it."""
        place = f"{self._base}{slot}.{self._file}"
        try:
            answer = await fetcher.get(place, limits=limits_of(self.feed))
        except FetchError as error:
            if error.status in _GONE:
                return None
            raise
        if isinstance(answer, NotModified):
            return None
        found = hashlib.md5(answer.data, usedforsecurity=False).hexdigest()
        if md5 is not None and found != md5:
            return FetchError("checksum", f"{place}: MD5 {found}, the list says {md5}")
        return answer


def sources(feed: Gdelt) -> Iterator[Source]:
    """One lane."""
    kind = f"news.gdelt-{feed.table}"
    yield Quarters(
        name=feed.name, stream=stream_of(feed, kind, "ledger", name=feed.name), kind=kind, feed=feed
    )


def _between(done: str | None, newest: str) -> Iterator[str]:
    """Slots after the last one, up to the newest; the newest alone at the very first."""
    if done is None:
        yield newest
        return
    moment = _moment(done) + _QUARTER
    for _ in range(_MOST_SLOTS):
        if moment > _moment(newest):
            return
        yield f"{moment:%Y%m%d%H%M%S}"
        moment += _QUARTER


def _through(done: str, missing: Mapping[str, int]) -> Instant:
    """Complete up to the last file, or to the one before the first that is missing."""
    before = [Instant(_at(slot) - 900_000) for slot in missing]
    return min([_at(done), *before])


def _moment(slot: str) -> datetime:
    return datetime.strptime(slot, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _at(slot: str) -> Instant:
    return from_datetime(_moment(slot))
