"""PACER's document ids: as served go in, stable ones come out."""

from __future__ import annotations

_FLAG = 3  # the fourth digit: 0 or 1 by whether the link counts as a free look, so it varies


def stable_doc_id(doc_id: str) -> str:
    """The id with its volatile fourth digit set to 0; ACMS's GUIDs have none and stay."""
    if len(doc_id) <= _FLAG or not doc_id.isdecimal():
        return doc_id
    return doc_id[:_FLAG] + "0" + doc_id[_FLAG + 1 :]
