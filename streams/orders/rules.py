"""``rules.yaml`` goes in, compiled rules come out: what the classification is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from streams.facts.derived import OrderKind

_WORD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Act:
    """How an act of a court begins."""

    form: str
    pattern: re.Pattern[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act does, and when the rule applies."""

    kind: OrderKind
    pattern: re.Pattern[str]
    confidence: float
    denied: bool | None
    """Applies to denials only, to all but denials, or (None) to both."""
    form: str | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that say an order was first given aloud."""

    pattern: re.Pattern[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in the file's order."""

    not_orders: tuple[re.Pattern[str], ...]
    not_orders_on_appeal: tuple[re.Pattern[str], ...]
    acts: tuple[Act, ...]
    acts_on_appeal: tuple[Act, ...]
    not_effects: tuple[re.Pattern[str], ...]
    effects: tuple[Effect, ...]
    forms: dict[str, OrderKind]
    granted_in_part: re.Pattern[str]
    denied: re.Pattern[str]
    granted: re.Pattern[str]
    oral: tuple[Spoken, ...]
    moved_by: tuple[re.Pattern[str], ...]


@cache
def rules() -> Rules:
    """The rules of ``rules.yaml``."""
    file: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "rules.yaml").read_text())
    words: dict[str, str] = file["words"]

    def spelled(pattern: str) -> str:
        while _WORD.search(pattern):
            pattern = _WORD.sub(lambda match: words[match[1]], pattern)
        return pattern

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(spelled(pattern).replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)

    def acts(name: str) -> tuple[Act, ...]:
        return tuple(
            Act(one["name"], compiled(one["pattern"]), one["confidence"]) for one in file[name]
        )

    def denied(rule: dict[str, Any]) -> bool | None:
        return True if rule.get("when") == "denied" else False if "unless" in rule else None

    return Rules(
        tuple(compiled(one) for one in file["not_orders"]),
        tuple(compiled(one) for one in file["not_orders_on_appeal"]),
        acts("acts"),
        acts("acts_on_appeal"),
        tuple(compiled(one) for one in file["not_effects"]),
        tuple(
            Effect(
                one["kind"],
                compiled(one["pattern"]),
                one["confidence"],
                denied(one),
                one.get("form"),
            )
            for one in file["effects"]
        ),
        file["forms"],
        compiled(file["dispositions"]["granted_in_part"]),
        compiled(file["dispositions"]["denied"]),
        compiled(file["dispositions"]["granted"]),
        tuple(Spoken(compiled(one["pattern"]), one["confidence"]) for one in file["oral"]),
        tuple(compiled(one["pattern"]) for one in file["moved_by"]),
    )
