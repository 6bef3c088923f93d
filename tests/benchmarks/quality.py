"""How often the news rules are right: labelled articles in, precision, recall and confusions out.

``rules`` are the articles that rules were written on; ``apart`` and ``fresh`` were set aside until
they stood (README says what they scored before their errors were looked at).
"""

from __future__ import annotations

from typing import Any

from tests.streams.mentions.scoring import Score, labelled, score


def run(*, quick: bool = False) -> dict[str, Any]:
    """Figures by group, then what was taken for what, over all."""
    del quick  # it takes seconds
    found: dict[str, Any] = {}
    confusion: dict[str, dict[str, int]] = {}
    for group in ("rules", "apart", "fresh", "unseen"):
        articles = labelled(group)
        one: Score = score(articles)
        found[f"{group}_articles"] = len(articles)
        found |= {f"{group}_{name}": value for name, value in one.figures().items()}
        for (label, told), count in sorted(one.confusion.items()):
            row = confusion.setdefault(label, {})
            row[told] = row.get(told, 0) + count
    return found | {f"labelled {label}": _row(row) for label, row in sorted(confusion.items())}


def _row(row: dict[str, int]) -> str:
    return ", ".join(f"{told} {count}" for told, count in sorted(row.items(), key=lambda r: -r[1]))
