"""Whose visit a noun tells of, and whether the place is away from where the official works."""

from __future__ import annotations

from collections.abc import Iterator

from streams.mentions import geography
from streams.mentions.bases import is_base, is_from_elsewhere
from streams.mentions.context import Subject, named_subject
from streams.mentions.reading import Reading
from streams.mentions.whereabouts import dateline_place

_OTHERS = frozenset(["his", "her"])
_LOCAL = ("mayor", "host", "spokes", "sheriff", "commissioner", "police")
_OF_STATES = ("gov", "sen.", "senator", "rep.", "representative", "congress")


def visitors(reading: Reading, index: int, place: str) -> Iterator[Subject]:
    """Whose visit it is: an owner in front, or somebody behind 'by', 'with' or 'between'."""
    words, context = reading.words, reading.context
    candidates: list[Subject] = []
    for at in range(index - 1, max(-1, index - 6), -1):
        word = words[at]
        if word.kind == "mark" or word.verb:
            break
        if word.name is not None and word.name.kind == "person" and word.name.possessive:
            candidates.append(named_subject(word.name, at))
            break
        if word.low in _OTHERS:
            named = [w for w in words[:at] if w.name is not None and w.name.kind == "person"]
            if named and named[-1].name is not None:
                candidates.append(named_subject(named[-1].name, at))
            elif context.speaker.role == "person":
                candidates.append(context.speaker)
            break
    if not candidates:
        candidates = [
            named_subject(word.name, at)
            for at, word in enumerate(words)
            if index < at < index + 16
            and word.name is not None
            and word.name.kind == "person"
            and any(w.low in ("by", "between", "that") for w in words[index:at])
        ]
    for one in candidates:
        if one.role == "person" and one.names and is_away(place, one, reading):
            yield one


def is_away(place: str, subject: Subject, reading: Reading) -> bool:
    """Whether the place is surely not where the official works."""
    first, here = subject.first, reading.context.country
    if first is None or is_base(place, subject, reading) or place in geography.states():
        return False
    if first.base is not None:
        return True
    person = reading.context.names.people.get(first.name)
    title = " ".join(sorted(person.titles)) if person else first.title.lower()
    if place == dateline_place(reading) or any(one in title for one in _LOCAL):
        return False
    seat = next((land for land, cities in geography.seats().items() if place in cities), None)
    if seat is not None:
        return here is not None and here != seat
    if any(one in title for one in _OF_STATES):
        return place not in geography.state_capitals() and place != "Washington"
    return is_from_elsewhere(subject._replace(first=first._replace(title=title)))
