"""Dead letters: a record that cannot be used and the reason go in, a Kafka record comes out.

Bytes, key and headers stay as they were; the reason is in headers named as Kafka Connect names
them (``DeadLetterQueueReporter``), so that its users' tools read them. Every consumer of ours,
agents too, writes this format to ``<topic>.dlq``.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PREFIX = "__connect.errors."
SUFFIX = ".dlq"
_REASON_LENGTH = 4_000

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What the headers of a dead letter say. Unknown text is ``""``, an unknown number None."""

    topic: str
    """Topic of the record that could not be used, with its namespace's prefix."""
    partition: int | None
    offset: int | None
    refused_by: str
    """``sink``, or the name of an agent. Connect calls it the connector."""
    stage: str
    """Connect's words: ``VALUE_CONVERTER`` is decoding, ``TRANSFORMATION`` what comes after."""
    error_class: str
    reason: str


def dead_letter_topic(topic: str) -> str:
    """The topic that takes the dead letters of this one."""
    return topic + SUFFIX


def headers(
    *,
    topic: str,
    partition: int,
    offset: int,
    refused_by: str,
    stage: str,
    error: BaseException | str,
    original: Headers = (),
) -> list[tuple[str, bytes]]:
    """Headers of a dead letter: the record's own ones, then ours.

    ``error`` is what was raised, or the reason in words. A record that was a dead letter before
    loses the earlier reason.
    """
    if isinstance(error, str):
        error_class, reason, trace = "Refused", error, ""
    else:
        error_class = f"{type(error).__module__}.{type(error).__qualname__}"
        reason = str(error) or error_class
        trace = "".join(traceback.format_exception(error))[-_REASON_LENGTH:]
    said = {
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
        "connector.name": refused_by,
        "task.id": "0",
        "stage": stage,
        "class.name": error_class,
        "exception.class.name": error_class,
        "exception.message": reason[:_REASON_LENGTH],
        "exception.stacktrace": trace,
    }
    kept = [(name, value) for name, value in original if not name.startswith(PREFIX)]
    return kept + [(PREFIX + name, value.encode()) for name, value in said.items()]


def read(topic: str, found: Iterable[tuple[str, bytes | None]]) -> DeadLetter:
    """What the headers of a dead letter say. Never raises: they may be foreign."""
    said = {
        name.removeprefix(PREFIX): (value or b"").decode("utf-8", "replace")
        for name, value in found
        if name.startswith(PREFIX)
    }
    return DeadLetter(
        said.get("topic") or topic.removesuffix(SUFFIX),
        _number(said.get("partition")),
        _number(said.get("offset")),
        said.get("connector.name", ""),
        said.get("stage", ""),
        said.get("exception.class.name", ""),
        said.get("exception.message", ""),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
