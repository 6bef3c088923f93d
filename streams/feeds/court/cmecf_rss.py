"""CM/ECF's RSS 2.0 goes in, docket entries come out: stubs with the time each was entered.

A district's feed is ``https://ecf.{court}.uscourts.gov/cgi-bin/rss_outside.pl``. An item's title is
docket number and case name, its description ``[Short description] (<a href=…>39</a>)``, its
``pubDate`` the time of entry. CM/ECF writes an entry of several events as several items: they
become one record, the short descriptions of all of them sorted and joined with AND.

A recording's item or channel may carry ``<reconstructed precision_s= cites=/>`` in the namespace
``urn:policy-events``: its time is known to that precision only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from streams.facts.instants import Interval
from streams.facts.received import DocketEntry
from streams.feeds.court.courts import court_of_link, is_appellate
from streams.feeds.court.docket_numbers import leading
from streams.feeds.court.local_times import precise, rss_instant
from streams.feeds.court.pacer_ids import stable_doc_id
from streams.feeds.court.refusal import Refusal
from streams.feeds.documents import BadDocument, BadItem, Received

KIND = "court.cmecf-rss"

_RECONSTRUCTED = "{urn:policy-events}reconstructed"
_DESCRIPTION = re.compile(
    r"\[(?P<short>[^\n]*?)\]\s*(?:\((?P<link><a\b.*?</a>)\)|$)(?P<rest>.*)", re.DOTALL
)
_BRACKETED = re.compile(r"\[(?P<short>.*?)\](?P<rest>.*)", re.DOTALL)
_ANCHOR = re.compile(
    r"<a\b[^>]*?href\s*=\s*(?P<quote>['\"])(?P<href>.*?)(?P=quote)[^>]*>(?P<text>.*?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WINDOWS = {
    code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))
}
"""Feeds say ISO-8859-1 and have Windows' quotes and dashes, which are control characters there."""
_DOCUMENT = re.compile(r"/docs?1/([0-9a-f-]+)", re.IGNORECASE)
_CASE = re.compile(r"\.pl\?(?:caseid=(?=\d)|[\w-]*L_[\w-]*-(?=\d))?(\d+)(?![\d-])", re.IGNORECASE)
"""``DktRpt.pl?278436``, ``…?caseid=278436``, with a nonce ``iquery.pl?62-L_9999_1-0-663150``."""


@dataclass(frozen=True, slots=True)
class _DocumentLink:
    """The link of a description: PACER's ids and the number shown."""

    doc_id: str | None = None
    case_id: str | None = None
    seq_no: str | None = None
    number: str | None = None


def parse(data: bytes, received: Received) -> Iterator[DocketEntry | BadItem]:
    """Entries of one feed, in its order; entries of several events at their first item.

    Raises BadDocument if it is no RSS, or declares entities or a document type.
    """
    channel = _channel(data, received.name)
    grouped: dict[tuple[str | None, ...], list[DocketEntry] | BadItem] = {}
    for number, item in enumerate(channel.iterfind("item"), start=1):
        try:
            entry = _entry(item, channel, received)
        except Refusal as refusal:
            court = court_of_link(_text(channel, "link")) or "no court"
            title = _text(item, "title")[:60] or "no title"
            place = f"item {number} of {court} ({title}), feed {received.source}"
            grouped[("bad", str(number))] = refusal.at(received.name, place)
            continue
        key = (
            entry.court_id,
            entry.pacer_case_id or entry.docket_number,
            entry.docket_number if entry.pacer_doc_id else None,
            entry.pacer_doc_id,
            str(entry.entered_at),
        )
        items = grouped.setdefault(key, [])
        if isinstance(items, list):
            items.append(entry)
    for one in grouped.values():
        yield _together(one) if isinstance(one, list) else one


def _channel(data: bytes, name: str) -> Element:
    try:
        root = _parsed(data)
    except DefusedXmlException as error:
        raise BadDocument(
            f"{name}: refused: expected XML without document type and entities, found {error}"
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise BadDocument(f"{name}: not well-formed XML: {error}") from error
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise BadDocument(f"{name}: expected RSS 2.0 with a channel, found <{root.tag[:40]}>")
    return channel


def _parsed(data: bytes) -> Element:
    """The root; a bare ampersand or a control character in one item does not cost the feed."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except ParseError:
        root = fromstring(_BARE_AMPERSAND.sub(b"&amp;", _CONTROL.sub(b" ", data)), forbid_dtd=True)
    return root


def _entry(item: Element, channel: Element, received: Received) -> DocketEntry:
    link, guid = _text(item, "link"), _text(item, "guid")
    court = court_of_link(link) or court_of_link(guid) or court_of_link(_text(channel, "link"))
    if court is None:
        raise Refusal("link", "a link to ecf.{court}.uscourts.gov in item or channel", repr(link))
    title = html.unescape(_text(item, "title")).strip()
    numbered = leading(title, court)
    if numbered is None:
        raise Refusal("title", f"a docket number of {court}, then the case's name", repr(title))
    number, case_name = numbered
    raw = _text(item, "pubDate")
    try:
        entered = rss_instant(court, raw)
    except ValueError as error:
        raise Refusal("pubDate", str(error), repr(raw)) from error
    mark = item.find(_RECONSTRUCTED)
    mark = channel.find(_RECONSTRUCTED) if mark is None else mark
    if mark is not None:
        entered = _widened(entered, mark.get("precision_s"))
    short, document, rest = _description(_text(item, "description"))
    case = _CASE.search(link) or _CASE.search(guid)
    shown = document.number
    if shown is None and is_appellate(court):
        shown = document.doc_id
    name = " ".join(case_name.split())
    return DocketEntry(
        source=received.source,
        kind=KIND,
        fetched_at=received.fetched_at,
        court_id=court,
        docket_number=str(number),
        docket_number_raw=title[: len(title) - len(case_name)].strip(),
        pacer_case_id=case[1] if case else document.case_id,
        case_name=name or None,
        entry_number=None,
        document_number=shown,
        pacer_doc_id=document.doc_id,
        pacer_seq_no=document.seq_no,
        source_entry_id=guid or None,
        source_docket_id=None,
        entered_at=entered.earliest,
        entered_at_latest=None if entered.latest == entered.earliest else entered.latest,
        entered_raw=raw,
        filed_on=None,
        filed_at=None,
        filed_at_latest=None,
        short_description=short,
        description="" if " ".join(rest.split()) == name else rest,  # the E.D.N.Y. repeats it
        assigned_to=None,
        appeal_from_court_id=None,
        appeal_from_docket_number=None,
        sealed=False,
        reconstructed=mark is not None,
        cites=mark.get("cites") if mark is not None else None,
    )


def _widened(entered: Interval, precision_s: str | None) -> Interval:
    if precision_s is None:
        return entered
    try:
        seconds = float(precision_s)
        if not 0.001 <= seconds <= 366 * 86400:
            raise ValueError
    except ValueError:
        expected = "seconds, a thousandth at least and at most a year's"
        raise Refusal("reconstructed/@precision_s", expected, repr(precision_s)) from None
    return precise(entered, seconds)


def _description(text: str) -> tuple[str, _DocumentLink, str]:
    """Short description as written, the document's link and whatever text follows."""
    match = _DESCRIPTION.search(text) or _BRACKETED.search(text)
    if match is None:
        return html.unescape(_ANCHOR.sub("", text)).strip(" ()\n\t"), _link(text), ""
    rest = re.sub(r"<[^>]*>", "", _ANCHOR.sub("", match["rest"]))
    return html.unescape(match["short"]), _link(text), html.unescape(rest).strip(" ()\n\t")


def _link(text: str) -> _DocumentLink:
    anchor = _ANCHOR.search(text)
    if anchor is None:
        return _DocumentLink()
    href = html.unescape(anchor["href"])
    try:
        query = parse_qs(urlsplit(href).query)
    except ValueError:
        query = {}
    document = _DOCUMENT.search(href)
    shown = html.unescape(anchor["text"]).strip()
    return _DocumentLink(
        stable_doc_id(document[1]) if document else None,
        query.get("caseid", [None])[0],
        query.get("de_seq_num", [None])[0],
        shown if shown.isdecimal() else None,  # 'doc' or 'Document' is no number
    )


def _together(items: list[DocketEntry]) -> DocketEntry:
    """One entry of several events. Sorted, so that the feed's order does not matter."""
    first = items[0]
    if len(items) == 1:
        return first
    events = sorted(one.short_description.strip() for one in items)
    latest = [one.entered_at_latest for one in items if one.entered_at_latest is not None]
    return replace(
        first,
        pacer_seq_no=min((one.pacer_seq_no for one in items if one.pacer_seq_no), default=None),
        document_number=min(
            (one.document_number for one in items if one.document_number), default=None
        ),
        source_entry_id=min(one.source_entry_id or "" for one in items) or None,
        entered_at_latest=max(latest) if latest else None,
        short_description=" AND ".join(event for event in events if event),
        description="\n".join(sorted({one.description for one in items} - {""})),
    )


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").translate(_WINDOWS).strip()
