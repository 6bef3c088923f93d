"""What the join published last under each id, and which of it is about what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from streams.facts.policy import Link, PolicyEvent
from streams.relations.entries import Entries, Shelf
from streams.relations.key_index import KeyIndex

Kind = Literal["link", "event"]
Output = Link | PolicyEvent

_DECODERS: dict[Kind, Callable[[bytes], Output]] = {
    "link": msgspec.msgpack.Decoder(Link).decode,
    "event": msgspec.msgpack.Decoder(PolicyEvent).decode,
}
_encode = msgspec.msgpack.Encoder().encode
_decode_names = msgspec.msgpack.Decoder(list[str]).decode


class Published:
    """Links and events by id, as bytes, with the ids of all that concerns an order or a flight.

    An output is in memory as long as something is that it is about; at rest, ``about:`` names the
    outputs about a subject.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._shelves: dict[Kind, Shelf] = {
            "link": Shelf("link", entries),
            "event": Shelf("event", entries),
        }
        self._about = KeyIndex()

    def __len__(self) -> int:
        """How many are in memory."""
        return sum(map(len, self._shelves.values()))

    def get(self, name: str) -> Output | None:
        """What was published last under an id."""
        kind = _kind(name)
        found = self._shelves[kind].get(name)
        return None if found is None else _DECODERS[kind](found)

    def about(self, subject: str) -> Iterable[str]:
        """Ids of what was published about an order, a flight or an event."""
        return self._about.at(subject) or self._resting(subject) or ()

    def put(self, record: Output) -> None:
        """Remember what is published now."""
        name = name_of(record)
        self._shelves[kind_of(record)].put(name, _encode(record))
        for subject in _subjects(record):
            resting = self._resting(subject)
            if resting is None:
                self._about.put(subject, name)
            elif name not in resting:
                self._entries.put_to_rest(f"about:{subject}", _encode(sorted({*resting, name})))
        self._settle(name, record)

    def load(self, kind: Kind, name: str, value: bytes) -> None:
        """Take a state entry up."""
        self._shelves[kind].load(name, value)
        for subject in _subjects(_DECODERS[kind](value)):
            if self._resting(subject) is None:
                self._about.put(subject, name)

    def wake(self, subject: str) -> None:
        """Take what is about something into memory: a restart finds it by what is there."""
        resting = self._resting(subject)
        if resting is not None:
            self._entries.put_to_rest(f"about:{subject}", None)
            for name in resting:
                self._about.put(subject, name)
                self._shelves[_kind(name)].wake(name)

    def rest(self, subject: str) -> None:
        """Put to rest what is about something that is at rest itself."""
        names = sorted(self._about.take(subject))
        if names:
            self._entries.put_to_rest(f"about:{subject}", _encode(names))
        for name in names:
            record = self.get(name)
            if record is not None:
                self._settle(name, record)

    def forget(self, subject: str) -> None:
        """Let go of what is about something that is no longer held: it stands as it is."""
        names = sorted(self.about(subject))
        if not self._about.take(subject) and names:
            self._entries.put_to_rest(f"about:{subject}", None)
        for name in names:
            record = self.get(name)
            if record is None:
                continue
            for other in _subjects(record):
                self._about.drop(other, name)
            self._shelves[_kind(name)].drop(name)

    def _settle(self, name: str, record: Output) -> None:
        """Put an output to rest if all that it is about is."""
        if not any(one in self._about for one in _subjects(record)):
            self._shelves[_kind(name)].rest(name)

    def _resting(self, subject: str) -> list[str] | None:
        """Names about a subject that is at rest; None if it is in memory or unknown."""
        if subject in self._about:
            return None
        value = self._entries.at_rest(f"about:{subject}")
        return None if value is None else _decode_names(value)


def kind_of(record: Output) -> Kind:
    """Which of the two outputs it is."""
    return "link" if isinstance(record, Link) else "event"


def name_of(record: Output) -> str:
    """Its id."""
    return record.link_id if isinstance(record, Link) else record.event_id


def _kind(name: str) -> Kind:
    return "link" if name.startswith("link-") else "event"


def _subjects(record: Output) -> tuple[str, ...]:
    """What of it is ever asked about: flights, orders, and events that are about neither."""
    if isinstance(record, PolicyEvent):
        return (record.subject_id or record.event_id,)
    sides = (record.subject_type, record.subject_id), (record.object_type, record.object_id)
    return tuple(name for kind, name in sides if kind in ("flight", "order"))
