"""Whose act it is where no subject says: 'by Judge Roe', 'the Fourth Circuit's decision'."""

from __future__ import annotations

from streams.mentions.context import NOBODY, Subject, named_subject
from streams.mentions.reading import Reading, Verb
from streams.mentions.roles import as_subject


def judge_of(reading: Reading, index: int) -> Subject:
    """Whose order it is: a judge named before it, or the last that the article named."""
    for word in reversed(reading.words[:index]):
        if word.kind == "name" and word.name is not None:
            if word.name.is_judge:
                return named_subject(word.name, index)
            if word.name.kind == "court" and word.name.level != "appeals":
                return named_subject(word.name, index)
            if word.name.kind == "court":
                return Subject("judge", level="trial")
    judge = reading.context.judge
    return (
        named_subject(judge, index)
        if judge is not None
        else Subject("judge", level="trial", indefinite=True)
    )


def agent_of(reading: Reading, end: int, preposition: str = "by") -> Subject:
    """Who stands behind 'by'."""
    for at in range(end + 1, min(len(reading.words), end + 8)):
        word = reading.words[at]
        if word.low == preposition:
            for index in range(at + 1, min(len(reading.words), at + 8)):
                other = reading.words[index]
                if other.name is not None and other.kind == "name" and not other.name.possessive:
                    follow = reading.words[index + 1] if index + 1 < len(reading.words) else other
                    if (
                        other.name.kind == "place"
                        and follow.name is not None
                        and follow.kind == "name"
                    ):
                        return named_subject(follow.name, index + 1)
                    return named_subject(other.name, index)
                if other.low in ("judge", "court", "panel", "justices", "magistrate"):
                    return as_subject(reading.words, index, reading.context)
                if other.kind == "mark" or other.verb:
                    return NOBODY
            return NOBODY
        if word.kind == "mark":
            return NOBODY
    return NOBODY


def owner_of(reading: Reading, verb: Verb) -> Subject:
    """'The Fourth Circuit's decision', 'a ruling on Friday by Judge Roe': whose it is."""
    owner = verb.subject.first
    if owner is not None and (owner.is_judge or owner.kind == "court"):
        return named_subject(owner, verb.index)
    for at in range(verb.subject.at + 1, verb.index):
        word = reading.words[at]
        if word.low in ("by", "from") and at > 0:
            for other in reading.words[at + 1 : verb.index]:
                if other.name is not None and (other.name.is_judge or other.name.kind == "court"):
                    return named_subject(other.name, verb.index)
    return NOBODY
