"""Courts: an id as any source writes it goes in, our id, zones and kind of court come out.

The facts are in ``courts.yaml``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

_HOST = re.compile(r"^(?:https?://)?ecf\.([a-z0-9-]+)\.uscourts\.gov(?:[/:]|$)", re.IGNORECASE)
_API_COURT = re.compile(r"/courts/([a-z0-9-]+)/?$", re.IGNORECASE)
_TRIAL_COURT = re.compile(r"^[a-z]{2,4}[db]$")


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "courts.yaml").read_text())
    return facts


def court_id(name: str) -> str:
    """Our id of a court, from PACER's or CourtListener's id or CourtListener's API address."""
    api = _API_COURT.search(name.strip())
    plain = (api[1] if api else name.strip()).lower()
    found: str = _facts()["aliases"].get(plain, plain)
    return found


def court_of_link(link: str) -> str | None:
    """The court of a CM/ECF address, ``https://ecf.nysd.uscourts.gov/…``; None if it is no such."""
    host = _HOST.match(link.strip())
    return court_id(host[1]) if host else None


@cache
def zones(court: str) -> tuple[ZoneInfo, ...]:
    """Zones a court's clock may be in: two where its district spans two, none if unknown."""
    facts = _facts()
    stem = court[:-1] if _TRIAL_COURT.match(court) else court
    two = facts["two_zones"].get(court) or facts["two_zones"].get(stem)
    if two:
        return tuple(ZoneInfo(zone) for zone in two)
    for zone, courts in facts["courts"].items():
        if court in courts or stem in courts:
            return (ZoneInfo(zone),)
    if stem != court:
        for zone, states in facts["states"].items():
            if court[:2] in states:
                return (ZoneInfo(zone),)
    return ()


def is_appellate(court: str) -> bool:
    """Whether the court hears appeals from other federal courts."""
    return court in _facts()["appellate"]


@cache
def circuit_of(court: str) -> str | None:
    """The court of appeals above a district or bankruptcy court; None for other courts."""
    circuits: dict[str, list[str]] = _facts()["circuits"]
    for circuit, members in circuits.items():
        if court in members:
            return circuit
    if not _TRIAL_COURT.match(court):
        return None
    return next((one for one, members in circuits.items() if court[:2] in members), None)


def only_office(court: str) -> str | None:
    """The office digit of a court that has one office only."""
    office = _facts()["only_office"].get(court)
    return None if office is None else str(office)


def only_district(court: str) -> str | None:
    """The district that all appeals from district courts to this appeals court come from."""
    district: str | None = _facts()["only_district"].get(court)
    return district


def level(court: str) -> int:
    """How high a court stands: an appeal goes from a lower level to a higher one.

    0 bankruptcy, 1 district and every other trial court, 2 bankruptcy appellate panel, 3 court of
    appeals, 4 Supreme Court.
    """
    if court == "scotus":
        return 4
    if is_appellate(court):
        return 2 if "bap" in court else 3
    return 0 if _TRIAL_COURT.match(court) and court.endswith("b") else 1
