"""Where an article speaks from: its time zone, its government, its dateline's country."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from streams.facts.received import Article
from streams.mentions import gazetteer, geography
from streams.mentions.times import DEFAULT_ZONE

_STATE = re.compile(r"(?:[A-Z][a-z]{1,4}|(?:[A-Z]\.){1,2}[A-Z])\.")


def zone_of(article: Article) -> str:
    """The outlet's time zone; where it is not known, that of the eastern United States."""
    for key in (article.outlet, _host(article.url)):
        zone = _zones().get(key.lower()) if key else None
        if zone is not None:
            return zone
    return DEFAULT_ZONE


def _host(url: str | None) -> str:
    if not url:
        return ""
    host = url.split("/")[2] if url.count("/") > 1 else ""
    return host.removeprefix("www.")


@cache
def _zones() -> dict[str, str]:
    rows: dict[str, Any] = gazetteer.load("outlets")["zones"]
    return {outlet.lower(): zone for zone, outlets in rows.items() for outlet in outlets}


def government(today: date) -> str:
    """What 'the administration' is called on a day."""
    return next(
        (name for since, name in gazetteer.administrations() if since <= today), "government"
    )


@cache
def country_of(dateline: str | None) -> str | None:
    """The country of a dateline from abroad, as far as the gazetteer knows."""
    if not dateline:
        return None
    city, _, region = dateline.partition(",")
    if region.strip() in geography.countries():
        return geography.countries()[region.strip()]
    if region.strip() in geography.states() or _STATE.fullmatch(region.strip()):
        return None  # 'ATHENS, Ga.'
    known = {place.upper(): above for place, above in geography.within().items()}
    above = known.get(city.strip().upper())
    if above in geography.countries():
        return geography.countries()[above]
    return geography.capitals().get(city.strip().upper())
