"""Docket entries for the tests, and a stage run over them as the host would."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from streams.facts.court import Order
from streams.facts.identity import Revision
from streams.facts.instants import Instant, parse_rfc3339
from streams.facts.received import DocketEntry
from streams.feeds.court.cmecf_rss import parse as parse_rss
from streams.feeds.court.courtlistener_entries import parse as parse_entries
from streams.feeds.documents import Received
from streams.orders.cases_stage import CasesStage
from streams.orders.stage import OrdersStage
from streams.stages import Arrived, Emit, Stage
from tests.streams.feeds.court.documents import DOCKET, dumped, entry, feed, item

HOUR = 3_600_000
FIRST = parse_rfc3339("2025-03-16T00:00:00Z")
APPEAL = {
    "id": 7, "court_id": "cadc", "docket_number": "25-5067", "case_name": "J.G.G. v. Trump",
    "appeal_from": "dcd", "original_court_info": {"docket_number": "1:25-cv-00766"},
}  # fmt: skip


def rss(
    description: str = "[Minute Order]", *, fetched: int = FIRST, court: str = "dcd", **fields: str
) -> DocketEntry:
    """An RSS item as its parser reads it."""
    document = feed(item(description=description, **fields), court=court)
    [record] = parse_rss(document, Received("cmecf-rss", Instant(fetched), "rss.xml"))
    assert isinstance(record, DocketEntry)
    return record


def listed(*, fetched: int = FIRST, **fields: Any) -> DocketEntry:
    """A CourtListener entry as its parser reads it."""
    document = dumped(entry(**({"docket": DOCKET} | fields)))
    [record] = parse_entries(document, Received("courtlistener", Instant(fetched), "page.json"))
    assert isinstance(record, DocketEntry)
    return record


def arrivals(records: Iterable[Any]) -> list[Arrived]:
    """Records in a log, from offset 0."""
    return [
        Arrived(
            "court", 0, offset, Revision(offset),
            f"{record.court_id}/{record.docket_number}", record,
        )
        for offset, record in enumerate(records)
    ]  # fmt: skip


def run(
    make: Callable[[], Stage],
    log: Sequence[Arrived],
    cuts: Iterable[int] = (),
    restarts: bool = False,
) -> list[Emit]:
    """What a stage publishes, batch by batch; with restarts, a fresh stage for every batch."""
    stage, table, found = make(), dict[str, bytes](), list[Emit]()
    ends = [*sorted({cut for cut in cuts if cut < len(log)}), len(log)]
    start = 0
    for end in ends:
        outcome = stage.apply(log[start:end])
        assert not outcome.refused
        found += outcome.emits
        for key, value in outcome.changes.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
        if restarts:
            stage = make()
            stage.restore(table.items())
        start = end
    return found


def relayed(emits: Iterable[Emit]) -> list[Arrived]:
    """What a stage published, in the log of the next one."""
    return [
        Arrived(emit.topic, 0, offset, Revision(offset), emit.key, emit.record)
        for offset, emit in enumerate(emits)
    ]


def emitted(log: Sequence[Arrived], cuts: Iterable[int] = (), restarts: bool = False) -> list[Emit]:
    """What the stages ``orders`` and ``cases`` publish, one after the other.

    With cuts, ``cases`` gets each record in a batch of its own.
    """
    docketed = relayed(run(OrdersStage, log, cuts, restarts))
    single = range(1, len(docketed)) if cuts else ()
    return run(CasesStage, docketed, single, restarts)


def last(emits: Iterable[Emit]) -> dict[tuple[str, str], Any]:
    """The last record of each key of each topic."""
    return {(emit.topic, emit.key): emit.record for emit in emits}


def stored(emits: Iterable[Emit], topic: str) -> list[Any]:
    """The last record of each key of a topic."""
    return list({emit.key: emit.record for emit in emits if emit.topic == topic}.values())


def in_force(emits: Iterable[Emit]) -> dict[str, Order]:
    """Orders that stand, without the revision that arrival gave them."""
    return {
        key: replace(order, revision=Revision(0))
        for (topic, key), order in last(emits).items()
        if topic == "court.orders" and not order.is_deleted
    }


_ELSEWHERE = APPEAL | {"original_court_info": {"docket_number": "1:25-cv-00999"}}
_TEXTS = st.sampled_from(
    [
        "",
        "MINUTE ORDER: As the Court ORALLY ORDERED at the hearing, Defendants are ENJOINED.",
        "MINUTE ORDER granting motion. (Entered: 03/15/2025)",
        "ORDER granting [3] Motion for TRO. Signed by Judge A. Bee on 3/15/2025.",
        "NOTICE of Appearance by A. Lawyer",
        "ORDER staying proceedings. [Entered: 03/15/2025 07:25 PM]",
    ]
)
_EVENTS = st.sampled_from(["[Minute Order]", "[Order on Motion for TRO]", "[Notice of Appeal]"])
_TIMES = st.sampled_from([FIRST, FIRST + HOUR, FIRST + 2 * HOUR])
_LINKS = st.sampled_from(
    [
        "", "(<a href='/doc1/04509690740?caseid=278436&de_seq_num=98'>39</a>)",
        "(<a href='/doc1/04519690741?caseid=278436&de_seq_num=99'>40</a>)",
    ]
)  # fmt: skip
_STUBS = st.builds(
    lambda event, link, date, case, fetched: rss(
        f"{event} {link}", date=date, fetched=fetched,
        link=f"https://ecf.dcd.uscourts.gov/cgi-bin/DktRpt.pl?{case}",
    ),
    _EVENTS, _LINKS,
    st.sampled_from(["Sat, 15 Mar 2025 23:25:00 GMT", "Sat, 15 Mar 2025 19:25:00 EST",
                     "Sat, 15 Mar 2025 14:00:00 GMT", "Sun, 16 Mar 2025 12:00:00 GMT"]),
    st.sampled_from(["278436", "278437"]), _TIMES,
)  # fmt: skip
_LISTED = st.builds(
    lambda text, number, time, day, one, place, doc, docket, fetched, seq: listed(
        description=text, entry_number=number, time_filed=time, date_filed=day, id=one,
        recap_sequence_number=place, docket=docket, pacer_sequence_number=seq, fetched=fetched,
        recap_documents=[{"pacer_doc_id": doc, "document_number": number}] if doc else [],
    ),
    _TEXTS, st.sampled_from([None, None, 39, 40]), st.sampled_from([None, None, "19:25:00"]),
    st.sampled_from(["2025-03-15", "2025-03-16"]), st.integers(1, 4),
    st.sampled_from(["2025-03-15.001", "2025-03-15.002", None]),
    st.sampled_from([None, None, "04509690740"]),
    st.sampled_from([DOCKET, DOCKET | {"case_name": "Another Name"}, APPEAL, _ELSEWHERE]),
    _TIMES, st.sampled_from([None, None, None, 98, 99]),
)  # fmt: skip
RECORDS = st.lists(st.one_of(_STUBS, _LISTED), min_size=1, max_size=9)
