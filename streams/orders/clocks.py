"""A merged entry goes in, its clocks come out: each an interval, a source and the words for it.

A claim that only repeats a better one less precisely (a day, where the minute is known) is left
out; claims that differ are all kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from streams.facts.derived import Clock, ClockName
from streams.facts.instants import Instant, Interval
from streams.feeds.court.courts import is_appellate
from streams.feeds.court.local_times import us_date_time
from streams.orders.classification import Spoken
from streams.orders.entries import Entry
from streams.orders.evidence import Evidence, ranks

ORDER: tuple[ClockName, ...] = (
    "pronounced", "signed", "issued", "filed", "entered", "first_seen",
)  # fmt: skip
_SIGNED = re.compile(r"\b[Ss]igned by .{3,80}? on (\d{1,2}/\d{1,2}/\d{4})")
_TIME = r"(\d{1,2}:\d{2}\s*[ap]\.?\s?m\b\.?)"
_ISSUED = re.compile(rf"\b(?:issued|so ordered|ordered) (?:this day )?at {_TIME}", re.IGNORECASE)
_SPOKEN_AT = re.compile(rf"\bat(?: about| approximately)? {_TIME}", re.IGNORECASE)
_MONTHS = "January February March April May June July August September October November December"
_HELD_ON = re.compile(
    r"\b(?:hearing|conference|proceedings?|argument)\b[^.;]{0,40}?"
    rf"(?:(\d{{1,2}}/\d{{1,2}}/\d{{4}})|({'|'.join(_MONTHS.split())}) (\d{{1,2}}), (\d{{4}}))"
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
    span = us_date_time(court, day, time[1] if time else None)
    if span is None:
        return _kept(list(_first_seen(entry)))
    seen = min((t for one in entry.evidence if (t := one.first_fetched) is not None), default=None)
    claim = _clock(
        "pronounced", span, words.source, ranks()["clocks"]["pronounced"]["text"], seen,
        spoken.rests_on,
    )  # fmt: skip
    return _kept([_bounded(claim, entered_latest(list(written))), *_first_seen(entry)])


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
    span = us_date_time(record.court_id, signed[1]) if signed else None
    if signed and span:
        evidence = signed[0]
        yield _clock(
            "signed", span, record.source, rank["signed"]["text"], one.first_fetched, evidence
        )
    issued = _ISSUED.search(record.description)
    day = signed[1] if signed else _us_date(record.filed_on)
    span = us_date_time(record.court_id, day, issued[1]) if issued and day else None
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


def _day_of(entry: Entry, spoken: Spoken) -> str | None:
    """The day of the hearing as the sentence gives it, else the day the entry was filed or made."""
    filed = entry.field("filed_on")
    held = _HELD_ON.search(spoken.description)
    if held and filed:
        on = (held[4], f"{_MONTHS.split().index(held[2]) + 1:02}", held[3]) if held[2] else None
        month, day, year = held[1].split("/") if held[1] else ("", "", "")
        iso = "{}-{:0>2}-{:0>2}".format(*(on or (year, month, day)))
        if iso <= filed.value:  # a later date is a hearing to come
            return _us_date(iso)
    return _us_date(filed.value) if filed else None


def _us_date(iso: str | None) -> str | None:
    if iso is None:
        return None
    day = date.fromisoformat(iso)
    return f"{day.month}/{day.day}/{day.year}"


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
