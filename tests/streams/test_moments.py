"""Flights at a moment: whose, how sure, where."""

from dataclasses import replace

from streams.facts.instants import Instant
from streams.moments import Which, at_moment
from streams.relations.policy import WatchList
from tests.streams.relations.test_airborne import LEG, outage

OTHER = replace(
    LEG, leg_id="leg-9", mission_id="mission-9", registration="N837VA", callsign="GXA6145"
)
IN_THE_AIR, BEFORE = Instant(300_000), Instant(50_000)


def asked(moment: Instant, **more: object) -> list[tuple[str, str]]:
    found = at_moment([OTHER, LEG], moment, **more)
    return [(one.flight.mission_id, one.answer.certainty) for one in found]


def test_all_flights_in_the_air_are_told_and_on_demand_those_that_were_not() -> None:
    assert asked(IN_THE_AIR) == [("mission-1", "definite"), ("mission-9", "definite")]
    assert asked(BEFORE) == []
    assert asked(BEFORE, every=True) == [("mission-1", "no"), ("mission-9", "no")]


def test_an_outage_brings_back_those_that_it_may_hide() -> None:
    silent = outage(0, 90_000, "a2c4e0")
    assert asked(BEFORE, coverage=silent) == [("mission-1", "unknown"), ("mission-9", "unknown")]


def test_the_watch_list_names_registrations_missions_and_operators() -> None:
    for watch in (
        WatchList(registrations=frozenset({"N837VA"})),
        WatchList(missions=frozenset({"mission-9"})),
    ):
        found = asked(IN_THE_AIR, which=Which.WATCHED, watch=watch)
        assert found == [("mission-9", "definite")]
    both = WatchList(operators=frozenset({"GXA"}))
    assert len(asked(IN_THE_AIR, which=Which.WATCHED, watch=both)) == 2
    assert asked(IN_THE_AIR, which=Which.WATCHED, watch=WatchList()) == []


def test_a_callsign_claims_nothing_only_a_source_does() -> None:
    assert asked(IN_THE_AIR, which=Which.CLAIMED) == []
    claims = {"mission-1": ["CNN", "ABC News", "CNN"]}
    (found,) = at_moment([OTHER, LEG], IN_THE_AIR, which=Which.CLAIMED, claims=claims)
    assert (found.flight.mission_id, found.claimed_by) == ("mission-1", ("ABC News", "CNN"))
