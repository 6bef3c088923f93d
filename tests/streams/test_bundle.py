"""The bundle behind an answer: whole, checkable, the same whenever it is written."""

import hashlib
import json
from pathlib import Path

import pytest

from deploy.errors import StackError
from streams.bundle import RawDocument, write_bundle

FETCH = {"kind": "news.rss", "source": "cnn", "fetched_at": "2025-03-16T14:00:00.000Z"}
RAW = RawDocument(*FETCH.values(), "../../rss-cnn.xml", b"<rss/>")
FACTS = {
    "legs": [{"leg_id": "leg-1"}],
    "received/news.articles": [
        {**FETCH, "title": "Judge blocks removals"},
        {**FETCH, "source": "abc"},
        {**FETCH, "fetched_at": None},
    ],
}


def written(folder: Path) -> Path:
    return write_bundle(
        folder,
        question={"order": "order-1"},
        answer=[{"certainty": "definite"}],
        facts=FACTS,
        queries={"01": "SELECT 1"},
        documents=[RAW],
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_file_stands_in_the_manifest_with_its_hash(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    manifest = json.loads(written(folder).read_text())
    found = contents(folder)
    assert found.keys() == manifest["files"].keys() | {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(found[name]).hexdigest() == digest
    assert manifest["question"] == {"order": "order-1"}
    assert "streams/relations/policies/certainty.yaml" in manifest["versions"]["rules"]
    assert json.loads(found["legs.jsonl"]) == {"leg_id": "leg-1"}
    assert found["queries/01.sql"] == b"SELECT 1"


def test_documents_are_there_as_received_and_those_that_are_not_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    manifest = json.loads(written(folder).read_text())
    (document,) = manifest["documents"]
    assert (folder / document["file"]).read_bytes() == b"<rss/>"
    assert (folder / document["file"]).resolve().is_relative_to(folder.resolve())
    assert manifest["documents_not_found"] == [{**FETCH, "source": "abc"}]


def test_it_is_the_same_whenever_it_is_written(tmp_path: Path) -> None:
    written(tmp_path / "one")
    written(tmp_path / "other")
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(StackError, match="is not empty"):
        written(tmp_path)
    assert contents(tmp_path) == {"mine": b"mine"}
