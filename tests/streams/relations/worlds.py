"""Small worlds for the join: a source of chance goes in, a history of facts comes out.

Everything happens near everything else, so that facts meet: a few aircraft, cases and articles,
times on a coarse grid, and each fact in several revisions, some of them retractions.
"""

import random
from dataclasses import replace
from typing import Any

from streams.facts.court import Clock, Order
from streams.facts.flights import Gap, Leg, TrackPoint
from streams.facts.identity import Revision
from streams.facts.instants import Instant
from streams.facts.news import Mention
from streams.facts.received import Progress

HOUR_MS = 3_600_000
BEGIN = 1_741_996_800_000  # 15 March 2025, 00:00 UTC
AIRCRAFT = (("a2c4e0", "N278GX"), ("ab7437", "N837VA"), ("a83f98", None))

ACTORS = (("James Boasberg",), (), ("Marco Rubio",), ("James Boasberg", "Marco Rubio"))
BASES = ("observed", "reported", "reported_bound", "gap")


class World:
    """Facts within so many hours, the first revision of each and what became of it."""

    def __init__(
        self, chance: random.Random, hours: int = 40, days: tuple[int, ...] = (0,)
    ) -> None:
        """``days``: everything happens in the hours after one of these days."""
        self.chance, self.hours, self.days = chance, hours, days

    def at(self) -> int:
        """A moment on the grid of ten minutes."""
        day = self.chance.choice(self.days)
        return BEGIN + (24 * 6 * day + self.chance.randrange(self.hours * 6)) * HOUR_MS // 6

    def history(self) -> list[Any]:
        """Every fact, its corrections and retractions, doubled here and there, in any order."""
        chance = self.chance
        facts: list[Any] = [self.leg(number) for number in range(chance.randrange(1, 6))]
        facts += [self.order(number) for number in range(chance.randrange(1, 4))]
        facts += [self.mention(number) for number in range(chance.randrange(7))]
        history: list[Any] = []
        for fact in facts:
            history.append(fact)
            later = range(1, 1 + chance.choice((0, 0, 1, 2)))
            history += [self.changed(fact, Revision(fact.revision + step)) for step in later]
        history += [self.progress() for _ in range(chance.choice((0, 0, 1, 3)))]
        history += chance.sample(history, len(history) // 3)
        chance.shuffle(history)
        return history

    def changed(self, fact: Any, revision: Revision) -> Any:
        """A later word on a fact: taken back, or made anew."""
        number = fact.revision // 10
        made = {Leg: self.leg, Order: self.order, Mention: self.mention}[type(fact)](number)
        return replace(made, revision=revision, is_deleted=self.chance.random() < 0.3)

    def leg(self, number: int) -> Leg:
        chance = self.chance
        off, length = self.at(), chance.randrange(1, 30) * HOUR_MS // 6
        icao24, registration = AIRCRAFT[number % len(AIRCRAFT)]
        wide = chance.choice((0, 60_000, HOUR_MS))
        is_open, unseen = chance.random() < 0.15, chance.random() < 0.15
        on = off + wide + length
        return Leg(
            f"leg-{number}", Revision(number * 10), False, arrived(chance, on),
            icao24, registration, chance.choice(("GXA6143", "GXA6122", None)), None, None, (), (),
            None if unseen else Instant(off), None if unseen else Instant(off + wide),
            "unseen" if unseen else chance.choice(BASES),
            None if is_open else Instant(on), None if is_open else Instant(on + wide),
            "unseen" if is_open else chance.choice(("observed", "reported", "gap")),
            Instant(off + wide), Instant(on), (Gap(Instant(off), Instant(off + 1), "none"),),
            (
                TrackPoint(Instant(off + wide), 26.2, -97.6, None),
                TrackPoint(Instant(on), 14.4, -87.6, None),
            ),
            9, chance.random() < 0.2, False,
            Instant(off + HOUR_MS // 4), Instant(off + HOUR_MS // 3),
            chance.choice(("yes", "no", "unknown")),
            f"mission-{number if chance.random() < 0.5 else number % 3}", number // 3,
            ("readsb",), (),
        )  # fmt: skip

    def order(self, number: int) -> Order:
        chance = self.chance
        moment = self.at()
        kind = chance.choice(("tro", "minute_order", "oral_order"))
        clocks = []
        for source, rank in chance.sample((("cmecf-rss", 2), ("courtlistener", 3)), k=2):
            at = moment + chance.choice((0, 60_000, 120_000))
            width = chance.choice((59_999, 59_999, 24 * HOUR_MS))
            name = "pronounced" if kind == "oral_order" else chance.choice(("entered", "filed"))
            seen = Instant(at + chance.randrange(HOUR_MS))
            clocks.append(
                Clock(name, Instant(at), Instant(at + width), source, rank, seen, "words")
            )
        if chance.random() < 0.1:
            clocks = []
        return Order(
            f"order-{number}", Revision(number * 10), False, arrived(chance, moment),
            f"dcd/{number % 2}", "dcd", f"1:25-cv-0076{number % 2}", "J.G.G. v. Trump", None, None,
            None, kind, "oral" if kind == "oral_order" else "written", "granted", None,
            ("James E. Boasberg",), "words", "words", 0.9, tuple(clocks),
            chance.choice((None, "dcd/1:25-cv-00766")), ("cmecf-rss",), chance.random() < 0.2,
        )  # fmt: skip

    def mention(self, number: int) -> Mention:
        chance = self.chance
        moment = self.at()
        kind = chance.choice(
            (
                "order.pronounced",
                "order.entered",
                "order.issued",
                "claim.asserted",
                "claim.retracted",
                "statement.made",
                "statement.made",
            )
        )
        return Mention(
            f"mention-{number}", Revision(number * 10), False, arrived(chance, moment),
            f"article-{number}", None, chance.choice(("CNN", "NOTUS")), "Judge blocks removals",
            Instant(moment + HOUR_MS), kind, chance.choice(ACTORS), (),
            chance.choice((None, None, "here", "there")), Instant(moment),
            Instant(moment + chance.choice((59_999, 24 * HOUR_MS))),
            chance.choice(("minute", "day")), 0.8, "a temporary restraining order, from the bench",
            chance.choice(((), ("25-cv-00760",))), chance.choice((None, "dcd")),
            chance.choice(((), ("6143",))), chance.choice(((), ("N837VA",))), (),
            chance.random() < 0.5, False,
        )  # fmt: skip

    def progress(self) -> Progress:
        chance = self.chance
        feed, scope = chance.choice(("readsb", "opensky")), chance.choice(("*", "a2c4e0"))
        at = self.at()
        if chance.random() < 0.5:
            return Progress(
                feed, "flights.positions", scope, Instant(at), None, None, None, Instant(at)
            )
        until = Instant(at + chance.randrange(1, 4) * HOUR_MS)
        return Progress(feed, "flights.positions", scope, None, Instant(at), until, "power", until)


def arrived(chance: random.Random, at: int) -> Instant | None:
    """When a fact came: soon after it happened, or it is not known."""
    return None if chance.random() < 0.2 else Instant(at + chance.randrange(24) * HOUR_MS)
