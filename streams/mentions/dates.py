"""Words that name a day: a sentence in, day mentions with their places out.

A mention is absolute ('on Wednesday', 'March 15', 'yesterday') or counts from the day the article
spoke of last ('hours later', 'the next day', 'that evening').
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

import ahocorasick

from streams.mentions.day_words import MEANINGS

_MONTH_ENDS = re.compile(r"\.? (\d{1,2})(?:st|nd|rd|th)?(?!\d|,\d{3})(?:,? ((?:19|20)\d{2}))?\b")
_DAY_BEFORE_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? $")
_ENDS = re.compile(r"[,.;:\u2014]|$| (?:he|she|it|they|the) ")
_MANY = re.compile(
    r"\b(?:1[2-9]|2\d|3\d|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twenty(?:-\w+)?|thirty(?:-\w+)?) $",
    re.IGNORECASE,
)
_YEAR_BEHIND = re.compile(r"\.?,? ((?:19|20)\d{2})\b")
_NEAR = re.compile(r"\b((?:(?:[Ll]ast|[Nn]ext|[Tt]his|[Ll]ate|[Ee]arly|[Oo]n|[Cc]oming) )+)$")
_WEEKDAY_ENDS = re.compile(
    r"(?P<plural>s\b)?(?P<own>['\u2019]s\b)?(?: (?:morning|afternoon|evening|night)\b)?"
    r"(?P<lastweek> of last week| last week)?"
)
_OF_ANOTHER = re.compile(r" (?:of|after|before) (?:last )?[A-Z][a-z]+day(?:['\u2019]s| )")
DAY_WORDS = frozenset(MEANINGS)
"""One of these stands in every mention of a day."""
COMMONEST = " etaonirshdlucmfwypgbv,."
"""First at an automaton's root: it looks through a node's letters one by one; no text has NULs."""
_ANCHORS = ahocorasick.Automaton()
for _letter in COMMONEST:
    _ANCHORS.add_word(f"{_letter}\0", (0, "", 0))
for _words, (_meaning, _value) in MEANINGS.items():
    _ANCHORS.add_word(_words, (len(_words), _meaning, _value))
_ANCHORS.make_automaton()
_HISTORY = timedelta(days=360)
_AHEAD = timedelta(days=370)


class DayMention(NamedTuple):
    """Words that name a day, and which: as something past, and as something planned."""

    start: int
    end: int
    past: date | None
    planned: date | None
    shift: int | None = None
    """Days from the day that the article spoke of last."""
    owns: bool = False
    """'Tuesday's hearing' names the hearing's day, not that of the sentence."""


def day_mentions(sentence: str, today: date) -> list[DayMention]:
    """Every mention in the order of the text; ``today`` is publication in the outlet's zone."""
    hits: list[tuple[int, int, str, int]] = []
    for last, (length, meaning, value) in _ANCHORS.iter(sentence):
        start, end = last - length + 1, last + 1
        if (start and sentence[start - 1].isalnum()) or (
            end < len(sentence) and sentence[end].isalpha() and meaning != "weekday"
        ):
            continue
        hits.append((start, end, meaning, value))
    if not hits:
        return []
    hits.sort(key=lambda one: (one[0], -one[1]))
    found: list[DayMention] = []
    for start, end, meaning, value in hits:
        if found and start < found[-1].end:
            continue
        one = _mention(sentence, start, end, meaning, value, today)
        if one is None or (found and one.start < found[-1].end):
            continue
        between = sentence[found[-1].end : one.start] if found else ""
        if (
            meaning == "month"
            and between in (", ", " ")
            and found[-1].past
            and found[-1].shift is None
        ):
            # 'Saturday, March 15': the date settles which Saturday
            one = DayMention(found.pop().start, one.end, one.past, one.planned)
        found.append(one)
    return found


def _mention(
    text: str, start: int, end: int, meaning: str, value: int, today: date
) -> DayMention | None:
    if meaning == "weekday":
        return _weekday(text, start, end, value, today)
    if meaning == "month":
        return _calendar(text, start, end, value, today)
    if meaning == "today":
        return (
            None
            if text[end : end + 2] in ("'s", "\u2019s")
            else DayMention(start, end, today, today)
        )
    if meaning == "yesterday":
        return DayMention(start, end, today - timedelta(days=1), None)
    if meaning == "tomorrow":
        return DayMention(start, end, None, today + timedelta(days=1))
    if meaning == "ago":
        return DayMention(start, end, today - timedelta(days=value), None)
    if meaning == "after" and not _ENDS.match(text, end):
        return None  # 'the day after Roe ruled': that says which
    if meaning == "shift" and text[start : start + 4] == "hour" and _MANY.search(text, 0, start):
        return None  # 'eighteen hours later': on which day, the words do not say
    if _OF_ANOTHER.match(text, end):
        return None  # 'within minutes of Wednesday's decision': that names the day
    return DayMention(start, end, None, None, shift=value)


def _weekday(text: str, start: int, end: int, number: int, today: date) -> DayMention | None:
    ends = _WEEKDAY_ENDS.match(text, end)
    assert ends is not None  # noqa: S101 - every part of it is optional
    if ends["plural"] or (ends.end() < len(text) and text[ends.end()].isalnum()):
        return None
    near = _NEAR.search(text, max(0, start - 14), start)
    words = near[1].lower().split() if near else []
    back = (today.weekday() - number) % 7
    ahead = (number - today.weekday()) % 7
    if text[max(0, start - 11) : start].endswith("a week ago "):
        back += 7
    if ends["lastweek"]:
        back = today.weekday() + 7 - number
    elif "last" in words and back == 0:
        back = 7
    if "next" in words:
        # 'next Friday' is that of the week after this one
        ahead = 7 - today.weekday() + number
    past: date | None = today - timedelta(days=back)
    if "next" in words or "coming" in words:
        past = None
    begin = near.start() if near else start
    return DayMention(
        begin, ends.end(), past, today + timedelta(days=ahead), owns=bool(ends["own"])
    )


def _calendar(text: str, start: int, end: int, month: int, today: date) -> DayMention | None:
    behind = _MONTH_ENDS.match(text, end)
    if behind is not None:
        day, year, stop = int(behind[1]), behind[2], behind.end()
    else:
        before = _DAY_BEFORE_MONTH.search(text, max(0, start - 9), start)
        if before is None:
            return None
        years = _YEAR_BEHIND.match(text, end)
        day, year = int(before[1]), years[1] if years else None
        start, stop = before.start(), years.end() if years else end
    try:
        if year:
            named = planned = date(int(year), month, day)
        else:
            named = date(today.year, month, day)
            planned = named if named >= today else named.replace(year=today.year + 1)
            if named > today + timedelta(days=1):
                named = named.replace(year=today.year - 1)
    except ValueError:
        return None
    past = named if today - _HISTORY <= named <= today + timedelta(days=1) else None
    ahead = planned if today <= planned <= today + _AHEAD else None
    return DayMention(start, stop, past, ahead)


def dateline_day(words: str | None, today: date) -> date | None:
    """The day of a dateline such as 'April 3'."""
    if not words:
        return None
    found = day_mentions(words, today)
    return found[0].past if found else None
