"""The join's policies, read from the files in ``policies``: a domain expert edits those."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from streams.facts.court import ClockName
from streams.facts.news import EventType

_FOLDER = Path(__file__).parent / "policies"
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


class ClassRule(msgspec.Struct, frozen=True, rename={"name": "class"}, forbid_unknown_fields=True):
    """One class of sources and how its claims become one."""

    name: str
    word: str


class ClockPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``clocks.yaml``."""

    name: str
    clock_time_within_s: int
    classes: tuple[ClassRule, ...]


class TypeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a type of report can be about."""

    clock: ClockName | None
    form: str
    kinds: tuple[str, ...] = ()


class MatchPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``matching.yaml``."""

    enough: int
    docket_number: int
    judge: int
    court: int
    words: int
    same_time: int
    same_time_within_s: int
    definite_from: int
    types: dict[str, TypeRule]
    kind_words: dict[str, tuple[str, ...]]
    events: dict[str, EventType]


class WatchList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Flights whose every answer is stored; being named here claims nothing about them."""

    registrations: frozenset[str] = frozenset()
    missions: frozenset[str] = frozenset()
    operators: frozenset[str] = frozenset()


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``scope.yaml``."""

    horizon_days: int
    claim_within_days: int
    keep_days: int
    watch_list: WatchList

    @property
    def horizon_ms(self) -> int:
        """How far from an order claimed and watched flights are asked about."""
        return self.horizon_days * _DAY_MS

    @property
    def claim_within_ms(self) -> int:
        """How far a claim's time may be from the flight it names."""
        return self.claim_within_days * _DAY_MS

    @property
    def keep_ms(self) -> int:
        """How far behind the watermark facts are still held."""
        return self.keep_days * _DAY_MS


class EvidencePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``certainty.yaml``."""

    longest_flight_h: int
    reach_h: int
    reported_margin_s: int

    @property
    def longest_flight_ms(self) -> int:
        """No flight is longer."""
        return self.longest_flight_h * _HOUR_MS

    @property
    def reported_margin_ms(self) -> int:
        """Nearer than this, reported times leave it possible."""
        return self.reported_margin_s * 1000

    @property
    def reach_ms(self) -> int:
        """How near a flight a moment must be for missing data to matter."""
        return self.reach_h * _HOUR_MS


def watch_list(path: Path) -> WatchList:
    """The watch-list of a file. Raises ValueError naming the file and what was expected."""
    try:
        return msgspec.convert(yaml.safe_load(path.read_text()) or {}, WatchList)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise ValueError(
            f"{path}: expected lists of registrations, missions, operators: {error}"
        ) from error


def scope(watch: Path | None = None, horizon_days: int | None = None) -> Scope:
    """``scope.yaml`` with a deployment's own watch-list and horizon. Raises ValueError."""
    changed: dict[str, Any] = {}
    if watch is not None:
        changed["watch_list"] = watch_list(watch)
    if horizon_days is not None:
        changed["horizon_days"] = horizon_days
    return msgspec.structs.replace(SCOPE, **changed)


def _load(name: str, kind: type[Any]) -> Any:
    return msgspec.convert(yaml.safe_load((_FOLDER / name).read_text()), kind)


CLOCKS: ClockPolicy = _load("clocks.yaml", ClockPolicy)
MATCHING: MatchPolicy = _load("matching.yaml", MatchPolicy)
SCOPE: Scope = _load("scope.yaml", Scope)
EVIDENCE: EvidencePolicy = _load("certainty.yaml", EvidencePolicy)
