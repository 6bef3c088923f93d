"""Docket numbers: a number as anyone writes it goes in, one normal form comes out.

The grammar, case ignored, blanks around separators and words before the number ignored
(``No.``, ``Case``, ``Civil Action``, ``Cr.``)::

    district   = [office ":"] year "-" type "-" serial {suffix}
    office-led = office "-" year "-" serial {suffix}            bankruptcy, as in the E.D.N.Y.
    plain      = year "-" serial {suffix}                       appeals, bankruptcy
    office     = digit          year = 2 or 4 digits            serial = 1 to 7 digits
    type       = 2 to 4 letters (cv, cr, mc, mj, md, bk, ap, po, ...)
    suffix     = "-" 1 to 5 letters (judges) | "-" 1 to 3 digits (defendant) | "(" capitals ")"

Normal: type in lower case, year in two digits, district serials padded to five digits, plain ones
as written, suffixes dropped; the office stands where it is known (a court of one office puts its
own in). Two numbers name one case when they agree but for an office that one of them leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from streams.feeds.court.courts import only_office

_WORDS = (
    r"(?:(?:case|civil\s+action|civil|criminal|civ|crim|cr|cv|nos?|number|docket|usca)\b[.:]?\s*)*"
)
_SUFFIX = (
    r"(?:-[a-z]{1,5}(?![a-z])|-\d{1,3}(?!\d)"
    r"|\s*\((?-i:[A-Z]{2,5}(?:[/, -]+[A-Z]{2,5})*)\))*"
)
_DASH = r"\s*-\s*"
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"))
_DISTRICT = re.compile(
    rf"{_WORDS}(?:(?P<office>\d)\s*:\s*)?(?P<year>\d{{4}}|\d{{2}}){_DASH}(?P<type>[A-Za-z]{{2,4}})"
    rf"{_DASH}(?P<serial>\d{{1,7}})(?!\d){_SUFFIX}",
    re.IGNORECASE,
)
_OFFICE_LED = re.compile(
    rf"{_WORDS}(?P<office>\d){_DASH}(?P<year>\d{{2}}){_DASH}(?P<serial>\d{{5}})(?!\d){_SUFFIX}",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"{_WORDS}(?P<year>\d{{4}}|\d{{2}}){_DASH}(?P<serial>\d{{1,7}})(?!\d){_SUFFIX}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DocketNumber:
    """A docket number taken apart. ``str()`` is its normal form."""

    office: str | None
    year: str
    case_type: str | None
    serial: str

    @property
    def core(self) -> str:
        """The number without its office: what two spellings of one case share."""
        middle = f"-{self.case_type}-" if self.case_type else "-"
        return f"{self.year}{middle}{self.serial}"

    def __str__(self) -> str:
        if self.office is None:
            return self.core
        return f"{self.office}{':' if self.case_type else '-'}{self.core}"

    def same_case(self, other: DocketNumber) -> bool:
        """Whether two numbers of one court name one case."""
        offices = {self.office, other.office} - {None}
        return self.core == other.core and len(offices) <= 1


def leading(text: str, court: str | None = None) -> tuple[DocketNumber, str] | None:
    """The docket number at the start of a text and the rest of it; None if there is none."""
    plain = text.strip().translate(_DASHES)
    for grammar in (_DISTRICT, _OFFICE_LED, _PLAIN):
        match = grammar.match(plain)
        if match:
            parts = match.groupdict()
            case_type = parts.get("type")
            serial = parts["serial"].zfill(5) if case_type else parts["serial"]
            office = parts.get("office")
            if office is None and case_type and court:
                office = only_office(court)
            number = DocketNumber(
                office, parts["year"][-2:], case_type.lower() if case_type else None, serial
            )
            return number, text.strip()[match.end() :]
    return None


def docket_number(text: str, court: str | None = None) -> DocketNumber:
    """The docket number that a text is. Raises ValueError if it is none, or has more behind it."""
    found = leading(text, court)
    if found is None or found[1].strip(" ,;."):
        raise ValueError(f"{text!r} is not a docket number, as 1:25-cv-00766-JEB or 25-5067")
    return found[0]
