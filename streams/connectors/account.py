"""What a lane says of itself: successes, errors by kind, how far its source's clock is; and health.

``status`` reads the file that the role writes; Prometheus the same figures over HTTP.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from streams.facts.instants import Instant, rfc3339

_DIGITS = 10


@dataclass
class Account:
    """One lane. Instants are by our clock, ``complete_through`` by the source's."""

    lane: str
    kind: str
    every_s: float
    silent_after_s: float | None
    quiet_after_s: float | None
    since: Instant
    """When this process took the lane up."""
    last_success: Instant | None = None
    last_new: Instant | None = None
    complete_through: Instant | None = None
    published: int = 0
    repeated: int = 0
    refused: int = 0
    withheld: int = 0
    fetches: int = 0
    fetched_bytes: int = 0
    waiting: int = 0
    """Documents archived and not yet published."""
    credits_left: int | None = None
    """Requests that the source still grants us, as its last answer said; None: it does not say."""
    errors: Counter[str] = field(default_factory=Counter)
    last_error: str | None = None
    failing: bool = False

    def failed(self, kind: str, words: str) -> None:
        """Count an error."""
        self.errors[kind] += 1
        self.last_error = f"{kind}: {words}"
        self.failing = True

    def granted(self, headers: Mapping[str, str]) -> None:
        """Note what an answer says of the requests left: OpenSky counts them by the day."""
        said = headers.get("x-rate-limit-remaining", "").strip()
        if said.isascii() and said.isdigit() and len(said) < _DIGITS:
            self.credits_left = int(said)

    def succeeded(self, at: Instant) -> None:
        """Count a turn that went well."""
        self.last_success, self.failing = at, False

    def health(self, at: Instant) -> list[str]:
        """What is wrong at this moment, in words; nothing if all is well."""
        found = []
        last = self.last_success or self.since
        if self.silent_after_s is not None:
            allowed = max(self.silent_after_s, 2 * self.every_s) * 1000
            if at - last > allowed:
                found.append(f"silent for {_span(at - last)}; it should answer every "
                             f"{_span(round(self.every_s * 1000))}")  # fmt: skip
            elif self.complete_through is not None and at - self.complete_through > allowed:
                lag = _span(at - self.complete_through)
                if self.kind.startswith("flights.") and not self.kind.endswith("trace"):
                    found.append(f"its own clock is {lag} behind")
        new = self.last_new or self.since
        if self.quiet_after_s is not None and at - new > self.quiet_after_s * 1000:
            found.append(f"nothing new for {_span(at - new)}")
        if self.failing and self.last_error:
            found.append(self.last_error)
        if self.waiting:
            found.append(f"{self.waiting} documents wait for Kafka")
        return found

    def as_json(self, at: Instant) -> dict[str, Any]:
        """For ``status``."""
        return {
            "feed": self.lane,
            "kind": self.kind,
            "health": self.health(at),
            "last_success": _time(self.last_success),
            "last_new": _time(self.last_new),
            "complete_through": _time(self.complete_through),
            "lag_s": None
            if self.complete_through is None
            else round((at - self.complete_through) / 1000, 3),
            "published": self.published,
            "repeated": self.repeated,
            "refused": self.refused,
            "withheld": self.withheld,
            "waiting": self.waiting,
            "credits_left": self.credits_left,
            "errors": dict(sorted(self.errors.items())),
            "last_error": self.last_error,
        }


def write(file: Path, accounts: Iterable[Account], at: Instant) -> None:
    """Keep the accounts for ``status``."""
    value = {"at": rfc3339(at), "feeds": [one.as_json(at) for one in accounts]}
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(value))
    partial.replace(file)


class Metrics:
    """A Prometheus collector over live accounts."""

    def __init__(self, accounts: list[Account]) -> None:
        self._accounts = accounts

    def collect(self) -> Iterator[Metric]:
        """The figures now; instants in seconds, absent while there is none."""
        for name, words, attribute in _TIMES:
            gauge = GaugeMetricFamily(f"policy_events_feed_{name}", words, labels=["feed"])
            for one in self._accounts:
                moment = getattr(one, attribute)
                if moment is not None:
                    gauge.add_metric([one.lane], moment / 1000)
            yield gauge
        waiting = GaugeMetricFamily(
            "policy_events_feed_waiting_documents", "Archived, not yet published.", labels=["feed"]
        )
        for one in self._accounts:
            waiting.add_metric([one.lane], one.waiting)
        yield waiting
        left = GaugeMetricFamily(
            "policy_events_feed_credits_left", "Requests the source still grants.", labels=["feed"]
        )
        for one in self._accounts:
            if one.credits_left is not None:
                left.add_metric([one.lane], one.credits_left)
        yield left
        for name, words, attribute in _COUNTS:
            counter = CounterMetricFamily(f"policy_events_feed_{name}", words, labels=["feed"])
            for one in self._accounts:
                counter.add_metric([one.lane], getattr(one, attribute))
            yield counter
        errors = CounterMetricFamily(
            "policy_events_feed_errors", "Errors by kind.", labels=["feed", "kind"]
        )
        for one in self._accounts:
            for kind, count in sorted(one.errors.items()):
                errors.add_metric([one.lane, kind], count)
        yield errors


_TIMES = (
    ("last_success_timestamp_seconds", "End of the last turn that went well.", "last_success"),
    ("last_new_timestamp_seconds", "When something new came last.", "last_new"),
    (
        "complete_through_timestamp_seconds",
        "How far the feed has come, by the source's own clock.",
        "complete_through",
    ),
)
_COUNTS = (
    ("records", "Records published.", "published"),
    ("repeated_records", "Records the document before held too.", "repeated"),
    ("refused_items", "Items and documents in the dead letters.", "refused"),
    ("withheld_records", "Records not let in because they were redacted.", "withheld"),
    ("fetches", "Documents fetched.", "fetches"),
    ("fetched_bytes", "Bytes of documents fetched.", "fetched_bytes"),
)


def _time(moment: Instant | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def _span(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
