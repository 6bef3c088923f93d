"""OpenSky's state vectors: boxes of the sky, with a token that is renewed when it runs out.

OAuth2 client credentials; 429 carries how long to wait, which the fetcher keeps to for the host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from streams.connectors.answers import Answer, FetchError, Limits, NotModified
from streams.connectors.fetching import Fetcher
from streams.connectors.polled import OpenSky
from streams.connectors.secrets import KEPT_OUT
from streams.connectors.source import Source
from streams.connectors.sources.aircraft import seconds_at
from streams.connectors.sources.page import Ask, Page, limits_of, plain, stream_of

KIND = "flights.opensky-states"
_RENEW_BEFORE_S = 60
_UNAUTHORIZED = 401
_TOKEN_BYTES = 1 << 20


class Token:
    """A bearer token for all lanes of a feed."""

    def __init__(self, feed: OpenSky) -> None:
        self._feed = feed
        self._text = ""
        self._until = 0.0

    async def get(
        self, fetcher: Fetcher, url: str, limits: Limits, validators: Mapping[str, str]
    ) -> Answer | NotModified:
        """A GET with the token; one that was refused is renewed once. Raises FetchError."""
        for last in (False, True):
            headers = {"Authorization": f"Bearer {await self._current(fetcher)}"}
            try:
                return await fetcher.get(url, limits=limits, headers=headers, validators=validators)
            except FetchError as error:
                if error.status != _UNAUTHORIZED or last:
                    raise
                self._until = 0.0
        raise AssertionError

    async def _current(self, fetcher: Fetcher) -> str:
        if time.monotonic() >= self._until:
            feed = self._feed
            assert feed.client_id is not None and feed.client_secret is not None  # noqa: S101, PT018
            form = {
                "grant_type": "client_credentials",
                "client_id": feed.client_id.read().get_secret_value(),
                "client_secret": feed.client_secret.read().get_secret_value(),
            }
            limits = replace(limits_of(feed), body_bytes=_TOKEN_BYTES)
            answer = await fetcher.post_form(feed.token_url, form, limits=limits)
            try:
                said = json.loads(answer.data)
                self._text = str(said["access_token"])
                lasts = float(said.get("expires_in", 300))
            except (ValueError, LookupError, TypeError):
                raise FetchError("token", f"{answer.url}: no access_token in the answer") from None
            KEPT_OUT.add(self._text)
            self._until = time.monotonic() + max(0.0, lasts - _RENEW_BEFORE_S)
        return self._text


def sources(feed: OpenSky) -> Iterator[Source]:
    """A lane for each box, or one for all the world."""
    ask: Ask = plain if feed.client_id is None else Token(feed).get
    boxes: Mapping[str, tuple[float, float, float, float] | None] = feed.boxes or {"": None}
    for box, edges in boxes.items():
        name = f"{feed.name}/{box}" if box else feed.name
        query = ""
        if edges is not None:
            south, west, north, east = edges
            query = "?" + urlencode({"lamin": south, "lomin": west, "lamax": north, "lomax": east})
        yield Page(
            name=name,
            # A feed of its own for each box: its scope is all aircraft that may be in it.
            stream=stream_of(feed, KIND, "snapshot", name=name),
            kind=KIND,
            source=feed.source_name,
            url=feed.url + query,
            limits=limits_of(feed),
            clock=lambda answer: seconds_at(answer, "time"),
            ask=ask,
        )
