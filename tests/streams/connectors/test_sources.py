"""Each source against a server that speaks as the real one does, and as it does on bad days."""

import asyncio
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from streams.connectors.answers import FetchError
from streams.connectors.configuration import FeedsFile
from streams.connectors.delivery import parcel
from streams.connectors.entries import Document, Entry
from streams.connectors.fetching import Fetcher
from streams.connectors.role import lanes_of
from streams.connectors.source import Source, Unchanged
from streams.facts.instants import Instant, parse_rfc3339
from tests.streams.connectors.station import Answer, Station, conditional, ok, status
from tests.streams.feeds.court.documents import DOCKET, dumped, entry, feed
from tests.streams.feeds.flights.documents import AIRCRAFT, ROW, STATE, states, trace, v2

SECRET = "the-secret-of-the-tests"
Found = list[Document | Unchanged]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_TEST", SECRET)


def source(**fields: Any) -> Source:
    table = {"name": "one", "requests_per_minute": 60_000, "request_timeout_s": 2} | fields
    file = FeedsFile.model_validate({"contact": "x", "feeds": [table]})
    ((_, only),) = lanes_of(file)
    return only


def turn(one: Source, position: Mapping[str, Any] | None = None) -> tuple[Found, FetchError | None]:
    """What a turn gives before it ends, and the error it ends with."""

    async def ask() -> tuple[Found, FetchError | None]:
        found: Found = []
        async with Fetcher("x", pause_s=0.001, patience_s=0.5) as fetcher:
            try:
                async for each in one.turn(position or {}, fetcher):
                    found.append(each)
            except FetchError as error:
                return found, error
        return found, None

    return asyncio.run(ask())


def records(document: Document) -> list[Any]:
    """How many records and refused items a document comes to."""
    line = Entry(
        "one", 1, document.kind, document.source, document.url, document.fetched_at, "", 0, {}, {},
        None, [], None if document.context is None else dict(document.context),
    )  # fmt: skip
    held = parcel(line, document.data, frozenset())
    return [held.records, held.refused]


# CM/ECF


@pytest.mark.parametrize(
    ("built", "through"),
    [
        ("Sun, 16 Mar 2025 00:00:00 GMT", "2025-03-16T00:00:00Z"),
        ("Sat, 15 Mar 2025 20:00:00 EDT", "2025-03-16T00:00:00Z"),
        # A token that contradicts the season: the earliest instant that it may mean.
        ("Sat, 15 Mar 2025 20:00:00 EST", "2025-03-16T00:00:00Z"),
    ],
)
def test_a_courts_clock_is_when_its_page_was_built(
    station: Station, built: str, through: str
) -> None:
    page = feed(extra=f"<lastBuildDate>{built}</lastBuildDate>")
    url = station.on("/dcd/rss", conditional(page, '"1"'))
    one = source(type="cmecf-rss", courts=["dcd"], url=url.replace("dcd", "{court}"))
    ((document,), _) = turn(one)
    assert isinstance(document, Document)
    assert document.complete_through == parse_rfc3339(through)
    ((same,), _) = turn(one, document.position)
    assert isinstance(same, Unchanged)
    assert same.complete_through is None  # the page is as it was: not: nothing was entered since


# CourtListener


def listener(station: Station) -> Source:
    return source(
        type="courtlistener",
        dockets=[69741724],
        token={"env": "SECRET_OF_TEST"},
        url=station.url + "/api/",
    )


def page(*entries: Mapping[str, Any], following: str | None = None) -> Answer:
    return ok(dumped({"next": following, "previous": None, "results": list(entries)}))


def changed(number: int, minute: int) -> dict[str, Any]:
    return entry(
        id=number, entry_number=number, date_modified=f"2025-03-15T10:{minute:02}:00-07:00"
    )


def test_pages_are_walked_by_cursor_with_the_token_and_the_docket_beside_them(
    station: Station,
) -> None:
    station.on("/api/dockets/69741724/", ok(dumped(DOCKET)))
    station.on(
        "/api/docket-entries/",
        page(changed(1, 1), changed(2, 2), following=station.url + "/api/docket-entries/?cursor=b"),
        page(changed(3, 3)),
        page(changed(3, 3), changed(4, 4)),
    )
    one = listener(station)
    (found, error) = turn(one)
    assert error is None
    documents = [each for each in found if isinstance(each, Document)]
    assert [records(each) for each in documents] == [[0, 0], [2, 0], [1, 0]]
    assert documents[-1].position["since"] == "2025-03-15T10:03:00-07:00"
    assert [each.complete_through is None for each in documents] == [True, True, False]
    assert {each.headers["authorization"] for each in station.asked} == {f"Token {SECRET}"}
    turn(one, documents[-1].position)
    asked = station.hits("/api/docket-entries/")[-1].path
    assert "order_by=date_modified" in asked
    assert "date_modified__gte=2025-03-15T10%3A03%3A00-07%3A00" in asked
    assert len(station.hits("/api/dockets/69741724/")) == 1


def test_pages_out_of_order_move_the_place_only_once_all_are_walked(station: Station) -> None:
    station.on("/api/dockets/69741724/", ok(dumped(DOCKET)))
    following = station.url + "/api/docket-entries/?cursor=b"
    station.on(
        "/api/docket-entries/", page(changed(9, 9), changed(1, 1), following=following),
        page(changed(2, 2)),
    )  # fmt: skip
    (found, _) = turn(listener(station))
    places = [each.position.get("since") for each in found if isinstance(each, Document)]
    assert places == [None, None, "2025-03-15T10:09:00-07:00"]


@pytest.mark.parametrize(
    ("answers", "kind", "documents"),
    [
        (lambda url: [page(changed(1, 1), following=url + "?cursor=a")] * 2, "repeat", 3),
        (
            lambda _: [page(changed(1, 1), following="https://elsewhere.example.org/")],
            "redirect",
            1,
        ),
        (lambda _: [ok(b'{"results": [')], None, 2),
        (lambda _: [status(401)], "status-401", 1),
        (
            lambda url: [page(changed(1, 1), following=url + "?cursor=a"), status(500)],
            "status-500",
            2,
        ),
    ],
    ids=["a page that repeats", "another host", "half a document", "expired token", "500 midway"],
)
def test_a_walk_that_fails_keeps_what_came_before(
    station: Station, answers: Any, kind: str | None, documents: int
) -> None:
    station.on("/api/dockets/69741724/", ok(dumped(DOCKET)))
    url = station.url + "/api/docket-entries/"
    station.on("/api/docket-entries/", *answers(url))
    (found, error) = turn(listener(station))
    assert len(found) == documents
    assert (error.kind if error else None) == kind
    assert SECRET not in str(error)


# OpenSky


def sky(station: Station) -> Source:
    return source(
        type="opensky",
        client_id={"env": "SECRET_OF_TEST"},
        client_secret={"env": "SECRET_OF_TEST"},
        boxes={"gulf": [17.5, -98, 31, -80]},
        url=station.url + "/states/all",
        token_url=station.url + "/token",
    )


def bearer(token: str, answer: Answer) -> Answer:
    """The answer for this token, 401 for any other."""

    def check(handler: Any) -> None:
        right = handler.headers.get("Authorization") == f"Bearer {token}"
        (answer if right else status(401))(handler)

    return check


def test_a_token_is_fetched_once_and_renewed_when_it_is_refused(station: Station) -> None:
    def token(text: str) -> Answer:
        return ok(json.dumps({"access_token": text, "expires_in": 1800}))

    station.on("/token", token("first"), token("second"))
    body = ok(dumped(states(STATE)))
    station.on("/states/all", bearer("first", body), bearer("first", body), bearer("second", body))
    one = sky(station)
    for _ in range(3):
        ((document,), error) = turn(one)
        assert error is None
        assert isinstance(document, Document)
        assert document.complete_through == Instant(1_742_076_003_000)
        assert records(document) == [1, 0]
    assert len(station.hits("/token")) == 2
    assert station.hits("/token")[0].body == (
        b"grant_type=client_credentials&client_id=the-secret-of-the-tests"
        b"&client_secret=the-secret-of-the-tests"
    )
    query = station.hits("/states/all")[0].path
    assert query.endswith("?lamin=17.5&lomin=-98.0&lamax=31.0&lomax=-80.0")


def test_refused_credentials_and_spent_credits_have_names(station: Station) -> None:
    station.on("/token", status(401))
    assert turn(sky(station))[1].kind == "status-401"  # type: ignore[union-attr]
    station.on("/token", ok(b'{"error": "no"}'))
    assert turn(sky(station))[1].kind == "token"  # type: ignore[union-attr]
    station.on("/token", ok(b'{"access_token": "t", "expires_in": 1800}'))
    station.on("/states/all", status(429, X_Rate_Limit_Retry_After_Seconds="4000"))
    error = turn(sky(station))[1]
    assert error is not None
    assert error.retry_after_s == 4000
    assert len(station.hits("/states/all")) == 1


# Receivers and v2


@pytest.mark.parametrize("now", [1742076001.5, 1742076001500])
def test_the_clock_of_aircraft_is_now_in_seconds_or_milliseconds(
    station: Station, now: float
) -> None:
    url = station.on("/v2", ok(dumped(v2(AIRCRAFT, now=now))))
    ((document,), _) = turn(source(type="adsb-v2", url=url))
    assert isinstance(document, Document)
    assert document.complete_through == 1_742_076_001_500
    assert records(document) == [1, 0]


# Traces


def test_days_are_fetched_in_turn_and_a_day_without_a_file_is_an_outage(station: Station) -> None:
    url = station.url + "/{year}/{month}/{day}/{tail}/{hex}.json"
    station.on("/2025/03/15/e0/a2c4e0.json", ok(dumped(trace(ROW))))
    station.on("/2025/03/17/e0/a2c4e0.json", ok(dumped(trace(ROW))))
    station.on("/2025/03/18/e0/a2c4e0.json", status(500))
    one = source(type="traces", url=url, aircraft=["a2c4e0"], since="2025-03-15")
    (found, error) = turn(one)
    assert error is not None
    assert [each.position for each in found] == [
        {"day": "2025-03-16"}, {"day": "2025-03-17"}, {"day": "2025-03-18"},
    ]  # fmt: skip
    gap = found[1]
    assert isinstance(gap, Unchanged)
    ((begin, end, words),) = gap.outages
    assert (begin, end) == (
        parse_rfc3339("2025-03-16T00:00:00Z"),
        parse_rfc3339("2025-03-17T00:00:00Z"),
    )
    assert "a2c4e0" in words
    station.on("/2025/03/18/e0/a2c4e0.json", ok(dumped(trace(ROW))))
    (found, _) = turn(one, found[-1].position)
    assert next(each.position for each in found) == {"day": "2025-03-19"}


def test_a_day_that_is_not_over_is_not_asked_for(station: Station) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    one = source(type="traces", url=station.url + "/{day}", aircraft=["a2c4e0"], since=today)
    assert turn(one) == ([], None)
    assert station.asked == []


# GDELT

MENTION = "\t".join(
    ["1", "20250315101500", "20250315103000", "1", "paper.example.org",
     "https://paper.example.org/a", "1", "-1", "1", "2", "1", "50", "900", "-1.5", "", ""]
)  # fmt: skip


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mentions.CSV", text)
    return buffer.getvalue()


def lines(station: Station, **files: bytes) -> str:
    return "".join(
        f"{len(data)} {hashlib.md5(data).hexdigest()} {station.url}/{slot[1:]}.mentions.CSV.zip\n"  # noqa: S324
        f"{len(data)} {hashlib.md5(b'x').hexdigest()} {station.url}/{slot[1:]}.export.CSV.zip\n"  # noqa: S324
        for slot, data in files.items()
    )


def test_quarters_are_checked_and_missing_ones_noted_and_asked_for_again(station: Station) -> None:
    good = zipped(MENTION + "\n")
    gdelt = source(type="gdelt", url=station.url, missing_after_s=10**9)
    station.on("/lastupdate.txt", ok(lines(station, s20250315103000=good)))
    station.on("/20250315103000.mentions.CSV.zip", ok(good))
    ((first,), error) = turn(gdelt)
    assert error is None
    assert isinstance(first, Document)
    assert records(first) == [1, 0]
    assert first.complete_through == parse_rfc3339("2025-03-15T10:30:00Z")

    # Three quarters later: one came damaged, one not at all, one is well.
    station.on("/lastupdate.txt", ok(lines(station, s20250315111500=good)))
    station.on(
        "/masterfilelist.txt", ok(lines(station, s20250315104500=good, s20250315110000=good))
    )
    station.on("/20250315104500.mentions.CSV.zip", ok(good[:-9] + b"damaged!!"), ok(good))
    station.on("/20250315111500.mentions.CSV.zip", ok(good))
    (found, error) = turn(gdelt, first.position)
    assert error is not None
    assert error.kind == "checksum"
    assert station.hits("/masterfilelist.txt")[0].headers["range"].startswith("bytes=-")
    late = found[-1]
    assert late.position is not None
    assert late.position["slot"] == "20250315111500"
    assert list(late.position["missing"]) == ["20250315104500", "20250315110000"]
    assert late.complete_through == parse_rfc3339("2025-03-15T10:30:00Z")

    (found, error) = turn(gdelt, late.position)
    assert error is None
    assert found[-1].position is not None
    assert list(found[-1].position["missing"]) == ["20250315110000"]
    assert len(station.hits("/20250315111500.mentions.CSV.zip")) == 1

    giving_up = source(type="gdelt", url=station.url, missing_after_s=60)
    (found, error) = turn(giving_up, found[-1].position)
    (gap,) = [each for each in found if isinstance(each, Unchanged) and each.outages]
    assert gap.outages[0][:2] == (
        parse_rfc3339("2025-03-15T10:45:00Z"),
        parse_rfc3339("2025-03-15T11:00:00Z"),
    )
    assert found[-1].complete_through == parse_rfc3339("2025-03-15T11:15:00Z")


def test_a_list_that_names_no_file_is_an_error(station: Station) -> None:
    station.on("/lastupdate.txt", ok("Service unavailable"))
    error = turn(source(type="gdelt", url=station.url))[1]
    assert error is not None
    assert error.kind == "document"
