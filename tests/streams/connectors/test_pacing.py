"""A host's pace holds for all who ask it, and so does its wish to be left alone."""

import asyncio

import pytest

from streams.connectors.answers import FetchError, Limits
from streams.connectors.fetching import Fetcher
from tests.streams.connectors.station import Station, ok, status
from tests.streams.connectors.test_fetching import QUICK, get


def test_retry_after_is_kept_to(station: Station) -> None:
    get(station.on("/a", status(429, Retry_After="1"), ok("words")))
    first, second = station.asked
    assert second.at - first.at >= 1


def test_a_long_retry_after_ends_the_try_and_holds_for_the_whole_host(station: Station) -> None:
    async def ask() -> list[FetchError]:
        async with Fetcher("x", pause_s=0.001, patience_s=5) as fetcher:
            found = []
            for path in ("/a", "/b"):
                with pytest.raises(FetchError) as caught:
                    await fetcher.get(station.url + path, limits=QUICK)
                found.append(caught.value)
            return found

    station.on("/a", status(429, Retry_After="3600"))
    station.on("/b", ok("words"))
    first, second = asyncio.run(ask())
    assert first.retry_after_s == 3600
    assert second.retry_after_s is not None
    assert 3500 < second.retry_after_s <= 3600
    assert [one.path for one in station.asked] == ["/a"]


def test_one_host_is_asked_at_its_pace_however_many_ask(station: Station) -> None:
    async def ask() -> None:
        limits = Limits(timeout_s=5, per_minute=600)
        async with Fetcher("x") as fetcher:
            await asyncio.gather(*(fetcher.get(url, limits=limits) for _ in range(5)))

    url = station.on("/a", ok("words"))
    asyncio.run(ask())
    times = [one.at for one in station.asked]
    # A tenth of a second each; the first may come at once.
    assert times[-1] - times[0] >= 0.35
