"""One sentence, read: its words and clauses, with who and when for each verb on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from streams.facts.news import EventType
from streams.mentions.context import Context, Subject
from streams.mentions.found import Found
from streams.mentions.lexicon import VERBS
from streams.mentions.openers import Clause
from streams.mentions.own_days import Day
from streams.mentions.subjects import subject_of
from streams.mentions.times import when
from streams.mentions.timing import day_of
from streams.mentions.uses import Use, use
from streams.mentions.words import Word

QUOTE_WITHIN = 400
_BE = ("is", "are", "was", "were")


class Verb:
    """A verb where it stands: its clause, its place in it, how it is used, who does it."""

    __slots__ = (
        "_clauses", "_context", "_subject", "_usage", "_words", "clause", "index", "low", "place",
    )  # fmt: skip

    def __init__(
        self, reading: Reading, clause: Clause, place: int, subject: Subject | None = None
    ) -> None:
        self.clause, self.place, self.index = clause, place, clause.words[place]
        # not the reading itself: it holds its verbs, and a ring of objects waits for the collector
        self._words, self._clauses = reading.words, reading.clauses
        self._context = reading.context
        self.low = self._words[self.index].low
        self._subject = subject
        self._usage: Use | None = None

    @property
    def usage(self) -> Use:
        """How it is used."""
        if self._usage is None:
            self._usage = use(self._words, self.clause, self.place)
        return self._usage

    @property
    def subject(self) -> Subject:
        """Who does it."""
        if self._subject is None:
            self._subject = subject_of(
                self._words, self._clauses, self.clause, self.usage.group_start, self._context
            )
        return self._subject


@dataclass(slots=True)
class Reading:
    """A sentence of an article."""

    text: str
    start: int
    words: list[Word]
    clauses: list[Clause]
    context: Context
    zone: str
    dateline: str | None
    dateline_day: date | None
    heads: frozenset[str] = frozenset()
    """Which words could tell of an event: a rule that looks for none of them need not begin."""
    lows: set[str] = field(default_factory=set)
    """All its words, in small letters."""
    days: list[Word] = field(default_factory=list)
    """Those that name a day."""
    _verbs: list[Verb] = field(default_factory=list)

    def __post_init__(self) -> None:
        words, triggers = self.words, VERBS.triggers
        self.lows = {one.low for one in words}
        self.days = [one for one in words if one.day is not None]
        if triggers.isdisjoint(self.lows):
            return
        at = {
            i
            for i, one in enumerate(words)
            if one.low in triggers
            and one.kind == "word"
            # of all the 'to' only that of 'is to visit' counts
            and (one.low != "to" or (i and words[i - 1].low in _BE))
        }
        self.heads = frozenset([words[i].low for i in at])
        if at:
            self._verbs = [
                Verb(self, clause, place)
                for clause in self.clauses
                for place, index in enumerate(clause.words)
                if index in at
            ]

    def verbs(self) -> list[Verb]:
        """Every word that could tell of an event."""
        return self._verbs

    def subject(self, clause: Clause, place: int) -> Subject:
        """Who does what a word at a place of a clause says; of a lone verb it is known already."""
        index = clause.words[place]
        for verb in self._verbs:
            if verb.index == index and verb.usage.group_start == place:
                return verb.subject
        return subject_of(self.words, self.clauses, clause, place, self.context)

    def is_deed(self, verb: Verb) -> bool:
        """Whether '-ing' tells of a deed: ', touring the camp', not 'a meeting'."""
        if verb.clause.kind in ("part", "when") and verb.clause.words[0] == verb.index:
            return True
        before = self.words[verb.index - 1].low if verb.index else ","
        return before in (",", "after", "and", "by")

    def verb(self, clause: Clause, place: int, subject: Subject | None = None) -> Verb:
        """The verb at a place of a clause; with a subject of its own in '“…,” said Mayor Roe'."""
        return Verb(self, clause, place, subject)

    def day(self, verb: Verb, *, planned: bool = False, lenient: bool = True) -> Day | None:
        """The day of a verb's event."""
        return day_of(
            self.words,
            self.clauses,
            verb.clause,
            verb.place,
            verb.usage,
            verb.subject,
            self.context,
            self.dateline_day,
            planned=planned,
            lenient=lenient,
        )

    def clause_text(self, clause: Clause) -> str:
        """The text from a clause's first word to its last."""
        if not clause.words:
            return ""
        return self.text[self.words[clause.words[0]].start : self.words[clause.words[-1]].end]

    def after(self, index: int, count: int = 12) -> list[Word]:
        """Words that follow one, up to a semicolon."""
        found: list[Word] = []
        for word in self.words[index + 1 : index + 1 + count]:
            if word.low in (";", "\u2014"):
                break
            found.append(word)
        return found

    def quote(self, index: int) -> tuple[str, int]:
        """The words that an event rests on: the sentence, or of a long one what is near."""
        if len(self.text) <= QUOTE_WITHIN:
            return self.text, self.start
        middle = self.words[index].start
        begin, end = (
            max(0, middle - QUOTE_WITHIN // 2),
            min(len(self.text), middle + QUOTE_WITHIN // 2),
        )
        while begin > 0 and self.text[begin - 1] != " ":
            begin += 1
        while end < len(self.text) and self.text[end - 1] != " ":
            end -= 1
        piece = self.text[begin:end].rstrip()
        return piece, self.start + begin

    def event(
        self,
        kind: EventType,
        index: int,
        day: Day,
        actors: tuple[str, ...],
        *,
        recipients: tuple[str, ...] = (),
        place: str | None = None,
        clocked: bool = False,
        confidence: float = 0.8,
        court_id: str | None = None,
        claims_removal: bool = False,
        separate: bool = False,
        indefinite: str = "",
        from_dateline: bool = False,
        clause: Clause | None = None,
    ) -> Found:
        """Make an event that rests on this sentence."""
        quote, start = self.quote(index)
        said = self.clause_text(clause) if clause is not None else self.text
        return Found(
            kind,
            actors,
            recipients,
            place,
            when(said, day.day, self.zone, clocked=clocked),
            quote,
            start,
            court_id,
            claims_removal,
            confidence if day.explicit else confidence - 0.2,
            day.explicit,
            separate,
            indefinite,
            from_dateline,
        )
