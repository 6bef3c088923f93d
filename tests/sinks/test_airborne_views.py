"""`airborne_at` and its kin answer as streams/relations/airborne.py does, to the letter."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from clickhouse_driver import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.columns import block
from sinks.migrate import MIGRATIONS, migrate
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.facts.flights import Leg
from streams.facts.instants import Instant, from_datetime, parse_rfc3339, rfc3339
from streams.facts.received import Progress
from streams.hindsight.warehouse import coverage_of
from streams.relations.airborne import airborne
from streams.relations.flight import Flight
from streams.relations.timeline import timeline
from tests.sinks.records import consumed, leg

NAME = "airborne_views"
NOON = parse_rfc3339("2025-03-15T12:00:00Z")
SPAN_MS = 6 * 3_600_000
ASKED = (
    "flight", "callsign", "registration", "icao24", "leg_id", "origin", "destination",
    "certainty", "phase", "margin_s", "gap", "masked", "reconstructed", "known_at",
)  # fmt: skip
HOUR_MS = 3_600_000
OFFSETS_MS = [
    sign * (offset + more)
    for sign in (1, -1)
    for offset in (0, 60_000, 250_000, 300_000, 30 * HOUR_MS, 36 * HOUR_MS)
    for more in (-1, 0, 1)
]
"""Near an edge, and as far from it as the rules reach: to the millisecond."""
FIRST = (
    (MIGRATIONS / "010_airborne.sql")
    .read_text()
    .partition("CREATE VIEW IF NOT EXISTS airborne_at AS")[2]
)
FIRST = f"CREATE VIEW IF NOT EXISTS airborne_at_first AS {FIRST}"
BASES = ["observed", "extrapolated", "gap", "reported", "reported_bound", "unseen"]
Answers = dict[str, dict[str, Any]]
pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def client(clickhouse: EmbeddedClickHouse) -> Iterator[Client]:
    migrate(clickhouse.url, NAME)
    with Client.from_url(f"{clickhouse.url}{NAME}") as connected:
        yield connected
        connected.execute(f"DROP DATABASE {NAME}")


@pytest.fixture(scope="module")
def warehouse(clickhouse: EmbeddedClickHouse) -> Iterator[Warehouse]:
    made = Warehouse(clickhouse.url, NAME)
    yield made
    made.close()


class Table:
    """The tables, filled anew."""

    def __init__(self, client: Client, warehouse: Warehouse) -> None:
        self._client, self._warehouse = client, warehouse

    def fill(self, legs: list[Leg], outages: list[Progress]) -> None:
        for name in ("flights_legs", "feed_progress"):
            self._client.execute(f"TRUNCATE TABLE {name}")
        self._client.execute("TRUNCATE TABLE flights_leg_ends")
        self._insert("flights.legs", legs)
        self._insert("feed.progress", outages)

    def add(self, legs: list[Leg]) -> None:
        """One part more."""
        self._insert("flights.legs", legs)

    def _insert(self, topic: str, records: Sequence[Any]) -> None:
        batch: list[Any] = [consumed(one, place) for place, one in enumerate(records)]
        self._warehouse.insert(block(tables()[topic], batch), "")

    def ask(self, view: str, *, every: bool | None = None, **moments: int) -> Answers:
        given = [f"{name} = '{_sql(at)}'" for name, at in moments.items()]
        given += [] if every is None else [f"every = {str(every).lower()}"]
        rows = self._client.execute(
            f"SELECT mission_id, {', '.join(ASKED)} FROM {view}({', '.join(given)})"
        )
        assert len({row[0] for row in rows}) == len(rows)
        found = {row[0]: dict(zip(ASKED, row[1:], strict=True)) for row in rows}
        for row in found.values():
            row["known_at"] = row["known_at"] and from_datetime(row["known_at"])
        return found


@pytest.fixture(scope="module")
def table(client: Client, warehouse: Warehouse) -> Table:
    return Table(client, warehouse)


def _sql(at: int) -> str:
    return rfc3339(Instant(at)).replace("T", " ").removesuffix("Z")


@st.composite
def missions(draw: st.DrawFn, number: int) -> list[Leg]:
    """One to three legs after each other, with ends of every kind and width."""
    # Neither the earliest nor the latest times go back, but intervals may overlap: a stop that
    # nobody saw begins and ends within one gap.
    ends = draw(st.integers(1, 3)) * 2
    seconds = st.integers(0, SPAN_MS // 1000)
    early = sorted(draw(st.lists(seconds, min_size=ends, max_size=ends)))
    widths = draw(st.lists(st.sampled_from([0, 30, 600, 7200]), min_size=ends, max_size=ends))
    late = sorted(begin + width for begin, width in zip(early, widths, strict=True))
    callsigns = draw(st.sampled_from([("GXA6143", None), (None, "N1"), (None, None), ("", "ABC")]))
    legs = []
    for index in range(ends // 2):
        off_earliest, on_earliest = (Instant(NOON + 1000 * at) for at in early[2 * index :][:2])
        off_latest, on_latest = (Instant(NOON + 1000 * at) for at in late[2 * index :][:2])
        last = index == ends // 2 - 1
        is_open = last and draw(st.booleans())
        from_nowhere = index == 0 and draw(st.booleans())
        legs.append(
            leg(
                f"leg-{number}-{index}",
                revision=1,
                mission_id=f"mission-{number}",
                mission_index=index,
                icao24=f"{number % 3:06x}",
                callsign=callsigns[min(index, 1)],
                registration=draw(st.sampled_from([None, "N278GX"])),
                takeoff_earliest=None if from_nowhere else off_earliest,
                takeoff_latest=None if from_nowhere and draw(st.booleans()) else off_latest,
                takeoff_basis="unseen" if from_nowhere else draw(st.sampled_from(BASES)),
                landing_earliest=None if is_open else on_earliest,
                landing_latest=None if is_open else on_latest,
                landing_basis="unseen" if is_open else draw(st.sampled_from(BASES)),
                observed_from=off_latest,
                observed_through=on_earliest,
                reconstructed=draw(st.booleans()),
                masked=draw(st.booleans()),
                destination=draw(st.sampled_from([None, "MHPR"])),
                known_at=draw(st.sampled_from([None, NOON, Instant(NOON + index)])),
            )
        )
    return legs


@st.composite
def words_of_feeds(draw: st.DrawFn) -> list[Progress]:
    """Outages and how far feeds have come."""
    begins = draw(st.lists(st.integers(-3600, SPAN_MS // 1000), max_size=4, unique=True))
    said = []
    for begin in begins:
        at = Instant(NOON + 1000 * begin)
        ends = Instant(at + draw(st.integers(0, 3_600_000)))
        outage = draw(st.booleans())
        said.append(
            Progress(
                draw(st.sampled_from(["opensky", "readsb"])),
                draw(st.sampled_from(["flights.positions", "news.articles"])),
                draw(st.sampled_from(["*", "000000", "000001"])),
                None if outage else at,
                at if outage else None,
                ends if outage else None,
                draw(st.sampled_from([None, "", "receiver down"])) if outage else None,
            )
        )
    return said


def edges_of(leg: Leg) -> list[int]:
    """The times at which an answer about a leg may turn."""
    told = (leg.takeoff_earliest, leg.takeoff_latest, leg.landing_earliest, leg.landing_latest)
    seen = (leg.observed_from, leg.observed_through)
    return [at for at in (*told, *seen) if at is not None]


@st.composite
def skies(draw: st.DrawFn) -> tuple[list[list[Leg]], list[Progress]]:
    count = draw(st.integers(1, 12))
    return [draw(missions(number)) for number in range(count)], draw(words_of_feeds())


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(
    sky=skies(),
    near=st.integers(0, 100),
    offset_ms=st.sampled_from(OFFSETS_MS),
    width_ms=st.sampled_from([0, 0, 59_999, 3_600_000]),
)
def test_the_views_give_the_answer_of_the_join(
    table: Table,
    sky: tuple[list[list[Leg]], list[Progress]],
    near: int,
    offset_ms: int,
    width_ms: int,
) -> None:
    flown, gone = sky
    edges = [at for legs in flown for leg in legs for at in edges_of(leg)]
    earliest = Instant(edges[near % len(edges)] + offset_ms)
    latest = Instant(earliest + width_ms)
    retracted = [replace(legs[-1], is_deleted=True, revision=0) for legs in flown]
    table.fill([*(one for legs in flown for one in legs), *retracted], gone)
    coverage = coverage_of(gone)
    expected = {}
    for legs in flown:
        flight = Flight(legs[0].mission_id, tuple(legs))
        answer = airborne(flight.legs, earliest, latest, coverage)
        expected[flight.mission_id] = {
            "flight": flight.number,
            "callsign": flight.callsign,
            "registration": flight.registration,
            "icao24": answer.leg.icao24,
            "leg_id": answer.leg.leg_id,
            "origin": answer.leg.origin,
            "destination": answer.leg.destination,
            "certainty": answer.certainty,
            "phase": answer.phase,
            "margin_s": answer.margin_s,
            "gap": answer.gap,
            "masked": any(one.masked for one in legs),
            "reconstructed": any(one.reconstructed for one in legs),
            "known_at": max((one.known_at for one in legs if one.known_at), default=None),
        }
    phases = {"earliest": earliest, "latest": latest}
    assert table.ask("flight_phases", **phases, every=True) == expected
    some = table.ask("flight_phases", **phases, every=False)
    assert some == {name: expected[name] for name in some}
    if width_ms == 0:
        assert table.ask("airborne_at", at=earliest) == some
    # Nothing that may have been in the air by its own evidence is missing.
    for legs in flown:
        may_be = [one.phase for one in timeline(legs) if one.possible(earliest, latest)]
        assert (legs[0].mission_id in some) == ("airborne" in may_be)


@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(sky=skies(), before=skies(), near=st.integers(0, 100), drawn=st.randoms())
def test_revisions_retractions_and_moved_legs_answer_as_the_first_definition_did(
    table: Table,
    client: Client,
    sky: tuple[list[list[Leg]], list[Progress]],
    before: tuple[list[list[Leg]], list[Progress]],
    near: int,
    drawn: Random,
) -> None:
    """Migration 010's view, on the same rows: several parts, unmerged, in any order of arrival."""
    now = [one for legs in sky[0] for one in legs]
    then = [
        replace(one, revision=drawn.choice([0, 2]), is_deleted=drawn.random() < 0.3)
        for legs in before[0]
        for one in legs
    ]
    # A stop that turned out to be a short one: the leg belongs to another mission from then on.
    moved = [
        replace(one, revision=3, mission_id="mission-0", mission_index=7 + place)
        for place, one in enumerate(now)
        if drawn.random() < 0.2
    ]
    rows = [*now, *then, *moved]
    drawn.shuffle(rows)
    table.fill([], [])
    for part in range(3):
        table.add(rows[part::3])
    client.execute(FIRST)
    edges = [at for one in rows for at in edges_of(one)]
    for offset_ms in (-1, 0, 61_000):
        at = Instant(edges[near % len(edges)] + offset_ms)
        assert table.ask("airborne_at", at=at) == table.ask("airborne_at_first", at=at)


def test_a_leg_longer_than_any_window_is_found(table: Table, client: Client) -> None:
    """Ends that were seen may lie days apart: looking near a moment finds no such leg."""
    hours = 3_600_000
    days = leg(
        "leg-days",
        mission_id="mission-days",
        takeoff_earliest=NOON,
        takeoff_latest=NOON,
        takeoff_basis="observed",
        landing_earliest=Instant(NOON + 90 * hours),
        landing_latest=Instant(NOON + 90 * hours),
        landing_basis="observed",
        observed_from=NOON,
        observed_through=Instant(NOON + 90 * hours),
        reconstructed=False,
    )
    others = [
        replace(
            days,
            leg_id=f"leg-{n}",
            mission_id=f"mission-{n}",
            landing_latest=end,
            landing_earliest=end,
        )
        for n in range(400)
        for end in [Instant(NOON + (1 + n % 3) * hours)]
    ]
    table.fill([days, *others], [])
    client.execute(FIRST)
    for at in (Instant(NOON + 2 * hours), Instant(NOON + 45 * hours), Instant(NOON + 90 * hours)):
        found = table.ask("airborne_at", at=at)
        assert found == table.ask("airborne_at_first", at=at)
        assert ("mission-days" in found) == (at < NOON + 90 * hours)


def test_a_correction_moves_the_hourly_figures(table: Table, client: Client) -> None:
    first = leg(takeoff_earliest=NOON, takeoff_latest=NOON, observed_from=NOON)
    table.fill([first], [])
    hours = "SELECT hour, takeoffs FROM flights_legs_hourly WHERE takeoffs > 0"
    [(hour, count)] = client.execute(hours)
    assert (from_datetime(hour), count) == (NOON, 1)
    later = Instant(NOON + 2 * 3_600_000)
    moved = replace(first, revision=2, takeoff_earliest=later, takeoff_latest=later)
    table.fill([first, moved], [])
    assert [(from_datetime(at), many) for at, many in client.execute(hours)] == [(later, 1)]
    table.fill([first, moved, replace(moved, revision=3, is_deleted=True)], [])
    assert client.execute(hours) == []
