"""A 'no' waits for every feed that logs its progress, and gives way to every outage."""

import itertools

from streams.facts.instants import Instant
from streams.facts.received import Progress
from streams.relations.coverage import Coverage


def through(feed: str, at: int, scope: str = "*", topic: str = "flights.positions") -> Progress:
    return Progress(feed, topic, scope, Instant(at), None, None, None, None)


def silent(feed: str, since: int, until: int, scope: str = "*") -> Progress:
    return Progress(
        feed, "flights.positions", scope, None, Instant(since), Instant(until), None, Instant(until)
    )


def words(said: list[Progress], at: int, icao24: str = "a2c4e0") -> str | None:
    coverage = Coverage()
    for one in said:
        coverage.take(f"{one.feed}/{one.scope}/{one.outage_from}", one)
    missing = coverage.missing(icao24, at, at)
    return None if missing is None else missing.words


def test_no_feed_that_never_logged_progress_is_waited_for() -> None:
    assert words([], 100) is None
    assert words([through("cnn", 1, topic="news.articles")], 100) is None


def test_every_feed_that_did_is_waited_for_and_named() -> None:
    both = [through("readsb", 50), through("opensky", 200)]
    assert words(both, 50) is None
    pending = "unknown so far: readsb has not come to 1970-01-01T00:00:00.100Z"
    assert words(both, 100) == pending


def test_of_one_feed_the_furthest_word_counts_whatever_its_scope_and_the_order() -> None:
    said = [through("readsb", 50), through("readsb", 120, "a2c4e0"), through("readsb", 90)]
    for order in itertools.permutations(said):
        assert words(list(order), 100) is None
        assert words(list(order), 100, "ab7437") is not None


def test_a_feed_that_goes_back_takes_nothing_back() -> None:
    again = [through("readsb", 150), through("readsb", 90)]
    assert words(again, 100) is None
    assert words(again[::-1], 100) is None


def test_an_outage_counts_for_its_scope_and_the_longest_word_on_it() -> None:
    said = [silent("readsb", 10, 20, "a2c4e0"), silent("readsb", 10, 30, "a2c4e0")]
    for order in itertools.permutations(said):
        assert words(list(order), 25) == "outage of readsb"
        assert words(list(order), 31) is None
        assert words(list(order), 25, "ab7437") is None


def test_the_first_word_on_an_aircraft_lets_go_what_waited_for_the_word_on_all() -> None:
    coverage = Coverage()
    assert coverage.take("a", through("readsb", 50)) == (50, 2**62)
    assert coverage.take("b", through("readsb", 120, "a2c4e0")) == (50, 2**62)
    assert coverage.take("c", through("readsb", 130, "a2c4e0")) == (120, 130)
    coverage = Coverage()
    assert coverage.take("b", through("readsb", 40, "a2c4e0")) == (40, 2**62)
    assert coverage.take("a", through("readsb", 90)) == (40, 2**62)
