"""Of rival times one is chosen by the policy file; all are kept, in whatever order they came."""

import itertools

from streams.facts.instants import Instant
from streams.relations.choosing import Claim, choose

MINUTE_MS = 60_000
DAY_MS = 86_400_000


def claim(at: int, source: str, rank: int = 1, seen: int | None = 0, **more: object) -> Claim:
    fields = {"source_class": "docket", "width": MINUTE_MS - 1, "known": seen, **more}
    first_seen = None if seen is None else Instant(seen)
    known_at = None if fields["known"] is None else Instant(fields["known"])
    end = Instant(at + fields["width"])
    return Claim(
        "entered", Instant(at), end, source, fields["source_class"], rank, first_seen, known_at, ""
    )


def press(at: int, source: str, **more: object) -> Claim:
    return claim(at, source, 5, source_class="press", **more)


def test_the_docket_goes_before_the_press_then_rank_then_what_was_seen_first() -> None:
    claims = [
        press(60_000, "CNN", seen=1),
        claim(0, "courtlistener", 3, seen=0),
        claim(0, "cmecf-rss", 2, seen=9),
        claim(120_000, "cmecf-rss", 2, seen=5),
    ]
    for order in itertools.permutations(claims):
        chosen = choose(order)
        assert (chosen.source, chosen.at_earliest) == ("cmecf-rss", 120_000)
        assert chosen.policy == "docket-then-press: docket, first_seen"
        assert {one.at_earliest for one in chosen.rivals} == {0, 60_000}


def test_the_press_alone_gives_one_interval_that_covers_them_all_and_has_no_rival() -> None:
    chosen = choose([press(0, "CNN"), press(180_000, "NOTUS")])
    assert (chosen.at_earliest, chosen.at_latest) == (0, 180_000 + MINUTE_MS - 1)
    assert (chosen.source, chosen.rivals) == ("CNN, NOTUS", ())


def test_a_day_counts_only_where_nobody_states_a_time() -> None:
    day = claim(0, "cmecf-rss", 1, width=DAY_MS)
    assert choose([day]).at_latest == DAY_MS
    assert choose([day, press(MINUTE_MS, "CNN")]).source == "CNN"


def test_it_is_known_since_the_last_word_arrived_also_that_of_a_rival() -> None:
    late = press(MINUTE_MS, "CNN", seen=3, known=99)
    assert choose([claim(0, "cmecf-rss", seen=7), late]).known_at == 99
