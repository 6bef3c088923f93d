"""`policy-events bench legs_quality`: how right the legs are on the labelled days.

A leg is found if it overlaps a flight in time by more than half of both. Of the airports that are
named, how many are right; of all ends, how many are named. An end's error is how far the true
instant lies outside the interval given; its width is what the interval admits. Ends that are open
or as wide as a gap count as not narrow.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from streams.facts.flights import Leg
from streams.legs import legs_of
from tests.streams.legs.labelled import Case, Truth, cases

_NARROW_S = 600


def run(*, quick: bool) -> dict[str, Any]:
    """Precision, recall, accuracy and errors over all cases."""
    found = legs = flights = 0
    named = right = candidates = ends = 0
    errors: list[float] = []
    widths: list[float] = []
    days = list(cases())
    for case in days:
        pairs, count = paired(case)
        legs += count
        flights += len(case.flights)
        found += len(pairs)
        for leg, truth in pairs:
            for code, others, true in airports(leg, truth):
                ends += 1
                named += code is not None
                right += code == true
                candidates += code is None and true in others
            for error, width in instants(leg, truth):
                errors.append(error)
                if width is not None:
                    widths.append(width)
    narrow = [one for one in widths if one <= _NARROW_S]
    return {
        "days": len(days),
        "flights": flights,
        "precision": round(found / legs, 3),
        "recall": round(found / flights, 3),
        "airports_right_of_named": round(right / named, 3),
        "airports_named_of_all": round(named / ends, 3),
        "unnamed_with_the_right_candidate": candidates,
        "ends": len(errors),
        "ends_holding_the_truth": round(sum(one == 0 for one in errors) / len(errors), 3),
        "largest_error_s": round(max(errors), 1),
        "narrow_ends": round(len(narrow) / len(errors), 3),
        "median_width_of_narrow_s": round(statistics.median(narrow), 1),
    }


def paired(case: Case) -> tuple[list[tuple[Leg, Truth]], int]:
    """Each leg with the flight that it is, and how many legs there are."""
    legs, left = legs_of(case.readings), list(case.flights)
    pairs = []
    for leg in legs:
        same = [one for one in left if _same(leg, one)]
        if same:
            left.remove(same[0])
            pairs.append((leg, same[0]))
    return pairs, len(legs)


def _same(leg: Leg, truth: Truth) -> bool:
    if truth.off is None or truth.on is None:
        return False
    start, end = leg.observed_from, leg.observed_through
    common = min(end, truth.on) - max(start, truth.off)
    return common > 0.5 * (end - start) and common > 0.5 * (truth.on - truth.off)


def airports(leg: Leg, truth: Truth) -> Iterator[tuple[str | None, tuple[str, ...], str]]:
    """What is said of each end's airport, and what it was."""
    yield leg.origin, leg.origin_candidates, truth.origin
    yield leg.destination, leg.destination_candidates, truth.destination


def instants(leg: Leg, truth: Truth) -> Iterator[tuple[float, float | None]]:
    """By how many seconds each end's interval misses the truth, and how wide it is."""
    for earliest, latest, true in (
        (leg.takeoff_earliest, leg.takeoff_latest, truth.off),
        (leg.landing_earliest, leg.landing_latest, truth.on),
    ):
        if true is None:
            continue
        early = 0 if earliest is None else max(0, earliest - true)
        late = 0 if latest is None else max(0, true - latest)
        width = None if earliest is None or latest is None else (latest - earliest) / 1000
        yield max(early, late) / 1000, width
