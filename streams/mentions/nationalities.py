"""Of which country an official is, by the words beside the name: 'Chile's foreign minister'."""

from __future__ import annotations

import re

from streams.mentions import geography
from streams.mentions.persons import Name, Person

_OF_COUNTRY = re.compile(r" of (?:the )?([A-Z]\w+(?: [A-Z]\w+)?)")
CAP_BEFORE = re.compile(r"\b([A-Z][\w'\u2019-]*) $")


def of_country(found: Name | None, country: str | None, people: dict[str, Person]) -> Name | None:
    """Note the country that the words give, where none is known."""
    if found is None or country is None or found.country is not None:
        return found
    people[found.name].country = country
    return found._replace(country=country)


def country_beside(text: str, begin: int, end: int) -> str | None:
    """The country of 'Chile's foreign minister' and of 'Prime Minister Jane Roe of Chile'."""
    before = CAP_BEFORE.search(text, max(0, begin - 30), begin)
    behind = _OF_COUNTRY.match(text, end)
    for match in (before, behind):
        if match is not None:
            word = match[1].removesuffix("'s").removesuffix("\u2019s")
            if word in geography.countries():
                return geography.countries()[word]
    return None
