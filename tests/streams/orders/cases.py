"""A case with two appeals, in words made up for the tests."""

from typing import Any

from streams.facts.received import DocketEntry
from tests.streams.feeds.court.documents import DOCKET
from tests.streams.orders.records import APPEAL, listed

CASE, APPEALS = "1:25-cv-00123", ("25-5001", "25-5002")
BELOW = DOCKET | {"id": 70000001, "docket_number": CASE, "pacer_case_id": "1"}
ABOVE = APPEAL | {
    "id": 70000002, "docket_number": APPEALS[0], "original_court_info": {"docket_number": CASE},
}  # fmt: skip


def dated(
    day: str, words: str, number: int | None = None, docket: dict[str, Any] = BELOW
) -> DocketEntry:
    """An entry of a day, entered that day."""
    year, month, date = day.split("-")
    return listed(
        docket=docket, date_filed=day, entry_number=number, recap_sequence_number=f"{day}.001",
        id=int(f"{month}{date}{number or 0:04}{docket['id'] % 10}"),
        description=f"{words} (Entered: {month}/{date}/{year})",
    )  # fmt: skip


def family_records() -> list[DocketEntry]:
    """A TRO, its extension, an injunction, appeals, a stay that is dissolved, a vacatur."""
    return [
        dated("2025-02-01", "ORDER granting 5 Motion for Temporary Restraining Order; Defendants"
              " are ENJOINED from enforcing the memo for 14 days.", 10),
        dated("2025-02-10", "ORDER extending the [10] Temporary Restraining Order through"
              " March 1, 2025.", 12),
        dated("2025-02-20", "PRELIMINARY INJUNCTION. Defendants shall not enforce the memo as to"
              " the plaintiff States.", 15),
        dated("2025-02-21", "NOTICE OF APPEAL as to [15] Order by Defendants.", 16),
        dated("2025-02-22", "ORDER denying 17 Motion to Stay Pending Appeal the preliminary"
              " injunction.", 18),
        dated("2025-02-23", f"USCA Case Number {APPEALS[0]} for [16] Notice of Appeal.", 19),
        dated("2025-02-24", f"USCA Case Number {APPEALS[1]} for [16] Notice of Appeal.", 20),
        dated("2025-03-03", "PER CURIAM ORDER filed granting motion for administrative stay.",
              None, ABOVE),
        dated("2025-03-10", "ORDER filed: the administrative stay entered on March 3, 2025 is"
              " DISSOLVED and the motion for stay pending appeal is denied.", None, ABOVE),
        dated("2025-05-10", "JUDGMENT filed: the preliminary injunction is VACATED.", None, ABOVE),
    ]  # fmt: skip


SUPREME = {
    "id": 70000009, "court_id": "scotus", "docket_number": "24A931", "case_name": "B v. A",
    "appeal_from": "cadc", "original_court_info": {"docket_number": APPEALS[0]},
}  # fmt: skip


def supreme(day: str, words: str) -> DocketEntry:
    """An entry of the Supreme Court, in the case that comes from the first appeal."""
    return dated(day, words, None, SUPREME)
