"""Acts of a case family go in, the orders that each acts on or speaks of come out.

By number, by day, else the latest of its kind before the act; a plural means all of a kind. A
trial court acts on orders of its own docket; a court of appeals on the family's other dockets, and
on its own stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from streams.facts.derived import Order
from streams.feeds.court.courts import is_appellate
from streams.orders.references import Pool, Reference, effect_of, local_date, reference, restrains

What = Literal["extension", "stay", "vacatur", "denial", "appeal"]
Key = tuple[int, int, str]

_BY_NUMBER, _BY_NAME, _BY_GUESS = 0.95, 0.85, 0.5
_KINDS: dict[str, Pool] = {
    "tro": "tro", "preliminary_injunction": "preliminary_injunction", "stay": "stay",
    "judgment": "judgment",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """One order as it acts on another."""

    order: Order
    effect: What
    words: str
    """The sentence that says so."""
    confidence: float
    """How sure it is that this is the order meant."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What an order says of others."""

    what: What
    words: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that others may speak of."""

    key: Key
    """When it began, earliest first, and its id."""
    order: Order
    pools: frozenset[Pool]


def speech(order: Order) -> Speech | None:
    """What an order says of others; None where it speaks of none."""
    effect, words = effect_of(order)
    what: What | None = effect
    if what is None and order.form != "oral":
        if order.kind == "notice_of_appeal":
            what, words = "appeal", order.description
        elif order.disposition == "denied" and _about_another(order):
            what, words = "denial", order.description
    return None if what is None else Speech(what, words, reference(words, what))


def candidate(order: Order, began: tuple[int, int]) -> Candidate:
    """An order with the pools that others may find it in."""
    pools: set[Pool] = {"order"}
    kind = _KINDS.get(order.kind)
    if kind is not None:
        pools.add(kind)
    elif order.kind == "appellate_order" and effect_of(order)[0] == "stay":
        pools.add("stay")
    elif restrains(order):  # a minute order that enjoins is what later words call the TRO
        pools.add("tro")
    if pools & {"tro", "preliminary_injunction"}:
        pools.add("injunction")
    return Candidate((*began, order.order_id), order, frozenset(pools))


def targets(
    act: Candidate, said: Speech, candidates: Sequence[Candidate]
) -> tuple[list[Order], float]:
    """The orders that an act speaks of, and how sure that is; ``candidates`` earliest first."""
    appellate = is_appellate(act.order.court_id)
    own = (act.order.court_id, act.order.docket_number)
    eligible = [
        one
        for one in candidates
        if one.key < act.key
        and one.order.form != "oral"
        and one.order.kind not in ("notice_of_appeal", "denial")
        and (((one.order.court_id, one.order.docket_number) == own) != appellate
             or (appellate and "stay" in one.pools))
    ]  # fmt: skip
    spoken = said.reference
    if not appellate:
        numbered = [one.order for one in eligible if one.order.document_number in spoken.numbers]
        if numbered:
            return numbered, _BY_NUMBER
    pool, sure = spoken.pool, _BY_NAME
    if pool is None and appellate and said.what != "appeal":
        pool, sure = "injunction", _BY_GUESS  # what else would it stay
    if pool is None:
        return [], 0.0
    found = [one for one in eligible if pool in one.pools]
    if spoken.day is not None:
        found = [one for one in found if _is_of(one, spoken.day)] or found
    if spoken.numbers and "motion" not in said.words.lower():
        sure = _BY_GUESS  # it names an order that is not on record, or bears no number there
    if pool == "injunction" and "pending" in spoken.words.lower():
        sure = _BY_GUESS
    latest = found if spoken.plural else found[-1:]
    return [one.order for one in latest], sure


def _about_another(order: Order) -> bool:
    """Whether a denial refuses to touch an order: to stay, vacate, dissolve or modify it."""
    words = order.description.lower()
    return any(stem in words for stem in ("stay", "vacat", "dissol", "reconsid", "set aside"))


def _is_of(one: Candidate, day: tuple[int | None, int, int]) -> bool:
    year, month, number = day
    dates = {
        local_date(one.order.court_id, instant)
        for clock in one.order.clocks
        if clock.clock != "first_seen"
        for instant in (clock.at_earliest, clock.at_latest)
    }
    return any((on.month, on.day) == (month, number) and year in (None, on.year) for on in dates)
