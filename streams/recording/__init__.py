"""The built-in recording of 15-28 March 2025: its manifest goes in, feed documents come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from streams.facts.instants import Instant, from_datetime
from streams.facts.received import Progress
from streams.feeds.documents import Received
from streams.feeds.kinds import parse

FOLDER = Path(__file__).parent
NAMESPACE = "recording"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a recording."""

    kind: str
    received: Received
    data: bytes

    def records(self) -> Iterator[Any]:
        """Records and refused items, by the parser that live feeds use."""
        return parse(self.kind, self.data, self.received)


def documents(folder: Path = FOLDER) -> list[Document]:
    """All documents of a recording, in the manifest's order."""
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
    return [
        Document(
            entry["kind"],
            Received(entry["source"], from_datetime(entry["fetched_at"]), entry["file"]),
            (folder / "documents" / entry["file"]).read_bytes(),
        )
        for entry in manifest["documents"]
    ]


def progress(folder: Path = FOLDER) -> list[Progress]:
    """How far each feed of the recording has come, and its outages."""
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
    return [
        Progress(
            entry["feed"],
            entry["topic"],
            entry["scope"],
            _instant(entry.get("complete_through")),
            _instant(entry.get("outage_from")),
            _instant(entry.get("outage_to")),
            entry.get("reason"),
        )
        for entry in manifest.get("progress", [])
    ]


def _instant(moment: Any) -> Instant | None:
    return None if moment is None else from_datetime(moment)
