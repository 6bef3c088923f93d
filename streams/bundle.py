"""The evidence behind an answer: the answer and what it rests on go in, a folder comes out.

``manifest.json`` names the question, the versions of all that had a part in the answer, every file
with its SHA-256, and the documents as received, or which of them could not be found. Nothing in the
folder depends on when it was written.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deploy.errors import StackError

_POLICIES = ("relations/policies", "legs", "orders", "mentions")


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A document as a feed received it."""

    kind: str
    source: str
    fetched_at: str
    """RFC 3339."""
    name: str
    data: bytes


def write_bundle(
    folder: Path,
    *,
    question: Mapping[str, Any],
    answer: Any,
    facts: Mapping[str, Iterable[Mapping[str, Any]]],
    queries: Mapping[str, str],
    documents: Iterable[RawDocument] = (),
) -> Path:
    """Write the bundle into a folder that is new or empty; the path of its manifest.

    ``facts``: JSON records by the name of their file. Raises StackError if the folder holds
    something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StackError(f"{folder} is not empty: evidence is written into a folder of its own")
    files: dict[str, bytes] = {"answer.json": _json(answer)}
    for name, records in facts.items():
        lines = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in records]
        files[f"{name}.jsonl"] = "".join(f"{line}\n" for line in lines).encode()
    files |= {f"queries/{name}.sql": text.encode() for name, text in queries.items()}
    received, found = [], set()
    for one in documents:
        # A name is a source's word: it must not lead out of the folder, nor hide another document.
        name = f"documents/{_sha256(one.data)[:12]}-{Path(one.name).name}"
        files[name] = one.data
        found.add((one.kind, one.source, one.fetched_at))
        received.append(
            {
                "file": name,
                "kind": one.kind,
                "source": one.source,
                "fetched_at": one.fetched_at,
                "sha256": _sha256(one.data),
            }
        )
    wanted = {key for records in facts.values() for one in records if (key := fetch_of(one))}
    manifest = {
        "question": dict(question),
        "versions": {
            "policy-events": version("policy-events"),
            "python": platform.python_version(),
            "rules": _rules(),
        },
        "documents": received,
        "documents_not_found": [
            dict(zip(("kind", "source", "fetched_at"), key, strict=True))
            for key in sorted(wanted - found)
        ],
        "files": {name: _sha256(data) for name, data in sorted(files.items())},
    }
    for name, data in [*files.items(), ("manifest.json", _json(manifest))]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / "manifest.json"


def fetch_of(record: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Which fetch a feed record came with; None for what is no feed record."""
    if {"kind", "source", "fetched_at"} <= record.keys() and record["fetched_at"]:
        return record["kind"], record["source"], record["fetched_at"]
    return None


def _rules() -> dict[str, str]:
    """Rules and policies that the answer was made by, with their SHA-256."""
    root = Path(__file__).parent
    paths: Sequence[Path] = sorted(
        path for folder in _POLICIES for path in (root / folder).glob("*.yaml")
    )
    return {str(path.relative_to(root.parent)): _sha256(path.read_bytes()) for path in paths}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
