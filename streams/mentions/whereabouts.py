"""Where an official is: words behind a verb in, places out, and whether the place is no visit.

A place is a name of the gazetteer, or what is written as a name behind 'in', 'to' or 'at'; whoever
works there, or is of the country that the dateline names, does not visit it.
"""

from __future__ import annotations

import re

from streams.mentions import geography
from streams.mentions.grammar import word_set
from streams.mentions.reading import Reading, Verb
from streams.mentions.words import Word

_AT_WORDS = word_set("at_words")
_DIRECTIONS = word_set("directions")
_PLACE_ENDS = word_set("place_ends")
_PLACE_PARTICLES = word_set("place_particles")
_SKIPPED_BEFORE_PLACE = word_set("skipped_before_place")
_SKIPPED = _SKIPPED_BEFORE_PLACE | _DIRECTIONS
_TAKES_PLACE_OBJECT = word_set("takes_place_object")
_TO = word_set("place_prepositions")
_AT = word_set("at_prepositions")
_GOES_ABOUT = word_set("going_about")
_ABOUT = frozenset(["to", "at", "on", "outside", "inside", "beside", "atop", "before", "near"])
_NO_SPOT = word_set("no_spots")
_OUTINGS = word_set("outing_nouns")
TOWARDS = frozenset(["to", "in", "of", "at", "through", "near", "around", "outside"])
"""Between a visit's noun and its place."""

_BASES = word_set("capital_names")
_BOTH = {"White House", "United Nations", "Supreme Court", "Kremlin"}
"""What names a place as well as who is in it."""

_NO_PLACE = re.compile(
    r"^(?:Senate|House|Congress|Parliament|Knesset|Act|Constitution|Truth Social|X|Fox News|CNN|"
    r"Facebook|Twitter|Instagram|Telegram|Bluesky|CBS|ABC|NBC|MSNBC|CNBC|Court|Republican|Democrat\w*|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|English|"
    r"Spanish|NATO|Group|Security Council|[A-Z][a-z]+day|Constitution|Amendment|I|House|Cabinet)\b"
)


def is_place(word: Word) -> bool:
    """Whether a word names a place; the White House is one too."""
    return (
        word.kind == "name"
        and word.name is not None
        and (word.name.kind == "place" or word.name.name in _BOTH)
    )


_SMALL = frozenset(["Of", "De", "La", "Do", "Del", "Au", "The", "Upon"])


def stands_at_place(words: list[Word], index: int) -> bool:
    """Whether 'was' is followed by a place: 'was in Bogotá'."""
    following = words[index + 1 : index + 4]
    if len(following) > 2 and following[0].low in _AT and following[1].low in ("the", "a", "an"):
        # 'was at the camp in Ochopee'
        for at in range(index + 3, min(index + 8, len(words) - 1)):
            if words[at].kind == "mark" or words[at].verb or words[at].low in _NO_SPOT:
                break
            if words[at].low in ("in", "at", "near", "outside") and (
                words[at + 1].kind == "stranger" or is_place(words[at + 1])
            ):
                return True
    return bool(following) and (
        following[0].low in _AT_WORDS
        and len(following) > 1
        and (following[1].kind in ("name", "stranger") or following[0].low in ("there", "here"))
        and not (following[1].name is not None and not is_place(following[1]))
    )


def says_here(reading: Reading, end: int) -> bool:
    """Whether 'here' stands behind a verb: the dateline's place."""
    return any(w.low == "here" for w in reading.after(end, 12))


def goes_about(reading: Reading, verb: Verb, end: int) -> bool:
    """'came to a neighborhood', 'stood where the road ends': in the town of the dateline."""
    if verb.low not in _GOES_ABOUT or reading.dateline is None:
        return False
    lows = [w.low for w in reading.words[end + 1 : end + 6]]
    while lows and lows[0] in ("in", "front", "of", "through", "along", "up", "down"):
        if lows[:3] == ["in", "front", "of"] or lows[0] in ("through", "along"):
            return True
        lows = lows[1:]
    if lows[:1] == ["where"]:
        return verb.low in ("stood", "sat", "walked", "knelt", "stopped")
    if not lows or lows[0] not in _ABOUT or len(lows) < 3:
        return False
    return lows[1] in ("a", "an", "the") and not set(lows[2:4]) & _NO_SPOT


def dateline_place(reading: Reading) -> str | None:
    """The dateline's place."""
    return placed(reading.dateline) if reading.dateline else None


def placed(dateline: str) -> str:
    """'GUATEMALA CITY' is Guatemala City; 'SAN JOSÉ, Costa Rica' is San José."""
    words = dateline.partition(",")[0].strip().title().replace("'S", "'s").split(" ")
    small = [word.lower() if word in _SMALL and at else word for at, word in enumerate(words)]
    return " ".join(small)


def place_after(reading: Reading, end: int) -> str | None:
    """The place that is visited: the object, or what stands behind 'in', 'to', 'at'."""
    words = reading.words
    seen_prep = False
    best: str | None = None
    for at in range(end + 1, min(len(words), end + 15)):
        word = words[at]
        if word.kind == "quote" or word.low in _PLACE_ENDS:
            break
        if word.kind == "word" and word.verb and word.low not in ("detained",):
            break
        if word.kind == "name" and word.name is not None:
            near = seen_prep or at <= end + 6 or best is None
            if near and is_place(word) and not word.name.possessive:
                return (
                    word.name.name
                    if best is None or word.name.name not in geography.countries()
                    else best
                )
            if word.name.kind == "place" and word.name.possessive:
                continue
            seen_prep = False
            continue
        if word.kind == "word" and word.low in _TO:
            seen_prep = word.low in _AT or (word.low == "of" and words[at - 1].low in _OUTINGS)
            continue
        if word.kind == "stranger":
            name = written_place(words, at)
            if (
                seen_prep or (at - end <= 2 and reading.words[end].low in _TAKES_PLACE_OBJECT)
            ) and not _NO_PLACE.match(name):
                return name
            seen_prep = False
        elif word.kind == "word" and word.low not in _SKIPPED:
            seen_prep = False
    return best


def written_place(words: list[Word], at: int) -> str:
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


def place_before(reading: Reading, verb: Verb) -> str | None:
    """A place that the verb's clause names before it: 'in El Salvador, Rubio met'."""
    if verb.clause.opener == "where" and verb.clause.words:
        # 'back from Lima, where she met Roe'
        at = verb.clause.words[0] - 2
        at -= reading.words[at].low == ","
        if at >= 0 and is_place(reading.words[at]) and reading.words[at].name is not None:
            return reading.words[at].name.name  # type: ignore[union-attr]
        if at >= 0 and reading.words[at].kind == "stranger":
            return written_place(reading.words, at)
    for clause in reading.clauses:
        if clause.kind == "when" and clause.fronted and len(clause.words) > 1:
            first, second = (reading.words[i] for i in clause.words[:2])
            if first.low in ("leaving", "visiting"):
                return place_at(reading.words, following_index(reading, second))
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
                name = written_place(reading.words, following_index(reading, following))
                if not _NO_PLACE.match(name):
                    return name
    return None


def following_index(reading: Reading, word: Word) -> int:
    """Where a word stands in its sentence."""
    return next(i for i, one in enumerate(reading.words) if one is word)


def place_at(words: list[Word], at: int) -> str | None:
    """The place that begins at a word; None where none does."""
    if at >= len(words):
        return None
    word = words[at]
    if word.low == "the" and at + 1 < len(words) and words[at + 1].kind == "name":
        word = words[at + 1]
    if is_place(word) and word.name is not None:
        return word.name.name
    if word.kind == "stranger":
        name = written_place(words, at)
        return None if _NO_PLACE.match(name) else name
    return None


def place_behind(words: list[Word], index: int) -> str | None:
    """'tour of the port of Haifa': the place close behind a noun."""
    for at in range(index + 1, min(index + 10, len(words) - 1)):
        if words[at].low not in TOWARDS:
            if words[at].verb or words[at].kind in ("mark", "quote"):
                return None
            continue
        place = place_at(words, at + 1)
        if place is not None:
            return place
    return None
