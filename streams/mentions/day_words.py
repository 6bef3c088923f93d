"""Words that name a day, and what each means: 'Tuesday', 'March', 'two days ago', 'hours later'."""

from __future__ import annotations

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = (
    ("January", "Jan"),
    ("February", "Feb"),
    ("March", "Mar"),
    ("April", "Apr"),
    ("May",),
    ("June",),
    ("July",),
    ("August", "Aug"),
    ("September", "Sept", "Sep"),
    ("October", "Oct"),
    ("November", "Nov"),
    ("December", "Dec"),
)
_PARTS = ("morning", "afternoon", "evening", "night")
_TODAY = ("today", "tonight", "earlier today", *(f"this {part}" for part in _PARTS))
_YESTERDAY = ("yesterday", "last night")
_SPANS = (
    "hours",
    "minutes",
    "moments",
    "an hour",
    "several hours",
    "a few hours",
    "two hours",
    "three hours",
    "four hours",
    "several minutes",
    "a few minutes",
    "shortly",
)
_SAME = (
    *(
        f"{span} {word}"
        for span in _SPANS
        for word in ("later", "afterward", "afterwards", "earlier")
        if (span, word) != ("shortly", "later")
    ),
    *(f"hours after the {noun}" for noun in ("ruling", "hearing", "argument", "decision", "order")),
    *(f"later {the} {part}" for the in ("that", "the same", "in the") for part in (*_PARTS, "day")),
    "within hours",
    "within minutes",
    "within the hour",
    "within an hour",
    "within two hours",
    "earlier that day",
    "earlier in the day",
    "earlier on the same day",
    "the same day",
    "that same day",
    "that day",
    *(f"that {part}" for part in _PARTS),
    *(f"that same {part}" for part in _PARTS),
    *(f"the same {part}" for part in _PARTS),
    *(f"by {part}" for part in ("afternoon", "evening", "nightfall", "midday", "dusk", "sundown")),
    "soon afterward",
    "soon afterwards",
    "shortly afterward",
    "before the day was out",
    "before the day was over",
    "before the day ended",
    "at once",
)
_COUNTS = {
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "2": 2,
    "3": 3,
    "4": 4,
    "5": 5,
}


def _anchor_words() -> dict[str, tuple[str, int]]:
    """Words that a mention of a day has, with what they mean."""
    found: dict[str, tuple[str, int]] = {}

    def add(words: str, meaning: str, value: int) -> None:
        found[words] = found[words[0].upper() + words[1:]] = (meaning, value)

    for number, name in enumerate(_WEEKDAYS):
        found[name.title()] = ("weekday", number)
    for number, names in enumerate(_MONTH_NAMES, 1):
        for name in names:
            found[name] = ("month", number)
    for words in _TODAY:
        add(words, "today", 0)
    for words in _YESTERDAY:
        add(words, "yesterday", -1)
    add("tomorrow", "tomorrow", 1)
    for words in _SAME:
        add(words, "shift", 0)
    for near in ("next", "following"):
        for part in ("day", *_PARTS):
            add(f"the {near} {part}", "shift", 1)
    for word, count in _COUNTS.items():
        day = "day" if count == 1 else "days"
        add(f"{word} {day} later", "shift", count)
        add(f"{word} {day} earlier", "shift", -count)
        add(f"{word} {day} ago", "ago", count)
    for part in ("day", *_PARTS):
        add(f"the previous {part}", "shift", -1)
        add(f"the {part} after", "after", 1)
    add("24 hours later", "shift", 1)
    add("twenty-four hours later", "shift", 1)
    add("48 hours later", "shift", 2)
    add("the day before yesterday", "ago", 2)
    add("the day before", "shift", -1)
    add("the night before", "shift", -1)
    return found


MEANINGS = _anchor_words()
"""Of each: weekday or month (its number), today, yesterday, tomorrow, ago (days), shift (days)."""
