"""CourtListener's REST v4 objects go in, docket entries come out: one entry, one record.

An entry names its docket by id, by API address or as a nested object; court and docket number are
taken from the nested docket, from the entry's own fields, from a docket object elsewhere in the
document, or from ``dockets.yaml``, in this order. Dates and times are court-local. Format:
CourtListener's REST API v4, ``/docket-entries/`` and ``/dockets/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from streams.facts.instants import Interval
from streams.facts.received import DocketEntry
from streams.feeds.court.courts import court_id
from streams.feeds.court.docket_numbers import docket_number
from streams.feeds.court.fields import string, text, whole_number
from streams.feeds.court.local_times import YEARS, entered_in_text, local_day, local_interval
from streams.feeds.court.origins import original_court, original_number
from streams.feeds.court.pacer_ids import stable_doc_id
from streams.feeds.court.refusal import Refusal
from streams.feeds.documents import BadItem, Received

Json = Mapping[str, Any]
Dockets = Mapping[str, Json]
"""Docket objects by CourtListener's docket id."""

_TELLING = ("date_filed", "description", "short_description", "entry_number", "document_number")
"""An entry has one of these, or it is something else, as a hit of CourtListener's search."""

_FILE = re.compile(r"\bgov\.uscourts\.([a-z0-9]+)\.(\d+)\b")
_API_DOCKET = re.compile(r"/dockets/(\d+)/?$")


@cache
def followed_dockets() -> Dockets:
    """The dockets of ``dockets.yaml``, which webhook deliveries name by id only."""
    dockets: Dockets = yaml.safe_load((Path(__file__).parent / "dockets.yaml").read_text())
    return dockets


def docket_key(docket: object) -> str | None:
    """CourtListener's id of a docket given as id, as API address or as object."""
    if isinstance(docket, Mapping):
        docket = docket.get("id") or docket.get("resource_uri")
    if isinstance(docket, int) and not isinstance(docket, bool):
        return str(docket)
    if isinstance(docket, str):
        address = _API_DOCKET.search(docket.strip())
        return address[1] if address else (docket.strip() if docket.strip().isdigit() else None)
    return None


def _followed_case(entry: Json) -> Json:
    """A followed docket by court and PACER case id, which the names of an entry's files hold.

    CourtListener may have several ids of one docket.
    """
    documents = entry.get("recap_documents")
    for document in documents if isinstance(documents, list) else ():
        named = isinstance(document, Mapping) and str(document.get("filepath_local") or "")
        match = _FILE.search(named) if named else None
        for docket in followed_dockets().values() if match else ():
            if match and (docket["court_id"], docket["pacer_case_id"]) == (
                court_id(match[1]), match[2],
            ):  # fmt: skip
                return docket
    return {}


def is_docket(thing: object) -> bool:
    """Whether an object is a docket: it has a docket number of its own and no entry's fields."""
    return (
        isinstance(thing, Mapping)
        and bool(thing.get("docket_number"))
        and not {"recap_documents", "docket"} & set(thing)
    )


def entries(
    found: Iterator[tuple[str, object, Json]], kind: str, dockets: Dockets, received: Received
) -> Iterator[DocketEntry | BadItem]:
    """Records of (place, entry, docket it is nested in or empty), refused ones named by place."""
    for place, entry, nest in found:
        named, court = place, "no court"
        try:
            if not isinstance(entry, Mapping):
                raise Refusal("entry", "an object", repr(entry))
            named = f"{place}, id {entry.get('id')}"
            docket = _docket(entry, nest, dockets)
            court = str(docket.get("court_id") or docket["court"])[:80]
            yield _entry(entry, docket, kind, received)
        except Refusal as refusal:
            yield refusal.at(received.name, f"{named} of {court}, feed {received.source}")


def _docket(entry: Json, nest: Json, dockets: Dockets) -> Json:
    given = entry.get("docket")
    key = docket_key(given) or docket_key(nest)
    sibling = dockets.get(key, {}) if key else {}
    followed = (followed_dockets().get(key) if key else None) or _followed_case(entry)
    own = {
        "court": entry.get("court"),
        "court_id": entry.get("court_id"),
        "docket_number": entry.get("docket_number") or entry.get("docketNumber"),
        "case_name": entry.get("case_name") or entry.get("caseName"),
        "pacer_case_id": entry.get("pacer_case_id"),
    }
    merged: dict[str, Any] = {}
    for facts in (followed, sibling, own, nest, given if isinstance(given, Mapping) else {}):
        merged |= {name: value for name, value in facts.items() if value not in (None, "")}
    merged["id"] = key
    if not (merged.get("court_id") or merged.get("court")) or not merged.get("docket_number"):
        raise Refusal(
            "docket",
            "a docket object with court_id and docket_number, nested or in the document,"
            " or an id listed in dockets.yaml",
            repr(given if given is not None else key),
        )
    return merged


def _entry(entry: Json, docket: Json, kind: str, received: Received) -> DocketEntry:
    court = court_id(str(docket.get("court_id") or docket["court"]))
    raw_number = str(docket["docket_number"])
    try:
        number = str(docket_number(raw_number, court))
    except ValueError as error:
        raise Refusal("docket_number", "1:25-cv-00766 or 25-5067", repr(raw_number)) from error
    if not any(entry.get(name) for name in _TELLING):
        raise Refusal("entry", f"one of {', '.join(_TELLING)}", ", ".join(sorted(entry)) or "none")
    document = _main_document(entry)
    description = text(entry, "description")
    mark = entry.get("reconstructed") or docket.get("reconstructed") or {}
    if not isinstance(mark, Mapping):
        mark = {"cites": str(mark)}
    filed_on, filed = _filed(entry, court, mark.get("precision_s"))
    entered = entered_in_text(court, description) or _entered(entry, court)
    original = docket.get("original_court_info") or docket.get("originating_court_information")
    original = original if isinstance(original, Mapping) else {}
    from_court = original_court(docket, original)
    return DocketEntry(
        source=received.source,
        kind=kind,
        fetched_at=received.fetched_at,
        court_id=court,
        docket_number=number,
        docket_number_raw=raw_number,
        pacer_case_id=string(docket.get("pacer_case_id")),
        case_name=string(docket.get("case_name")),
        entry_number=whole_number(entry, "entry_number"),
        document_number=string(document.get("document_number"))
        or string(whole_number(entry, "entry_number")),
        pacer_doc_id=stable_doc_id(str(document["pacer_doc_id"]))
        if document.get("pacer_doc_id")
        else None,
        pacer_seq_no=string(entry.get("pacer_sequence_number") or entry.get("pacer_seq_no")),
        source_entry_id=_entry_id(entry),
        source_docket_id=docket["id"],
        entered_at=entered[0].earliest if entered else None,
        entered_at_latest=entered[0].latest if entered else None,
        entered_raw=entered[1] if entered else None,
        filed_on=filed_on.isoformat() if filed_on else None,
        filed_at=filed.earliest if filed else None,
        filed_at_latest=filed.latest if filed and filed.latest != filed.earliest else None,
        short_description=text(entry, "short_description") or text(document, "description"),
        description=description,
        assigned_to=string(docket.get("assigned_to_str")),
        appeal_from_court_id=from_court,
        appeal_from_docket_number=original_number(original, from_court),
        sealed=bool(document.get("is_sealed")),
        reconstructed=bool(mark),
        cites=string(mark.get("cites")),
    )


def _entry_id(entry: Json) -> str | None:
    """CourtListener's id and its sequence within the docket: ``9001/2022-10-11.001``."""
    both = (string(entry.get("id")), string(entry.get("recap_sequence_number")))
    return "/".join(part or "" for part in both) if any(both) else None


def _filed(entry: Json, court: str, precision_s: object) -> tuple[date | None, Interval | None]:
    """The filing date, and the instants it covers: the day, or the time if one is given."""
    raw = entry.get("date_filed")
    if raw is None:
        return None, None
    try:
        day = date.fromisoformat(str(raw)[:10])
        if day.year not in YEARS:
            raise ValueError
    except ValueError as error:
        raise Refusal("date_filed", "a court-local date, YYYY-MM-DD", repr(raw)) from error
    try:
        shown = time.fromisoformat(str(entry["time_filed"])) if entry.get("time_filed") else None
    except ValueError as error:
        expected = "a court-local time, HH:MM:SS, or null"
        raise Refusal("time_filed", expected, repr(entry["time_filed"])) from error
    if shown is None:
        return day, local_day(court, day)
    seconds = precision_s if isinstance(precision_s, int | float) else 0
    if not 0 <= seconds <= 366 * 86400:  # nor is it NaN
        raise Refusal("reconstructed.precision_s", "seconds, at most a year's", repr(precision_s))
    wall = datetime.combine(day, shown.replace(tzinfo=None))
    if seconds >= 0.001:  # a millisecond is exact here
        return day, local_interval(court, wall, timedelta(seconds=seconds))
    exact = local_interval(court, wall, timedelta(milliseconds=1))
    return day, exact


def _entered(entry: Json, court: str) -> tuple[Interval, str] | None:
    """The day of ``date_entered``, which CourtListener's parsed dockets carry."""
    raw = entry.get("date_entered")
    if not raw:
        return None
    try:
        day = date.fromisoformat(str(raw)[:10])
        if day.year not in YEARS:
            raise ValueError
    except ValueError as error:
        raise Refusal("date_entered", "a court-local date, YYYY-MM-DD", repr(raw)) from error
    interval = local_day(court, day)
    return (interval, f"date_entered {day.isoformat()}") if interval else None


def _main_document(entry: Json) -> Json:
    """The entry's document proper, not an attachment to it; its own fields if it lists none."""
    documents = entry.get("recap_documents")
    if not isinstance(documents, list):
        return {name: entry.get(name) for name in ("document_number", "pacer_doc_id")}
    for one in documents:
        if isinstance(one, Mapping) and one.get("attachment_number") is None:
            return one
    return {}
