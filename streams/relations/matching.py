"""Which docketed order an article speaks of: a mention and orders in, the best match out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streams.facts.court import Order
from streams.facts.news import Mention
from streams.relations.policy import CLOCKS, MATCHING


@dataclass(frozen=True, slots=True)
class Match:
    """An order that a report is about, and how well they agree."""

    order_id: str
    score: int

    @property
    def definite(self) -> bool:
        """Whether it rests on enough to be called definite."""
        return self.score >= MATCHING.definite_from


def speaks_of_an_order(mention: Mention) -> bool:
    """Whether the report is of a court act at all."""
    return mention.type in MATCHING.types


def spoken_of(order: Order) -> tuple[int, int] | None:
    """From the earliest to the latest instant that a report of the order can speak of."""
    within = MATCHING.same_time_within_s * 1000
    clocks = [one for one in order.clocks if one.clock != "first_seen"]
    if not clocks:
        return None
    return (
        min(one.at_earliest for one in clocks) - within,
        max(one.at_latest for one in clocks) + within,
    )


def best_match(mention: Mention, orders: Iterable[Order]) -> Match | None:
    """Find the order that the report is about; None if none fits, or two fit as well."""
    if not speaks_of_an_order(mention):
        return None
    scored = sorted(
        ((score, order.order_id) for order in orders if (score := _score(mention, order))),
        reverse=True,
    )
    if not scored or scored[0][0] < MATCHING.enough:
        return None
    if len(scored) > 1 and scored[1][0] == scored[0][0]:
        return None
    return Match(scored[0][1], scored[0][0])


def _score(mention: Mention, order: Order) -> int:
    """How well they agree; 0 if they cannot be one."""
    rule = MATCHING.types[mention.type]
    if order.is_deleted or order.form != rule.form or (rule.kinds and order.kind not in rule.kinds):
        return 0
    clocks = [one for one in order.clocks if one.clock != "first_seen"]
    if not any(
        one.at_earliest <= mention.valid_to and mention.valid_from <= one.at_latest
        for one in clocks
    ) and not _same_time(mention, order):
        return 0
    if _timed(mention) and _times(order) and not _same_time(mention, order):
        return 0
    score = MATCHING.same_time if _timed(mention) and _same_time(mention, order) else 0
    if mention.docket_numbers:
        if not any(_same_docket(number, order.docket_number) for number in mention.docket_numbers):
            return 0
        score += MATCHING.docket_number
    surnames = {judge.split()[-1].lower() for judge in order.judges}
    if surnames & {actor.split()[-1].lower() for actor in mention.actors}:
        score += MATCHING.judge
    if mention.court_id is not None:
        if mention.court_id != order.court_id:
            return 0
        score += MATCHING.court
    said = f"{mention.quote} {mention.title}".lower()
    if any(words in said for words in MATCHING.kind_words.get(order.kind, ())):
        score += MATCHING.words
    return score


def _timed(mention: Mention) -> bool:
    return mention.valid_to - mention.valid_from < CLOCKS.clock_time_within_s * 1000


def _times(order: Order) -> list[tuple[int, int]]:
    """Clock times that the docket states."""
    return [
        (one.at_earliest, one.at_latest)
        for one in order.clocks
        if one.clock != "first_seen"
        and one.at_latest - one.at_earliest < CLOCKS.clock_time_within_s * 1000
    ]


def _same_time(mention: Mention, order: Order) -> bool:
    within = MATCHING.same_time_within_s * 1000
    return any(
        earliest - within <= mention.valid_to and mention.valid_from <= latest + within
        for earliest, latest in _times(order)
    )


def _same_docket(a: str, b: str) -> bool:
    """Compare without the office: articles write 25-cv-00766 for 1:25-cv-00766."""
    return a.rpartition(":")[2] == b.rpartition(":")[2]
