"""Flight documents to positions: SI units, epoch milliseconds, each format's traps, bad items."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.facts.received import Position
from streams.feeds.documents import BadDocument, BadItem
from streams.feeds.flights import (
    adsb_v2,
    opensky_flights,
    opensky_states,
    opensky_tracks,
    readsb,
    trace,
)
from tests.streams.feeds.flights import documents as made
from tests.streams.feeds.flights.documents import AIRCRAFT, RECEIVED, ROW, STATE, Parser, parsed

SAMPLES = Path(__file__).parents[4] / ".." / "shared" / "samples" / "flights"
AT = 1_742_076_000_000

SAME = [
    pytest.param(opensky_states.parse, made.states(STATE), id="opensky-states"),
    pytest.param(readsb.parse, made.readsb(AIRCRAFT), id="readsb"),
    pytest.param(adsb_v2.parse, made.v2(AIRCRAFT), id="adsb-v2"),
    pytest.param(trace.parse, made.trace([0.0, *ROW[1:]]), id="trace"),
]


@pytest.mark.parametrize(("parse", "document"), SAME)
def test_every_feed_gives_the_same_reading_in_si_units(parse: Parser, document: Any) -> None:
    (one,), bad = parsed(parse, document)
    assert not bad
    assert (one.icao24, one.observed_at, one.latitude, one.longitude) == (
        "a2c4e0", AT, 26.22, -97.65,
    )  # fmt: skip
    assert one.altitude_m == pytest.approx(3048, abs=0.1)
    assert one.ground_speed_mps == pytest.approx(128.6, abs=0.1)
    assert one.vertical_rate_mps == pytest.approx(6.5, abs=0.1)
    assert (one.track_deg, one.on_ground, one.stale, one.masked) == (140.5, False, False, False)
    assert (one.source, one.fetched_at) == ("feed", made.FETCHED)


@pytest.mark.parametrize(
    ("parse", "document"),
    [
        pytest.param(
            opensky_states.parse, made.states([*STATE[:8], True, *STATE[9:]]), id="states"
        ),
        pytest.param(
            readsb.parse, made.readsb(AIRCRAFT | {"alt_baro": "ground", "gs": 3.0}), id="readsb"
        ),
        pytest.param(adsb_v2.parse, made.v2(AIRCRAFT | {"alt_baro": "ground"}), id="v2"),
        pytest.param(trace.parse, made.trace([*ROW[:3], "ground", *ROW[4:]]), id="trace"),
        pytest.param(
            opensky_tracks.parse,
            made.track([1742076000, 26.22, -97.65, 0, 140.5, True]),
            id="tracks",
        ),
    ],
)
def test_the_ground_is_known_as_each_feed_says_it(parse: Parser, document: Any) -> None:
    (one,), _ = parsed(parse, document)
    assert one.on_ground is True


def test_opensky_rows_have_longitude_first_and_may_lack_the_category() -> None:
    (one,), _ = parsed(opensky_states.parse, made.states(STATE[:-1]))
    assert (one.latitude, one.longitude, one.callsign) == (26.22, -97.65, "GXA6143")


def test_opensky_says_null_for_a_position_older_than_15_s_and_for_no_callsign() -> None:
    unseen = [*STATE[:3], None, STATE[4], None, None, *STATE[7:]]
    nameless = [STATE[0], None, *STATE[2:]]
    (one,), bad = parsed(opensky_states.parse, made.states(unseen, nameless))
    assert (one.callsign, bad) == (None, [])
    assert parsed(opensky_states.parse, {"time": 1, "states": None}) == ([], [])


@pytest.mark.parametrize("spelling", ["callsign", "calllsign"])
def test_opensky_tracks_are_read_in_both_spellings(spelling: str) -> None:
    document = made.track([1742076000, 26.22, -97.65, 3048.0, 140.5, False])
    document[spelling] = document.pop("calllsign")
    (one,), _ = parsed(opensky_tracks.parse, document)
    assert (one.icao24, one.callsign, one.observed_at) == ("a2c4e0", "GXA6143", AT)


def test_opensky_flights_are_bounds_on_reported_ends_never_received_positions() -> None:
    flight = {
        "icao24": "a2c4e0", "firstSeen": 1742076000, "estDepartureAirport": "KHRL",
        "lastSeen": 1742084000, "estArrivalAirport": None, "callsign": "GXA6143 ",
    }  # fmt: skip
    (one,), bad = parsed(opensky_flights.parse, [flight])
    assert not bad
    assert (one.on_ground, one.reconstructed, one.bound, one.observed_at) == (
        True, True, "before", AT,
    )  # fmt: skip
    assert (one.altitude_m, one.cites is not None) == (None, True)
    assert one.uncertainty_s is not None
    assert parsed(opensky_flights.parse, [flight | {"estDepartureAirport": None}]) == ([], [])
    _, (refused,) = parsed(opensky_flights.parse, [flight | {"firstSeen": "soon"}])
    assert (refused.item, refused.field) == ("flight 0", "firstSeen")


def test_the_position_is_older_than_the_document_by_seen_pos() -> None:
    (one,), _ = parsed(readsb.parse, made.readsb(AIRCRAFT | {"seen_pos": 11.5}))
    assert one.observed_at == AT - 10_000


@pytest.mark.parametrize("now", [1742076001.5, 1742076001500])
def test_now_is_in_seconds_or_in_milliseconds_by_its_size(now: float) -> None:
    (one,), _ = parsed(adsb_v2.parse, made.v2(AIRCRAFT, now=now))
    assert one.observed_at == AT


def test_aircraft_without_a_position_are_no_error_and_absent_keys_are_unknown() -> None:
    bare = {"hex": "~A2C4E0", "lat": 26.22, "lon": -97.65, "seen_pos": 0}
    (one,), bad = parsed(readsb.parse, made.readsb({"hex": "abcdef"}, bare))
    assert (one.icao24, one.on_ground, one.altitude_m, bad) == ("~a2c4e0", None, None, [])
    assert parsed(adsb_v2.parse, made.v2() | {"ac": None}) == ([], [])


@pytest.mark.parametrize(
    ("flags", "masked"), [(0, False), (1, False), (3, False), (4, True), (8, True)]
)
def test_only_pia_and_ladd_are_masked(flags: int, masked: bool) -> None:
    (one,), _ = parsed(readsb.parse, made.readsb(AIRCRAFT | {"dbFlags": flags}))
    assert one.masked is masked
    (one,), _ = parsed(trace.parse, made.trace(ROW, dbFlags=flags))
    assert one.masked is masked


def test_an_address_that_is_not_icaos_is_masked_and_has_no_tail() -> None:
    (one,), _ = parsed(readsb.parse, made.readsb(AIRCRAFT | {"hex": "~a2c4e0", "r": "N278GX"}))
    assert (one.icao24, one.registration, one.masked) == ("~a2c4e0", None, True)
    (one,), _ = parsed(trace.parse, made.trace(ROW, icao="~a2c4e0", r="N278GX"))
    assert (one.icao24, one.registration, one.masked) == ("~a2c4e0", None, True)


def flagged(flags: int, **other: Any) -> list[Any]:
    row = [*ROW[:6], flags, *ROW[7:]]
    for index, value in other.items():
        row[int(index[1:])] = value
    return row


def test_trace_rows_count_from_the_timestamp_whatever_the_hour_and_past_midnight() -> None:
    rows = [flagged(0, _0=second) for second in (0, 1.25, 90_000)]
    found, _ = parsed(trace.parse, made.trace(*rows, timestamp=1742076000.75))
    assert [one.observed_at - AT for one in found] == [750, 2000, 90_000_750]


def test_trace_flags() -> None:
    found, _ = parsed(trace.parse, made.trace(*(flagged(flags) for flags in (0, 1, 2, 3))))
    assert [(one.stale, one.new_leg) for one in found] == [
        (False, False), (True, False), (False, True), (True, True),
    ]  # fmt: skip


def test_a_geometric_altitude_is_not_passed_off_as_barometric() -> None:
    (one,), _ = parsed(trace.parse, made.trace(flagged(8, _10=None)))
    assert one.altitude_m is None
    assert one.geometric_altitude_m == pytest.approx(3048)


def test_a_trace_callsign_holds_until_it_changes() -> None:
    details = [None, {"flight": "ONE     "}, None, {"squawk": "1200"}, {"flight": "TWO"}, None]
    found, _ = parsed(trace.parse, made.trace(*(flagged(0, _8=one) for one in details)))
    assert [one.callsign for one in found] == [None, "ONE", "ONE", "ONE", "TWO", "TWO"]


def test_short_rows_of_old_files_are_read() -> None:
    (one,), bad = parsed(trace.parse, made.trace([*ROW[:8], None]))
    assert (one.geometric_altitude_m, bad) == (None, [])


def test_a_reconstructed_trace_says_so_in_every_row() -> None:
    rows = [flagged(0, _3="ground", _8={"uncertainty_s": 30, "bound": "after"}), ROW]
    found, _ = parsed(trace.parse, made.trace(*rows, reconstructed=True, cites="a declaration"))
    assert [(one.reconstructed, one.cites) for one in found] == [(True, "a declaration")] * 2
    assert [(one.uncertainty_s, one.bound) for one in found] == [(30, "after"), (None, None)]


BAD = [
    (opensky_states.parse, made.states, [*STATE[:6], 91, *STATE[7:]], "state 1", "latitude"),
    (opensky_states.parse, made.states, ["xyz", *STATE[1:]], "state 1", "0 (icao24)"),
    (opensky_states.parse, made.states, STATE[:5], "state 1", "state"),
    (opensky_states.parse, made.states, [*STATE[:8], "no", *STATE[9:]], "state 1", "8 (on_ground)"),
    (readsb.parse, made.readsb, AIRCRAFT | {"lon": 181}, "aircraft a2c4e0", "longitude"),
    (readsb.parse, made.readsb, AIRCRAFT | {"alt_baro": "high"}, "aircraft a2c4e0", "alt_baro"),
    (readsb.parse, made.readsb, AIRCRAFT | {"hex": "a2c4e"}, "aircraft a2c4e", "hex"),
    (readsb.parse, made.readsb, AIRCRAFT | {"seen_pos": -5}, "aircraft a2c4e0", "seen_pos"),
    (readsb.parse, made.readsb, 7, "aircraft 1", "aircraft"),
    (trace.parse, made.trace, flagged(0, _1=None), "row 1", "latitude"),
    (trace.parse, made.trace, flagged(0, _0="x"), "row 1", "0 (seconds)"),
    (trace.parse, made.trace, flagged(0, _1=float("nan")), "row 1", "latitude"),
    (trace.parse, made.trace, flagged(0, _3=float("inf")), "row 1", "3 (altitude)"),
    (trace.parse, made.trace, [1, 2], "row 1", "row"),
    (trace.parse, made.trace, flagged(0, _8={"bound": "about"}), "row 1", "8 (details).bound"),
]


@pytest.mark.parametrize(("parse", "wrap", "item", "name", "field"), BAD)
def test_a_bad_item_is_named_with_its_field_and_the_good_ones_go_on(
    parse: Parser, wrap: Any, item: Any, name: str, field: str
) -> None:
    good = {made.states: STATE, made.readsb: AIRCRAFT, made.trace: ROW}[wrap]
    found, (refused,) = parsed(parse, wrap(good, item, good))
    assert len(found) == 2
    assert (refused.name, refused.item, refused.field) == ("document.json", name, field)
    assert refused.expected


PARSERS = [opensky_states, opensky_tracks, opensky_flights, readsb, adsb_v2, trace]


@pytest.mark.parametrize("module", PARSERS, ids=lambda module: module.KIND)
@pytest.mark.parametrize("data", [b"", b"{", b"{}", b"null", b"\xff\xfe", b"[[[", b'"x"'])
def test_a_document_that_is_none_is_refused_as_a_whole(module: Any, data: bytes) -> None:
    with pytest.raises(BadDocument, match=r"document\.json"):
        list(module.parse(data, RECEIVED))


def test_a_list_of_other_things_than_flights_is_a_list_of_bad_items() -> None:
    found, bad = parsed(opensky_flights.parse, [1, "x"])
    assert (found, [one.item for one in bad]) == ([], ["flight 0", "flight 1"])


TWICE = json.dumps(AIRCRAFT)[:-1] + ', "lat": 27.0}'


def test_an_object_that_gives_a_key_twice_is_refused_and_the_rest_goes_on() -> None:
    both = f'{{"now": 1742076001.5, "aircraft": [{TWICE}, {json.dumps(AIRCRAFT)}]}}'
    (good,), (bad,) = parsed(readsb.parse, both.encode())
    assert (good.latitude, bad.item, bad.field) == (26.22, "aircraft a2c4e0", "lat")
    with pytest.raises(BadDocument, match="now"):
        list(readsb.parse(b'{"now": 1, "now": 2, "aircraft": []}', RECEIVED))


@pytest.mark.parametrize("huge", ["1e400", "-1e400", "NaN", "9" * 400, "1e308"])
@pytest.mark.parametrize("field", ["lat", "seen_pos", "alt_baro", "gs", "baro_rate", "dbFlags"])
def test_a_number_out_of_all_bounds_is_a_bad_item(field: str, huge: str) -> None:
    item = json.dumps(AIRCRAFT | {field: 123.0}).replace("123.0", huge)
    good, bad = parsed(readsb.parse, f'{{"now": 1742076001.5, "aircraft": [{item}]}}'.encode())
    assert (good, len(bad)) == ([], 1)


def test_a_flight_that_is_bad_at_one_end_is_refused_whole() -> None:
    flight = {"icao24": "a2c4e0", "firstSeen": 1742076000, "estDepartureAirport": "KHRL",
              "lastSeen": 1742070000, "estArrivalAirport": "MHPR", "callsign": None}  # fmt: skip
    good, (bad,) = parsed(opensky_flights.parse, [flight])
    assert (good, bad.field) == ([], "lastSeen")


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=15) | st.dictionaries(st.text(max_size=5), inner)
)


@pytest.mark.parametrize(
    ("parse", "wrap", "good"),
    [
        pytest.param(opensky_states.parse, made.states, STATE, id="states"),
        pytest.param(opensky_tracks.parse, made.track, [1742076000, 1.0, 2.0, 3.0, 4.0, True],
                     id="tracks"),
        pytest.param(readsb.parse, made.readsb, AIRCRAFT, id="readsb"),
        pytest.param(adsb_v2.parse, made.v2, AIRCRAFT, id="v2"),
        pytest.param(trace.parse, made.trace, ROW, id="trace"),
        pytest.param(opensky_flights.parse, lambda *rows: list(rows),
                     {"icao24": "a2c4e0", "firstSeen": 1, "lastSeen": 2, "callsign": None,
                      "estDepartureAirport": "KHRL", "estArrivalAirport": "MHPR"}, id="flights"),
    ],
)  # fmt: skip
@given(data=st.data())
def test_whatever_stands_in_a_field_is_a_position_or_a_bad_item(
    parse: Parser, wrap: Any, good: Any, data: st.DataObject
) -> None:
    item = good.copy()
    where = data.draw(st.sampled_from(range(len(item)) if isinstance(item, list) else list(item)))
    item[where] = data.draw(JSON)
    document = json.dumps(wrap(item, good)).encode()
    for one in parse(document, RECEIVED):
        assert isinstance(one, Position | BadItem)
        if isinstance(one, Position):
            assert -90 <= one.latitude <= 90
            assert -180 <= one.longitude <= 180
            assert 0 <= one.observed_at < 4_102_444_800_000


@pytest.mark.parametrize("module", PARSERS, ids=lambda module: module.KIND)
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_stands_at_the_top_of_a_document_it_is_read_or_refused(
    module: Any, data: st.DataObject
) -> None:
    good = {
        opensky_states: made.states(STATE), opensky_tracks: made.track([1, 1.0, 2.0, 3.0, 4, True]),
        opensky_flights: [], readsb: made.readsb(AIRCRAFT), adsb_v2: made.v2(AIRCRAFT),
        trace: made.trace(ROW),
    }[module]  # fmt: skip
    document: Any = data.draw(JSON)
    if isinstance(good, dict):
        document = good | {data.draw(st.sampled_from(sorted(good))): document}
    with contextlib.suppress(BadDocument):
        for one in module.parse(json.dumps(document).encode(), RECEIVED):
            assert isinstance(one, Position | BadItem)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_a_real_receivers_aircraft_are_all_read() -> None:
    data = (SAMPLES / "readsb-aircraft_1.json").read_bytes()
    found, bad = parsed(readsb.parse, data)
    placed = [one for one in json.loads(data)["aircraft"] if "lat" in one]
    assert (len(found), bad) == (len(placed), [])
    assert all((one.ground_speed_mps or 0) < 340 for one in found)
