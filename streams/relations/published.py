"""What the join published last under each id, and which of it is about what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from streams.facts.derived import Link, PolicyEvent
from streams.relations.flights import Note

Kind = Literal["link", "event"]
Output = Link | PolicyEvent

_DECODERS: dict[Kind, Callable[[bytes], Output]] = {
    "link": msgspec.msgpack.Decoder(Link).decode,
    "event": msgspec.msgpack.Decoder(PolicyEvent).decode,
}
_encode = msgspec.msgpack.Encoder().encode


class Published:
    """Links and events by id, as bytes, with the ids of all that concerns an order or a flight."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._held: dict[str, tuple[Kind, bytes]] = {}
        self._about: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, name: str) -> Output | None:
        """What was published last under an id."""
        found = self._held.get(name)
        return None if found is None else _DECODERS[found[0]](found[1])

    def about(self, subject: str) -> Iterable[str]:
        """Ids of what was published about an order, a flight or an event."""
        return self._about.get(subject, ())

    def put(self, record: Output) -> None:
        """Remember what is published now."""
        kind, value = kind_of(record), _encode(record)
        self.load(kind, name_of(record), value, record)
        self._note(f"{kind}:{name_of(record)}", value)

    def load(self, kind: Kind, name: str, value: bytes, record: Output | None = None) -> None:
        """Take a state entry up."""
        self._held[name] = kind, value
        if record is None:
            record = _DECODERS[kind](value)
        for subject in _subjects(record):
            self._about.setdefault(subject, set()).add(name)

    def forget(self, subject: str) -> None:
        """Let go of what is about something that is no longer held: it stands as it is."""
        for name in sorted(self._about.pop(subject, ())):
            record, found = self.get(name), self._held.pop(name, None)
            if record is None or found is None:
                continue
            for other in _subjects(record):
                self._about.get(other, set()).discard(name)
            self._note(f"{found[0]}:{name}", None)


def kind_of(record: Output) -> Kind:
    """Which of the two outputs it is."""
    return "link" if isinstance(record, Link) else "event"


def name_of(record: Output) -> str:
    """Its id."""
    return record.link_id if isinstance(record, Link) else record.event_id


def _subjects(record: Output) -> tuple[str, ...]:
    if isinstance(record, Link):
        return record.subject_id, record.object_id
    return (record.subject_id or record.event_id,)
