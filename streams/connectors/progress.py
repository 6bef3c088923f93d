"""How far a feed has come, and its outages, on the source's own clock. Pure.

Three ways in which feeds forget: a *snapshot* shows only now, so what lies between two of them is
a gap if it is long; a *window* shows the latest items, so there is a gap if the oldest shown is
newer than all we had; a *ledger* can be asked for everything since, and has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from streams.facts.instants import Instant
from streams.facts.received import Progress

Memory = Literal["snapshot", "window", "ledger"]
_FUTURE_MS = 60_000
"""A source's clock that is ahead of ours by more has jumped: it does not move progress."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One feed and scope that progress speaks of."""

    feed: str
    topic: str
    scope: str
    memory: Memory
    longest_gap_ms: int
    """Between two snapshots, without it being an outage."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a document says of its feed's progress."""

    complete_through: Instant | None
    records: tuple[Progress, ...]
    complaint: str | None = None
    """What is wrong with the source's clock."""


def advance(
    stream: Stream,
    before: int | None,
    through: Instant | None,
    *,
    fetched_at: Instant,
    oldest: Instant | None = None,
    reason: str = "",
) -> Advanced:
    """Progress after a document whose source's clock showed ``through``.

    ``oldest`` is the oldest item of a window. The clock never goes back in what is logged.
    """
    held = None if before is None else Instant(before)
    if through is None:
        return Advanced(held, ())
    if through > fetched_at + _FUTURE_MS:
        ahead = (through - fetched_at) / 1000
        return Advanced(held, (), f"the source's clock is {ahead:.0f} s ahead of ours")
    if held is not None and through < held:
        back = (held - through) / 1000
        return Advanced(held, (), f"the source's clock went back by {back:.0f} s")
    records = []
    if held is not None:
        begins = through if stream.memory == "snapshot" else oldest
        allowed = stream.longest_gap_ms if stream.memory == "snapshot" else 0
        if stream.memory != "ledger" and begins is not None and begins > held + allowed:
            records.append(outage(stream, held, begins, reason or "nothing was received"))
    records.append(
        Progress(stream.feed, stream.topic, stream.scope, through, None, None, None, fetched_at)
    )
    return Advanced(through, tuple(records))


def outage(stream: Stream, begin: int, end: int | None, reason: str) -> Progress:
    """A gap in a feed; ``end`` None while it lasts, and then the same record with its end."""
    last = None if end is None else Instant(end)
    return Progress(stream.feed, stream.topic, stream.scope, None, Instant(begin), last, reason)
