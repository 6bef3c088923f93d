"""A lane through faults: it recovers, others are not touched, nothing is lost, nothing doubled."""

import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from streams.connectors.archive import Archive
from streams.connectors.outlet import Message, Outlet, OutletError
from streams.feeds.documents import BadItem, Received
from streams.feeds.kinds import parse, topic_of_kind
from tests.streams.connectors.conftest import Desk
from tests.streams.connectors.station import (
    Answer,
    Station,
    bomb,
    conditional,
    drip,
    gzipped,
    half,
    ok,
    status,
)
from tests.streams.feeds.court.documents import dumped, feed, item
from tests.streams.feeds.flights.documents import AIRCRAFT, readsb, states
from tests.streams.feeds.news.articles import rss

pytestmark = pytest.mark.stack

ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss><channel><item><title>&j;</title></item></channel></rss>"
)


def court(*numbers: int, built: str = "Sun, 16 Mar 2025 00:00:00 GMT") -> bytes:
    """A court's page with an entry a number: a minute each."""
    items = [
        item(description=f"[Order {n}]", date=f"Sat, 15 Mar 2025 23:{n:02}:00 GMT") for n in numbers
    ]
    return feed(*items, extra=f"<lastBuildDate>{built}</lastBuildDate>")


def orders(desk: Desk) -> list[str]:
    return sorted(one.short_description for one in desk.records("court.docket-entries"))


def named(*numbers: int) -> list[str]:
    return sorted(f"Order {n}" for n in numbers)


def cmecf(url: str) -> dict[str, Any]:
    return {"name": "courts", "type": "cmecf-rss", "courts": ["dcd"], "url": url}


def paper(station: Station) -> dict[str, Any]:
    """A feed beside the one that suffers: always well."""
    url = station.on("/paper", ok(rss("A visit")))
    return {"name": "paper", "type": "news-rss", "url": url}


@pytest.fixture
def elsewhere() -> Iterator[Station]:
    """Another host: one that asks to be left alone is left alone by all feeds."""
    with Station() as running:
        yield running


FAULTS: dict[str, tuple[Answer, str | None]] = {
    "not modified": (status(304), None),
    "too many requests": (status(429, Retry_After="0"), "status-429"),
    "a long rest": (status(429, Retry_After="1"), "status-429"),
    "server error": (status(500), "status-500"),
    "half a body": (half(court(1, 2, 3)), "truncated"),
    "half a document": (ok(court(1, 2, 3)[:-200]), "document"),
    "wrong encoding": (ok(court(1, 2, 3).replace(b"ISO-8859-1", b"no-such-code")), "document"),
    "changed schema": (ok(b"<feed><entry/></feed>"), "document"),
    "no feed at all": (ok(b"<html>Scheduled maintenance"), "document"),
    "slow drip": (drip(court(1)), "timeout"),
    "gzip bomb": (bomb(), "too-large"),
    "half a gzip": (gzipped(court(1, 2, 3), cut=9), "truncated"),
    "entity bomb": (ok(ENTITIES), "document"),
    "clock ahead": (
        ok(court(1, built="Mon, 16 Mar 2099 00:00:00 GMT"), Date="Mon, 16 Mar 2099 00:00:00 GMT"),
        "clock",
    ),
    "clock back": (ok(court(1, built="Fri, 14 Mar 2025 00:00:00 GMT")), "clock"),
    "a page that repeats": (ok(court(1)), None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_the_feed_recovers_with_nothing_lost_and_nothing_doubled(
    desk: Desk, station: Station, elsewhere: Station, fault: str
) -> None:
    answer, kind = FAULTS[fault]
    beside = paper(elsewhere)
    suffering = cmecf(station.on("/rss", ok(court(1), ETag='"1"'))) | {
        "request_timeout_s": 0.3,
        "max_unpacked_bytes": 1 << 20,
    }
    desk.live(suffering, beside)
    station.on("/rss", answer)
    accounts = desk.live(suffering, beside, turns=2)
    assert set(accounts["courts/dcd"].errors) == ({kind} if kind else set())
    assert accounts["paper"].errors == {}
    assert accounts["paper"].last_success is not None
    time.sleep(1 if fault == "a long rest" else 0)
    station.on("/rss", ok(court(1, 2, 3, built="Sun, 16 Mar 2025 01:00:00 GMT")))
    accounts = desk.live(suffering, beside, turns=2)
    assert not accounts["courts/dcd"].failing
    assert orders(desk) == named(1, 2, 3)
    assert [one.title for one in desk.records("news.articles")] == ["A visit"]
    if kind == "document":
        # Refused once, however often it came; the bytes are in the archive.
        (letter,) = desk.messages("court.docket-entries.dlq")
        digest = dict(letter.headers)["archive.sha256"].decode()
        held = [one for one in Archive(desk.folder).entries("courts/dcd") if one.sha256 == digest]
        assert len(held) == 2
    progress = [
        one.complete_through for one in desk.records("feed.progress") if one.feed == "courts"
    ]
    assert progress == sorted(progress)
    assert progress[-1] == 1_742_086_800_000  # by the court's clock, not by ours


def test_a_bad_item_costs_itself_only_and_is_refused_once(desk: Desk, station: Station) -> None:
    bad = item(date="when it was entered")
    page = feed(bad, item(description="[Order 1]", date="Sat, 15 Mar 2025 23:01:00 GMT"))
    source = cmecf(station.on("/rss", ok(page)))
    accounts = desk.live(source, turns=2)
    desk.live(source, turns=2)
    assert orders(desk) == named(1)
    assert len(desk.messages("court.docket-entries.dlq")) == 1
    assert accounts["courts/dcd"].errors == {"items": 1}


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([ok(dumped(states()), X_Rate_Limit_Remaining="3996")], 3996),
        (
            [
                ok(dumped(states()), X_Rate_Limit_Remaining="3996"),
                ok(dumped(states()), X_Rate_Limit_Remaining="many"),
            ],
            3996,
        ),
        (
            [
                ok(dumped(states()), X_Rate_Limit_Remaining="1"),
                status(429, X_Rate_Limit_Retry_After_Seconds="0"),
            ],
            0,
        ),
        ([ok(dumped(states()))], None),
    ],
)
def test_the_credits_that_opensky_leaves_are_told(
    desk: Desk, station: Station, answers: list[Answer], left: int | None
) -> None:
    said = chain(answers, repeat(answers[-1]))
    url = station.on("/states/all", lambda handler: next(said)(handler))
    sky = {"name": "sky", "type": "opensky", "url": url}
    account = desk.live(sky, turns=len(answers))["sky"]
    assert account.as_json(account.since)["credits_left"] == left


def test_a_feed_that_has_not_changed_is_asked_conditionally_even_after_a_restart(
    desk: Desk, station: Station
) -> None:
    source = cmecf(station.on("/rss", conditional(court(1), '"1"')))
    desk.live(source, turns=2)
    desk.live(source)
    assert [one.headers.get("if-none-match") for one in station.hits("/rss")] == [
        None,
        '"1"',
        '"1"',
    ]
    assert orders(desk) == named(1)
    assert desk.cursor("courts/dcd").last_success is not None


def test_an_edit_and_its_reversal_are_both_published(desk: Desk, station: Station) -> None:
    source = {"name": "paper", "type": "news-rss"}
    source["url"] = station.on("/p", ok(rss("A")), ok(rss("B")), ok(rss("A")), ok(rss("A")))
    desk.live(source, turns=2)
    desk.live(source, turns=2)
    assert [one.title for one in desk.records("news.articles")] == ["A", "B", "A"]


def test_an_outage_is_logged_on_the_sources_clock(desk: Desk, station: Station) -> None:
    begin = int(time.time()) - 3600
    source = {"name": "sky", "type": "readsb", "silent_after_s": 60}

    def at(seconds: float) -> Answer:
        return ok(dumped(readsb(AIRCRAFT, now=begin + seconds)))

    source["url"] = station.on("/a", at(0), at(5), status(500), at(40), at(500))
    desk.live(source, turns=2)
    desk.live(source, turns=1)  # 500 and, tried again, 40
    desk.live(source, turns=1)
    logged = [
        (one.complete_through, one.outage_from, one.outage_to)
        for one in desk.records("feed.progress")
    ]
    ms = [1000 * (begin + seconds) for seconds in (0, 5, 40, 500)]
    assert logged == [
        (ms[0], None, None), (ms[1], None, None), (ms[2], None, None),
        (None, ms[2], ms[3]), (ms[3], None, None),
    ]  # fmt: skip


def test_while_a_snapshot_feed_is_silent_it_says_since_when_and_then_until_when(
    desk: Desk, station: Station
) -> None:
    begin = int(time.time()) - 3600
    source = {"name": "sky", "type": "readsb", "silent_after_s": 0.05}
    source["url"] = station.on("/a", ok(dumped(readsb(AIRCRAFT, now=begin))))
    desk.live(source)

    async def rest(_: int) -> None:
        time.sleep(0.06)

    station.on("/a", status(404))
    accounts = desk.live(source, turns=4, between=rest)
    assert accounts["sky"].health(accounts["sky"].since + 10_000)[0].startswith("silent for")
    station.on("/a", ok(dumped(readsb(AIRCRAFT, now=begin + 60))))
    desk.live(source)
    gaps = [
        (one.outage_from, one.outage_to)
        for one in desk.records("feed.progress")
        if one.outage_from is not None
    ]
    assert gaps == [(1000 * begin, None), (1000 * begin, 1000 * (begin + 60))]
    keys = {one.key for one in desk.messages("feed.progress") if b"/*/" in one.key}
    assert len(keys) == 1


class Away(Outlet):
    """Kafka goes away after so many sends."""

    def __init__(self, real: Outlet, sends: int) -> None:
        self._real, self._left = real, sends

    async def send(self, messages: Any, *, within_s: float = 45) -> None:
        if self._left <= 0:
            raise OutletError("Kafka is away")
        self._left -= 1
        await self._real.send(messages, within_s=within_s)


@pytest.mark.parametrize("sends", range(7))
def test_what_is_fetched_while_kafka_is_away_is_published_when_it_is_back(
    desk: Desk, station: Station, sends: int
) -> None:
    """However far it came: the archive is a log written ahead."""
    begin = int(time.time()) - 3600
    pages = [readsb(AIRCRAFT, now=begin + n) for n in range(6)]
    source = {"name": "sky", "type": "readsb"}
    source["url"] = station.on("/a", *(ok(dumped(page)) for page in pages))
    accounts = desk.live(source, turns=3, outlet=lambda real: Away(real, sends))
    assert accounts["sky"].waiting == 3 - sends // 2
    assert accounts["sky"].errors["kafka"] >= 1 if sends < 6 else not accounts["sky"].errors
    desk.live(source, turns=3)
    # A kill between the records and their cursor repeats them: the same record under the same id.
    times = [one.observed_at for one in desk.facts("flights.positions")]
    assert sorted(set(times)) == sorted({1000 * (begin + n) - 1500 for n in range(6)})
    assert len(times) == 6 + (sends % 2)
    assert len(set(desk.facts("flights.positions"))) == 6
    assert desk.cursor("sky").seq == 6


def test_a_lost_archive_loses_no_place(desk: Desk, station: Station) -> None:
    source = cmecf(station.on("/rss", conditional(court(1), '"1"')))
    desk.live(source)
    desk.folder = desk.folder.with_name("another")
    station.on("/rss", conditional(court(1, 2), '"2"'))
    desk.live(source)
    assert orders(desk) == named(1, 2)
    assert desk.cursor("courts/dcd").seq == 2


def test_a_full_archive_stops_the_fetching_and_says_so(desk: Desk, station: Station) -> None:
    source = cmecf(station.on("/rss", ok(court(1)), ok(court(1, 2))))
    desk.live(source)
    full = Archive.__init__.__kwdefaults__["limit_bytes"]
    try:
        Archive.__init__.__kwdefaults__["limit_bytes"] = 10
        accounts = desk.live(source)
    finally:
        Archive.__init__.__kwdefaults__["limit_bytes"] = full
    assert "is full" in (accounts["courts/dcd"].last_error or "")
    desk.live(source)
    assert orders(desk) == named(1, 2)


def test_messages_come_in_the_order_of_fetches(desk: Desk) -> None:
    async def push() -> None:
        outlet = Outlet(desk.kafka, prefix=desk.prefix)
        for n in range(200):
            await outlet.send([Message("feed.deliveries", "k", str(n).encode())])
        outlet.close()

    import asyncio

    asyncio.run(push())
    assert [one.value for one in desk.messages("feed.deliveries")] == [
        str(n).encode() for n in range(200)
    ]


SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "samples"


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_real_documents_come_through_as_they_are_and_once(desk: Desk, station: Station) -> None:
    courts = {"ca10": "ca10", "ca11": "ca11", "cadc": "cadc", "mdd": "mdb_1", "nysd": "sdny_1"}
    for court_name, sample in courts.items():
        page = (SAMPLES / "court" / f"cmecf-rss-{sample}.xml").read_bytes()
        station.on(f"/{court_name}", conditional(page, '"1"'))
    aircraft = (SAMPLES / "flights" / "readsb-aircraft_1.json").read_bytes()
    day = (SAMPLES / "flights" / "trace_c060ba_2025-02-07.json").read_bytes()
    station.on("/aircraft", ok(aircraft))
    station.on("/2025-02-07", ok(day))
    feeds = [
        cmecf(station.url + "/{court}") | {"courts": list(courts)},
        {"name": "sky", "type": "readsb", "url": station.url + "/aircraft"},
        {
            "name": "days", "type": "traces", "aircraft": ["c060ba"], "since": "2025-02-07",
            "url": station.url + "/{year}-{month}-{day}", "missing_after_days": 99999,
        },
    ]  # fmt: skip
    desk.live(*feeds, turns=2)
    desk.live(*feeds, turns=1)
    archive = Archive(desk.folder)
    expected: dict[str, list[Any]] = {}
    for lane in archive.lanes():
        for line in {one.sha256: one for one in archive.entries(lane)}.values():
            received = Received(line.source, None, line.url)
            found = parse(line.kind, archive.read(line), received)
            records = [one for one in found if not isinstance(one, BadItem)]
            expected.setdefault(topic_of_kind(line.kind), []).extend(records)
    assert len(expected["court.docket-entries"]) > 100
    assert len(expected["flights.positions"]) > 1000
    for topic, records in expected.items():
        # Snapshots do not remember across a restart what they showed: the ids do.
        facts = desk.facts(topic)
        if topic == "court.docket-entries":
            assert len(facts) == len(set(records))
        assert set(facts) == set(records)
