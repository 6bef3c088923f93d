"""The rules of what makes an event, read from ``rules.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from streams.facts.derived import EventType

_RAW = yaml.safe_load((Path(__file__).parent / "rules.yaml").read_text())


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file."""

    type: EventType
    subject: str
    words: re.Pattern[str]


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


def _rules(group: str) -> tuple[Rule, ...]:
    return tuple(Rule(one["type"], one["subject"], _compiled(one["words"])) for one in _RAW[group])


COURT_ACTS = _rules("court_acts")
OTHERS = _rules("others")
RETRACTION = re.compile(_RAW["retraction"])
NOTHING = tuple(re.compile(words) for words in _RAW["nothing"])
COURT = _compiled(_RAW["court"])
APPEALS_COURT = _compiled(_RAW["appeals_court"])
PLANE = _compiled(_RAW["plane"])
REMOVAL = _compiled(_RAW["removal"])
CARRIED = _compiled(_RAW["carried"])
