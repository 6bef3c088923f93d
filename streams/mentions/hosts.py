"""Visits told from the other side: who is received, who stands beside whom, 'during a stop'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.mentions.bases import is_base, receives
from streams.mentions.context import Subject
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.reading import Reading
from streams.mentions.whereabouts import (
    dateline_place,
    is_place,
    place_after,
    place_before,
    place_behind,
)

_APPEARING_VERBS = word_set("appearing_verbs")

_HOSTING_VERBS = word_set("hosting_verbs")

_SITTING_VERBS = word_set("sitting_verbs")

_BASES = word_set("capital_names")

_HOME = {"White House", "Oval Office"}

_NO_PLACE = re.compile(
    r"^(?:Senate|House|Congress|Parliament|Knesset|Act|Constitution|Truth Social|X|Fox News|CNN|"
    r"Facebook|Twitter|Instagram|Telegram|Bluesky|CBS|ABC|NBC|MSNBC|CNBC|Court|Republican|Democrat\w*|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|English|"
    r"Spanish|NATO|Group|Security Council|[A-Z][a-z]+day|Constitution|Amendment|I|House|Cabinet)\b"
)

_RECEIVES = VERBS.hosts | {"met"}

_TELLS_BESIDE = VERBS.said | _APPEARING_VERBS

_COULD_HOST = VERBS.met.heads | _HOSTING_VERBS

_BESIDE = re.compile(
    r"\b(?:beside|alongside|standing (?:next to|with)|flanked by|side by side with|seated beside"
    r"|next to)\b"
)

# parts of the pattern above, and of that below: looked for first, since it is quick
_IN_BESIDE = ("side", "next to", "standing with", "flanked by")
_VISIT_NOUNS = ("visit", "stop", "trip", "tour", "swing")

_VISIT_NOUN = re.compile(
    r"\b(?:[Dd]uring|[Oo]n|[Ii]n|[Ff]rom|[Aa]fter|[Ff]ollowing|end of) "
    r"(?:a|an|his|her|the|their)(?: [\w-]+){0,3}? "
    r"(?P<noun>visit|stop|trip|tour|swing)\b"
    r"(?: (?:to|in|at|of|through) (?:the )?"
    r"(?P<place>[A-ZÀ-Þ][\w.'\u2019-]+(?: [A-ZÀ-Þ][\w'\u2019-]+)*))?"
)


def hosted_visits(reading: Reading) -> Iterator[Found]:
    """Who is received: 'King Charles welcomed President Trump at Windsor Castle'."""
    for verb in reading.verbs():
        if verb.low not in _COULD_HOST or not verb.usage.happened or verb.clause.kind == "if":
            continue
        if verb.subject.role != "person":
            continue
        end = VERBS.met.match(reading.words, verb.index)
        sits = verb.low in _SITTING_VERBS
        if end is None and not sits:
            continue
        end = verb.index if end is None else end
        guest = next(
            (
                w.name
                for w in reading.after(end, 7)
                if w.kind == "name" and w.name and w.name.kind == "person" and not w.name.is_judge
            ),
            None,
        )
        place = place_after(reading, end) or place_before(reading, verb)
        from_dateline = False
        if place is None and verb.low in _RECEIVES:
            place, from_dateline = dateline_place(reading), True
        if place is None:
            continue
        home = place in _HOME or place.lower() in _BASES
        host_home = is_base(place, verb.subject, reading) or (
            guest is not None and receives(place, verb.subject, guest, reading)
        )
        if verb.low in VERBS.hosts and guest is not None and (host_home or not home):
            who: tuple[str, ...] = (guest.name,)
            guest_subject = Subject("person", who, guest)
            if is_base(place, guest_subject, reading):
                continue
        elif host_home and guest is not None and verb.low not in VERBS.hosts:
            guest_subject = Subject("person", (guest.name,), guest)
            if is_base(place, guest_subject, reading):
                continue
            who = (guest.name,)
        elif verb.low == "left" and home and not host_home:
            who = verb.subject.names
        else:
            continue
        day = reading.day(verb)
        if day is None:
            continue
        recipients = verb.subject.names if who != verb.subject.names else ()
        yield reading.event(
            "visit.occurred",
            verb.index,
            day,
            who,
            recipients=recipients,
            place=place,
            confidence=0.7,
            from_dateline=from_dateline,
            clause=verb.clause,
        )


def visits_in_passing(reading: Reading) -> Iterator[Found]:
    """'During a stop in Milwaukee on Tuesday, Lutnick said'."""
    if VERBS.said.isdisjoint(reading.heads) or not any(
        noun in reading.text for noun in _VISIT_NOUNS
    ):
        return
    match = _VISIT_NOUN.search(reading.text)
    if match is None:
        return
    place = match["place"]
    for word in reading.words:
        if (
            word.start >= match.end("noun")
            and is_place(word)
            and word.name is not None
            and word.start <= match.end("noun") + 12
        ):
            place = word.name.name
            break
    if place is not None and _NO_PLACE.match(place):
        place = None
    if place is None:
        begins = match.start("noun")
        noun = next((i for i, w in enumerate(reading.words) if w.start == begins), None)
        place = None if noun is None else place_behind(reading.words, noun)
    from_dateline = place is None
    place = place or dateline_place(reading)
    if place is None:
        return
    for verb in reading.verbs():
        if verb.low not in VERBS.said or verb.subject.role != "person" or not verb.subject.names:
            continue
        if not verb.usage.happened or verb.usage.perfect or verb.clause.kind in ("if", "said"):
            continue
        if is_base(place, verb.subject, reading):
            return
        day = reading.day(verb)
        if day is not None:
            yield reading.event(
                "visit.occurred",
                verb.index,
                day,
                verb.subject.names[:1],
                place=place,
                confidence=0.65,
                from_dateline=from_dateline,
                clause=verb.clause,
            )
        return


def visits_beside(reading: Reading) -> Iterator[Found]:
    """'Rubio, beside President Arévalo on Wednesday, thanked': at the dateline's place."""
    if _TELLS_BESIDE.isdisjoint(reading.heads) or not any(
        part in reading.text for part in _IN_BESIDE
    ):
        return
    match = _BESIDE.search(reading.text)
    if match is None:
        return
    place = dateline_place(reading)
    for verb in reading.verbs():
        if verb.subject.role != "person" or not verb.subject.names or not verb.usage.happened:
            continue
        if verb.clause.kind == "if" or (
            verb.subject.at > 0
            and reading.words[verb.subject.at].start > match.start()
            and not verb.clause.fronted
            and verb.subject.pronoun
        ):
            continue
        if verb.low not in _TELLS_BESIDE:
            continue
        where = next(
            (
                w.name.name
                for w in reading.words
                if w.name is not None
                and is_place(w)
                and w.start > match.end()
                and not w.name.possessive
            ),
            None,
        )
        spot = where if where in _HOME else place
        if spot is None or is_base(spot, verb.subject, reading):
            continue
        day = reading.day(verb)
        if day is not None:
            yield reading.event(
                "visit.occurred",
                verb.index,
                day,
                verb.subject.names[:1],
                place=spot,
                confidence=0.7,
                from_dateline=spot == place,
                clause=verb.clause,
            )
        return
