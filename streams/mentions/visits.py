"""Visits that a sentence tells of: an official at an engagement away from base, or due at one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from streams.mentions import gazetteer
from streams.mentions.clauses import is_verb
from streams.mentions.found import Found
from streams.mentions.grammar import word_set
from streams.mentions.lexicon import VERBS
from streams.mentions.places import lies_in
from streams.mentions.reading import Reading, Verb
from streams.mentions.subjects import Subject
from streams.mentions.timing import Day
from streams.mentions.words import Word

_APPEARING_VERBS = word_set("appearing_verbs")
_AT_WORDS = word_set("at_words")
_BEFORE_PLANNED_PLACE = word_set("before_planned_place")
_BEFORE_UNLISTED_PLACE = word_set("before_unlisted_place")
_COUNTERPARTS = word_set("counterparts")
_DIRECTIONS = word_set("directions")
_EXPECTING = word_set("expecting")
_HOSTING_VERBS = word_set("hosting_verbs")
_JOURNEY_VERBS = word_set("journey_verbs")
_MEETING_FORMS = word_set("meeting_forms")
_MEETING_VERBS = word_set("meeting_verbs")
_MINISTERS = word_set("ministers")
_NEEDS_DATELINE = word_set("needs_dateline")
_OFFICES_ELSEWHERE = word_set("offices_elsewhere")
_PLACE_ENDS = word_set("place_ends")
_PLACE_PARTICLES = word_set("place_particles")
_PLAN_ENDS = word_set("plan_ends")
_SITTING_VERBS = word_set("sitting_verbs")
_SKIPPED_BEFORE_PLACE = word_set("skipped_before_place")
_TAKES_PLACE_OBJECT = word_set("takes_place_object")
_TO_PLACES = word_set("to_places")
_TRAVELLING = word_set("travelling")

_TO = word_set("place_prepositions")
_AT = word_set("at_prepositions")
_BASES = word_set("capital_names")
_HOME = {"White House", "Oval Office"}
_BOTH = {"White House", "United Nations", "Supreme Court", "Kremlin"}
"""What names a place as well as who is in it."""
_NO_PLACE = re.compile(
    r"^(?:Senate|House|Congress|Parliament|Knesset|Act|Constitution|Truth Social|X|Fox News|CNN|"
    r"Facebook|Twitter|Instagram|Telegram|Bluesky|CBS|ABC|NBC|MSNBC|CNBC|Court|Republican|Democrat\w*|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|English|"
    r"Spanish|NATO|Group|Security Council|[A-Z][a-z]+day|Constitution|Amendment|I|House|Cabinet)\b"
)
_COULD_VISIT = (
    VERBS.visited.heads | VERBS.moved.heads | VERBS.met.heads | VERBS.present | VERBS.base | VERBS.planned
    | VERBS.said | {"was", "were"}
)  # fmt: skip
_COULD_HOST = VERBS.met.heads | _HOSTING_VERBS
_BESIDE = re.compile(
    r"\b(?:beside|alongside|standing (?:next to|with)|flanked by|side by side with|seated beside|next to)\b"
)
_VISIT_NOUN = re.compile(
    r"\b(?:[Dd]uring|[Oo]n|[Ii]n) (?:a|an|his|her|the|their)(?: [\w-]+){0,3}? (?P<noun>visit|stop|trip|tour|swing)\b"
    r"(?: (?:to|in|at|of|through) (?:the )?(?P<place>[A-ZÀ-Þ][\w.'\u2019-]+(?: [A-ZÀ-Þ][\w'\u2019-]+)*))?"
)


def visits(reading: Reading) -> Iterator[Found]:
    """Visits that took place, then those planned, in the order of their verbs."""
    for verb in reading.verbs():
        if verb.low not in _COULD_VISIT:
            continue
        subject = verb.subject
        if subject.role not in ("person", "judge") or not subject.names or subject.negated:
            continue
        if subject.role == "judge" and verb.low not in VERBS.said | {
            "spoke",
            "visited",
            "toured",
            "will",
        }:
            continue
        if verb.clause.kind == "if" or verb.usage.negated:
            continue
        yield from _planned(reading, verb)
        if verb.usage.happened and not verb.usage.passive:
            found = _occurred(reading, verb)
            if found is not None:
                yield found
    yield from _on_a_visit(reading)
    yield from _besides(reading)
    yield from _hosted(reading)


def _occurred(reading: Reading, verb: Verb) -> Found | None:
    words = reading.words
    place: str | None
    direct = VERBS.visited.match(words, verb.index)
    moved = None if direct is not None else VERBS.moved.match(words, verb.index)
    met = None if direct is not None or moved is not None else VERBS.met.match(words, verb.index)
    present = verb.low in ("was", "were") and _is_at_place(words, verb.index)
    told = verb.low in VERBS.said
    if direct is None and moved is None and met is None and not present and not told:
        return None
    if verb.usage.infinitive or (verb.clause.kind == "when" and verb.clause.opener == "before"):
        return None
    if verb.usage.gerund and not _is_action(reading, verb):
        return None
    end = next((one for one in (direct, moved, met) if one is not None), verb.index)
    day = reading.day(verb)
    if day is None:
        return None
    place = _place_after(reading, end)
    from_dateline = False
    if told:
        place = _venue(reading, verb)
        if place is None:
            return None
    elif place is None:
        nearby = (
            _place_anywhere(reading, verb)
            if met is not None or direct is not None or moved is not None
            else None
        )
        if nearby is not None:
            place = nearby
        elif (
            moved is not None
            and verb.low not in ("joined", "appeared", "arrived")
            and not _here(reading, end)
        ) or (direct is not None and verb.low in _NEEDS_DATELINE and reading.dateline is None):
            return None
        elif _dateline(reading) is not None and (
            _here(reading, end)
            or met is not None
            or direct is not None
            or verb.low in ("joined", "appeared", "arrived")
        ):
            place, from_dateline = _dateline(reading), True
        elif direct is None or verb.low in ("visited", "toured"):
            if direct is None:
                return None
            place = None
        else:
            return None
    if place is not None and _is_base(place, verb.subject, reading):
        return None
    first = verb.subject.first
    if (
        verb.low in VERBS.hosts
        and _has_counterpart(reading, end)
        and (from_dateline or first is None or first.country is not None or first.base is None)
    ):
        return None
    if (
        met is not None
        and len(verb.subject.names) < 2
        and not _has_counterpart(reading, end)
        and place is None
    ):
        return None
    if (
        verb.low in _MEETING_VERBS
        and from_dateline
        and _is_base(place or "", verb.subject, reading)
    ):
        return None
    recipients = _met(reading, verb, end)
    return reading.event(
        "visit.occurred", verb.index, day, verb.subject.names, recipients=recipients, place=place,
        confidence=0.75, from_dateline=from_dateline, clause=verb.clause,
    )  # fmt: skip


def _is_action(reading: Reading, verb: Verb) -> bool:
    """Whether '-ing' tells of a deed: ', touring the camp', 'after meeting', not 'a meeting'."""
    if verb.clause.kind in ("part", "when") and verb.clause.words[0] == verb.index:
        return True
    return verb.index > 0 and reading.words[verb.index - 1].low in (",", "after", "and", "by")


def is_place(word: Word) -> bool:
    """Whether a word names a place; the White House is one too."""
    return (
        word.kind == "name"
        and word.name is not None
        and (word.name.kind == "place" or word.name.name in _BOTH)
    )


def _is_at_place(words: list[Word], index: int) -> bool:
    following = words[index + 1 : index + 4]
    return bool(following) and (
        following[0].low in _AT_WORDS
        and len(following) > 1
        and (following[1].kind in ("name", "stranger") or following[0].low in ("there", "here"))
        and not (following[1].name is not None and not is_place(following[1]))
    )


def _here(reading: Reading, end: int) -> bool:
    return any(w.low == "here" for w in reading.after(end, 12))


def _dateline(reading: Reading) -> str | None:
    return placed(reading.dateline) if reading.dateline else None


def placed(dateline: str) -> str:
    """'GUATEMALA CITY' is Guatemala City; 'SAN JOSÉ, Costa Rica' is San José."""
    city = dateline.partition(",")[0].strip()
    return " ".join(
        word if word in ("DC",) else word.title().replace("'S", "'s") for word in city.split(" ")
    )


def _place_after(reading: Reading, end: int) -> str | None:
    """The place that is visited: the object, or what stands behind 'in', 'to', 'at'."""
    words = reading.words
    seen_prep = False
    best: str | None = None
    for at in range(end + 1, min(len(words), end + 15)):
        word = words[at]
        if word.kind == "quote" or word.low in _PLACE_ENDS:
            break
        if word.kind == "word" and is_verb(word) and word.low not in ("detained",):
            break
        if word.kind == "name" and word.name is not None:
            if is_place(word) and not word.name.possessive:
                if seen_prep or at <= end + 6 or best is None:
                    return (
                        word.name.name
                        if best is None or word.name.name not in gazetteer.countries()
                        else best
                    )
            if word.name.kind == "place" and word.name.possessive:
                continue
            seen_prep = False
            continue
        if word.kind == "word" and word.low in _TO:
            seen_prep = word.low in _AT
            continue
        if word.kind == "stranger":
            name = _stranger_place(words, at)
            if (
                seen_prep or (at - end <= 2 and reading.words[end].low in _TAKES_PLACE_OBJECT)
            ) and not _NO_PLACE.match(name):
                return name
            seen_prep = False
        elif word.kind == "word" and word.low not in _SKIPPED_BEFORE_PLACE:
            if seen_prep and word.low not in _DIRECTIONS:
                seen_prep = False
    return best


def _stranger_place(words: list[Word], at: int) -> str:
    """A place written as a name: 'Joint Base Elmendorf-Richardson', 'Prudhoe Bay'."""
    parts = [words[at].text]
    step = at + 1
    while step < len(words) and words[step].start - words[step - 1].end <= 1:
        word = words[step]
        if (
            word.kind == "stranger"
            or (word.kind == "name" and word.name is not None and word.name.kind == "place")
            or re.match(r"(?:el|al|ash|as|ad)-[A-Z]", word.text)
            or (
                word.low in _PLACE_PARTICLES
                and step + 1 < len(words)
                and words[step + 1].kind == "stranger"
                and len(parts) < 4
                and word.low != "the"
            )
        ):
            parts.append(word.text)
        else:
            break
        step += 1
    name = " ".join(parts).rstrip(",")
    return (
        name.removesuffix("'s").removesuffix("\u2019s").rstrip(".")
        if not name.endswith(("St.", "Ft."))
        else name
    )


def _place_anywhere(reading: Reading, verb: Verb) -> str | None:
    """A place that the verb's clause names before it: 'in El Salvador, Rubio met'."""
    for clause in reading.clauses:
        if clause.kind == "when" and clause.fronted and len(clause.words) > 1:
            first, second = (reading.words[i] for i in clause.words[:2])
            if first.low in ("leaving", "visiting"):
                return _name_at(reading.words, following_index(reading, second))
    for at, index in enumerate(verb.clause.words[: verb.place]):
        word = reading.words[index]
        if (
            word.kind == "word"
            and word.low in ("in", "at", "from")
            and at + 1 < len(verb.clause.words)
        ):
            following = reading.words[verb.clause.words[at + 1]]
            if is_place(following) and following.name is not None and not following.name.possessive:
                return following.name.name
            if following.kind == "stranger":
                name = _stranger_place(reading.words, following_index(reading, following))
                if not _NO_PLACE.match(name):
                    return name
    return None


def following_index(reading: Reading, word: Word) -> int:
    """Where a word stands in its sentence."""
    return next(i for i, one in enumerate(reading.words) if one is word)


def _venue(reading: Reading, verb: Verb) -> str | None:
    """'told a forum in Philadelphia', 'at a truck dealership in Indianapolis'."""
    words = reading.words
    lows = [w.low for w in words]
    found: str | None = None
    for at, low in enumerate(lows):
        if low in VERBS.venues and at + 1 < len(words):
            clause_has = at in verb.clause.words or at < verb.clause.words[0]
            if not clause_has or "news" in lows[max(0, at - 1) : at]:
                continue
            follow = words[at + 1 : at + 5]
            if "for" in lows[max(0, at - 4) : at]:
                continue
            for step, one in enumerate(follow):
                if one.low in ("in", "at", "near", "outside") and step + 1 < len(follow):
                    found = _name_at(words, at + 2 + step)
                    break
                if one.low == "here" and reading.dateline:
                    found = _dateline(reading)
                    break
                if one.kind == "mark" or is_verb(one):
                    break
        if found:
            break
    if (
        found is None
        and _foreign(verb.subject, reading)
        and re.search(
            r"\b(?:at the White House|in the Oval Office)\b", reading.clause_text(verb.clause)
        )
    ):
        found = "White House"
    if found is None or _is_base(found, verb.subject, reading):
        return None
    return found


def _name_at(words: list[Word], at: int) -> str | None:
    if at >= len(words):
        return None
    word = words[at]
    if word.low == "the" and at + 1 < len(words) and words[at + 1].kind == "name":
        word = words[at + 1]
    if is_place(word) and word.name is not None:
        return word.name.name
    if word.kind == "stranger":
        name = _stranger_place(words, at)
        return None if _NO_PLACE.match(name) else name
    return None


def _is_base(place: str, subject: Subject, reading: Reading) -> bool:
    """Whether the official works there: being there is no visit."""
    first = subject.first
    low = place.lower()
    base = first.base if first is not None else None
    if base is not None and (low == base.lower() or (base == "Washington" and low in _BASES)):
        return True
    here = reading.context.country
    if (first is not None and here is not None and place == _dateline(reading)) or (
        first is not None and here is not None and low not in _BASES and _in_country(place, here)
    ):
        if first.country == here:
            return True
        if first.country is None and first.base is None and _serves_here(first.title):
            return True
    if base is None and first is not None and first.country is None and low in _BASES:
        return not _foreign(subject, reading)
    return False


def _serves_here(title: str) -> bool:
    """Whether somebody with this title and no country is of the country that the dateline names."""
    return any(one in title for one in _MINISTERS)


def _in_country(place: str, country: str) -> bool:
    return (
        place == country
        or lies_in(place, country)
        or (place not in gazetteer.countries() and place not in gazetteer.within())
    )


def _foreign(subject: Subject, reading: Reading) -> bool:
    first = subject.first
    if first is None:
        return False
    if first.country is not None:
        return True
    title = first.title.lower()
    if any(one in title for one in _OFFICES_ELSEWHERE):
        return first.name != "Donald Trump"
    return False


def _has_counterpart(reading: Reading, end: int) -> bool:
    return any(
        w.kind in ("name", "stranger") or w.low in _COUNTERPARTS for w in reading.after(end, 8)
    )


def _met(reading: Reading, verb: Verb, end: int) -> tuple[str, ...]:
    """Officials whom the visitor met."""
    names: list[str] = []
    for word in reading.after(end, 12):
        if word.kind == "name" and word.name is not None and word.name.kind == "person":
            if word.name.name not in verb.subject.names and word.name.name not in names:
                names.append(word.name.name)
        elif word.kind == "word" and is_verb(word):
            break
    return tuple(names[:3])


def _hosted(reading: Reading) -> Iterator[Found]:
    """Who is received: 'King Charles welcomed President Trump at Windsor Castle'; at a base, the guest."""
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
        place = _place_after(reading, end) or _place_anywhere(reading, verb)
        from_dateline = False
        if place is None and verb.low in VERBS.hosts | {"met"}:
            place, from_dateline = _dateline(reading), True
        if place is None:
            continue
        home = place in _HOME or place.lower() in _BASES
        host_home = _is_base(place, verb.subject, reading)
        if verb.low in VERBS.hosts and guest is not None and (host_home or not home):
            who: tuple[str, ...] = (guest.name,)
            guest_subject = Subject("person", who, guest)
            if _is_base(place, guest_subject, reading):
                continue
        elif host_home and guest is not None and verb.low not in VERBS.hosts:
            guest_subject = Subject("person", (guest.name,), guest)
            if _is_base(place, guest_subject, reading):
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
            "visit.occurred", verb.index, day, who, recipients=recipients, place=place,
            confidence=0.7, from_dateline=from_dateline, clause=verb.clause,
        )  # fmt: skip


def _on_a_visit(reading: Reading) -> Iterator[Found]:
    """'During a stop in Milwaukee on Tuesday, Lutnick said', 'in his first visit to the alliance'."""
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
    from_dateline = place is None
    place = place or _dateline(reading)
    if place is None:
        return
    for verb in reading.verbs():
        if verb.low not in VERBS.said or verb.subject.role != "person" or not verb.subject.names:
            continue
        if not verb.usage.happened or verb.usage.perfect or verb.clause.kind in ("if", "said"):
            continue
        if _is_base(place, verb.subject, reading):
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


def _besides(reading: Reading) -> Iterator[Found]:
    """'Rubio, beside President Arévalo on Wednesday, thanked Guatemala': present, by the dateline."""
    match = _BESIDE.search(reading.text)
    if match is None:
        return
    place = _dateline(reading)
    for verb in reading.verbs():
        if verb.subject.role != "person" or not verb.subject.names or not verb.usage.happened:
            continue
        if verb.clause.kind == "if" or (
            verb.subject.index > 0
            and reading.words[verb.subject.index].start > match.start()
            and not verb.clause.fronted
            and verb.subject.pronoun
        ):
            continue
        if verb.low not in VERBS.said and verb.low not in _APPEARING_VERBS:
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
        if spot is None or _is_base(spot, verb.subject, reading):
            continue
        day = reading.day(verb)
        if day is not None:
            yield reading.event(
                "visit.occurred", verb.index, day, verb.subject.names[:1], place=spot,
                confidence=0.7, from_dateline=spot == place, clause=verb.clause,
            )  # fmt: skip
        return


def _planned(reading: Reading, verb: Verb) -> Iterator[Found]:
    """Each place with the day named for it: 'due in Colombia on Thursday and in Mexico on Friday'."""
    if not _is_plan(reading, verb):
        return
    if VERBS.called_off.search(reading.text[: reading.words[verb.index].end]):
        return
    words = reading.words
    limit = len(words)
    places: list[tuple[int, str]] = []
    at = verb.index + 1
    while at < limit:
        word = words[at]
        if word.low in (";", "\u2014") or word.low in _PLAN_ENDS:
            break
        if word.kind == "word" and word.low in _AT | {"for", "of", "through"} and at + 1 < limit:
            name = _name_at(words, at + 1)
            if name is not None:
                places.append((at + 1, name))
        elif (
            word.kind == "name"
            and word.name is not None
            and word.name.kind == "place"
            and words[at - 1].low in _BEFORE_PLANNED_PLACE
        ):
            places.append((at, word.name.name))
        elif word.kind == "stranger" and words[at - 1].low in _BEFORE_UNLISTED_PLACE:
            places.append((at, _stranger_place(words, at)))
        at += 1
    stop = at
    days = [
        (i, w.day)
        for i, w in enumerate(words[:stop])
        if w.kind == "day" and w.day is not None and w.day.planned is not None and not w.day.owns
    ]
    if not days:
        return
    made: set[date] = set()
    subject = verb.subject
    for number, (index, place) in enumerate(places):
        nxt = places[number + 1][0] if number + 1 < len(places) else stop
        near = [d for i, d in days if index < i < nxt] or (
            [d for i, d in days if i < index] if len(days) == 1 or number == 0 else []
        )
        if not near or near[0].planned is None or near[0].planned in made:
            continue
        if _is_base(place, subject, reading) and not _foreign(subject, reading):
            continue
        made.add(near[0].planned)
        yield reading.event(
            "visit.planned", verb.index, Day(near[0].planned, explicit=True), subject.names,
            place=place, confidence=0.75,
        )  # fmt: skip
    if not made:
        here = any(w.low == "here" for w in words[verb.index : stop])
        person = any(
            w.kind == "name" and w.name and w.name.kind == "person"
            for w in words[verb.index + 1 : stop]
        )
        meets = any(w.low in _MEETING_FORMS for w in words[verb.index : verb.index + 5])
        home = _dateline(reading)
        if (
            home is not None
            and (here or (meets and (person or "counterpart" in reading.text)))
            and not _is_base(home, subject, reading)
        ):
            day = days[-1][1]
            if day.planned is not None:
                yield reading.event(
                    "visit.planned", verb.index, Day(day.planned, explicit=True), subject.names,
                    place=home, confidence=0.65, from_dateline=True,
                )  # fmt: skip


def _is_plan(reading: Reading, verb: Verb) -> bool:
    """Whether the verb tells of a journey to come."""
    words, usage, low = reading.words, verb.usage, verb.low
    following = [w.low for w in words[verb.index + 1 : verb.index + 6]]
    if usage.future or (usage.modal and _announces(reading, verb)):
        return (
            low in VERBS.base
            and (low != "be" or _be_somewhere(words, verb.index))
            and _is_journey(reading, verb)
        )
    if low in VERBS.present and verb.clause.kind in ("main", "shared"):
        return _has_planned_day(reading, verb)
    if low in VERBS.planned:
        before = words[verb.index - 1].low if verb.index else ""
        if low == "to":
            return before in ("is", "are") and bool(set(following[:2]) & VERBS.base)
        be = usage.passive or any(
            w.low in ("is", "are") for w in words[max(0, verb.index - 3) : verb.index]
        )
        if low in ("plans", "intends", "plan", "hopes"):
            return "to" in following[:2] and bool(set(following) & VERBS.base)
        if low in _TRAVELLING:
            return be and any(
                w.low in ("is", "are") for w in words[max(0, verb.index - 3) : verb.index]
            )
        if low in _EXPECTING:
            present = any(
                w.low in ("is", "are") for w in words[max(0, verb.index - 4) : verb.index]
            )
            was = (
                any(w.low in ("was", "were") for w in words[max(0, verb.index - 3) : verb.index])
                and low in ("due", "scheduled", "expected", "set")
                and _has_planned_day(reading, verb)
                and not _past_only(reading)
            )
            return (present or was) and (
                bool(following[:1])
                and following[0] in _TO_PLACES
                and (following[0] != "to" or bool(set(following[1:3]) & VERBS.base))
            )
    return False


def _past_only(reading: Reading) -> bool:
    return bool(re.search(r"\b(?:but|canceled|cancelled|last week|put off)\b", reading.text))


def _announces(reading: Reading, verb: Verb) -> bool:
    """'announced that she would visit Panama on Friday'."""
    if " if " in reading.text or "unless" in reading.text or "could" in reading.text:
        return False
    return verb.low in VERBS.base and verb.clause.kind in ("said", "main", "shared") and any(
        w.low in ("said", "announced", "confirmed") for w in reading.words
    ) and any(w.low == "would" for w in reading.words[max(0, verb.index - 3) : verb.index]) and verb.low in (
        "visit", "travel", "tour", "fly"
    )  # fmt: skip


def _be_somewhere(words: list[Word], index: int) -> bool:
    return index + 1 < len(words) and words[index + 1].low in _AT_WORDS


def _is_journey(reading: Reading, verb: Verb) -> bool:
    """Not every 'will make' is a journey: a place or somebody to meet must be named."""
    if verb.low in _JOURNEY_VERBS:
        return any(
            w.kind in ("name", "stranger") or w.low == "here" for w in reading.after(verb.index, 14)
        )
    return True


def _has_planned_day(reading: Reading, verb: Verb) -> bool:
    return any(
        w.kind == "day" and w.day is not None and w.day.planned is not None and not w.day.owns
        for w in reading.words[verb.index + 1 : verb.index + 18]
    ) or any(
        w.kind == "day" and w.day is not None and w.day.past is None and w.day.planned
        for w in reading.words[: verb.index]
    )
