"""Cuts a sentence's words into clauses.

A clause knows what it hangs on: a main clause, one that goes on with its subject ('and said
that'), one that another subject begins, what somebody said ('that no plane left'), a relative
clause, or one of time or condition ('after', 'if'). Rough grammar, made for news English.
"""

from __future__ import annotations

from streams.mentions.ahead import (
    begins_subject,
    comma_then_subject,
    is_attribution,
    is_gerund,
    starts_verb,
)
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.openers import CONJUNCTIONS, MAY_OPEN, Clause, begun, has_verb, unmarked
from streams.mentions.words import Word, is_adjective

AUXILIARIES = word_set("auxiliaries")


_NO_CHAIN = AUXILIARIES | {"and", "or", "but", "not"}


_NEVER_OPEN = frozenset(["day", "clock", "quote", "stranger"])
_COULD_OPEN = frozenset(["word", "mark"])
_OPENS_ASIDE = {"(": ")", "\u2014": "\u2014", "\u2013": "\u2013", "--": "--"}


_BREAKS = frozenset([";", "\u2014", "\u2013", "--", ":"])


_FINITE = AUXILIARIES | VERBS.finite


def clauses(words: list[Word]) -> list[Clause]:
    """The clauses of a sentence, in the order of their first words."""
    before: Word | None = None
    goes_on: list[bool] = []
    for word in words:
        kind, low = word.kind, word.low
        goes_on.append(low not in MAY_OPEN if kind == "word" else kind in _NEVER_OPEN)
        if kind == "word":
            if low[-2:] == "ed":
                word.adjective = before is not None and is_adjective(before)
                word.verb = not word.adjective and (
                    low in _FINITE or (len(low) > 4 and "-" not in low)
                )
            else:
                word.verb = low in _FINITE
        before = word
    made: list[Clause] = [Clause("main")]
    current = 0
    base = 0
    count = len(words)
    closed, resumed = -1, (0, 0)
    position = 0
    while position < count:
        index = position
        position += 1
        word, clause = words[index], made[current]
        low, kind = word.low, word.kind
        if index and goes_on[index] and clause.kind != "relative":
            while position < count and goes_on[position]:
                position += 1
            clause.words.extend(range(index, position))  # most words go on with their clause
            continue
        if kind == "name" and index > 1 and _says_unmarked(words, index, clause):
            # 'The White House said Rubio would visit'
            made.append(Clause("said", [index], opener="that", parent=current))
            current = len(made) - 1
            continue
        if index and kind not in _COULD_OPEN:
            clause.words.append(index)
            continue
        following = words[index + 1] if index + 1 < count else None
        if kind == "mark" and low in _OPENS_ASIDE and closed < 0:
            closes = _aside_ends(words, index, made[base])
            if closes > 0:
                # '(who once worked there)', '— no friend of it —': beside the sentence
                closed, resumed = closes, (current, base)
                made.append(Clause("relative", opener="(", parent=current))
                current = len(made) - 1
                continue
        if index == closed:
            current, base = resumed
            closed = -1
            continue
        if word.kind == "mark" and low in _BREAKS:
            if low != ";" and all(words[i].kind in ("day", "clock") for i in clause.words):
                continue  # 'Thursday: Judge Roe granted': a day before its entry
            made.append(Clause("main", opener=":" if low == ":" else ""))
            current = base = len(made) - 1
            continue
        if word.kind == "mark" and low == ",":
            if (
                current != base
                and closed < 0
                and clause.kind not in ("part", "when")
                and not clause.fronted
                and not has_verb(words, made[base])
                and starts_verb(words, index + 1)
            ):
                # 'Roe, as she had hinted that she would, ruled': back to who has no verb yet
                current = base
                made[current].words.append(index)
                continue
            if (
                clause.kind == "part"
                and not clause.fronted
                and starts_verb(words, index + 1)
                and not has_verb(words, made[base])
            ):
                current = base
                continue
            if (
                clause.kind == "when"
                and not clause.fronted
                and words[clause.words[0] - 2 if clause.words else 0].low == ","
                and starts_verb(words, index + 1)
                and not has_verb(words, made[base])
            ):
                # 'Roe, after listening for an hour, ruled'
                current = base
                continue
            nested = clause.kind in ("relative", "when", "if") or (
                clause.kind == "part" and clause.fronted
            )
            if nested and (
                clause.kind == "relative" or begins_subject(words, index + 1) or clause.fronted
            ):
                if (
                    clause.fronted
                    and not begins_subject(words, index + 1)
                    and following is not None
                ):
                    clause.words.append(index)
                    continue
                if not clause.fronted and _is_tail(words, index, made[base]):
                    made.append(Clause("main", opener="attribution"))
                    base = len(made) - 1
                current = base
                made[current].words.append(index)
                continue
            if following is not None and is_gerund(following):
                made.append(Clause("part", parent=current))
                current = len(made) - 1
                continue
            if (
                following is not None
                and following.low not in CONJUNCTIONS
                and is_attribution(words, index + 1)
                and has_verb(words, clause)
            ):
                quoted = not any(words[i].verb for i in clause.words)
                made.append(Clause("main", opener="" if quoted else "attribution"))
                current = base = len(made) - 1
                continue
            clause.words.append(index)
            continue
        if (
            clause.kind == "relative"
            and word.kind == "word"
            and word.low in VERBS.finite
            and not word.adjective
            and _has_finite(words, clause)
            and not has_verb(words, made[base])
            and words[index - 1].low not in _NO_CHAIN
            and not words[index - 1].low.endswith("ly")
            and words[index - 1].kind in ("day", "clock", "name", "word", "stranger")
        ):
            # 'Two planes that took off on Saturday landed': the second verb is the main clause's
            current = base
        if word.kind == "word" and low in MAY_OPEN:
            opened = begun(words, index, made, current, base) or unmarked(words, index, clause)
            if opened is not None:
                if opened.parent == -2:
                    opened.parent = current
                made.append(opened)
                current = len(made) - 1
                if opened.kind in ("main", "shared"):
                    base = current
                if low not in CONJUNCTIONS:
                    continue
                continue
        if index == 0 and is_gerund(word) and comma_then_subject(words, index):
            made.append(Clause("part", [0], parent=0, fronted=True))
            current = len(made) - 1
            continue
        made[current].words.append(index)
    return made


def _aside_ends(words: list[Word], index: int, main: Clause) -> int:
    """Where brackets close, or a pair of dashes between a subject and its verb; 0 if nowhere."""
    opens = words[index].low
    for at in range(index + 1, len(words)):
        low = words[at].low
        if words[at].kind == "mark" and low == _OPENS_ASIDE[opens]:
            return at if opens == "(" or not has_verb(words, main) else 0
        if low == ";":
            return 0
    return 0


def _says_unmarked(words: list[Word], index: int, clause: Clause) -> bool:
    """Whether a name behind 'said' is who does what is said, and not who said it."""
    at = index - 1
    while at >= 0 and words[at].kind in ("day", "clock"):
        at -= 1
    if at < 1 or words[at].low not in ("said", "says") or words[at - 1].kind in ("mark", "quote"):
        return False
    return clause.kind != "said" and index + 1 < len(words) and words[index + 1].verb


def _is_tail(words: list[Word], index: int, main: Clause) -> bool:
    """Whether behind a comma it only says who told: ', when he visits, a diplomat said'."""
    return (
        index + 1 < len(words)
        and words[index + 1].low not in CONJUNCTIONS
        and any(words[i].verb for i in main.words)
        and is_attribution(words, index + 1)
    )


def _has_finite(words: list[Word], clause: Clause) -> bool:
    return any(words[index].verb for index in clause.words)
