"""From feed records alone the pure stages give what the pipeline would have published."""

import random
from typing import Any

from streams import recording
from streams.answers import OrderAnswer
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import Article, DocketEntry, Position
from streams.hindsight.answers import answers_from
from streams.hindsight.recomputed import Standing, standing

RECORDS = [record for document in recording.documents() for record in document.records()]


def recomputed(records: list[Any]) -> Standing:
    def of(kind: type) -> list[Any]:
        return [one for one in records if isinstance(one, kind)]

    positions = sorted(of(Position), key=lambda one: one.observed_at)
    return standing(positions, of(DocketEntry), of(Article), recording.progress())


def answered(records: list[Any]) -> dict[tuple[str, str], OrderAnswer]:
    found = recomputed(records)
    answers = answers_from(found.links.values(), found.events.values())
    return {(one.kind, one.clock): one for one in answers}


def test_all_records_give_the_table_of_the_record() -> None:
    found = answered(RECORDS)
    entered = {one.flight: one for one in found["minute_order", "entered"].flights}
    assert {name: one.certainty for name, one in entered.items()} == {
        "6143": "definite",
        "6145": "definite",
        "6122": "no",
    }
    assert entered["6143"].left_us == "yes"
    assert entered["6143"].position is not None
    assert entered["6122"].flips == ["A third outlet: possible", "CNN: possible"]
    assert entered["6143"].policy == "docket-then-press: docket, first_seen"
    assert "CNN" in dict(found["minute_order", "entered"].reported_by)


def test_the_order_of_the_records_does_not_matter() -> None:
    shuffled = random.Random(4).sample(RECORDS, len(RECORDS))
    assert answered(shuffled) == answered(RECORDS)


def by(moment: str) -> list[Any]:
    until: Instant = parse_rfc3339(moment)
    return [one for one in RECORDS if one.fetched_at <= until]


def test_before_the_docket_was_read_the_order_is_not_known() -> None:
    fetched = sorted({one.fetched_at for one in RECORDS if isinstance(one, DocketEntry)})
    assert ("minute_order", "entered") not in answered(
        [one for one in RECORDS if one.fetched_at < fetched[0]]
    )


def test_what_is_known_rests_on_nothing_that_came_later() -> None:
    for moment in sorted({one.fetched_at for one in RECORDS}):
        early = recomputed([one for one in RECORDS if one.fetched_at <= moment])
        for one in [*early.links.values(), *early.events.values(), *early.legs.values()]:
            assert one.known_at is None or one.known_at <= moment


def test_an_order_that_no_flight_is_linked_to_is_answered_with_none() -> None:
    found = answered([one for one in RECORDS if not isinstance(one, Position)])
    assert all(not one.flights for one in found.values())
    assert found
