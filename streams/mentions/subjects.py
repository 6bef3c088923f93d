"""Who does what a verb says: a clause in, its subject out, pronouns and 'the judge' resolved.

What an article has told so far is kept in ``Context``: who spoke last, which judge, court or agency
it named last, and the day it spoke of.
"""

from __future__ import annotations

from streams.mentions.context import NOBODY, Context, Subject
from streams.mentions.grammar import word_set
from streams.mentions.groups import is_apposed, modifies, together
from streams.mentions.openers import Clause
from streams.mentions.roles import as_subject, is_thing
from streams.mentions.words import Word

_ADVERBS = word_set("adverbs")
_PREPOSITIONS = word_set("prepositions")
_SPEAKERS_FOR = word_set("speakers_for")
_ANONYMOUS = word_set("anonymous")
_OFFICES = word_set("office_nouns")
_NOUNS_ING = word_set("nouns_in_ing")
_NO_SUBJECTS = word_set("determiners") - {"both", "all", "one", "another", "two", "three"}
_GOVERNS = _PREPOSITIONS - {"like"}
_STAND_FOR_ONE = _SPEAKERS_FOR | _OFFICES | _ANONYMOUS
_NO_PARTICIPLES = frozenset(["deported", "detained"])
_NO_NOUN_KINDS = frozenset(["day", "clock", "quote"])
_BEFORE_NAMES = frozenset(["mr", "ms", "mrs", "dr", "sir", "dame"])
_OWNERS = frozenset(["'s", "\u2019s"])
_NAMED = frozenset(["name", "stranger"])
_PERSONAL = frozenset(["he", "she", "they", "we"])


def subject_of(
    words: list[Word], all_clauses: list[Clause], clause: Clause, end: int, context: Context
) -> Subject:
    """The subject of the verb group that begins at ``end`` of the clause's words."""
    own = _own_subject(words, clause, end, context)
    if own.word in ("he", "she") and clause.kind in ("said", "relative", "when"):
        above = _above(words, all_clauses, clause, context)
        if above is not None:
            return above._replace(pronoun=True)
    if own.pronoun and own.word in ("it", "he", "she") and clause.kind == "main":
        earlier = _earlier(words, all_clauses, clause, own, context)
        if earlier is not None:
            return earlier
    if own.role != "none":
        return own
    if clause.kind == "said" and clause.parent >= 0 and all_clauses[clause.parent].kind == "said":
        parent = all_clauses[clause.parent]
        verb = next((p for p, i in enumerate(parent.words) if words[i].verb), len(parent.words))
        return _own_subject(words, parent, verb, context)
    if clause.kind in ("shared", "part", "said", "relative", "when") and clause.parent >= 0:
        parent = all_clauses[clause.parent]
        if clause.kind == "relative":
            before = [i for i in parent.words if clause.words and i < clause.words[0]]
            return _last_noun(words, before, context)
        verb = next((p for p, i in enumerate(parent.words) if words[i].verb), len(parent.words))
        if clause.kind == "said":
            return NOBODY
        found = _own_subject(words, parent, verb, context)
        if found.role != "none":
            return found
        if parent is not clause:
            return subject_of(words, all_clauses, parent, verb, context)
    return NOBODY


def _above(
    words: list[Word], all_clauses: list[Clause], clause: Clause, context: Context
) -> Subject | None:
    """'Roe said that he', 'Roe left for Kyiv, where he': the one official whom it hangs on."""
    while clause.parent >= 0 and all_clauses[clause.parent] is not clause:
        clause = all_clauses[clause.parent]
        verb = next((p for p, i in enumerate(clause.words) if words[i].verb), len(clause.words))
        one = _own_subject(words, clause, verb, context)
        if one.role in ("person", "judge") and len(one.names) == 1:
            return one
        if one.role != "none":
            return None
    return None


def _earlier(
    words: list[Word], all_clauses: list[Clause], clause: Clause, own: Subject, context: Context
) -> Subject | None:
    """'The court ruled on Monday, and it vacated': whom the pronoun of a later clause means."""
    found = None
    for other in all_clauses:
        if other is clause or (other.words and clause.words and other.words[0] > clause.words[0]):
            break
        if other.kind != "main":
            continue
        verb = next((p for p, i in enumerate(other.words) if words[i].verb), None)
        if verb is None:
            continue
        one = _own_subject(words, other, verb, context)
        persons = one.role in ("person", "judge")
        things = one.role in ("court", "agency", "company", "government")
        if one.names and (persons if own.word in ("he", "she") else things):
            found = one._replace(pronoun=True)
    return found


def _last_noun(words: list[Word], before: list[int], context: Context) -> Subject:
    for at in reversed(range(len(before))):
        word = words[before[at]]
        if word.kind == "mark" or word.kind == "day":
            continue
        return as_subject(words, before[at], context)
    return NOBODY


def _own_subject(words: list[Word], clause: Clause, end: int, context: Context) -> Subject:
    """The first noun that no preposition governs; a name is preferred to what it stands beside."""
    free: list[int] = []
    governed = False
    indexes = clause.words[:end]
    for at, index in enumerate(indexes):
        word = words[index]
        kind, low = word.kind, word.low
        if kind == "mark":
            governed = governed and low != ","
            continue
        if kind in _NO_NOUN_KINDS:
            # 'within hours of Tuesday's ruling': the noun behind is governed too
            governed = governed and word.day is not None and word.day.owns
            continue
        if low == "under" and at + 1 < len(indexes) and words[indexes[at + 1]].low == "secretary":
            continue
        if kind == "stranger" and low[-2:] in _OWNERS and at + 1 < len(indexes):
            continue  # 'the Navy's under secretary': of the noun behind
        if (
            kind == "word"
            and (
                low in _GOVERNS
                or (word.verb and low not in _NO_PARTICIPLES)
                # a participle: what follows belongs to it
                or (at and low[-3:] == "ing" and low not in _NOUNS_ING)
            )
        ):
            governed = True
            continue
        if governed:
            # 'From Delhi Mr Wang goes on': a title that follows a name begins anew
            anew = at > 0 and low in _BEFORE_NAMES and words[indexes[at - 1]].kind in _NAMED
            if low not in _PERSONAL and not anew:
                continue
            governed = False
            if anew:
                continue
        if low in _NO_SUBJECTS:
            continue
        if modifies(words, indexes, at):
            continue
        free.append(index)
    if not free:
        return NOBODY
    heads = [as_subject(words, index, context) for index in free if not is_thing(words[index])]
    named = [one for one in heads if one.first is not None and one.role not in ("thing", "place")]
    first = next((one for one in heads if one.role != "thing"), None)
    if first is None:
        first = as_subject(words, free[0], context)
    if named and first.first is None and first.role in ("court", "judge", "thing"):
        between = words[first.at + 1 : named[0].at]
        if all(w.kind == "stranger" or w.low in ("of", "the") for w in between):
            return together(words, named)  # 'Court of Claims Judge Roe'
    if words[first.at].low in _STAND_FOR_ONE:
        beside = [one for one in named if one.role in ("person", "judge") and one is not first]
        if beside and "," in [w.low for w in words[first.at + 1 : beside[0].at]]:
            return beside[0]
    stranger = next((one for one in heads if one.role == "stranger"), None)
    if named and (
        first.role in ("none", "thing")
        or first.first is not None
        or is_apposed(first, named[0], words)
    ):
        if stranger is not None and stranger.at < named[0].at and first is stranger:
            return stranger
        return together(words, named)
    return first
