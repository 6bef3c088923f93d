"""Documents of court feeds, written for the tests."""

import json
import os
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, settings

from streams.facts.instants import parse_rfc3339
from streams.feeds.documents import Received

EXAMPLES = settings(
    deadline=None,
    max_examples=1000 if os.environ.get("POLICY_EVENTS_SOAK") else 50,
    suppress_health_check=[HealthCheck.too_slow],  # the first texts load Unicode's tables
)
"""How often a property is tried: no test of ours is about time."""

FETCHED = parse_rfc3339("2025-03-16T00:00:00Z")
RECEIVED = Received("test-feed", FETCHED, "feed.xml")


def item(
    title: str = "1:25-cv-00766 J.G.G. et al v. TRUMP et al",
    description: str = "[Minute Order]",
    date: str = "Sat, 15 Mar 2025 23:25:00 GMT",
    link: str = "https://ecf.dcd.uscourts.gov/cgi-bin/DktRpt.pl?278436",
    extra: str = "",
) -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f"<description>{escape(description)}</description>"
        f"<guid>{escape(link)}</guid><pubDate>{date}</pubDate>{extra}</item>"
    )


def numbered(number: int, doc_id: str, seq: int, case: int = 278436, court: str = "dcd") -> str:
    href = f"https://ecf.{court}.uscourts.gov/doc1/{doc_id}?caseid={case}&de_seq_num={seq}"
    return f"(<a href='{href}'>{number}</a>)"


def feed(*items: str, court: str = "dcd", extra: str = "") -> bytes:
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>'
        '<rss version="2.0" xmlns:pe="urn:policy-events"><channel>'
        f"<title>Recent Entries</title><link>https://ecf.{court}.uscourts.gov</link>{extra}"
        + "".join(items)
        + "</channel></rss>"
    )
    return text.encode("iso-8859-1")


DOCKET = {
    "id": 69741724,
    "court_id": "dcd",
    "docket_number": "1:25-cv-00766-JEB",
    "pacer_case_id": "278436",
    "case_name": "J.G.G. v. TRUMP",
    "assigned_to_str": "James E. Boasberg",
}


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "id": 9001,
        "docket": "https://www.courtlistener.com/api/rest/v4/dockets/69741724/",
        "date_filed": "2025-03-15",
        "time_filed": None,
        "entry_number": None,
        "recap_sequence_number": "2025-03-15.002",
        "pacer_sequence_number": None,
        "description": "MINUTE ORDER granting motion. (Entered: 03/15/2025)",
        "recap_documents": [],
    } | fields


def dumped(document: Any) -> bytes:
    return json.dumps(document).encode()
