"""Labelled entries and how often the rules are right: run this module to see the table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.feeds.court.courts import is_appellate
from streams.orders.classification import Classification, classified


@dataclass(frozen=True)
class Labelled:
    """One entry and what it is."""

    kind: str
    disposition: str
    court: str
    stub: bool
    words: str

    def found(self) -> Classification | None:
        """What the rules make of it."""
        return classified(self.words, appellate=is_appellate(self.court), stub=self.stub)


def labelled() -> Iterator[Labelled]:
    """All labelled entries, in the file's order."""
    for line in (Path(__file__).parent / "labelled.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            kind, disposition, court, words = line.split("|", 3)
            disposition = "none" if disposition == "-" else disposition
            yield Labelled(kind, disposition, court.strip("~"), court.startswith("~"), words)


@dataclass(frozen=True)
class Score:
    """How often a kind was found where it is, and where it is not."""

    right: int
    found: int
    labelled: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0


def scores() -> dict[str, Score]:
    """Precision and recall per kind; ``none`` is no order."""
    pairs = [(one.kind, found.kind if (found := one.found()) else "none") for one in labelled()]
    right = Counter(label for label, found in pairs if label == found)
    found, total = Counter(found for _, found in pairs), Counter(label for label, _ in pairs)
    return {kind: Score(right[kind], found[kind], total[kind]) for kind in sorted(total | found)}


if __name__ == "__main__":
    for kind, score in scores().items():
        print(  # noqa: T201 - this is what it is for
            f"{kind:24} precision {score.precision:.2f}  recall {score.recall:.2f}"
            f"  of {score.labelled}"
        )
