"""Dead letters: a record that could not be used, bytes unchanged, with where and why in headers.

The headers are those of Kafka Connect (KIP-298), so that its users' tools read them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record on its way to ``<topic>.dlq``."""

    topic: str
    """The topic it came from, with its namespace's prefix."""
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    where: str
    """Stage or sink that refused it."""
    kind: str
    """Class of the error."""
    reason: str

    @property
    def target(self) -> str:
        """The topic it goes to."""
        return f"{self.topic}.dlq"

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """Kafka Connect's error headers."""
        values = {
            "topic": self.topic,
            "partition": str(self.partition),
            "offset": str(self.offset),
            "connector.name": self.where,
            "stage": "VALUE_CONVERTER" if self.kind == "CodecError" else "TRANSFORMATION",
            "exception.class.name": self.kind,
            "exception.message": self.reason,
        }
        return [(f"__connect.errors.{name}", value.encode()) for name, value in values.items()]
