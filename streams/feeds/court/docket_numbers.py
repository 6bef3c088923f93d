"""Docket numbers: a number as anyone writes it goes in, one normal form comes out.

The grammar, case ignored, blanks around separators and words before the number ignored
(``No.``, ``Case``, ``USCA``, ``C.A.``)::

    district    = [office ":"] year "-" type "-" serial {suffix}
    office-led  = office "-" year "-" serial {suffix}           bankruptcy, as in the E.D.N.Y.
    named       = ("Civil" | "Criminal") words plain            as judges write in captions
    plain       = year "-" serial {suffix}                      appeals, bankruptcy
    application = year letter serial                            Supreme Court: 24A931
    mdl         = "MDL" ["No."] serial                          the multidistrict panel
    office      = 1 or 2 digits      year = 2 or 4 digits       serial = 1 to 10 digits
    type        = 1 to 5 letters (cv, cr, mc, mj, md, bk, ap, po, ...)
    suffix      = "-" 1 to 5 letters (judges) | "-" 1 to 3 digits (defendant) | "(" capitals ")"

Normal: type in lower case, year in two digits, district serials padded to five digits, plain ones
as written, suffixes dropped; the office stands where it is known (a court of one office puts its
own in); ``24A931``; ``MDL No. 2543``. Two numbers name one case when they agree but for an office
that one of them leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from streams.feeds.court.courts import is_appellate, only_office

_WORDS = (
    r"(?:(?:case|civil\s+action|civil|criminal(?:\s+action)?|civ|crim|cr|cv|nos?|number|docket"
    r"|usca\d{0,2}|c\.\s?a)\b[.:]?\s*)*"
)
_SUFFIX = (
    r"(?:-[a-z]{1,5}(?![a-z])|-\d{1,3}(?!\d)"
    r"|\s*\((?-i:[A-Z]{2,5}(?:[/, -]+[A-Z]{2,5})*)\))*"
)
_DASH = r"\s*-\s*"
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"))
_SERIAL = r"(?P<serial>\d{1,10})(?!\d)"
_GRAMMARS = tuple(
    re.compile(_WORDS + grammar, re.IGNORECASE)
    for grammar in (
        rf"(?:(?P<office>\d{{1,2}})\s*:\s*)?(?P<year>\d{{4}}|\d{{2}}){_DASH}(?P<type>[a-z]{{1,5}})"
        rf"{_DASH}{_SERIAL}{_SUFFIX}",
        rf"(?P<office>\d){_DASH}(?P<year>\d{{2}}){_DASH}(?P<serial>\d{{5}})(?!\d){_SUFFIX}",
        rf"(?P<year>\d{{4}}|\d{{2}}){_DASH}{_SERIAL}{_SUFFIX}",
        r"(?P<year>\d{2})(?P<letter>[AMO])(?P<serial>\d{1,4})(?![\w-])",
        rf"(?P<mdl>MDL)(?:\s+(?:docket\s+)?no)?[.:]?\s*-?\s*{_SERIAL}",
    )
)
_NAMED = re.compile(r"\W*(?:case\s+)?(?:(?P<cv>civil|civ)|(?P<cr>criminal|crim))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DocketNumber:
    """A docket number taken apart. ``str()`` is its normal form."""

    office: str | None
    year: str
    """Two digits; empty for the multidistrict panel's."""
    case_type: str | None
    """``cv``; ``A`` for an application; ``MDL``."""
    serial: str

    @property
    def core(self) -> str:
        """The number without its office: what two spellings of one case share."""
        if self.case_type == "MDL":
            return f"MDL No. {self.serial}"
        if self.case_type and self.case_type.isupper():
            return f"{self.year}{self.case_type}{self.serial}"
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
    for grammar in _GRAMMARS:
        match = grammar.match(plain)
        if match:
            return _number(match, court), text.strip()[match.end() :]
    return None


def _number(match: re.Match[str], court: str | None) -> DocketNumber:
    parts = match.groupdict()
    year, serial, office = (parts.get("year") or "")[-2:], parts["serial"], parts.get("office")
    if parts.get("mdl"):
        return DocketNumber(None, "", "MDL", serial.lstrip("0") or "0")
    if parts.get("letter"):
        return DocketNumber(None, year, parts["letter"].upper(), serial.lstrip("0") or "0")
    case_type = (parts.get("type") or "").lower() or None
    if case_type is None and office is None and not is_appellate(court or ""):
        named = _NAMED.match(match[0])
        case_type = named.lastgroup if named else None
    if case_type is None:
        return DocketNumber(office, year, None, serial)
    if office is None and court:
        office = only_office(court)
    return DocketNumber(office, year, case_type, serial.zfill(5))


def docket_number(text: str, court: str | None = None) -> DocketNumber:
    """The docket number that a text is. Raises ValueError if it is none, or has more behind it."""
    found = leading(text, court)
    if found is None or found[1].strip(" ,;."):
        raise ValueError(f"{text!r} is not a docket number, as 1:25-cv-00766-JEB or 25-5067")
    return found[0]
