"""Identities and revisions: names go in, deterministic ids and totally ordered revisions come out.

An id comes from what a thing is, never from when or in which order it was seen. A revision is the
Kafka epoch and offset of the input that caused it: ``epoch << 48 | offset``. A
changed partition count or a recreated topic opens a new epoch.
"""

from __future__ import annotations

import hashlib
from typing import NewType

Revision = NewType("Revision", int)
"""``epoch << 48 | offset`` of the causing input; below 2**63, so that Avro's long holds it."""

_OFFSET_BITS = 48


def identity(kind: str, *parts: str | int | None) -> str:
    """A stable id: the kind, a hyphen and 20 hexadecimal digits of SHA-256 over the parts.

    Parts are length-prefixed, so ("a", "bc") and ("ab", "c") differ; None differs from "".
    """
    digest = hashlib.sha256()
    for part in (kind, *parts):
        encoded = b"\x00" if part is None else b"\x01" + str(part).encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return f"{kind}-{digest.hexdigest()[:20]}"


def revision(epoch: int, offset: int) -> Revision:
    """The revision that an input offset causes. Raises ValueError outside 15 + 48 bits."""
    if not 0 <= epoch < 1 << 15 or not 0 <= offset < 1 << _OFFSET_BITS:
        raise ValueError(f"epoch {epoch} or offset {offset} is out of range")
    return Revision(epoch << _OFFSET_BITS | offset)
