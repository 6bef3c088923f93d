"""The archive gives back what it took, after any kill, and never what was taken out."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.errors import StackError
from streams.connectors.archive import Archive, ArchiveFullError, RedactedError
from streams.connectors.entries import Document
from streams.facts.instants import Instant

AT = Instant(1_742_000_000_000)


def document(data: bytes, at: int = AT) -> Document:
    return Document("news.rss", "wire", "https://x/", Instant(at), data, {"etag": "1"}, {"n": 1})


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@given(st.lists(st.lists(st.binary(max_size=60), max_size=4), max_size=4))
def test_what_was_kept_is_given_back_in_order(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[bytes]]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("a"))
    for batch in batches:
        archive.keep("wire/*", [document(data) for data in batch])
    kept = [data for batch in batches for data in batch]
    found = Archive(archive.folder).entries("wire/*")
    assert [archive.read(one) for one in found] == kept
    assert [one.seq for one in found] == list(range(1, len(kept) + 1))
    objects = list((archive.folder / "objects").rglob("*.gz"))
    assert len(objects) == len(set(kept))


def test_lanes_are_apart_and_known_again(archive: Archive) -> None:
    archive.keep("court/dcd", [document(b"1")])
    archive.keep("sky", [document(b"2")])
    assert archive.lanes() == ["court/dcd", "sky"]
    assert [one.seq for one in archive.entries("sky")] == [1]


def test_only_what_comes_after_a_number_over_months_and_a_clock_that_goes_back(
    archive: Archive,
) -> None:
    month = 31 * 86_400_000
    for number, at in enumerate((AT, AT + month, AT, AT + 2 * month)):
        archive.keep("sky", [document(bytes([number]), at)])
    assert [one.seq for one in archive.entries("sky", after=2)] == [3, 4]
    assert [one.seq for one in archive.entries("sky")] == [1, 2, 3, 4]


@pytest.mark.parametrize("cut", [1, 10, 50])
def test_a_line_cut_short_by_a_kill_was_never_there(archive: Archive, cut: int) -> None:
    archive.keep("sky", [document(b"1"), document(b"2")])
    (file,) = (archive.folder / "lanes" / "sky").iterdir()
    os.truncate(file, file.stat().st_size - cut)
    again = Archive(archive.folder)
    assert [one.seq for one in again.entries("sky")] == [1]
    (entry,) = again.keep("sky", [document(b"3")])
    assert entry.seq == 2
    assert [again.read(one) for one in again.entries("sky")] == [b"1", b"3"]


def test_numbers_go_on_past_a_cursor_when_the_archive_was_lost(archive: Archive) -> None:
    archive.skip_to("sky", 41)
    (entry,) = archive.keep("sky", [document(b"1")])
    assert entry.seq == 42
    archive.skip_to("sky", 3)
    assert archive.keep("sky", [document(b"1")])[0].seq == 43


def test_a_full_archive_refuses_and_drops_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a", limit_bytes=10, writing=True)
    archive.keep("sky", [document(b"1")])
    with pytest.raises(ArchiveFullError, match="is full"):
        archive.keep("sky", [document(b"2")])
    assert len(archive.entries("sky")) == 1
    archive.close()


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    first = Archive(tmp_path / "a", writing=True)
    with pytest.raises(StackError, match="held by another process"):
        Archive(tmp_path / "a", writing=True)
    first.close()
    Archive(tmp_path / "a", writing=True).close()


def test_damaged_bytes_are_not_passed_off_as_received(archive: Archive) -> None:
    (entry,) = archive.keep("sky", [document(b"1")])
    (other,) = archive.keep("sky", [document(b"2")])
    objects = archive.folder / "objects"
    mine = objects / entry.sha256[:2] / f"{entry.sha256[2:]}.gz"
    mine.write_bytes((objects / other.sha256[:2] / f"{other.sha256[2:]}.gz").read_bytes())
    with pytest.raises(OSError, match="not those it is named for"):
        archive.read(entry)


def test_what_is_taken_out_leaves_reason_and_date(archive: Archive) -> None:
    sealed, other = archive.keep("sky", [document(b"sealed"), document(b"other")])
    archive.keep("twin", [document(b"sealed")])
    for _ in range(2):  # can be repeated
        count = archive.take_out({sealed.sha256}, reason="sealed by order", date="2025-03-20")
        assert count == 2
    again = Archive(archive.folder)
    marked, kept = again.entries("sky")
    with pytest.raises(RedactedError, match="2025-03-20: sealed by order"):
        again.read(marked)
    assert again.read(kept) == b"other"
    assert kept == other
    assert not list((archive.folder / "objects").rglob(f"{sealed.sha256[2:]}*"))
