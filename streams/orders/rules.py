"""``rules.yaml`` goes in, compiled rules come out: what the classification is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from streams.facts.court import OrderKind

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

    def applies(self, form: str | None, disposition: str) -> bool:
        """Whether the rule speaks of acts of this form (None: of any) and disposition."""
        if self.denied is not None and self.denied != (disposition == "denied"):
            return False
        return self.form is None or self.form == form


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
    effects_declared: tuple[Effect, ...]
    effects_on_appeal: tuple[Effect, ...]
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

    def effects(name: str) -> tuple[Effect, ...]:
        return tuple(
            Effect(
                one["kind"],
                compiled(one["pattern"]),
                one["confidence"],
                denied(one),
                one.get("form"),
            )
            for one in file[name]
        )

    return Rules(
        tuple(compiled(one) for one in file["not_orders"]),
        tuple(compiled(one) for one in file["not_orders_on_appeal"]),
        acts("acts"),
        acts("acts_on_appeal"),
        tuple(compiled(one) for one in file["not_effects"]),
        effects("effects"),
        effects("effects_declared"),
        effects("effects_on_appeal"),
        file["forms"],
        compiled(file["dispositions"]["granted_in_part"]),
        compiled(file["dispositions"]["denied"]),
        compiled(file["dispositions"]["granted"]),
        tuple(Spoken(compiled(one["pattern"]), one["confidence"]) for one in file["oral"]),
        tuple(compiled(one["pattern"]) for one in file["moved_by"]),
    )
