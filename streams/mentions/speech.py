"""Words that somebody said: claims about an order, a removal or a flight, and statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.facts.news import EventType
from streams.mentions.context import named_subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.own_days import Day
from streams.mentions.reading import Reading, Verb

_JUDGE_SPEECH = word_set("judge_speech")
_REACTING_VERBS = word_set("reacting_verbs")
_TELLS = VERBS.said | VERBS.said_phrases.heads | {"saying", "telling"}
_BY_THE_WAY = {"saying", "telling"}
_TELLS_BY_THE_WAY = {"person", "agency", "company"}
"""Of whom 'signed the bill on Friday, saying' tells words too; a judge's are her ruling's."""

_SPEAKERS = {"person", "judge", "agency", "company", "government"}
_DECLINED = re.compile(
    r"\b(?:declin\w+|refus\w+) to (?:comment|say|answer|discuss|elaborate)\b|\bno comment\b"
)
_IN_DECLINED = ("declin", "refus", "no comment")
_POSTED = re.compile(r"[\u2014\u2013-]+ [^(]{3,60}\(@\w{1,15}\) [A-Z]")
_SOUGHT = {"help", "support", "relief"}


def words_said(reading: Reading, *, told: bool) -> Iterator[Found]:
    """Statements and claims; ``told`` where the sentence already told of another event."""
    if _TELLS.isdisjoint(reading.heads):
        return
    for verb in reading.verbs():
        if verb.low not in VERBS.said and not (
            _is_phrase(reading, verb)
            or (verb.low in _BY_THE_WAY and verb.subject.role in _TELLS_BY_THE_WAY)
        ):
            continue
        usage, subject = verb.usage, verb.subject
        if (
            usage.negated
            or usage.modal
            or usage.future
            or usage.infinitive
            or usage.perfect
            or usage.passive
        ):
            continue
        if subject.role not in _SPEAKERS:
            inverted = _inverted(reading, verb)
            if inverted is None:
                continue
            subject = inverted.subject
            verb = inverted
        if (
            not subject.names
            or subject.negated
            or (
                verb.clause.kind in ("if", "relative")
                and verb.clause.opener != "who"
                and not (verb.clause.opener == "where" and subject.pronoun)
            )
        ):
            continue
        if (
            verb.clause.kind == "when"
            and verb.clause.opener == "as"
            and not verb.clause.fronted
            and len(verb.clause.words) < 8
        ):
            continue
        if verb.clause.kind == "said" or (verb.usage.past_perfect and subject.role == "judge"):
            continue
        if verb.usage.gerund and subject.role == "judge":
            continue
        if not _is_speech(reading, verb):
            continue
        if _only_attributes(reading, verb, told=told):
            continue
        day = reading.day(verb)
        if day is None:
            continue
        kind: EventType = "claim.asserted" if _claims(reading, verb) else "statement.made"
        if kind == "claim.asserted" and subject.role == "judge":
            kind = "statement.made"
        yield reading.event(
            kind,
            verb.index,
            day,
            subject.names[:2],
            recipients=_addressed(reading, verb),
            confidence=0.7,
            clause=verb.clause,
        )


def posted(reading: Reading) -> Found | None:
    """The line under a post that a page shows: '— Kristi Noem (@Sec_Noem) March 26, 2025'."""
    words = reading.words
    if not _POSTED.match(reading.text):
        return None
    name = next((w.name for w in words if w.name is not None and w.name.kind == "person"), None)
    day = next((w.past for w in words if w.past is not None), None)
    if name is None or day is None:
        return None
    return reading.event("statement.made", 0, Day(day, explicit=True), (name.name,), confidence=0.7)


def _inverted(reading: Reading, verb: Verb) -> Verb | None:
    """'“…,” said Mayor Roe'."""
    if verb.low not in VERBS.attributing:
        return None
    before = reading.words[verb.index - 1] if verb.index else None
    if before is None or before.kind not in ("quote", "mark"):
        return None
    for word in reading.words[verb.index + 1 : verb.index + 5]:
        if (
            word.kind == "name"
            and word.name is not None
            and word.name.kind in ("person", "agency", "company")
        ):
            subject = named_subject(word.name, verb.index + 1)
            return reading.verb(verb.clause, verb.place, subject)
        if word.kind in ("stranger", "mark", "quote") or word.verb:
            return None
    return None


def _is_phrase(reading: Reading, verb: Verb) -> bool:
    """'fired back', 'took issue': of whom no judge is."""
    return (
        VERBS.said_phrases.match(reading.words, verb.index) is not None
        and verb.subject.role != "judge"
    )


def _is_speech(reading: Reading, verb: Verb) -> bool:
    """Whether the verb is one of speech here: 'called on', 'welcomed the ruling'."""
    if any(part in reading.text for part in _IN_DECLINED) and _DECLINED.search(reading.text):
        return False
    after = reading.after(verb.index, 10)
    lows = [w.low for w in after]
    low = verb.low
    if low == "said" and lows[:2] == ["to", "be"]:
        return False
    has_quote = any(w.kind == "quote" for w in reading.words)
    if low == "announced" and not verb.usage.happened:
        return False
    if verb.subject.role == "judge" and VERBS.bench.search(reading.text):
        return False
    if low == "added" and after and after[0].kind != "mark" and "that" not in lows[:3]:
        # 'added a third firm' to a list; a quote stands beside the verb
        beside = reading.words[max(0, verb.index - 5) : verb.index + 5]
        return any(w.kind == "quote" for w in beside)
    if low in VERBS.no_speech:
        return False
    if low in ("called", "calling"):
        visited = any(w.name is not None and w.name.kind == "person" for w in after[1:4])
        if lows[:1] == ["on"] and visited and "to" not in lows:
            return False  # 'called on Prime Minister Modi'
        return (
            has_quote
            or "for" in lows[:3]
            or "on" in lows[:3]
            or (
                bool(after)
                and len(after) >= 2
                and "back" not in lows[:4]
                and "off" not in lows[:6]
                and "up" not in lows[:3]
            )
        )
    if low in _REACTING_VERBS:
        if verb.subject.role == "judge":
            return low in ("noted", "observed") and "that" in lows
        if low == "welcomed":
            return not any(
                w.kind == "name" and w.name and w.name.kind == "person" for w in after[:4]
            )
        if low in ("appealed", "pressed"):
            return "for" in lows[:2]
        if low == "cast":
            return "as" in lows
        return True
    if verb.subject.role == "judge":
        return low in _JUDGE_SPEECH and (has_quote or low not in ("told",))
    return not (low in ("told",) and lows[:1] == ["to"])


def _only_attributes(reading: Reading, verb: Verb, *, told: bool) -> bool:
    """', the department said': it says who tells of an event already found."""
    if not told:
        return False
    if verb.low in VERBS.asserting and _holds_event(reading, verb):
        return True
    if verb.clause.opener == "attribution":
        return not any(w.kind == "quote" for w in reading.words)
    return False


def _holds_event(reading: Reading, verb: Verb) -> bool:
    """Whether what is said is itself a flight that the sentence was found to tell of."""
    said = [one for one in reading.clauses if one.kind == "said" and one.words]
    if reading.context.found_plan and any(
        reading.words[i].low == "would" for o in said for i in o.words
    ):
        return True
    return any(
        VERBS.landed.match(reading.words, i) is not None
        or VERBS.departed.match(reading.words, i) is not None
        for one in said
        if reading.clauses.index(verb.clause) == one.parent
        for i in one.words
        if reading.words[i].verb and any(reading.words[j].past is not None for j in one.words)
    )


def _addressed(reading: Reading, verb: Verb) -> tuple[str, ...]:
    for word in reading.after(verb.index, 3):
        if word.kind == "name" and word.name is not None and word.name.kind in ("person", "court"):
            return (word.name.name,)
    return ()


def _claims(reading: Reading, verb: Verb) -> bool:
    """Whether what is said asserts or denies a fact about an order, a removal or a flight."""
    if verb.low not in VERBS.asserting:
        return False
    content = _content(reading, verb)
    if not VERBS.claim_topics.search(content):
        return False
    if verb.low in VERBS.denying or re.search(r"\brejected the claim\b", reading.text):
        return not re.search(r"\b(?:talks|plans?)\b", content)
    if VERBS.claim_not.search(content):
        return False
    return bool(VERBS.claim_fact.search(content))


def _content(reading: Reading, verb: Verb) -> str:
    """What is said: behind the verb, or before it where the attribution comes last."""
    word = reading.words[verb.index]
    after = reading.text[word.end :]
    before = reading.text[: reading.words[verb.clause.words[0]].start] if verb.clause.words else ""
    quoted = next((w for w in reading.words if w.kind == "quote" and w.end <= word.start), None)
    closes = not any(w.verb for w in reading.words[verb.index + 1 :]) and len(before) > 20
    if verb.clause.opener == "attribution" or quoted is not None or closes:
        head = reading.text[: word.start]
        return f"{before} {head if quoted is not None else ''} {after if quoted is None else ''}"
    return after
