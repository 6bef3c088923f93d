"""Records for the sink's tests, one factory a kind, and a consumed record without a broker."""

import dataclasses
from typing import Any

from schemas import codec
from streams.facts.court import Clock, Order
from streams.facts.flights import Gap, Leg, TrackPoint
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.policy import ClaimedNumber, Link, PolicyEvent, Report
from streams.facts.received import Position

T0 = parse_rfc3339("2025-03-15T21:25:00Z")


@dataclasses.dataclass(frozen=True)
class Consumed:
    """What a consumer hands over."""

    value: bytes | None
    key: bytes | None = None
    offset: int = 0
    topic: str = "flights.positions"
    partition: int = 0
    timestamp: int = T0
    headers: tuple[tuple[str, bytes], ...] = ()


def consumed(record: Any, offset: int = 0, **changes: Any) -> Consumed:
    key = getattr(record, "icao24", "") or "key"
    return Consumed(codec.encode(record), key.encode(), offset, **changes)


def position(number: int = 0, **changes: Any) -> Position:
    made = Position(
        source="recording",
        kind="flights.trace",
        fetched_at=Instant(T0 + 60_000) if number % 2 else None,
        icao24=f"{0xA2C400 + number % 7:06x}",
        callsign="GXA6143" if number % 3 else None,
        registration="N278GX" if number % 4 else None,
        aircraft_type=None,
        observed_at=Instant(T0 + 1000 * number),
        latitude=26.2 + number / 1e4,
        longitude=-97.6,
        altitude_m=1000.5 if number % 5 else None,
        geometric_altitude_m=None,
        ground_speed_mps=200.0,
        track_deg=None,
        vertical_rate_mps=-1.5,
        on_ground=(None, True, False)[number % 3],
        stale=False,
        new_leg=number % 2 == 0,
        masked=False,
        reconstructed=True,
        uncertainty_s=30.0,
        bound="after" if number % 6 == 0 else None,
        cites=None,
    )
    return dataclasses.replace(made, **changes)


def leg(leg_id: str = "leg-1", revision: int = 1, **changes: Any) -> Leg:
    made = Leg(
        leg_id=leg_id,
        revision=Revision(revision),
        is_deleted=False,
        known_at=T0,
        icao24="a2c4e0",
        registration="N278GX",
        callsign=None,
        origin="KHRL",
        destination=None,
        origin_candidates=("KHRL",),
        destination_candidates=(),
        takeoff_earliest=T0,
        takeoff_latest=Instant(T0 + 60_000),
        takeoff_basis="reported",
        landing_earliest=None,
        landing_latest=None,
        landing_basis="unseen",
        observed_from=T0,
        observed_through=Instant(T0 + 600_000),
        gaps=(Gap(T0, Instant(T0 + 1), 'no receiver\'s "ear"'),),
        track=(TrackPoint(T0, 26.2, -97.6, None), TrackPoint(T0, 26.3, -97.5, 900.0)),
        readings=2,
        reconstructed=True,
        masked=False,
        left_us_earliest=None,
        left_us_latest=None,
        left_us="unknown",
        mission_id=leg_id,
        mission_index=0,
        sources=("recording",),
        cites=(),
    )
    return dataclasses.replace(made, **changes)


def order(order_id: str = "order-1", revision: int = 1, **changes: Any) -> Order:
    at = parse_rfc3339("2025-03-15T23:25:00Z")
    made = Order(
        order_id=order_id,
        revision=Revision(revision),
        is_deleted=False,
        known_at=T0,
        case_family="dcd/1:25-cv-00766",
        court_id="dcd",
        docket_number="1:25-cv-00766",
        case_name="J.G.G. v. Trump",
        pacer_case_id="278436",
        document_number=None,
        pacer_doc_id=None,
        kind="minute_order",
        form="written",
        disposition="granted",
        moved_by=None,
        judges=("James E. Boasberg",),
        description="MINUTE ORDER",
        rests_on="MINUTE ORDER",
        confidence=1.0,
        clocks=(
            Clock("entered", Instant(at + 60_000), Instant(at + 119_999), "CNN", 3, None, "23:26"),
            Clock("entered", at, Instant(at + 59_999), "docket", 1, None, "(Entered: 23:25)"),
        ),
        appeal_of=None,
        sources=("recording",),
        reconstructed=True,
    )
    return dataclasses.replace(made, **changes)


def event(event_id: str = "event-1", revision: int = 1, **changes: Any) -> PolicyEvent:
    report = Report("CBS", "https://news.example/1", "Order", "a-1", "mention-1", T0, "ordered")
    made = PolicyEvent(
        event_id=event_id,
        revision=Revision(revision),
        is_deleted=False,
        known_at=T0,
        type="order.entered",
        subject_type="order",
        subject_id="order-1",
        title="Minute order",
        actors=("James E. Boasberg",),
        recipients=(),
        place=None,
        court_id="dcd",
        docket_number="1:25-cv-00766",
        valid_from=T0,
        valid_to=T0,
        confidence=0.9,
        quote="ordered",
        reports=(report, dataclasses.replace(report, outlet="ABC", url=None)),
        reconstructed=True,
        first_outlet="CBS",
        first_reported_at=T0,
        outlets=("ABC", "CBS"),
        claimed_values=(
            ClaimedNumber(261, "people", "in all", False, ("ABC", "CBS")),
            ClaimedNumber(238, "venezuelans", "", True, ()),
        ),
        plover_event="COERCE",
        plover_mode="restrict",
        plover_contexts=("legal",),
    )
    return dataclasses.replace(made, **changes)


def link(link_id: str = "link-1", revision: int = 1, **changes: Any) -> Link:
    at = parse_rfc3339("2025-03-15T23:25:00Z")
    made = Link(
        link_id=link_id,
        revision=Revision(revision),
        is_deleted=False,
        known_at=T0,
        relation="airborne_at",
        subject_type="flight",
        subject_id="mission-A",
        object_type="order",
        object_id="order-1",
        certainty="definite",
        phase="airborne",
        margin_s=660.0,
        clock="entered",
        at_earliest=at,
        at_latest=Instant(at + 59_999),
        clock_source="docket",
        policy="docket_first",
        rivals=(),
        leg_id="leg-1",
        icao24="a2c4e0",
        flight="6143",
        callsign="GXA6143",
        registration="N278GX",
        order_kind="minute_order",
        court_id="dcd",
        docket_number="1:25-cv-00766",
        case_family="dcd/1:25-cv-00766",
        latitude=20.0,
        longitude=-90.0,
        left_us="yes",
        claimed_removal=True,
        claimed_by=("CBS",),
        claimed_since=T0,
        gap=None,
        evidence=("leg-1",),
        reconstructed=True,
    )
    return dataclasses.replace(made, **changes)
