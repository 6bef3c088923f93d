"""A merged entry goes in, its clocks come out: each an interval, a source and the words for it.

A claim that only repeats a better one less precisely (a day, where the minute is known) is left
out; claims that differ are all kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from streams.facts.court import Clock, ClockName
from streams.facts.instants import Instant, Interval
from streams.feeds.court.courts import is_appellate
from streams.feeds.court.local_times import local_day, local_interval
from streams.orders.classification import Spoken
from streams.orders.dates import CLOCK, DATE, date_named, time_named
from streams.orders.entries import Entry
from streams.orders.evidence import Evidence, ranks

ORDER: tuple[ClockName, ...] = (
    "pronounced", "signed", "issued", "filed", "entered", "first_seen",
)  # fmt: skip
_SIGNED = re.compile(
    rf"\b(?:signed(?: by [^();]{{3,80}}?)?|(?:so )?ordered by [^();]{{3,80}}?) on ({DATE})",
    re.IGNORECASE,
)
_ISSUED = re.compile(rf"\b(?:issued|so ordered|ordered) (?:this day )?at ({CLOCK})", re.IGNORECASE)
_SPOKEN_AT = re.compile(rf"\bat(?: about| approximately)? ({CLOCK})", re.IGNORECASE)
_HELD_ON = re.compile(
    rf"\b(?:hearing|conference|proceedings?|argument)\b[^.;]{{0,40}}?({DATE})", re.IGNORECASE
)
_NUNC_PRO_TUNC = re.compile(
    rf"\bnunc\s+pro\s+tunc\b[^.;]{{0,40}}?\b(?:to|from|as\s+of|effective)\s+(?P<after>{DATE})"
    rf"|\b(?:effective|as\s+of)\s+(?P<before>{DATE}),?\s+nunc\s+pro\s+tunc\b",
    re.IGNORECASE,
)


def written_clocks(entry: Entry) -> tuple[Clock, ...]:
    """The clocks of the written order of an entry."""
    claims = [claim for one in entry.evidence for claim in _entered(one)]
    claims += [claim for one in entry.evidence for claim in _filed(one)]
    entered = entered_latest(claims)
    for one in entry.evidence:
        claims += _in_words(one)
    bounded = [_bounded(claim, entered) for claim in claims]
    return _kept([*bounded, *_first_seen(entry)])


def oral_clocks(entry: Entry, spoken: Spoken, written: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """The clocks of an order given aloud: on the day of the entry, before the entry was made."""
    words = entry.words
    day = _day_of(entry, spoken)
    if words is None or day is None:
        return _kept(list(_first_seen(entry)))
    court = entry.court_id
    time = _SPOKEN_AT.search(spoken.description)
    span = _at(court, day, time[1] if time else None)
    if span is None:
        return _kept(list(_first_seen(entry)))
    seen = min((t for one in entry.evidence if (t := one.first_fetched) is not None), default=None)
    claim = _clock(
        "pronounced", span, words.source, ranks()["clocks"]["pronounced"]["text"], seen,
        spoken.rests_on,
    )  # fmt: skip
    return _kept([_bounded(claim, entered_latest(list(written))), *_first_seen(entry)])


def effective(court: str, text: str) -> Interval | None:
    """The day as of which an order says it takes effect, *nunc pro tunc*.

    It is no clock: nothing happened on that day.
    """
    match = _NUNC_PRO_TUNC.search(text)
    on = date_named(match["after"] or match["before"]) if match else None
    return local_day(court, on) if on else None


def entered_latest(claims: list[Clock]) -> Instant | None:
    """The last instant at which the best source says the entry may have been entered."""
    entered = sorted(
        (claim.source_rank, claim.at_latest) for claim in claims if claim.clock == "entered"
    )
    return entered[0][1] if entered else None


def _entered(one: Evidence) -> Iterator[Clock]:
    record, rank = one.record, ranks()["clocks"]["entered"]
    if record.entered_at is not None:
        raw = record.entered_raw or ""
        if one.rank > 1:
            basis = "rss"
        else:
            basis = "text_time" if ":" in raw.partition(":")[2] else "text_date"
        start, end = record.entered_at, record.entered_at_latest
        if record.filed_at is not None and end is not None and start < record.filed_at <= end:
            start = record.filed_at  # nothing is entered before it is filed
        span = Interval(start, start if end is None else end)
        yield _clock("entered", span, record.source, rank[basis], one.first_fetched, raw)
    elif record.filed_at is not None and is_appellate(record.court_id):
        span = _filed_span(one)
        evidence = f"date_filed {record.filed_on}"
        rank_here = rank["appellate_filed"]
        yield _clock("entered", span, record.source, rank_here, one.first_fetched, evidence)


def _filed(one: Evidence) -> Iterator[Clock]:
    record = one.record
    if record.filed_at is not None:
        rank = ranks()["clocks"]["filed"]["field"]
        evidence = f"date_filed {record.filed_on}"
        yield _clock("filed", _filed_span(one), record.source, rank, one.first_fetched, evidence)


def _filed_span(one: Evidence) -> Interval:
    record = one.record
    latest = record.filed_at if record.filed_at_latest is None else record.filed_at_latest
    return Interval(record.filed_at, latest)


def _in_words(one: Evidence) -> Iterator[Clock]:
    """What the docketed words themselves say: signed on, issued at."""
    record, rank = one.record, ranks()["clocks"]
    signed = _SIGNED.search(record.description)
    on = date_named(signed[1]) if signed else None
    span = local_day(record.court_id, on) if on else None
    if signed and span:
        evidence = signed[0]
        yield _clock(
            "signed", span, record.source, rank["signed"]["text"], one.first_fetched, evidence
        )
    issued = _ISSUED.search(record.description)
    day = on or (date.fromisoformat(record.filed_on) if record.filed_on else None)
    span = _at(record.court_id, day, issued[1]) if issued and day else None
    if issued and span:
        yield _clock(
            "issued", span, record.source, rank["issued"]["text"], one.first_fetched, issued[0]
        )


def _first_seen(entry: Entry) -> Iterator[Clock]:
    seen = [
        (one.first_fetched, one.record.source)
        for one in entry.evidence
        if one.first_fetched is not None
    ]
    if seen:
        at, source = min(seen)
        rank = ranks()["clocks"]["first_seen"]["field"]
        yield _clock("first_seen", Interval(at, at), source, rank, at, "fetched_at")


def _day_of(entry: Entry, spoken: Spoken) -> date | None:
    """The day of the hearing as the sentence gives it, else the day the entry was filed or made."""
    filed = entry.field("filed_on")
    if filed is None:
        return None
    made = date.fromisoformat(filed.value)
    held = _HELD_ON.search(spoken.description)
    on = date_named(held[1], made) if held else None
    return on if on is not None and on <= made else made  # a later date is a hearing to come


def _at(court: str, day: date, clock: str | None) -> Interval | None:
    """A court-local day, or the minute on it that a text names."""
    shown = time_named(clock) if clock else None
    if shown is None:
        return local_day(court, day)
    return local_interval(court, datetime.combine(day, shown), timedelta(minutes=1))


def _bounded(claim: Clock, entered: Instant | None) -> Clock:
    """A claim cut off where the entry was on the docket: it was spoken, signed, filed by then."""
    if entered is None or claim.clock in ("entered", "first_seen"):
        return claim
    if not claim.at_earliest <= entered < claim.at_latest:
        return claim
    return replace(claim, at_latest=entered)


def _kept(claims: list[Clock]) -> tuple[Clock, ...]:
    """Claims in a fixed order, without those that a better or equal one implies."""
    ordered = sorted(
        set(claims),
        key=lambda one: (
            ORDER.index(one.clock), one.source_rank, one.at_latest - one.at_earliest,
            one.at_earliest, one.source, one.first_seen or 0, one.evidence,
        ),
    )  # fmt: skip
    kept: list[Clock] = []
    for claim in ordered:
        implied = any(
            better.clock == claim.clock
            and claim.at_earliest <= better.at_earliest
            and better.at_latest <= claim.at_latest
            for better in kept
        )
        if not implied:
            kept.append(claim)
    return tuple(kept)


def _clock(
    name: ClockName,
    span: Interval,
    source: str,
    rank: int,
    seen: Instant | None,
    evidence: str,
) -> Clock:
    if span.earliest is None or span.latest is None:
        raise ValueError(f"clock {name} without an end: {span}")
    return Clock(name, span.earliest, span.latest, source, rank, seen, evidence)
