"""Parsers on damaged documents: no crash, no hang, no memory blow-up, only the contract's errors.

Whole documents of every KIND, ours and those in shared/samples, are cut, spliced, and sprinkled
with what breaks parsers. 5,000 of them here, 100,000 in ``make soak``.
"""

import copy
import json
import re
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.codec import encode
from streams.connectors.delivery import parcel
from streams.connectors.entries import Entry
from streams.facts.instants import Instant
from streams.facts.received import Article, DocketEntry, Position
from streams.feeds.documents import BadDocument, BadItem, Received
from streams.feeds.kinds import KINDS, parse
from streams.recording import documents
from tests.streams.feeds.court.documents import DOCKET, dumped, entry, feed, item, numbered
from tests.streams.feeds.flights.documents import (
    AIRCRAFT,
    ROW,
    STATE,
    readsb,
    states,
    trace,
    track,
    v2,
)
from tests.streams.feeds.news.articles import rss

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "samples"
HANGS_AFTER_S = 60
MEMORY_KB = 1 << 20
LARGEST_SEED = 6_000
FETCHED = Instant(1_742_000_000_000)

MENTION = "\t".join(
    ["1", "20250315101500", "20250315103000", "1", "paper.example.org",
     "https://paper.example.org/a", *"123456", "900", "-1.5", "", ""]
)  # fmt: skip
EVENT = "\t".join(["1", *map(str, range(58)), "20250315103000", "https://paper.example.org/a"])
FLIGHT = {"icao24": "a2c4e0", "firstSeen": 1742076000, "estDepartureAirport": "KHRL",
          "lastSeen": 1742086000, "estArrivalAirport": None, "callsign": "GXA6143 "}  # fmt: skip
ENTRY = entry(
    recap_documents=[{"document_number": "3", "pacer_doc_id": "04501234", "description": "x"}]
)
WEBHOOK = {"payload": {"results": [entry(docket=DOCKET)]}, "webhook": {"event_type": 1}}
NINJS = {"uri": "urn:x:1", "version": "2", "versionCreated": "2025-03-15T10:00:00Z",
         "firstCreated": "2025-03-15T09:00:00Z", "extra": {"reconstructed": False},
         "language": "en", "pubStatus": "usable",
         "headlines": [{"role": "main", "value": "A visit"}],
         "bodies": [{"role": "main", "value": "<p>The minister met.</p>"}], "by": "A"}  # fmt: skip
SEEDS: dict[str, list[bytes]] = {
    "court.cmecf-rss": [feed(item(), item(description="[Order] " + numbered(39, "045012345", 98)))],
    "court.courtlistener-entries": [dumped({"dockets": [DOCKET], "results": [ENTRY]})],
    "court.courtlistener-webhook": [dumped(WEBHOOK)],
    "flights.opensky-states": [dumped(states(STATE, STATE))],
    "flights.opensky-tracks": [dumped(track([1742076000, 26.2, -97.6, 3000.0, 140.5, False]))],
    "flights.opensky-flights": [dumped([FLIGHT])],
    "flights.readsb": [dumped(readsb(AIRCRAFT, AIRCRAFT))],
    "flights.adsb-v2": [dumped(v2(AIRCRAFT))],
    "flights.trace": [dumped(trace(ROW, ROW))],
    "news.rss": [rss("A visit", "Another")],
    "news.ninjs": [dumped(NINJS)],
    "news.text": [b"The minister met the delegation on Tuesday."],
    "news.gdelt-mentions": [(MENTION + "\n").encode()],
    "news.gdelt-events": [(EVENT + "\n").encode()],
}
TROUBLE = [
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\\ud800", b"\xe2\x80\xae", b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"NaN", b"Infinity", b"-0", b"1e999", b"1e400", b"9" * 400, b"-1", b"1.7e308", b"null", b"true",
    b'""', b"[]", b"{}", b"[" * 500, b'{"a":' * 200, b'"', b"<", b">", b"&", b"&#0;", b"&#xD800;",
    b"&lol;", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<!--", b"</rss>", b"<item>",
    b"0000-00-00", b"9999-12-31T23:59:59Z", b"31 Dec 9999 23:59:59 +1400", b"Feb 30", b"24:61",
    b"1970", b"\t", b"\n", b"\r\n", b"a2c4e0", b"~", b"ground",
]  # fmt: skip


def seeds(kind: str) -> list[bytes]:
    found = list(SEEDS[kind])
    found += [one.data for one in documents() if one.kind == kind]
    samples = {
        "court.cmecf-rss": "court/*.xml",
        "flights.readsb": "flights/readsb*.json",
        "flights.trace": "flights/trace*.json",
        "news.text": "news/*.txt",
    }
    if kind in samples and SAMPLES.exists():
        found += [one.read_bytes() for one in sorted(SAMPLES.glob(samples[kind]))]
    # A mutation deep in megabytes tells no more than one in the head of the document.
    return [one for one in found if len(one) <= LARGEST_SEED] + [
        one[:LARGEST_SEED] for one in found if len(one) > LARGEST_SEED
    ]


VALUES: list[Any] = [
    None, True, False, 0, -1, 10**400, -(10**30), 1e308, 1e-320, float("nan"), float("inf"), 2**63,
    "", " ", "junk", "\ud800", "\x00", "0" * 5000, "9" * 30, "-", "1e999", "ground", "\u202e",
    "<b>",
    "&amp;amp;", "1970-01-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2025-02-30",
    "24:61:61", "Sat, 31 Dec 9999 23:59:59 -1200", "Feb 30", "1:99-xx-99999999", "a2c4e0", "http://[",
    "https://ecf.dcd.uscourts.gov/doc1/?caseid=&de_seq_num=%ff", [], {}, [[]], [None], {"": None},
    [1, "2", None], {"id": {}}, [[[[[[]]]]]],
]  # fmt: skip
"""What takes the place of a value, in a document that stays well-formed."""
Mutation = tuple[str, int, int, bytes, Any]
MUTATIONS = st.tuples(
    st.sampled_from(
        ["value"] * 8 + ["flip", "cut", "double", "insert", "replace", "truncate", "move"]
    ),
    st.integers(0, 1 << 20),
    st.integers(0, 1 << 20),
    st.one_of(st.sampled_from(TROUBLE), st.binary(max_size=8)),
    st.sampled_from(VALUES),
)
_TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)|(?<==\")[^\"<>]+(?=\")")
_CELL = re.compile(rb"[^\t\n]+")


def mutated(data: bytes, mutations: list[Mutation]) -> bytes:
    for how, one, other, bytes_, value in mutations:
        size = len(data) or 1
        # Hypothesis prefers small numbers: spread them over the document.
        at = (one * 0x9E3779B1 >> 5) % size
        end = min(len(data), at + other % 64)
        match how:
            case "value":
                data = revalued(data, at, value, gone=other % 8 == 0)
            case "flip" if data:
                data = data[:at] + bytes([data[at] ^ (1 << other % 8)]) + data[at + 1 :]
            case "cut":
                data = data[:at] + data[end:]
            case "double":
                data = data[:end] + data[at:end] * (other % 8) + data[end:]
            case "insert":
                data = data[:at] + bytes_ + data[at:]
            case "replace":
                data = data[:at] + bytes_ + data[end:]
            case "truncate":
                data = data[: max(at, size // 2)]
            case "move":
                data = data[end:] + data[:end]
    return data


def revalued(data: bytes, at: int, value: Any, *, gone: bool) -> bytes:
    """Another value in one place: of JSON a node, else the text of an element or a cell."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        places = list((_CELL if b"\t" in data else _TEXT).finditer(data))
        if not places:
            return data
        place = places[at % len(places)]
        text = b"" if gone else str(value).encode("utf-8", "surrogatepass")
        return data[: place.start()] + text + data[place.end() :]
    nodes = list(_nodes(document))
    if not nodes:
        return data
    parent, key = nodes[at % len(nodes)]
    if gone:
        del parent[key]
    else:
        parent[key] = copy.deepcopy(value)
    return json.dumps(document).encode()


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(tree, dict | list):
        return
    for key, child in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        yield from _nodes(child)


@contextmanager
def no_hang() -> Iterator[None]:
    """A document that takes a minute hangs, on however busy a machine."""

    def hang(*_: Any) -> None:
        raise TimeoutError(f"more than {HANGS_AFTER_S} s")

    before = signal.signal(signal.SIGALRM, hang)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def check(kind: str, data: bytes) -> None:
    """The contract of parsers, and that of what feeds on them."""
    published = FETCHED if kind == "news.text" else None
    with no_hang():
        try:
            found = list(parse(kind, data, Received("feed", FETCHED, "doc"), published=published))
        except BadDocument:
            found = []
        assert len(found) <= len(data) + 1
        for one in found:
            assert isinstance(one, BadItem | Position | DocketEntry | Article)
            if not isinstance(one, BadItem):
                encode(one)
        if kind != "news.text":
            line = Entry("l", 1, kind, "feed", "doc", FETCHED, "0", 0, {}, {}, None, [], None)
            held = parcel(line, data, frozenset())
            assert held.records <= len(found)
            json.dumps([list(one.key) for one in held.messages])


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_documents_are_refused_in_words(kind: str) -> None:
    mutate(kind, 2_000 // len(KINDS))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_thousand_mutated_documents(kind: str) -> None:
    mutate(kind, 100_000 // len(KINDS))


def mutate(kind: str, count: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(seeds(kind)), st.lists(MUTATIONS, min_size=1, max_size=4))
    def broken(seed: bytes, mutations: list[Mutation]) -> None:
        check(kind, mutated(seed, mutations))

    broken()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


@pytest.mark.parametrize("kind", KINDS)
def test_whole_documents_are_read(kind: str) -> None:
    """Else the mutations would be of nothing."""
    published = FETCHED if kind == "news.text" else None
    found = list(parse(kind, SEEDS[kind][0], Received("f", FETCHED, "d"), published=published))
    assert any(not isinstance(one, BadItem) for one in found)


@pytest.mark.parametrize("kind", KINDS)
def test_deep_and_long_documents_are_refused_in_words(kind: str) -> None:
    deep = 20_000
    for data in (
        b"[" * deep, b'{"a":' * deep, b"<a>" * deep, b"<rss><channel>" + b"<item>" * deep,
        b'{"states": [' + b"[" * deep, b'{"aircraft": [' + b"null," * deep + b'null], "now": 1}',
        b'{"results": [' + b"{}," * deep + b"{}]}", b"\t" * deep, b"&" * deep, b"(" * deep,
    ):  # fmt: skip
        check(kind, data)
