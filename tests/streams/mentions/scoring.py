"""Labelled articles and how often the rules are right on them: by type, day, quote and actors."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from streams.facts.instants import parse_rfc3339, to_datetime
from streams.facts.news import Mention
from streams.facts.received import Article
from streams.feeds.documents import Received
from streams.feeds.news import text as news_text
from streams.mentions import mentions_of

FOLDER = Path(__file__).parent / "labelled"
_ZONE = ZoneInfo("America/New_York")
_NO_NAME = re.compile(r"(?:\w\.)+|jr\.?|sr\.?|ii|iii|iv")


@dataclass(frozen=True)
class Label:
    """One event that an article tells of."""

    type: str
    day: str
    actors: tuple[str, ...]
    place: str | None
    words: str


@dataclass(frozen=True)
class Labelled:
    """One article and its events."""

    name: str
    article: Article
    labels: tuple[Label, ...]


@dataclass
class Score:
    """Counts over some articles."""

    right: int = 0
    found: int = 0
    labelled: int = 0
    actors_right: int = 0
    actors_found: int = 0
    actors_labelled: int = 0
    places_right: int = 0
    places_labelled: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(label, found) types; 'nothing' stands for none."""

    def figures(self) -> dict[str, float]:
        """Precision, recall and F1 of events; precision and recall of actors; share of places."""
        precision, recall = _share(self.right, self.found), _share(self.right, self.labelled)
        return {
            "precision": precision,
            "recall": recall,
            "f1": round(2 * self.right / max(1, self.found + self.labelled), 3),
            "actor_precision": _share(self.actors_right, self.actors_found),
            "actor_recall": _share(self.actors_right, self.actors_labelled),
            "places_right": _share(self.places_right, self.places_labelled),
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 1.0


def article(text: str, published: str) -> Article:
    """An article of plain text."""
    received = Received("outlet", parse_rfc3339(published), "text")
    return next(news_text.parse(text.encode(), received, published=parse_rfc3339(published)))


@cache
def labelled(group: str) -> tuple[Labelled, ...]:
    """All labelled articles of the files whose names begin with the group: rules or apart."""
    return tuple(one for file in sorted(FOLDER.glob(f"{group}-*.txt")) for one in _read(file))


def _read(file: Path) -> Iterator[Labelled]:
    for block in re.split(r"^@ ", file.read_text(), flags=re.M)[1:]:
        head, *lines = block.splitlines()
        name, published, _desk = head.split(" ", 2)
        text = "\n".join(line for line in lines if line and not line.startswith("> "))
        labels = tuple(_label(line[2:]) for line in lines if line.startswith("> "))
        yield Labelled(name, article(text, published), labels)


def _label(line: str) -> Label:
    kind, day, actors, place, words = (part.strip() for part in line.split(" | "))
    named = () if actors == "-" else tuple(actors.split("; "))
    return Label(kind, day, named, None if place == "-" else place, words)


def day(mention: Mention) -> str:
    """A mention's day in the outlet's zone."""
    return to_datetime(mention.valid_from).astimezone(_ZONE).date().isoformat()


def same_actor(first: str, second: str) -> bool:
    """Whether two forms of a name are one: accents, initials, 'Jr.' and first names aside."""
    one, other = _plain(first), _plain(second)
    return one == other or (bool(one) and bool(other) and one[-1] == other[-1])


def _plain(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return [word for word in re.findall(r"[\w.'-]+", letters) if not _NO_NAME.fullmatch(word)]


def score(articles: tuple[Labelled, ...]) -> Score:
    """Score the rules on articles."""
    total = Score()
    for one in articles:
        _add(total, one)
    return total


def _add(total: Score, one: Labelled) -> None:
    left = mentions_of(one.article)
    total.found += len(left)
    total.labelled += len(one.labels)
    missed: list[Label] = []
    for label in one.labels:
        match = _best(label, left)
        if match is None:
            missed.append(label)
            continue
        left.remove(match)
        total.right += 1
        total.confusion[label.type, match.type] += 1
        right = sum(any(same_actor(a, b) for b in match.actors) for a in label.actors)
        total.actors_right += right
        total.actors_found += len(match.actors)
        total.actors_labelled += len(label.actors)
        total.places_labelled += label.place is not None
        total.places_right += label.place is not None and label.place == match.place
    for label in missed:
        other = next((m for m in left if label.words in m.quote and day(m) == label.day), None)
        total.confusion[label.type, other.type if other else "nothing"] += 1
        if other:
            left.remove(other)
    for mention in left:
        total.confusion["nothing", mention.type] += 1


def _best(label: Label, left: list[Mention]) -> Mention | None:
    fitting = [
        one
        for one in left
        if one.type == label.type
        and day(one) == label.day
        and (label.words in one.quote or one.quote in label.words)
    ]
    return max(
        fitting,
        key=lambda one: (
            bool(label.actors) == bool(one.actors)
            and all(any(same_actor(a, b) for b in one.actors) for a in label.actors),
            one.place == label.place,
        ),
        default=None,
    )
