"""The documents of a bundle come from the archive, but for those that were taken out."""

from pathlib import Path

from streams.cli.evidence import documents
from streams.connectors.archive import Archive
from streams.connectors.entries import Document
from streams.facts.instants import parse_rfc3339, rfc3339
from streams.settings import Settings

FETCHED = parse_rfc3339("2025-03-16T00:00:00Z")
KEY = ("court.cmecf-rss", "cmecf-rss", rfc3339(FETCHED))


def kept(settings: Settings) -> Archive:
    archive = Archive(settings.archive, writing=True)
    said = [
        Document(KEY[0], KEY[1], "https://ecf.example/rss", FETCHED, b"<rss/>"),
        Document(
            KEY[0],
            KEY[1],
            "https://ecf.example/rss",
            parse_rfc3339("2025-03-17T00:00:00Z"),
            b"<b/>",
        ),
    ]
    archive.keep("dcd", said)
    archive.close()
    return archive


def test_the_fetch_that_a_record_came_with_is_found(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, feeds_file=tmp_path / "none.toml")
    kept(settings)
    (found,) = documents(settings, {KEY, None})
    assert (found.data, found.fetched_at) == (b"<rss/>", KEY[2])


def test_what_was_redacted_is_not(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, feeds_file=tmp_path / "none.toml")
    archive = kept(settings)
    (one,) = [entry for entry in archive.entries("dcd") if entry.fetched_at == FETCHED]
    archive.take_out({one.sha256}, reason="sealed", date="2025-04-01")
    assert list(documents(settings, {KEY})) == []
