"""Nouns that stand together: names that act together, a name beside its noun, a noun before one."""

from __future__ import annotations

from streams.mentions.context import Subject
from streams.mentions.grammar import word_set
from streams.mentions.words import Word

_ADVERBS = word_set("adverbs")
_PREPOSITIONS = word_set("prepositions")
_NOUNS_ING = word_set("nouns_in_ing")
_BEHIND_A_NAME = word_set("behind_a_name")
_BEHIND_A_NOUN = word_set("behind_a_noun")
_ENDS_NAME = _PREPOSITIONS | _BEHIND_A_NAME | _ADVERBS
_ENDS_NOUN = _PREPOSITIONS | _BEHIND_A_NOUN | _ADVERBS


def is_apposed(first: Subject, named: Subject, words: list[Word]) -> bool:
    """'The judge, Susan Illston, said': the name is the judge."""
    between = [w.low for w in words[first.at + 1 : named.at]]
    roles = ("judge", "person", "people", "thing", "agency", "government")
    return "," in between and first.role in roles


def together(words: list[Word], named: list[Subject]) -> Subject:
    """Several names that act together: 'Trump, Noem and Ron DeSantis toured'."""
    first = named[0]
    if len(named) == 1 and len(first.names) < 2:
        return first
    names = list(first.names)
    last = first.at
    for one in named[1:]:
        between = [
            words[i].low
            for i in range(last + 1, one.at)
            if words[i].kind != "stranger"
            and words[i].low not in ("of", "the")
            and (words[i].name is None or words[i].name.kind != "place")  # type: ignore[union-attr]
        ]
        if one.role == first.role and between in ([","], ["and"], [",", "and"]):
            names += [n for n in one.names if n not in names]
            last = one.at
        else:
            break
    if len(names) > 1 and "and" not in [words[i].low for i in range(first.at, last + 1)]:
        names = names[:1]
    return Subject(
        first.role,
        tuple(names),
        first.first,
        first.level,
        first.court_id,
        first.pronoun,
        first.indefinite,
        first.negated,
        first.word,
        first.at,
    )


def modifies(words: list[Word], indexes: list[int], at: int) -> bool:
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
        ):
            return True
        if word.name.possessive:
            return following.kind in ("word", "name", "stranger", "quote")
        return (
            following.kind == "word"
            and not following.verb
            and following.low not in _ENDS_NAME
            and not following.low.endswith("ly")
        )
    if word.kind in ("word", "stranger"):
        if following.low.endswith("ing") and following.low not in _NOUNS_ING:
            return False
        return (
            following.kind in ("word", "stranger", "name")
            and not following.verb
            and not (following.kind == "word" and following.low.endswith("ly"))
            and following.low not in _ENDS_NOUN
        )
    return False
