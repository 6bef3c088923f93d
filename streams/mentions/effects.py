"""What a court's act amounts to: its verb and object in, the type of event out."""

from __future__ import annotations

import re

from streams.facts.news import EventType
from streams.mentions.context import Subject
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.reading import Reading, Verb

_FINDING_VERBS = word_set("finding_verbs")

_GIVING_VERBS = word_set("giving_verbs")

_MAY_BE_PROCEDURE = word_set("may_be_procedure")

_NEEDS_PARTICLE = word_set("needs_particle")

_NO_RULING = word_set("no_ruling")

_OBJECT_ENDS = word_set("object_ends")

_PAPERS_RELEASED = word_set("papers_released")

_OWN = {"his", "her", "own", "its"}

_NEAR = 9

_STAYS = frozenset(["stay", "stays", "pause"])


def is_act(reading: Reading, verb: Verb, end: int) -> bool:
    """Whether verb and object make an act: 'set a hearing', 'told reporters' do not."""
    after = reading.after(end, 10)
    lows = [w.low for w in after]
    near = " ".join(lows[:6])
    low = verb.low
    if low in _MAY_BE_PROCEDURE and any(
        re.search(rf"\b{re.escape(one)}\b", " ".join(lows[:4])) for one in VERBS.not_acts
    ):
        return False
    if low in VERBS.weak:
        wanted = VERBS.weak[low]
        text = " ".join(lows)
        return any(re.search(rf"\b{re.escape(one)}\b", text) for one in wanted)
    if low in ("told", "telling"):
        return False
    if low in _NEEDS_PARTICLE and end == verb.index:
        return low == "let"
    if low in _FINDING_VERBS and verb.usage.gerund:
        return False
    if low in ("found",) and not re.search(
        r"\b(?:that|contempt|probable|violated|had|unlawful|unconstitutional|liable|guilty|was|were)\b",
        near,
    ):
        return False
    if low in ("refused", "declined") and "to" in lows[:2]:
        follow = lows[lows.index("to") + 1 : lows.index("to") + 2]
        return not set(follow) & _NO_RULING or "take up" in near
    if low == "released" and set(lows[:5]) & _PAPERS_RELEASED:
        return False
    return not (low == "delayed" and "hearing" in near)


def act_type(
    reading: Reading, verb: Verb, end: int, subject: Subject, *, has_bench: bool
) -> EventType:
    """The type of a court's act, by who acts on what, and how the words say it came."""
    words, level = reading.words, subject.level
    if level == "appeals":
        return "appeal.ruled"
    if has_bench and not is_bench_denied(reading):
        return "order.pronounced"
    clause_text = reading.clause_text(verb.clause)
    if VERBS.written.search(clause_text) and verb.low not in VERBS.extend.heads:
        return "order.entered"
    if VERBS.refuse.match(words, verb.index) is not None:
        return "order.issued"
    judicial = _judicial_object(reading, verb.index, end, own_only=False)
    if VERBS.extend.match(words, verb.index) is not None and has_near(
        reading, end, VERBS.extendable
    ):
        return "order.extended"
    hedged = bool(VERBS.hedge.search(reading.text))
    if VERBS.undo.match(words, verb.index) is not None and judicial:
        stay = has_near(reading, end, _STAYS, 4)  # whoever undoes a stay holds nothing up
        return "order.stayed" if level == "supreme" and hedged and not stay else "order.vacated"
    if level == "supreme" or subject.court_id == "scotus":
        if VERBS.allow.match(words, verb.index) is not None and not has_near(
            reading, end, {"hear", "review", "certiorari", "case"}, 5
        ):
            return "order.stayed"
        if VERBS.hold.match(words, verb.index) is not None and (
            judicial or "on hold" in reading.text
        ):
            return "order.stayed"
        if "administrative stay" in reading.text:
            return "order.stayed"
    if VERBS.hold.match(words, verb.index) is not None and judicial:
        firm = verb.low in ("stayed", "staying") or end > verb.index
        if firm or _judicial_object(reading, verb.index, end, own_only=True):
            return "order.stayed"
    if verb.clause.kind == "relative" and verb.low in _GIVING_VERBS and verb.clause.words:
        # 'the stay that Judge Roe granted', 'an extension that she granted'
        noun = words[max(0, verb.clause.words[0] - 2)].low
        if noun in ("stay", "extension"):
            return "order.stayed" if noun == "stay" else "order.extended"
    if verb.low == "agreed" and judicial_stay_agreed(reading, end):
        return "order.stayed"
    if verb.low in _GIVING_VERBS and re.search(
        r"\b(?:administrative stay|a (?:temporary )?stay|stay pending)\b", clause_text
    ):
        return "order.stayed"
    if verb.low in ("entered", "entering", "docketed", "posted"):
        return "order.entered"
    return "order.issued"


def judicial_stay_agreed(reading: Reading, end: int) -> bool:
    """'agreed to put her own ruling on hold': a stay, though the verb is another."""
    lows = [w.low for w in reading.after(end, 8)]
    to = lows.index("to") if "to" in lows else len(lows)
    return (
        to + 1 < len(lows)
        and lows[to + 1] in ("stay", "pause", "suspend", "put")
        and bool(_OWN & set(lows[to + 2 : to + 5]))
    )


def is_bench_denied(reading: Reading) -> bool:
    """Whether 'from the bench' is said of nothing new: 'did not say from the bench'."""
    if "bench" not in reading.text and "orally" not in reading.text:
        return False
    if "words from the bench" in reading.text or "remarks from the bench" in reading.text:
        return True
    return bool(re.search(r"\b(?:not|never)\b.{0,20}(?:from the bench|orally)", reading.text))


def has_near(
    reading: Reading, end: int, wanted: frozenset[str] | set[str], count: int = _NEAR
) -> bool:
    """Whether one of the words stands close behind a place of the sentence."""
    return any(
        w.low.removesuffix("'s").removesuffix("\u2019s") in wanted
        for w in reading.after(end, count)
    )


def _judicial_object(reading: Reading, verb: int, end: int, *, own_only: bool) -> bool:
    """Whether what the verb is done to is an order of a court."""
    after = reading.words[verb + 1 : end] + reading.after(end, _NEAR + 2)
    for at, word in enumerate(after):
        if word.low in _OBJECT_ENDS and at > 0 and own_only is False:
            return False
        if word.low == "," and at > 1 and after[at - 1].kind in ("word", "day"):
            return False  # ', finding that'

        if word.low in ("judge's", "judge\u2019s", "court's", "court\u2019s") or (
            word.name is not None
            and word.name.possessive
            and (word.name.is_judge or word.name.kind == "court")
        ):
            return True
        if word.low not in VERBS.judicial or (word.low == "hold" and end > verb):
            continue
        before = after[max(0, at - 4) : at]
        lows = [w.low for w in before]
        if any(low in VERBS.not_judicial for low in lows):
            return False
        owner = next((w.name for w in reversed(before) if w.kind == "name" and w.name), None)
        if (
            owner is not None
            and owner.kind in ("agency", "person", "company")
            and not owner.is_judge
        ):
            return False
        if any("president" in low or "trump" in low for low in lows):
            return False
        if own_only:
            return any(
                low in _OWN
                or (word.low not in ("order", "orders") and low in ("the", "that", "this"))
                for low in lows[-3:]
            ) or bool(owner is not None and owner.is_judge)
        return not (word.low in ("it", "them", "itself") and at > 1)
    return False
