"""What the join says of the recording, and what stalled feeds and outages make of it."""

import itertools
import random
from dataclasses import replace

from streams.facts.court import Clock, Order
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.news import Mention
from streams.facts.policy import Link
from streams.facts.received import Progress
from streams.relations.timeline import in_the_air
from tests.streams.relations.batch_join import batch_join
from tests.streams.relations.runs import FACTS, Run, of_flight, through
from tests.streams.relations.worlds import World


def test_the_recording_joins_into_links_of_every_stored_relation() -> None:
    standing = batch_join(FACTS).values()
    relations = {getattr(one, "relation", None) for one in standing}
    assert relations >= {"airborne_at", "reported_by", "claims_about", "appeal_of"}


def test_a_flight_that_nobody_claims_is_stored_only_where_it_is_not_a_plain_no() -> None:
    unclaimed = [fact for fact in FACTS if not isinstance(fact, Mention)]
    certainties = {
        one.certainty
        for one in batch_join(unclaimed).values()
        if getattr(one, "relation", None) == "airborne_at"
    }
    assert "definite" in certainties
    assert "no" not in certainties


def test_a_stalled_feed_blocks_nothing_and_a_no_is_unknown_so_far_until_it_has_passed() -> None:
    run = Run()
    stalled = [*FACTS, through("opensky", "2025-03-16T12:00:00Z")]
    stalled.append(through("readsb", "2025-03-15T20:00:00Z"))
    run.feed(stalled, set(), set())
    link = of_flight(run, "6122")
    assert link.certainty == "unknown"
    assert link.gap == "unknown so far: readsb has not come to 2025-03-15T23:25:59.999Z"
    assert of_flight(run, "6143").certainty == "definite"
    run = Run()
    run.feed([*stalled, through("readsb", "2025-03-15T23:26:00Z")], set(), set())
    assert of_flight(run, "6122").certainty == "no"


def test_an_outage_over_the_order_turns_no_into_unknown() -> None:
    outage = Progress(
        "readsb", "flights.positions", "a83f98", None,
        Instant(1742079600000), Instant(1742083200000), "receiver down",
    )  # fmt: skip  # 15 March 2025, 23:00 to midnight UTC
    run = Run()
    run.feed([*FACTS, outage], set(), set())
    link = of_flight(run, "6122")
    assert (link.certainty, link.gap) == ("unknown", "outage of readsb: receiver down")


def test_an_outage_at_a_rivals_time_changes_what_the_answer_would_be_then() -> None:
    orders = {one.kind: one for one in FACTS if isinstance(one, Order)}
    order = orders["minute_order"]
    later = parse_rfc3339("2025-03-16T19:25:00Z")
    rival = replace(order.clocks[0], clock="entered", at_earliest=later, at_latest=later)
    rival = replace(rival, source="another", source_rank=9)
    order = replace(order, clocks=(*order.clocks, rival), revision=Revision(10**6))
    outage = Progress(
        "readsb", "flights.positions", "*", None, Instant(later - 1), Instant(later + 1), "power"
    )
    log = [*FACTS, order, outage]
    run = Run()
    run.feed(log, {len(FACTS), len(FACTS) + 1}, set())
    said = {one.source: one.certainty for one in of_flight(run, "6122").rivals}
    assert said["another"] == "unknown"
    assert run.standing() == batch_join(log)


def test_an_outage_out_of_a_flights_reach_counts_for_a_moment_as_long_as_a_day() -> None:
    world = World(random.Random(5), 1)
    leg = replace(world.leg(0), is_deleted=False)
    begins, _ = in_the_air(leg)
    day = Clock(
        "entered", Instant(begins - 50 * 3_600_000), Instant(begins - 30 * 3_600_000), "rss", 1,
        None, "",
    )  # fmt: skip
    order = replace(world.order(1), kind="tro", clocks=(day,))
    outage = Progress(
        "readsb", "flights.positions", "*", None, Instant(day.at_earliest - 1),
        Instant(day.at_earliest + 1), "power",
    )  # fmt: skip
    for log in itertools.permutations([leg, order, outage]):
        run = Run(partitions=1)
        run.feed(log, set(), set())
        assert run.standing() == batch_join(log)
        assert any(
            (one.relation, one.certainty) == ("airborne_at", "unknown")
            for one in run.standing().values()
            if isinstance(one, Link)
        )


def test_a_claimed_flight_has_every_answer_its_side_of_the_order_and_its_legs() -> None:
    standing = batch_join(FACTS).values()
    about = {
        (one.relation, one.order_kind, one.certainty)
        for one in standing
        if isinstance(one, Link) and one.flight == "6143" and one.claimed_removal
    }
    assert ("departed_after", "tro", "definite") in about
    assert ("airborne_at", "minute_order", "definite") in about
    assert ("landed_before", "appellate_order", "definite") in about
    assert ("part_of_mission", None, "definite") in about


def test_a_claim_that_its_outlet_takes_back_stands_no_more_and_others_do() -> None:
    claims = [one for one in FACTS if isinstance(one, Mention) and one.claims_removal]
    before = {one.outlet for one in claims if "6143" in one.flight_numbers}
    said = next(one for one in claims if "6143" in one.flight_numbers)
    back = replace(said, mention_id="mention-back", type="claim.retracted", claims_removal=False)
    run = Run()
    run.feed([*FACTS, back], set(), set())
    assert of_flight(run, "6143").claimed_by == tuple(sorted(before - {said.outlet}))
    assert run.standing() == batch_join([*FACTS, back])


def test_where_it_was_and_whether_it_had_left_the_united_states() -> None:
    run = Run()
    run.feed(FACTS, set(), set())
    at_entry, later = of_flight(run, "6143"), of_flight(run, "6122")
    assert at_entry.left_us == "yes"
    assert 14 < at_entry.latitude < 26
    assert -98 < at_entry.longitude < -87
    assert (later.left_us, later.latitude) == ("no", None)
