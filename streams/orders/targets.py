"""Acts of a case family go in, the orders that each acts on or speaks of come out.

By number, by day, else the latest of its kind before the act; a plural means all of a kind. A
trial court acts on orders of its own docket; a higher court on those of lower courts in the family,
and on stays of courts as high as itself. Where it does not say which kind of order it acts on, any
injunction that stands may be meant: the only one is guessed, of several none is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from streams.facts.court import Order
from streams.feeds.court.courts import is_appellate, level
from streams.orders.references import (
    Pool,
    Reference,
    effect_of,
    is_judgment,
    local_date,
    reference,
    restrains,
)

What = Literal["extension", "stay", "vacatur", "denial", "appeal"]
Choice = Literal["said", "guessed", "open"]
"""How an act comes to an order. said: by its words. guessed: it is the best on record, but the
words do not name it, and another may not be on record. open: several fit, and none is chosen."""
Key = tuple[int, int, str]

_BY_NUMBER, _BY_NAME = 0.95, 0.85
BY_GUESS = 0.5
"""How sure it is that an act means an order that its words do not name."""
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
    choice: Choice = "said"


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
    elif order.kind == "appellate_order" and is_judgment(order):
        pools.add("judgment")
    elif restrains(order):  # a minute order that enjoins is what later words call the TRO
        pools.add("tro")
    if pools & {"tro", "preliminary_injunction"}:
        pools.add("injunction")
    return Candidate((*began, order.order_id), order, frozenset(pools))


@dataclass(frozen=True, slots=True)
class Aim:
    """An order that an act speaks of."""

    order_id: str
    sure: float
    choice: Choice = "said"


def targets(
    act: Candidate,
    said: Speech,
    candidates: Sequence[Candidate],
    over: Callable[[Candidate], bool],
) -> list[Aim]:
    """The orders that an act speaks of; ``candidates`` earliest first.

    ``over`` says whether the term that an order states for itself was over at the act.
    """
    appellate = is_appellate(act.order.court_id)
    eligible = [
        one
        for one in candidates
        if one.key < act.key
        and one.order.form != "oral"
        and one.order.kind not in ("notice_of_appeal", "denial")
        and _in_reach(act.order, one)
        and _of_the_court(act.order, one, said.reference)
    ]
    spoken = said.reference
    if spoken.proceedings:
        return []
    if not appellate:
        numbered = [one for one in eligible if one.order.document_number in spoken.numbers]
        if numbered:
            return [Aim(one.order.order_id, _BY_NUMBER) for one in numbered]
    found = [one for one in eligible if spoken.pool in one.pools]
    of_the_day = [one for one in found if spoken.day and _is_of(one, spoken.day)]
    pending = spoken.pool == "injunction" and "pending" in spoken.words.lower()
    unnamed = pending or (appellate and spoken.pool in (None, "order"))
    if said.what != "appeal" and unnamed and not of_the_day:
        own = [one for one in candidates if one.key < act.key and _same_docket(act.order, one)]
        own_of_the_day = [one for one in own if spoken.day and _is_of(one, spoken.day)]
        if own_of_the_day:
            return [Aim(own_of_the_day[-1].order.order_id, _BY_NAME)]
        return _unnamed(eligible, over, spoken)
    found = of_the_day or found
    latest = found if spoken.plural else found[-1:]
    if spoken.numbers and "motion" not in said.words.lower():
        # It names an order that is not on record, or bears no number there.
        return [Aim(one.order.order_id, BY_GUESS, "guessed") for one in latest]
    return [Aim(one.order.order_id, _BY_NAME) for one in latest]


def _unnamed(
    eligible: Sequence[Candidate], over: Callable[[Candidate], bool], spoken: Reference
) -> list[Aim]:
    """What an act may be on where it does not say: any of the injunctions that stand.

    A day that is that of none of them leaves even the only one in doubt.
    """
    standing = [one for one in eligible if "injunction" in one.pools and not over(one)]
    if (len(standing) > 1 and not spoken.plural) or spoken.day is not None:
        return [Aim(one.order.order_id, BY_GUESS / len(standing), "open") for one in standing]
    return [Aim(one.order.order_id, BY_GUESS, "guessed") for one in standing]


def _same_docket(act: Order, one: Candidate) -> bool:
    return (one.order.court_id, one.order.docket_number) == (act.court_id, act.docket_number)


def _of_the_court(act: Order, one: Candidate, spoken: Reference) -> bool:
    """Whether an order is of the courts that a higher court names.

    A judgment that the Supreme Court acts on, of no court by name, is that of the court of appeals.
    """
    whose = spoken.whose
    if whose is None and level(act.court_id) == 4 and spoken.pool == "judgment":
        whose = "appeals"
    if whose is None or not is_appellate(act.court_id) or "stay" in one.pools:
        return True
    if whose == "appeals" and level(act.court_id) < 4:
        return True  # its own name
    return is_appellate(one.order.court_id) == (whose == "appeals")


def _in_reach(act: Order, one: Candidate) -> bool:
    """Whether a court may act on an order of the family: on which docket, how high the courts."""
    if not is_appellate(act.court_id):
        return _same_docket(act, one)
    above = level(act.court_id) - level(one.order.court_id)
    return above > 0 or (above == 0 and "stay" in one.pools)


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
