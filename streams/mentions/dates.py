"""Words that name a day: a sentence in, day mentions with their places out.

A mention is absolute ('on Wednesday', 'March 15', 'yesterday') or counts from the day the article
spoke of last ('hours later', 'the next day', 'that evening').
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_WORDS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTH_WORDS = (
    r"Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CALENDAR = (
    rf"(?:(?P<month>{_MONTH_WORDS}) (?P<dom>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|,\d{{3}})"
    rf"|(?P<dom2>\d{{1,2}}) (?P<month2>{_MONTH_WORDS}))(?:,? (?P<year>(?:19|20)\d{{2}}))?\b"
)
_PART = r"(?:morning|afternoon|evening|night)"
_COUNT = r"(?:a|one|two|three|four|five|six|2|3|4|5|6)"
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_MENTION = re.compile(
    rf"(?P<weekday>\b(?:(?P<near>last|next|this|late|early|on|coming) )*\b(?:{_WEEKDAY_WORDS})\b"
    rf"(?P<plural>s)?(?P<own>['\u2019]s)?(?: (?:{_PART}))?(?P<lastweek> of last week| last week)?"
    rf"(?:, (?={_MONTH_WORDS}))?)"
    rf"|\b(?P<calendar>{_CALENDAR})"
    rf"|\b(?P<today>[Tt]oday|[Tt]onight|[Tt]his (?:{_PART})|[Ee]arlier today)\b(?!['\u2019]s)"
    rf"|\b(?P<yesterday>[Yy]esterday|[Ll]ast night)\b"
    rf"|\b(?P<tomorrow>[Tt]omorrow)\b"
    rf"|\b(?P<same>(?:[Hh]ours|[Mm]inutes|[Mm]oments|[Aa]n hour|(?:[Ss]everal|[Aa] few|two|three|four"
    rf"|[Tt]wo|[Tt]hree) (?:hours|minutes)|[Ss]hortly) (?:later|after(?:ward)?s?(?= the (?:ruling|hearing|"
    rf"argument|decision|order)|[.,]))|[Ll]ater (?:that|the same|in the) (?:day|{_PART})"
    rf"|[Ww]ithin (?:hours|minutes|the hour|an hour|two hours)|[Ee]arlier (?:that|in the|on the same) day"
    rf"|(?:[Tt]he|[Tt]hat) same (?:day|{_PART})|[Tt]he same day|[Tt]hat (?:day|{_PART})|[Bb]y afternoon"
    rf"|[Aa]t once|hours earlier|[Ee]arlier in the day|later in the day|[Ss]hortly (?:after|before) midnight)\b"
    rf"|\b(?P<after>(?:[Tt]he )?(?:[Nn]ext|[Ff]ollowing) (?:day|{_PART})|(?P<count>[Aa]|[Oo]ne|[Tt]wo|"
    rf"[Tt]hree|[Ff]our|[Ff]ive|\d) days? later)\b"
    rf"|\b(?P<before>[Tt]he (?:day|night) before|(?P<ago>{_COUNT}|Two|Three|A) days? earlier)\b"
)
_HISTORY = timedelta(days=360)
_AHEAD = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class DayMention:
    """Words that name a day, and which: as something past, and as something planned."""

    start: int
    end: int
    past: date | None
    planned: date | None
    shift: int | None = None
    """Days from the day that the article spoke of last."""
    owns: bool = False
    """'Tuesday's hearing' names the hearing's day, not that of the sentence."""
    is_same: bool = False


def day_mentions(sentence: str, today: date) -> list[DayMention]:
    """Every mention in the order of the text; ``today`` is publication in the outlet's zone."""
    found: list[DayMention] = []
    for match in _MENTION.finditer(sentence):
        one = _mention(match, today)
        if one is None:
            continue
        if found and found[-1].end == one.start and match["calendar"] and found[-1].past:
            # 'Saturday, March 15': the date settles which Saturday
            one = DayMention(found.pop().start, one.end, one.past, one.planned)
        found.append(one)
    return found


def _mention(match: re.Match[str], today: date) -> DayMention | None:
    start, end = match.span()
    if match["weekday"]:
        if match["plural"]:
            return None
        past, planned = _weekday(match, today)
        return DayMention(start, end, past, planned, owns=bool(match["own"]))
    if match["calendar"]:
        return _calendar(match, today)
    if match["today"]:
        return DayMention(start, end, today, today)
    if match["yesterday"]:
        return DayMention(start, end, today - timedelta(days=1), None)
    if match["tomorrow"]:
        return DayMention(start, end, None, today + timedelta(days=1))
    if match["same"]:
        return DayMention(start, end, None, None, shift=0, is_same=True)
    if match["after"]:
        return DayMention(start, end, None, None, shift=_count(match["count"]))
    return DayMention(start, end, None, None, shift=-_count(match["ago"]))


def _count(word: str | None) -> int:
    if word is None:
        return 1
    return int(word) if word.isdigit() else _COUNTS[word.lower()]


def _weekday(match: re.Match[str], today: date) -> tuple[date, date]:
    words = match["weekday"].lower()
    name = next(one for one in _WEEKDAYS if one in words)
    number = _WEEKDAYS.index(name)
    back = (today.weekday() - number) % 7
    ahead = (number - today.weekday()) % 7
    if "last week" in words:
        back = today.weekday() + 7 - number
    elif match["near"] == "last" and back == 0:
        back = 7
    if match["near"] == "next":
        # 'next Friday' is that of the week after this one
        ahead = 7 - today.weekday() + number
    return today - timedelta(days=back), today + timedelta(days=ahead)


def _calendar(match: re.Match[str], today: date) -> DayMention | None:
    word = (match["month"] or match["month2"])[:3].lower()
    month, day = _MONTHS.index(word) + 1, int(match["dom"] or match["dom2"])
    try:
        if match["year"]:
            named = planned = date(int(match["year"]), month, day)
        else:
            named = date(today.year, month, day)
            planned = named if named >= today else named.replace(year=today.year + 1)
            if named > today + timedelta(days=1):
                named = named.replace(year=today.year - 1)
    except ValueError:
        return None
    past = named if today - _HISTORY <= named <= today + timedelta(days=1) else None
    ahead = planned if today <= planned <= today + _AHEAD else None
    return DayMention(match.start(), match.end(), past, ahead)


def dateline_day(words: str | None, today: date) -> date | None:
    """The day of a dateline such as 'April 3'."""
    if not words:
        return None
    found = day_mentions(words, today)
    return found[0].past if found else None
