"""Where a lane goes on: JSON in Kafka in, a Cursor out, and back once what it covers is there."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.connectors.outlet import Message

TOPIC = "feed.cursors"
DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Cursor:
    """All that a lane must remember; what it speaks of is acknowledged by Kafka."""

    seq: int = 0
    """Number in the archive of the last fetch that is published."""
    position: Mapping[str, Any] = field(default_factory=dict)
    complete_through: int | None = None
    """How far the feed has come, by the source's own clock."""
    seen: frozenset[bytes] = frozenset()
    """Digests of what the last document said: what it repeats is not published again."""
    bad: str | None = None
    """SHA-256 of a document that could not be read, so that it is refused once."""
    published: int = 0
    last_success: int | None = None
    last_new: int | None = None

    def message(self, lane: str, *, keep_seen: bool) -> Message:
        """What the topic keeps."""
        seen = b"".join(sorted(self.seen)) if keep_seen else b""
        value = {
            "seq": self.seq,
            "position": dict(self.position),
            "complete_through": self.complete_through,
            "seen": base64.b64encode(seen).decode(),
            "bad": self.bad,
            "published": self.published,
            "last_success": self.last_success,
            "last_new": self.last_new,
        }
        return Message(TOPIC, lane, json.dumps(value, sort_keys=True).encode())

    @staticmethod
    def read(value: Mapping[str, Any]) -> Cursor:
        """The cursor that a message holds."""
        raw = base64.b64decode(value["seen"])
        seen = {raw[at : at + DIGEST_BYTES] for at in range(0, len(raw), DIGEST_BYTES)}
        return Cursor(**{**value, "seen": frozenset(seen)})
