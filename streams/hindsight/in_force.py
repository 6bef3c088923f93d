"""Orders in force in hindsight: a moment, and by when it is asked, go in; what stood comes out.

As it stands and as it was published are the views' answers. What the evidence that had arrived by a
time supports is worked out from docket entries by the same pure stages that the workers run, by
today's rules; ``certainty`` is then the views' own rule once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sinks.facts import facts, text
from streams.facts.court import OrderState
from streams.facts.instants import Instant
from streams.facts.received import DocketEntry
from streams.hindsight.recomputed import order_states
from streams.hindsight.warehouse import Ask, query, read


@dataclass(frozen=True, slots=True)
class Stood:
    """A stretch of an order's life that a moment falls into, and whether that is sure."""

    certainty: str
    """definite, or possible: see ``docs/court.md``."""
    state: OrderState

    def is_of(self, docket: str) -> bool:
        """Whether it is of a docket, with its court or without, or of a case family."""
        one = self.state
        return docket in (
            one.docket_number, f"{one.court_id}/{one.docket_number}", one.case_family,
        )  # fmt: skip


def now(ask: Ask, at: Instant) -> list[Stood]:
    """What stood at a moment, by all that is known now."""
    return _viewed(ask, "in_force_at", {"at": text(at)})


def published_by(ask: Ask, at: Instant, as_of: Instant) -> list[Stood]:
    """What stood at a moment, as it was published by another."""
    return _viewed(ask, "in_force_as_of", {"at": text(at), "as_of": text(as_of)})


def supported_by(ask: Ask, at: Instant, known_at: Instant, docket: str = "") -> list[Stood]:
    """What stood at a moment, by what feeds had fetched by another, in one docket's family or all.

    What has no time of arrival counts by when it was logged.
    """
    parameters = {"at": text(at), "by": text(known_at), "docket": docket}
    return stood(order_states(read(ask, DocketEntry, "family_entries", parameters)), at)


def stood(states: Iterable[OrderState], at: Instant) -> list[Stood]:
    """The stretches that a moment falls into, stayed, vacated and lapsed ones too, earliest first.

    definite, but for a moment within the interval of a beginning or an end, and where an act that
    may be on the order does not say so.
    """
    return _sorted(_falls_into(states, at))


def _falls_into(states: Iterable[OrderState], at: Instant) -> Iterator[Stood]:
    for one in states:
        if at < one.from_earliest or (one.to_latest is not None and one.to_latest < at):
            continue
        inside = one.from_latest <= at and (one.to_earliest is None or at < one.to_earliest)
        doubted = any(dispute.what.startswith("possibly_") for dispute in one.disputes)
        yield Stood("definite" if inside and not doubted else "possible", one)


def _viewed(ask: Ask, name: str, parameters: dict[str, str]) -> list[Stood]:
    names, rows = ask(query(name), parameters)
    certain = names.index("certainty")
    states = facts(OrderState, names, rows)
    return _sorted(Stood(row[certain], one) for row, one in zip(rows, states, strict=True))


def _sorted(found: Iterable[Stood]) -> list[Stood]:
    return sorted(
        found, key=lambda one: (one.state.from_earliest, one.state.order_id, one.state.status)
    )
