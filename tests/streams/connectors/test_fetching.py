"""One request: whole, in time, within its limits, and polite; each fault has a name."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.connectors.answers import Answer, FetchError, Limits, NotModified, retry_after
from streams.connectors.fetching import Fetcher
from streams.facts.instants import Instant
from tests.streams.connectors.station import (
    Station,
    bomb,
    conditional,
    drip,
    endless,
    gzipped,
    half,
    ok,
    status,
)

QUICK = Limits(timeout_s=2, body_bytes=1 << 20, unpacked_bytes=4 << 20, per_minute=60_000)


def get(url: str, limits: Limits = QUICK, **how: Any) -> Answer | NotModified:
    """One GET by a fetcher of its own, which loses no time between tries."""
    own = {name: how.pop(name) for name in ("patience_s", "ca_file") if name in how}

    async def ask() -> Answer | NotModified:
        async with Fetcher("desk@example.org", pause_s=0.001, **own) as fetcher:
            return await fetcher.get(url, limits=limits, **how)

    return asyncio.run(ask())


def test_it_says_who_asks_and_gives_back_what_came(station: Station) -> None:
    answer = get(station.on("/a", ok("words", ETag='"1"')) + "?token=none")
    assert isinstance(answer, Answer)
    assert (answer.data, answer.validators) == (b"words", {"etag": '"1"'})
    assert answer.url == station.url + "/a"
    (asked,) = station.asked
    assert "policy-events/" in asked.headers["user-agent"]
    assert "desk@example.org" in asked.headers["user-agent"]


def test_what_has_not_changed_is_not_sent_again(station: Station) -> None:
    url = station.on("/a", conditional("words", '"1"'))
    first = get(url)
    assert isinstance(first, Answer)
    again = get(url, validators={**first.validators, "last-modified": "yesterday"})
    assert isinstance(again, NotModified)
    assert station.asked[1].headers["if-none-match"] == '"1"'
    assert station.asked[1].headers["if-modified-since"] == "yesterday"


@pytest.mark.parametrize(
    "fault",
    [
        status(500),
        status(503),
        status(429, Retry_After="0"),
        half("words"),
        gzipped("words" * 100, cut=4),
    ],
    ids=["500", "503", "429", "half a body", "half a gzip"],
)
def test_a_passing_fault_is_tried_again(station: Station, fault: Any) -> None:
    answer = get(station.on("/a", fault, fault, gzipped("words")))
    assert isinstance(answer, Answer)
    assert answer.data == b"words"
    assert len(station.asked) == 3


@pytest.mark.parametrize(
    ("fault", "kind", "tries"),
    [
        (status(500), "status-500", 4),
        (status(404), "status-404", 1),
        (status(401), "status-401", 1),
        (half("words"), "truncated", 4),
        (drip("words"), "timeout", 4),
        (bomb(), "too-large", 1),
        (endless, "too-large", 1),
        (ok(bytes(2 << 20)), "too-large", 1),
        (ok(b"words", Content_Encoding="br"), "encoding", 1),
    ],
    ids=["500", "404", "401", "half", "drip", "bomb", "endless", "large", "brotli"],
)
def test_a_lasting_fault_has_a_name(station: Station, fault: Any, kind: str, tries: int) -> None:
    limits = Limits(timeout_s=0.3, body_bytes=1 << 20, unpacked_bytes=4 << 20, per_minute=60_000)
    with pytest.raises(FetchError) as caught:
        get(station.on("/a", fault) + "?key=secret", limits)
    assert caught.value.kind == kind
    assert len(station.asked) == tries
    assert "secret" not in str(caught.value)


def test_redirects_are_followed_but_not_for_ever_nor_with_the_token_elsewhere(
    station: Station,
) -> None:
    with Station() as other:
        target = other.on("/b", ok("words"))
        url = station.on("/a", status(302, Location=target))
        answer = get(url, headers={"Authorization": "Token t"})
        assert isinstance(answer, Answer)
        assert answer.data == b"words"
        assert "authorization" in station.asked[0].headers
        assert "authorization" not in other.asked[0].headers
    with pytest.raises(FetchError, match="more than 3 redirects"):
        get(station.on("/loop", status(302, Location="/loop")))
    with pytest.raises(FetchError, match="redirects to file"):
        get(station.on("/file", status(302, Location="file:///etc/passwd")))


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An https server whose certificate nobody has signed; its address and the certificate."""
    import ssl

    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/down":
                status(302, Location="http://127.0.0.1:1/")(self)
            else:
                ok("words")(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(HTTPServer):
        def handle_error(self, *_: Any) -> None:
            """The client refuses the certificate."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    server.shutdown()
    server.server_close()


def test_certificates_are_checked_and_https_never_goes_down_to_http(
    secure: tuple[str, Path],
) -> None:
    url, certificate = secure
    with pytest.raises(FetchError) as caught:
        get(url)
    assert caught.value.kind == "tls"
    answer = get(url, ca_file=certificate)
    assert isinstance(answer, Answer)
    assert answer.data == b"words"
    with pytest.raises(FetchError, match="redirects to http"):
        get(url + "/down", ca_file=certificate)


@given(st.text(max_size=40) | st.integers(0, 10**400).map(str))
def test_retry_after_never_raises_and_never_asks_to_go_back(text: str) -> None:
    found = retry_after({"retry-after": text}, Instant(1_700_000_000_000))
    assert found is None or 0 <= found <= 86_400


def test_retry_after_may_be_a_date() -> None:
    at = Instant(784_111_777_000 - 90_000)
    assert retry_after({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, at) == 90
