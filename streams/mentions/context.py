"""Who acts, and what earlier sentences of an article leave to later ones.

A subject is somebody, or a kind of actor; the context keeps who spoke last, which judge, court or
agency the article named last, and the day it spoke of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from streams.mentions import gazetteer
from streams.mentions.names import Names
from streams.mentions.persons import Name

Role = Literal[
    "person", "judge", "court", "agency", "company", "place", "government", "plane", "order",
    "people", "stranger", "thing", "none",
]  # fmt: skip


Level = gazetteer.Level


_SUPREME = frozenset(
    name
    for name, fields in gazetteer.load("people").items()
    if any(
        "Justice " in office and "Minister" not in office for office in fields.get("offices", ())
    )
)
"""Listed justices of the Supreme Court of the United States."""


class Subject(NamedTuple):
    """Who acts: names (several where they act together), and what kind of actor."""

    role: Role
    names: tuple[str, ...] = ()
    first: Name | None = None
    level: Level | None = None
    court_id: str | None = None
    pronoun: bool = False
    indefinite: bool = False
    """'a federal judge': whoever the article names next."""
    negated: bool = False
    """'No judge'."""
    word: str = ""
    at: int = -1
    """The place of its word in the sentence."""


NOBODY = Subject("none")


@dataclass
class Context:
    """What earlier sentences leave to later ones."""

    names: Names
    today: date
    government: str
    day: date | None = None
    """The day that the article spoke of last, in this paragraph."""
    paragraph: int = -1
    last_day: date | None = None
    """The day it spoke of last, anywhere."""
    speaker: Subject = NOBODY
    judge: Name | None = None
    court: Name | None = None
    organisation: Name | None = None
    """The one that the sentence before named, if nobody else: what 'it' can be."""
    agency: Name | None = None
    company: Name | None = None
    country: str | None = None
    """Of the dateline, where it is not the United States."""
    state: Name | None = None
    tells_of_planes: bool = False
    found_plan: bool = False
    """Whether this sentence was found to tell of a visit planned."""
    planned_day: date | None = None
    """The day of the plan told last, for 'the same day' and 'the next day'."""
    last_type: str = ""
    """What the article told of last."""
    visitor: Subject = NOBODY
    """Who was last told to visit: the 'he' of a new paragraph."""
    spoken: bool = False
    """Whether this paragraph has named a person yet."""
    seen: list[Name] = field(default_factory=list)

    def visitor_or(self, subject: Subject) -> Subject:
        """Who travels: 'he' at a paragraph's start is the one who travelled before."""
        unnamed = subject.pronoun and subject.word in ("he", "she") and not self.spoken
        return self.visitor if unnamed and self.visitor.names else subject


def named_subject(name: Name, index: int) -> Subject:
    """The subject that a name makes."""
    if name.kind == "person":
        role: Role = "judge" if name.is_judge else "person"
        level: Level | None = None
        if name.is_judge:
            appeals = "Circuit Judge" in name.title and "Court" not in name.title
            level = "supreme" if name.name in _SUPREME else "appeals" if appeals else "trial"
        return Subject(role, (name.name,), name, level, name.court_id, word=name.name, at=index)
    if name.kind == "court":
        return Subject(
            "court", (name.name,), name, name.level, name.court_id, word=name.name, at=index
        )
    if name.kind in ("agency", "company"):
        role = "agency" if name.kind == "agency" else "company"
        return Subject(role, (name.name,), name, word=name.name, at=index)
    return Subject("place", (name.name,), name, word=name.name, at=index)
