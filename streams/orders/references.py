"""An order's words go in; what they say of other orders, of scope and of term comes out.

The rules are in ``force.yaml``. Every find is a substring of the words, or rests on one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from streams.facts.court import Order
from streams.facts.instants import Instant, Interval, to_datetime
from streams.feeds.court.courts import is_appellate, zones
from streams.feeds.court.local_times import local_day, local_interval
from streams.orders.classification import Effect, classified
from streams.orders.dates import CLOCK, DATE, date_named, day_named, time_named

Pool = Literal["tro", "preliminary_injunction", "injunction", "stay", "judgment", "order"]

_QUOTE = 200
"""Stored quotes are short."""
_SCOPES = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """What an act speaks of: the first of these that is on record."""

    numbers: tuple[str, ...]
    pool: Pool | None
    plural: bool
    day: tuple[int | None, int, int] | None
    """Year, where stated, month and day of the order spoken of."""
    words: str
    whose: Literal["trial", "appeals"] | None = None
    """The courts whose order it is, where a court is named."""
    proceedings: bool = False
    """It is a stay of proceedings, which holds no order."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long an order says it lasts: ``until`` is None where it names no day."""

    until: Interval | None
    words: str


@cache
def _book() -> dict[str, Any]:
    file: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "force.yaml").read_text())

    def compiled(pattern: str) -> re.Pattern[str]:
        pattern = pattern.replace(" ", r"\s+").replace("{date}", f"(?P<date>{DATE})")
        for name in ("before", "after"):
            pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{CLOCK})")
        return re.compile(pattern, re.IGNORECASE | re.DOTALL)

    return {
        "nouns": [
            (one["pool"], compiled(one["pattern"]), one.get("stayed", False))
            for one in file["nouns"]
        ],
        "numerals": file["numerals"],
        **{
            name: compiled(file[name])
            for name in (
                "plural",
                "judgments_on_appeal",
                "restrains",
                "open_terms",
                "stays_proceedings",
            )
        },
        **{
            name: [compiled(one) for one in file[name]]
            for name in ("numbers", "scope", "terms", "dated")
        },
        "whose": {name: compiled(one) for name, one in file["whose"].items()},
    }


def effect_of(order: Order) -> tuple[Effect | None, str]:
    """What an order does to another, and the sentence that says so."""
    if order.form == "oral":
        return None, ""
    appellate = is_appellate(order.court_id)
    found = classified(order.description, appellate=appellate, stub=False)
    return (None, "") if found is None else (found.effect, found.effect_on)


def reference(words: str, effect: str) -> Reference:
    """Which orders words with this effect (or ``denial``, ``appeal``) speak of."""
    book = _book()
    numbers = [one for pattern in book["numbers"] for one in pattern.findall(words)]
    dated = next((one for pattern in book["dated"] if (one := pattern.search(words))), None)
    courts = {name: match.start() for name, one in book["whose"].items()
              if (match := one.search(words))}  # fmt: skip
    found = Reference(
        numbers=tuple(dict.fromkeys(numbers)),
        pool=None,
        plural=False,
        day=day_named(dated["date"]) if dated else None,
        words=words[:_QUOTE],
        whose=min(courts, key=lambda name: courts[name], default=None),
    )
    if effect == "stay" and book["stays_proceedings"].search(words):
        return replace(found, proceedings=True)
    for pool, pattern, stayed in book["nouns"]:
        if effect == "stay" and pool == "stay" and not stayed:
            continue  # the stay that it grants
        match = pattern.search(words)
        if match:
            plural = bool(book["plural"].search(match[0]))
            return replace(found, pool=pool, plural=plural, words=match[0][:_QUOTE])
    return found


def is_judgment(order: Order) -> bool:
    """Whether an act of a court of appeals is what later words call its judgment."""
    return bool(_book()["judgments_on_appeal"].search(order.description))


def restrains(order: Order) -> bool:
    """Whether an order's words restrain someone."""
    if order.disposition == "denied":
        return False
    if order.kind in ("tro", "preliminary_injunction"):
        return True
    return bool(_book()["restrains"].search(order.description))


def scope(words: str) -> tuple[str, ...]:
    """Whom and what an order covers, in its own words; none where it does not say."""
    found = [match for pattern in _book()["scope"] for match in pattern.finditer(words)]
    kept: list[re.Match[str]] = []
    for match in sorted(found, key=lambda one: (one.start(), -one.end())):
        if not kept or match.start() >= kept[-1].end():
            kept.append(match)
    return tuple(match[0].strip()[:_QUOTE] for match in kept[:_SCOPES])


def term(words: str, court: str, since: Instant) -> Term | None:
    """How long an order that began at this instant says it lasts; None where it does not say."""
    book = _book()
    for pattern in book["terms"]:
        for match in pattern.finditer(words):
            until = _until(match, court, since)
            if until is not None:
                return Term(until, match[0][:_QUOTE])
    match = book["open_terms"].search(words)
    return Term(None, match[0].strip()[:_QUOTE]) if match else None


def local_date(court: str, instant: Instant) -> date:
    """The court's date at an instant."""
    local = zones(court)
    return to_datetime(instant).astimezone(local[0] if local else UTC).date()


def _until(match: re.Match[str], court: str, since: Instant) -> Interval | None:
    days = match.groupdict().get("days")
    start = local_date(court, since)
    if days:
        count = int(days) if days.isdigit() else _book()["numerals"][days.lower()]
        day = local_day(court, start + timedelta(days=count))
        if day is None or day.latest is None:
            return None
        return Interval(Instant(since + count * 86_400_000), max(day.latest, since))
    on = date_named(match["date"], start)
    if on is None:
        return None
    parts = match.groupdict()
    clock = time_named(parts.get("before") or parts.get("after") or "12 am")
    if clock is None or not (parts.get("before") or parts.get("after")):
        return local_day(court, on)
    return local_interval(court, datetime.combine(on, clock), timedelta(minutes=1))
