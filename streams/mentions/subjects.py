"""Who does what a verb says: a clause in, its subject out, pronouns and 'the judge' resolved.

What an article has told so far is kept in ``Context``: who spoke last, which judge, court or agency
it named last, and the day it spoke of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from streams.mentions import gazetteer
from streams.mentions.clauses import ADVERBS, DETERMINERS, PREPOSITIONS, Clause, is_verb
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.names import Name, Names
from streams.mentions.words import Word

_BEHIND_A_NAME = word_set("behind_a_name")
_BEHIND_A_NOUN = word_set("behind_a_noun")
_COUNTING_PRONOUNS = word_set("counting_pronouns")

Role = Literal[
    "person", "judge", "court", "agency", "company", "place", "government", "plane", "order",
    "people", "stranger", "thing", "none",
]  # fmt: skip
Level = gazetteer.Level

_JUDGE_WORDS = word_set("judge_nouns")
_COURT_WORDS = word_set("court_nouns")
_ORDER_WORDS = word_set("order_words")
_GOVERNMENT = {"government", "administration"}
_AGENCY_WORDS = word_set("agency_nouns")
_COMPANY_WORDS = {"company", "airline", "carrier"}
_SPEAKERS_FOR = word_set("speakers_for")
_ANONYMOUS = word_set("anonymous")
_OFFICES = word_set("office_nouns")  # fmt: skip
_NOUNS_ING = word_set("nouns_in_ing")  # fmt: skip
_SINGULAR = {"he", "she"}
_PEOPLE_WORDS = {"men", "people", "migrants", "deportees", "detainees", "families", "five", "eight"}

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
    index: int = -1


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
    agency: Name | None = None
    company: Name | None = None
    country: str | None = None
    """Of the dateline, where it is not the United States."""
    state: Name | None = None
    seen: list[Name] = field(default_factory=list)


def subject_of(
    words: list[Word], all_clauses: list[Clause], clause: Clause, end: int, context: Context
) -> Subject:
    """The subject of the verb group that begins at ``end`` of the clause's words."""
    own = _own_subject(words, clause, end, context)
    if own.role != "none":
        return own
    if clause.kind in ("shared", "part", "said", "relative", "when") and clause.parent >= 0:
        parent = all_clauses[clause.parent]
        if clause.kind == "relative":
            before = [i for i in parent.words if clause.words and i < clause.words[0]]
            return _last_noun(words, before, context)
        verb = next((p for p, i in enumerate(parent.words) if is_verb(words[i])), len(parent.words))
        if clause.kind == "said":
            return NOBODY
        found = _own_subject(words, parent, _group_start(words, parent, verb), context)
        if found.role != "none":
            return found
        if parent is not clause:
            return subject_of(words, all_clauses, parent, verb, context)
    return NOBODY


def _group_start(words: list[Word], clause: Clause, place: int) -> int:
    return place


def _last_noun(words: list[Word], before: list[int], context: Context) -> Subject:
    for at in reversed(range(len(before))):
        word = words[before[at]]
        if word.kind == "mark" or word.kind == "day":
            continue
        return _as_subject(words, before[at], [], context)
    return NOBODY


def _own_subject(words: list[Word], clause: Clause, end: int, context: Context) -> Subject:
    """The first noun that no preposition governs; a name is preferred to what it stands beside."""
    free: list[int] = []
    governed = False
    indexes = clause.words[:end]
    for at, index in enumerate(indexes):
        word = words[index]
        if word.kind == "mark":
            if word.low == ",":
                governed = False
            continue
        if word.kind in ("day", "clock"):
            governed = False
            continue
        if word.kind == "quote":
            governed = False
            continue
        if word.kind == "word" and word.low in PREPOSITIONS and not (word.low == "like"):
            governed = True
            continue
        if word.kind == "word" and (
            (is_verb(word) and word.low not in ("deported", "detained"))
            or (at and word.low.endswith("ing") and word.low not in _NOUNS_ING)
        ):  # fmt: skip
            # a participle: what follows belongs to it
            governed = True
            continue
        if governed or word.low in DETERMINERS - {"both", "all", "one", "another", "two", "three"}:
            continue
        if _modifies(words, indexes, at):
            continue
        free.append(index)
    if not free:
        return NOBODY
    heads = [_as_subject(words, index, indexes, context) for index in free]
    named = [one for one in heads if one.first is not None and one.role not in ("thing", "place")]
    first = next((one for one in heads if one.role != "thing"), heads[0])
    if words[first.index].low in _SPEAKERS_FOR | _OFFICES | _ANONYMOUS:
        beside = [one for one in named if one.role in ("person", "judge") and one is not first]
        if beside and "," in [w.low for w in words[first.index + 1 : beside[0].index]]:
            return beside[0]
    stranger = next((one for one in heads if one.role == "stranger"), None)
    if named and (
        first.role in ("none", "thing")
        or first.first is not None
        or _is_apposed(first, named[0], words)
    ):
        if stranger is not None and stranger.index < named[0].index and first is stranger:
            return stranger
        return _together(words, named, indexes)
    return first


def _is_apposed(first: Subject, named: Subject, words: list[Word]) -> bool:
    """'The judge, Susan Illston, said': the name is the judge."""
    between = [w.low for w in words[first.index + 1 : named.index]]
    return (
        "," in between
        and first.role in ("judge", "person", "people", "thing", "agency", "government", "stranger")
        and first.role != "stranger"
    )


def _together(words: list[Word], named: list[Subject], indexes: list[int]) -> Subject:
    """Several names that act together: 'Trump, Noem and Ron DeSantis toured'."""
    first = named[0]
    names = list(first.names)
    last = first.index
    for one in named[1:]:
        between = [
            words[i].low
            for i in range(last + 1, one.index)
            if words[i].kind != "stranger"
            and (words[i].name is None or words[i].name.kind != "place")  # type: ignore[union-attr]
        ]
        if one.role == first.role and between in ([","], ["and"], [",", "and"]):
            names += [n for n in one.names if n not in names]
            last = one.index
        else:
            break
    if len(names) > 1 and "and" not in [words[i].low for i in range(first.index, last + 1)]:
        names = names[:1]
    return Subject(first.role, tuple(names), first.first, first.level, first.court_id,
                   first.pronoun, first.indefinite, first.negated, first.word, first.index)  # fmt: skip


def _modifies(words: list[Word], indexes: list[int], at: int) -> bool:
    """Whether a word only describes the noun behind it: 'White House official'."""
    word = words[indexes[at]]
    if at + 1 >= len(indexes) or indexes[at + 1] != indexes[at] + 1:
        return False
    following = words[indexes[at + 1]]
    if word.kind == "name" and word.name is not None:
        if (
            following.kind == "name"
            and following.name is not None
            and following.name.kind == "person"
            and word.name.kind != "person"
        ):
            return True
        if word.name.possessive:
            return following.kind in ("word", "name", "stranger", "quote")
        return (
            following.kind == "word"
            and not is_verb(following)
            and following.low not in PREPOSITIONS
            and following.low not in _BEHIND_A_NAME
            and not following.low.endswith("ly")
            and following.low not in ADVERBS
        )
    if word.kind in ("word", "stranger"):
        if following.low.endswith("ing") and following.low not in _NOUNS_ING:
            return False
        return following.kind in ("word", "stranger", "name") and not is_verb(following) and (
            following.low not in PREPOSITIONS
        ) and following.low not in _BEHIND_A_NOUN and not following.low.endswith("ly") and following.low not in ADVERBS  # fmt: skip
    return False


def _as_subject(words: list[Word], index: int, indexes: list[int], context: Context) -> Subject:
    word = words[index]
    if word.kind == "name" and word.name is not None:
        return _named(word.name, index)
    low = word.low.removesuffix("'s").removesuffix("\u2019s")
    before = [words[i] for i in range(max(0, index - 6), index)]
    lows = [one.low for one in before]
    negated = "no" in lows[-3:] or "neither" in lows[-3:] or low in ("nobody", "none")
    modifier = before[-1].name if before and before[-1].kind == "name" else None
    if low in _SINGULAR:
        one = context.speaker
        return Subject(
            one.role, one.names, one.first, one.level, one.court_id, True, word=low, index=index
        )
    if low == "it":
        one = context.speaker
        if one.role in ("court", "agency", "company", "government", "plane"):
            return Subject(
                one.role, one.names, one.first, one.level, one.court_id, True, word=low, index=index
            )
        return Subject("thing", word=low, index=index, pronoun=True)
    if low in _COUNTING_PRONOUNS:
        role: Role = "plane" if context.speaker.role == "plane" else "thing"
        return Subject(role, word=low, index=index, pronoun=True)
    if low in _JUDGE_WORDS:
        if low in ("judges", "justices"):
            return Subject("judge", level="trial", negated=negated, word=low, index=index)
        definite = "the" in lows[-3:] or "her" in lows[-1:]
        appeals = "appeals" in lows[-3:] or "circuit" in lows[-2:]
        judge = context.judge if definite else None
        return Subject(
            "judge", (judge.name,) if judge else (), judge, "appeals" if appeals else "trial",
            indefinite=judge is None, negated=negated, word=low, index=index,
        )  # fmt: skip
    if low in _COURT_WORDS:
        return _court(words, index, lows, modifier, context, negated=negated)
    if low in _ORDER_WORDS:
        return Subject("order", first=modifier, word=low, index=index, negated=negated)
    if low in VERBS.planes:
        return Subject("plane", word=low, index=index, negated=negated)
    if low in _GOVERNMENT:
        if any(p in gazetteer.countries() for p in (one.text for one in before[-2:])):
            return Subject("thing", word=low, index=index)
        return _government(low, index, context)
    if low == "state" and "the" in lows[-1:] and context.state is not None:
        return _named(context.state, index)
    if low in _SPEAKERS_FOR or low in _ANONYMOUS:
        return _speaking_for(words, index, low, lows, modifier, context)
    if low in _AGENCY_WORDS and "the" in lows[-2:] and context.agency is not None:
        return _named(context.agency, index)
    if low in _COMPANY_WORDS and "the" in lows[-2:]:
        return (
            _named(context.company, index)
            if context.company
            else Subject("thing", word=low, index=index)
        )
    if low in _OFFICES or low == "general":
        return _by_office(low, lows, index, context)
    if low in VERBS.carried_people:
        return Subject("people", word=low, index=index, negated=negated)
    if word.kind == "stranger":
        return Subject("stranger", word=low, index=index)
    return Subject("thing", word=low, index=index, negated=negated)


def _named(name: Name, index: int) -> Subject:
    if name.kind == "person":
        role: Role = "judge" if name.is_judge else "person"
        level: Level | None = None
        if name.is_judge:
            appeals = "Circuit Judge" in name.title and "Court" not in name.title
            level = "supreme" if name.name in _SUPREME else "appeals" if appeals else "trial"
        return Subject(role, (name.name,), name, level, name.court_id, word=name.name, index=index)
    if name.kind == "court":
        return Subject(
            "court", (name.name,), name, name.level, name.court_id, word=name.name, index=index
        )
    if name.kind in ("agency", "company"):
        role = "agency" if name.kind == "agency" else "company"
        return Subject(role, (name.name,), name, word=name.name, index=index)
    return Subject("place", (name.name,), name, word=name.name, index=index)


def _court(
    words: list[Word],
    index: int,
    lows: list[str],
    modifier: Name | None,
    context: Context,
    *,
    negated: bool,
) -> Subject:
    """'A divided panel of the Ninth Circuit', 'a federal appeals court in Richmond', 'the justices'."""
    low = words[index].low
    if modifier is not None and modifier.kind == "court":
        return _named(modifier, index)
    for step in range(1, 8):
        if index + step >= len(words) or words[index + step].low == ",":
            break
        other = words[index + step]
        if other.kind == "name" and other.name is not None and other.name.kind == "court":
            return _named(other.name, index)
        if is_verb(other):
            break
    appeals = "appeals" in lows or "appellate" in lows or low in ("panel", "circuit")
    if low == "justices" or ("high" in lows[-1:] and "state" not in lows):
        return Subject(
            "court",
            ("Supreme Court",),
            None,
            "supreme",
            "scotus",
            word=low,
            index=index,
            negated=negated,
        )
    if appeals:
        following = " ".join(w.text for w in words[index + 1 : index + 5])
        for city, circuit in gazetteer.circuit_cities():
            if following.startswith((f"in {city}", f"panel in {city}")):
                return Subject("court", (circuit,), None, "appeals", word=low, index=index)
        known = context.court if context.court and context.court.level == "appeals" else None
        if known is not None and ("the" in lows or low == "panel"):
            return _named(known, index)
        return Subject(
            "court", (), None, "appeals", indefinite=True, negated=negated, word=low, index=index
        )
    if context.court is not None and ("the" in lows[-3:] or "full" in lows):
        return _named(context.court, index)
    return Subject(
        "court", (), None, "trial", indefinite=True, negated=negated, word=low, index=index
    )


def _speaking_for(
    words: list[Word],
    index: int,
    low: str,
    lows: list[str],
    modifier: Name | None,
    context: Context,
) -> Subject:
    """'Justice Department lawyers', 'a lawyer for the government', 'a White House spokeswoman'."""
    if low in _ANONYMOUS:
        return Subject("people", word=low, index=index)
    if modifier is not None and modifier.kind in ("agency", "company"):
        return _named(modifier, index)
    owners = {one.removesuffix("'s").removesuffix("\u2019s") for one in lows[-2:]}
    if owners & _GOVERNMENT:
        return _government(low, index, context)
    following = words[index + 1 : index + 4]
    if following and following[0].low == "for":
        for one in following[1:]:
            if (
                one.kind == "name"
                and one.name is not None
                and one.name.kind in ("agency", "company")
            ):
                return _named(one.name, index)
            if one.low in _GOVERNMENT:
                return _government(low, index, context)
    return Subject("people", word=low, index=index)


def _government(low: str, index: int, context: Context) -> Subject:
    """'The government' of an article from elsewhere is that country's."""
    name = context.government
    if context.country is not None and low == "government":
        name = f"Government of {context.country}"
    return Subject("government", (name,), word=low, index=index)


def _by_office(low: str, lows: list[str], index: int, context: Context) -> Subject:
    """'The secretary': whoever the article named with such an office last."""
    if "the" not in lows[-3:] and "a" in lows[-4:] + [""]:
        return Subject("people", word=low, index=index)
    if low == "secretary" and lows[-1:] == ["press"]:
        low = "press secretary"
    for name in reversed(context.seen):
        person = context.names.people.get(name.name)
        if person is None or person.is_judge:
            continue
        titles = " ".join(person.titles)
        if (
            low in titles
            or (low in ("governor",) and "gov." in titles)
            or (low == "senator" and "sen." in titles)
        ):
            return _named(name, index)
    return Subject("people", word=low, index=index)
