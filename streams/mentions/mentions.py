"""From an article to its mentions: found events get ids, numbers and addresses."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import airportsdata

from streams.facts.identity import Revision, identity
from streams.facts.instants import rfc3339
from streams.facts.news import Mention
from streams.facts.received import Article
from streams.feeds.court.docket_numbers import leading
from streams.mentions.article import events_found
from streams.mentions.citations import citations
from streams.mentions.found import Found
from streams.mentions.plover import plover

# Where a docket number may begin; the docket grammar reads it. Two digits and a short number alone
# are a score or a vote.
_DOCKET = re.compile(r"\b(?:\d:)?\d{2}-(?:[a-z]{2}-)?\d{3,6}\b[\w()-]*", re.I)
_FLIGHT = re.compile(
    r"\b(?:[Ff]lights?|GlobalX|GXA)\s+(?:GlobalX\s+|GXA\s?)?(\d{2,4})\b|\bGXA(\d{2,4})\b"
)
_REGISTRATION = re.compile(r"\bN[1-9]\d{0,4}[A-HJ-NP-Z]{0,2}\b")
_DIGIT = re.compile(r"\d")
_AIRPORT = re.compile(r"\b(?:K[A-Z]{3}|M[HS][A-Z]{2})\b")


def mentions_of(article: Article) -> list[Mention]:
    """Everything that a usable article says happened. Revision 0: the stage knows the log."""
    if article.status != "usable":
        return []
    found = events_found(article)
    numbered: dict[str, int] = {}
    return [_mention(article, one, numbered) for one in found]


def _mention(article: Article, one: Found, numbered: dict[str, int]) -> Mention:
    stem = identity("mention", article.article_id, one.type, one.place, *one.actors, one.quote)
    # The same words can tell of two events of one type: number them.
    numbered[stem] = count = numbered.get(stem, -1) + 1
    text = f"{one.quote} {article.title}"
    return Mention(
        mention_id=stem if count == 0 else f"{stem}-{count}",
        revision=Revision(0),
        is_deleted=False,
        known_at=article.fetched_at,
        article_id=article.article_id,
        url=article.url,
        outlet=article.outlet,
        title=article.title,
        published_at=article.published_at,
        type=one.type,
        actors=one.actors,
        recipients=one.recipients,
        place=one.place,
        valid_from=one.when.valid_from,
        valid_to=one.when.valid_to,
        precision=one.when.precision,
        confidence=one.confidence,
        quote=one.quote,
        docket_numbers=_dockets(text),
        court_id=one.court_id,
        flight_numbers=_flights(one.quote),
        registrations=tuple(sorted(set(_REGISTRATION.findall(one.quote)))),
        airports=_airports(one.quote),
        claims_removal=one.claims_removal,
        reconstructed=article.reconstructed,
    )


def _dockets(text: str) -> tuple[str, ...]:
    """Docket numbers in their normal form."""
    if "-" not in text:
        return ()
    found = (leading(match[0]) for match in _DOCKET.finditer(text))
    return tuple(sorted({str(one[0]) for one in found if one is not None}))


def _flights(text: str) -> tuple[str, ...]:
    """Flight numbers; without a digit there is none."""
    if not _DIGIT.search(text):
        return ()
    return tuple(sorted({one or other for one, other in _FLIGHT.findall(text)}))


def _airports(text: str) -> tuple[str, ...]:
    """ICAO codes that are airports: 'KTLA' can be a station's name."""
    if "K" not in text and "M" not in text:
        return ()
    return tuple(sorted({code for code in _AIRPORT.findall(text) if code in _icao()}))


@cache
def _icao() -> frozenset[str]:
    return frozenset(airportsdata.load("ICAO"))


def events_of(article: Article) -> list[dict[str, Any]]:
    """What ``parse --events`` prints of an article."""
    return [
        {
            "type": one.type,
            "actors": list(one.actors),
            "recipients": list(one.recipients),
            "place": one.place,
            "valid_from": rfc3339(one.valid_from),
            "valid_to": rfc3339(one.valid_to),
            "precision": one.precision,
            "confidence": one.confidence,
            "quote": one.quote,
            "docket_numbers": list(one.docket_numbers),
            "citations": list(citations(one.quote)),
            "plover": _plover(one),
        }
        for one in mentions_of(article)
    ]


def _plover(one: Mention) -> dict[str, Any]:
    codes = plover(one.type, f"{one.quote} {one.title}")
    return {"event": codes.event, "mode": codes.mode, "contexts": list(codes.contexts)}
