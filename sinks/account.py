"""The sink's account of itself: counters go in, a JSON file for ``status`` comes out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Account:
    """What the sink has done since its start, and what holds it up, if anything does."""

    rows: Counter[str] = field(default_factory=Counter)
    """Rows sent, by table. Replays are counted again; what the table holds is ClickHouse's word."""
    dead_letters: Counter[str] = field(default_factory=Counter)
    """Records refused, by topic."""
    conflicts: Counter[str] = field(default_factory=Counter)
    """Records whose id and revision came with other bytes, by table. An alarm."""
    retries: int = 0
    lag: dict[str, int] = field(default_factory=dict)
    """Records behind, by topic."""
    held: dict[str, tuple[str, float]] = field(default_factory=dict)
    """What holds its place, as topic and partition, with the reason and since when."""

    def held_up(self, what: str, reason: str, now: float) -> None:
        """Something outside is wrong: say what, and since when."""
        self.retries += 1
        self.held[what] = (reason, self.held.get(what, ("", now))[1])

    def gets_on(self, what: str) -> None:
        """It works again."""
        self.held.pop(what, None)

    def as_json(self, now: float) -> dict[str, Any]:
        """The account, times as RFC 3339."""
        since = min((begun for _, begun in self.held.values()), default=None)
        reasons = sorted({reason for reason, _ in self.held.values()})
        return {
            "updated_at": _text(now),
            "error": "; ".join(reasons) or None,
            "error_since": None if since is None else _text(since),
            "lag": dict(sorted(self.lag.items())),
            "rows": dict(sorted(self.rows.items())),
            "dead_letters": dict(sorted(self.dead_letters.items())),
            "conflicts": dict(sorted(self.conflicts.items())),
            "retries": self.retries,
        }

    def write(self, file: Path, now: float) -> None:
        """Replace the file in one step. Raises OSError."""
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(file.name + ".partial")
        partial.write_text(json.dumps(self.as_json(now), indent=1))
        partial.replace(file)


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
