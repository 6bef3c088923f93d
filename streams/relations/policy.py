"""The join's policies, read from the files in ``policies``: a domain expert edits those."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from streams.facts.derived import ClockName, EventType

_FOLDER = Path(__file__).parent / "policies"


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
    """Flights whose every answer is stored."""

    registrations: frozenset[str]
    missions: frozenset[str]
    operators: frozenset[str]


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``scope.yaml``."""

    horizon_days: int
    claim_within_days: int
    watch_list: WatchList


def _load(name: str, kind: type[Any]) -> Any:
    return msgspec.convert(yaml.safe_load((_FOLDER / name).read_text()), kind)


CLOCKS: ClockPolicy = _load("clocks.yaml", ClockPolicy)
MATCHING: MatchPolicy = _load("matching.yaml", MatchPolicy)
SCOPE: Scope = _load("scope.yaml", Scope)
