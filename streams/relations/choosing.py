"""Rival claims about one clock of one order: all of them in, the chosen one and the rivals out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from streams.facts.court import ClockName
from streams.facts.instants import Instant
from streams.relations.policy import CLOCKS


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's word on a clock."""

    clock: ClockName
    at_earliest: Instant
    at_latest: Instant
    source: str
    source_class: Literal["docket", "press"]
    rank: int
    first_seen: Instant | None
    """When the docket's reader saw it, or when the article was published: for preference."""
    known_at: Instant | None
    """When it reached us."""
    evidence: str

    @property
    def states_a_time(self) -> bool:
        """Whether it is narrow enough to be a clock time and not only a day."""
        return self.at_latest - self.at_earliest < CLOCKS.clock_time_within_s * 1000

    @property
    def order(self) -> tuple[float, float, int, str, int]:
        """Order of preference within a class: rank, first seen, narrowest, name, time."""
        seen = float("inf") if self.first_seen is None else float(self.first_seen)
        width = self.at_latest - self.at_earliest
        return self.rank, seen, width, self.source, self.at_earliest


@dataclass(frozen=True, slots=True)
class Chosen:
    """The time that a policy chose, and the claims that say otherwise."""

    clock: ClockName
    at_earliest: Instant
    at_latest: Instant
    source: str
    source_class: Literal["docket", "press"]
    policy: str
    rivals: tuple[Claim, ...]
    known_at: Instant | None

    @property
    def states_a_time(self) -> bool:
        """Whether it is a clock time and not only a day."""
        return self.at_latest - self.at_earliest < CLOCKS.clock_time_within_s * 1000


def choose(claims: Sequence[Claim]) -> Chosen:
    """Choose among the claims about one clock, at least one, by the policy file."""
    timed = [one for one in claims if one.states_a_time]
    asked = sorted(timed or claims, key=lambda one: one.order)
    for rule in CLOCKS.classes:
        mine = [one for one in asked if one.source_class == rule.name]
        if mine:
            break
    else:
        mine = asked
        rule = CLOCKS.classes[-1]
    first = mine[0]
    earliest, latest, source = first.at_earliest, first.at_latest, first.source
    if rule.word == "hull":
        earliest = min(one.at_earliest for one in mine)
        latest = max(one.at_latest for one in mine)
        source = ", ".join(sorted({one.source for one in mine}))
    rivals = tuple(
        one for one in timed if not (earliest <= one.at_earliest and one.at_latest <= latest)
    )
    seen = [one.known_at for one in claims if one.known_at is not None]
    known_at = max(seen) if seen else None
    name = f"{CLOCKS.name}: {rule.name}, {rule.word}"
    return Chosen(first.clock, earliest, latest, source, first.source_class, name, rivals, known_at)


def answered(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Clocks that an answer is given on: those that state a time, or all where none does."""
    timed = [one for one in chosen if one.states_a_time]
    return timed or list(chosen)
