"""What ``status`` shows: how far each group is on each topic, and what the sink says of itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from streams.addresses import Addresses
from streams.facts.instants import Instant, parse_rfc3339, rfc3339
from streams.generations import in_force
from streams.lag import RELATE_INPUT, WORKER_INPUTS, Lag, offsets, sink_inputs
from streams.settings import Settings

_FRESH_MS = 10_000


def sink_status_file(settings: Settings) -> Path:
    """Where the sink of this namespace keeps its own account."""
    return settings.run / f"sink-{settings.namespace}.json"


def feeds_status_file(settings: Settings) -> Path:
    """Where the feeds of this namespace keep their own account."""
    return settings.run / f"feeds-{settings.namespace}.json"


@dataclass(frozen=True, slots=True)
class Report:
    """Lags by group and topic, the time of each topic's newest record, the sink's own account."""

    lags: tuple[Lag, ...]
    newest: dict[str, int | None]
    sink: dict[str, Any] | None
    feeds: dict[str, Any] | None = None

    @property
    def sink_error(self) -> str | None:
        """Why the sink holds its place, if it does."""
        return self.sink.get("error") if self.sink else None

    def remarks(self) -> Iterator[str]:
        """What a person must know of the sink, in sentences."""
        account = self.sink or {}
        if self.sink_error:
            yield f"The sink holds its place since {account['error_since']}: {self.sink_error}"
        for table, count in account.get("conflicts", {}).items():
            yield (
                f"ALARM: {count} records of {table} came with an id and revision that other bytes "
                "have; the table sink_conflicts lists them"
            )
        for topic, count in account.get("dead_letters", {}).items():
            yield f"{count} records of {topic} were refused: policy-events dlq list"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows to print: group, topic, records behind, time of the newest record."""
        for lag in self.lags:
            yield lag.group, lag.topic, lag.behind, self._newest(lag.topic)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        lags = [{**asdict(lag), "newest": self._newest(lag.topic)} for lag in self.lags]
        return {"lags": lags, "sink": self.sink, "feeds": self.feeds, "feeds_run": self.feeds_run}

    @property
    def feeds_run(self) -> bool:
        """Whether the feeds have written their account just now."""
        at = (self.feeds or {}).get("at")
        return at is not None and time.time() * 1000 - parse_rfc3339(at) < _FRESH_MS

    def feed_rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows to print: health, times, the source's clock, records, errors, requests left."""
        for one in (self.feeds or {}).get("feeds", []):
            health = "; ".join(one["health"]) or "well"
            if not self.feeds_run:
                health = "not running"
            yield (
                one["feed"],
                health,
                one["last_success"],
                one["last_new"],
                one["complete_through"],
                one["published"],
                sum(one["errors"].values()),
                one.get("credits_left"),
            )

    def _newest(self, topic: str) -> str | None:
        at = self.newest.get(topic)
        return None if at is None else rfc3339(Instant(at))


def report(settings: Settings, where: Addresses) -> Report:
    """Ask Kafka for offsets and read the sink's account, if there is one here."""
    settings = in_force(settings, where.kafka)
    with offsets(where.kafka, settings.topic_prefix) as look:
        worker = look.lags(settings.worker_group, [*WORKER_INPUTS, RELATE_INPUT])
        sink = look.lags(settings.sink_group, sink_inputs())
        newest = look.newest(dict.fromkeys(lag.topic for lag in (*worker, *sink)))
    account = _account(sink_status_file(settings))
    return Report((*worker, *sink), newest, account, _account(feeds_status_file(settings)))


def _account(file: Path) -> dict[str, Any] | None:
    try:
        account: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return account
