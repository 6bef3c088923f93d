"""The mentions that are held: what articles say goes in; found by id, time and flight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from streams.facts.derived import Mention
from streams.relations.flight import Flight, flight_number
from streams.relations.flights import Note, names_of
from streams.relations.horizon import Span, TimeIndex
from streams.relations.policy import Scope
from streams.relations.timeline import in_the_air

_decode = msgspec.msgpack.Decoder(Mention).decode
_encode = msgspec.msgpack.Encoder().encode
_TAKEN_BACK = "claim.retracted"


class Press:
    """Mentions by id, as bytes."""

    def __init__(self, scope: Scope, note: Note) -> None:
        self._scope, self._note = scope, note
        self._mentions: dict[str, bytes] = {}
        self._claims: dict[str, set[str]] = {}
        self._by_time = TimeIndex(self._span)
        self._retracted: set[str] = set()

    @property
    def indexed(self) -> int:
        """How many mentions are found by time without being recalled."""
        return len(self._by_time)

    def ids(self) -> Iterable[str]:
        """Ids of all that are held, retracted ones too."""
        return self._mentions.keys()

    def mention(self, mention_id: str) -> Mention | None:
        """The mention of an id, retracted ones too."""
        found = self._mentions.get(mention_id)
        return None if found is None else _decode(found)

    def near(self, earliest: int, latest: int) -> list[str]:
        """Mentions of what may have happened in a stretch of time, by id."""
        return self._by_time.overlapping(earliest, latest)

    def claims(self, flight: Flight) -> list[Mention]:
        """Mentions that say that this flight carried people removed, by time of publication.

        What an outlet took back later does not count.
        """
        if not self._claims:
            return []
        names = {name for leg in flight.legs for name in names_of(leg)}
        ids = {one for name in names for one in self._claims.get(name, ())}
        found = [one for one in map(self.mention, ids) if one and self._is_about(one, flight)]
        return standing(found)

    def claiming(self) -> Iterator[Mention]:
        """Mentions that claim that flights carried people removed, or take it back."""
        for mention_id in sorted(set[str]().union(*self._claims.values())):
            mention = self.mention(mention_id)
            if mention is not None:
                yield mention

    def hold(self, mention: Mention, before: Mention | None) -> None:
        """Take a mention in the place of its earlier revision."""
        value = _encode(mention)
        self._note(f"mention:{mention.mention_id}", value)
        if before is not None:
            self._let_go(before)
        self._load(mention, value)

    def load(self, values: Iterable[bytes]) -> None:
        """Take state entries up."""
        for value in values:
            self._load(_decode(value), value)

    def evict(self, limit: int) -> None:
        """Let the index go of what was over before an instant."""
        self._by_time.evict(limit)

    def forget(self, limit: int) -> list[Mention]:
        """Let go for good of what was over and published before an instant."""
        gone = []
        for mention_id in sorted({*self._by_time.over(limit), *self._retracted}):
            mention = self.mention(mention_id)
            if mention is not None and max(mention.valid_to, mention.published_at) < limit:
                self._let_go(mention)
                del self._mentions[mention_id]
                self._note(f"mention:{mention_id}", None)
                gone.append(mention)
        return gone

    def _load(self, mention: Mention, value: bytes) -> None:
        name = mention.mention_id
        self._mentions[name] = value
        if mention.is_deleted:
            self._retracted.add(name)
            return
        if speaks_of_removal(mention):
            for one in (*mention.flight_numbers, *mention.registrations):
                self._claims.setdefault(one, set()).add(name)
        self._by_time.put(name, (mention.valid_from, mention.valid_to))

    def _let_go(self, mention: Mention) -> None:
        name = mention.mention_id
        self._retracted.discard(name)
        self._by_time.drop(name)
        for one in (*mention.flight_numbers, *mention.registrations):
            discard(self._claims, one, name)

    def _span(self, mention_id: str) -> Span | None:
        mention = self.mention(mention_id)
        if mention is None or mention.is_deleted:
            return None
        return mention.valid_from, mention.valid_to

    def _is_about(self, mention: Mention, flight: Flight) -> bool:
        within = self._scope.claim_within_ms
        for leg in flight.legs:
            off, on = in_the_air(leg)
            near = off - within <= mention.valid_to and mention.valid_from <= on + within
            if near and (
                leg.registration in mention.registrations
                or {leg.callsign, flight_number(leg.callsign)} & set(mention.flight_numbers)
            ):
                return True
        return False


def speaks_of_removal(mention: Mention) -> bool:
    """Whether it claims that flights carried people removed, or takes such a claim back."""
    return mention.claims_removal or mention.type == _TAKEN_BACK


def standing(mentions: Iterable[Mention]) -> list[Mention]:
    """Claims about one flight that their outlets did not take back, by time of publication."""
    said = sorted(mentions, key=lambda one: (one.published_at, one.mention_id))
    taken_back = {one.outlet: one.published_at for one in said if one.type == _TAKEN_BACK}
    return [
        one
        for one in said
        if one.type != _TAKEN_BACK and taken_back.get(one.outlet, -1) < one.published_at
    ]


def discard(index: dict[str, set[str]], key: str, name: str) -> None:
    """Take a name out of an index that keeps no empty sets."""
    found = index.get(key)
    if found is not None:
        found.discard(name)
        if not found:
            del index[key]
