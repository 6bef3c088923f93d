"""The links of an order and of a flight: facts and reports in, the links that should stand out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from streams.facts.case_links import names_one_docket
from streams.facts.court import Order
from streams.facts.identity import Revision, identity
from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.facts.policy import Certainty, Link, Relation, Rival
from streams.relations.airborne import Answer, airborne
from streams.relations.choosing import Chosen
from streams.relations.coverage import Coverage
from streams.relations.flight import Flight
from streams.relations.reports import Reported
from streams.relations.track import Left, had_left_us, position_at

_NOTHING = Revision(0)


def order_links(
    order: Order,
    chosen: Chosen,
    flight: Flight,
    claims: Sequence[Mention],
    coverage: Coverage,
    *,
    whole: bool,
) -> Iterator[Link]:
    """Where an order on one clock stands to a flight: what of it is stored.

    ``whole``: every answer is, and on which side of the order the flight lies. Otherwise all but
    'no', and but 'unknown so far', which is a 'no' that waits for its feeds.
    """
    weak = chosen.source_class == "press" or order.reconstructed
    answer = airborne(flight.legs, chosen.at_earliest, chosen.at_latest, coverage, reported=weak)
    if not whole and (answer.certainty == "no" or answer.is_pending):
        return
    rivals = []
    for rival in chosen.rivals:
        press = rival.source_class == "press" or order.reconstructed
        then = airborne(flight.legs, rival.at_earliest, rival.at_latest, coverage, reported=press)
        rivals.append(
            Rival(
                rival.at_earliest,
                rival.at_latest,
                rival.source,
                then.certainty,
                then.phase,
                then.margin_s,
            )
        )
    common: dict[str, Any] = {
        "subject": ("flight", flight.mission_id),
        "target": ("order", order.order_id),
        "clock": chosen.clock,
        "chosen": chosen,
        "rivals": tuple(
            sorted(rivals, key=lambda one: (one.at_earliest, one.at_latest, one.source))
        ),
        "leg_id": answer.leg.leg_id,
        "flight": flight,
        "order": order,
        "left_us": had_left_us(flight.legs, chosen.at_earliest, chosen.at_latest),
        "claims": claims,
        "gap": answer.gap,
        "evidence": (*answer.leg.sources, *(one.mention_id for one in claims)),
        "known": [
            order.known_at,
            chosen.known_at,
            answer.known_at,
            *(leg.known_at for leg in flight.legs),
            *(one.known_at for one in claims),
        ],
        "reconstructed": order.reconstructed or any(leg.reconstructed for leg in flight.legs),
    }
    yield _link(
        relation="airborne_at",
        certainty=answer.certainty,
        phase=answer.phase,
        margin_s=answer.margin_s,
        place=_place(chosen, answer),
        **common,
    )
    if whole:
        sides: tuple[tuple[Relation, Certainty], ...] = (
            ("departed_after", answer.departed_after),
            ("landed_before", answer.landed_before),
        )
        for relation, certainty in sides:
            if certainty != "no":
                yield _link(
                    relation=relation,
                    certainty=certainty,
                    phase=answer.phase,
                    margin_s=answer.margin_s,
                    **common,
                )


def _place(chosen: Chosen, answer: Answer) -> tuple[float, float] | None:
    """Where it was at the middle of the clock's interval, if that says a time and not a day."""
    if answer.phase != "airborne" or not chosen.states_a_time:
        return None
    return position_at(answer.leg, (chosen.at_earliest + chosen.at_latest) // 2)


def mission_links(flight: Flight, claims: Sequence[Mention]) -> Iterator[Link]:
    """Which legs make up a flight."""
    for leg in flight.legs:
        yield _link(
            relation="part_of_mission",
            subject=("leg", leg.leg_id),
            target=("flight", flight.mission_id),
            certainty="definite",
            leg_id=leg.leg_id,
            flight=flight,
            claims=claims,
            left_us=leg.left_us,
            evidence=leg.sources,
            known=[leg.known_at, *(one.known_at for one in claims)],
            reconstructed=leg.reconstructed,
        )


def report_links(order: Order, reported: Iterable[Reported]) -> Iterator[Link]:
    """Which articles report an order."""
    for one in reported:
        mention = one.mention
        yield _link(
            relation="reported_by",
            subject=("order", order.order_id),
            target=("article", mention.article_id),
            part=mention.mention_id,
            certainty="definite" if one.match.definite else "possible",
            order=order,
            evidence=(mention.outlet, mention.title, mention.quote),
            known=[order.known_at, mention.known_at],
            reconstructed=order.reconstructed or mention.reconstructed,
        )


def appeal_link(order: Order) -> Link | None:
    """Which district case an order on appeal belongs to."""
    if order.appeal_of is None:
        return None
    return _link(
        relation="appeal_of",
        subject=("order", order.order_id),
        target=("case", order.appeal_of),
        certainty="definite" if names_one_docket(order.appeal_of) else "possible",
        order=order,
        known=[order.known_at],
        reconstructed=order.reconstructed,
    )


def claim_links(flight: Flight, claims: Iterable[Mention]) -> Iterator[Link]:
    """Who claims that a flight carried people removed."""
    for mention in claims:
        yield _link(
            relation="claims_about",
            subject=("mention", mention.mention_id),
            target=("flight", flight.mission_id),
            certainty="possible" if mention.confidence < 0.5 else "definite",
            flight=flight,
            claims=[mention],
            evidence=(mention.outlet, mention.title, mention.quote),
            known=[mention.known_at, *(leg.known_at for leg in flight.legs)],
            reconstructed=mention.reconstructed,
        )


def _link(
    *,
    relation: Relation,
    subject: tuple[str, str],
    target: tuple[str, str],
    certainty: Certainty,
    known: Iterable[Instant | None],
    reconstructed: bool,
    part: str | None = None,
    clock: str | None = None,
    phase: str = "unknown",
    margin_s: float | None = None,
    chosen: Chosen | None = None,
    rivals: tuple[Rival, ...] = (),
    leg_id: str | None = None,
    flight: Flight | None = None,
    order: Order | None = None,
    place: tuple[float, float] | None = None,
    claims: Sequence[Mention] = (),
    left_us: Left = "unknown",
    gap: str | None = None,
    evidence: tuple[str, ...] = (),
) -> Link:
    seen = [one for one in known if one is not None]
    return Link(
        link_id=identity("link", relation, *subject, *target, clock, part),
        revision=_NOTHING,
        is_deleted=False,
        known_at=max(seen) if seen else None,
        relation=relation,
        subject_type=subject[0],  # type: ignore[arg-type]
        subject_id=subject[1],
        object_type=target[0],  # type: ignore[arg-type]
        object_id=target[1],
        certainty=certainty,
        phase=phase,  # type: ignore[arg-type]
        margin_s=margin_s,
        clock=clock,  # type: ignore[arg-type]
        at_earliest=chosen.at_earliest if chosen else None,
        at_latest=chosen.at_latest if chosen else None,
        clock_source=chosen.source if chosen else None,
        policy=chosen.policy if chosen else None,
        rivals=rivals,
        leg_id=leg_id,
        icao24=flight.legs[0].icao24 if flight else None,
        flight=flight.number if flight else None,
        callsign=flight.callsign if flight else None,
        registration=flight.registration if flight else None,
        order_kind=order.kind if order else None,
        court_id=order.court_id if order else None,
        docket_number=order.docket_number if order else None,
        case_family=order.case_family if order else None,
        latitude=round(place[0], 4) if place else None,
        longitude=round(place[1], 4) if place else None,
        left_us=left_us,
        claimed_removal=bool(claims),
        claimed_by=tuple(sorted({one.outlet for one in claims})),
        claimed_since=min((one.published_at for one in claims), default=None),
        gap=gap,
        evidence=evidence,
        reconstructed=reconstructed,
    )
