"""The recording says what it is, is made from its facts, and is read by the live parsers."""

import json

import pytest
import yaml

from streams.facts.received import Article, DocketEntry, Position
from streams.feeds.documents import BadItem
from streams.recording import Document, documents, progress
from streams.recording.reconstruct import FOLDER, HERE
from streams.recording.reconstruct import documents as reconstructed

DOCUMENTS = documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.received.name)
def test_every_document_is_read_whole_and_says_that_it_is_reconstructed(document: Document) -> None:
    records = list(document.records())
    assert records
    assert not [one for one in records if isinstance(one, BadItem)]
    for record in records:
        assert isinstance(record, Article | DocketEntry | Position)
        assert record.reconstructed
        assert record.cites
        assert record.fetched_at == document.received.fetched_at


def test_the_traces_are_what_the_facts_give() -> None:
    facts = yaml.safe_load((HERE / "facts.yaml").read_text())
    written = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert written == reconstructed(facts)


def test_a_trace_states_the_reported_interval_at_its_ends() -> None:
    rows = json.loads((FOLDER / "trace_full_a2c4e0_2025-03-15.json").read_text())["trace"]
    first, last = rows[0], rows[-1]
    assert (first[3], last[3]) == ("ground", "ground")
    # 21:25-21:26 and 23:36-23:37 UTC, a minute's label covering that minute
    assert [first[0] - 60, first[0] + 60] == [(21 * 60 + 25) * 60, (21 * 60 + 27) * 60]
    assert [last[0] - 60, last[0] + 60] == [(23 * 60 + 36) * 60, (23 * 60 + 38) * 60]
    assert {row[8]["uncertainty_s"] for row in (first, last)} == {60.0}


def test_the_bound_of_the_third_plane_is_marked() -> None:
    rows = json.loads((FOLDER / "trace_full_a83f98_2025-03-15.json").read_text())["trace"]
    assert rows[0][8]["bound"] == "after"
    assert all("bound" not in row[8] for row in rows[1:])


def test_progress_covers_the_feeds_of_the_recording() -> None:
    assert {one.topic for one in progress()} == {
        "flights.positions", "court.docket-entries", "news.articles",
    }  # fmt: skip
