"""Numbers that words claim of people, planes or flights, each with what it counts and its scope.

'238 Venezuelans', '261 people in all' and '137 under the Alien Enemies Act' are three claims, not
three readings of one: the words that bound a number stay with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERS = {
    "two dozen": 24, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a dozen": 12,
}  # fmt: skip
_COUNTED = (
    r"people|men|women|children|migrants|immigrants|deportees|detainees|prisoners|members|nationals|"
    r"citizens|passengers|aliens|Venezuelans|Salvadorans|Hondurans|Guatemalans|Mexicans|Colombians|"
    r"Brazilians|Indians|Cubans|Haitians|Nicaraguans|Ecuadorians|Africans|planes|flights|jets|aircraft"
)
_CLAIM = re.compile(
    r"(?<![\d,.$:-])"
    r"(?P<about>about |around |nearly |some |more than |at least |up to |as many as )?"
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|{'|'.join(_NUMBERS)})"
    rf"(?: (?P<adjectives>(?:[a-z-]+ ){{0,3}})(?P<counted>{_COUNTED})\b"
    rf"| (?P<bare>(?=under the|of them|in all|were (?:deported|removed|flown))))",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"\s*(?P<scope>(?:in all|in total|altogether|aboard|under (?:the )?[A-Z][\w ]*?Act"
    r"|under the act|"
    r"on (?:the )?(?:\w+ ){0,2}(?:planes?|flights?)|in custody|of them|from [A-Z]\w+|"
    r"with final (?:removal )?orders|without (?:a )?(?:hearing|criminal records?))\b)"
)


@dataclass(frozen=True, slots=True)
class ClaimedValue:
    """A number, what it counts, the words that bound it, and whether it is said to be rough."""

    number: int
    counted: str
    scope: str
    rough: bool


def claimed_values(words: str) -> tuple[ClaimedValue, ...]:
    """Numbers that the words claim, in their order."""
    found = []
    for match in _CLAIM.finditer(words):
        counted = (match["counted"] or "").lower()
        scope = [part for part in [(match["adjectives"] or "").strip()] if part]
        behind = _SCOPE.match(words, match.end())
        if behind is not None:
            scope.append(behind["scope"])
        number = _NUMBERS.get(match["number"].lower())
        value = int(match["number"].replace(",", "")) if number is None else number
        found.append(ClaimedValue(value, counted, " ".join(scope), bool(match["about"])))
    return tuple(found)
