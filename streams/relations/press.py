"""The mentions that are held: what articles say goes in; found by id, time and flight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from streams.facts.news import Mention
from streams.relations.entries import Entries, Shelf
from streams.relations.flight import Flight, flight_number, names_of
from streams.relations.horizon import Evicted, Span, TimeIndex
from streams.relations.key_index import KeyIndex
from streams.relations.policy import Scope
from streams.relations.timeline import in_the_air

_decode = msgspec.msgpack.Decoder(Mention).decode
_encode = msgspec.msgpack.Encoder().encode
_TAKEN_BACK = "claim.retracted"


class Press:
    """Mentions by id, as bytes."""

    def __init__(self, scope: Scope, entries: Entries) -> None:
        self._scope = scope
        self._mentions = Shelf("mention", entries)
        self._claims = KeyIndex()
        """Ids of claims by the flights and aircraft that they name."""
        self.by_time = TimeIndex("mentions", entries, self._woken)
        self.retracted = TimeIndex("retracted-mentions", entries, lambda _: None)

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._mentions)

    def ids(self) -> Iterable[str]:
        """Ids of all that are in memory, retracted ones too."""
        return self._mentions

    def mention(self, mention_id: str) -> Mention | None:
        """The mention of an id, retracted ones too."""
        found = self._mentions.get(mention_id)
        return None if found is None else _decode(found)

    def near(self, earliest: int, latest: int) -> list[str]:
        """Mentions of what may have happened in a stretch of time, by id."""
        return self.by_time.overlapping(earliest, latest)

    def claims(self, flight: Flight) -> list[Mention]:
        """Mentions that say that this flight carried people removed, by time of publication.

        What an outlet took back later does not count.
        """
        within = self._scope.claim_within_ms
        for leg in flight.legs:
            off, on = in_the_air(leg)
            self.by_time.recall(off - within, on + within)
        if not self._claims:
            return []
        names = {name for leg in flight.legs for name in names_of(leg)}
        ids = {one for name in names for one in self._claims.at(name)}
        found = [one for one in map(self.mention, ids) if one and self._is_about(one, flight)]
        return standing(found)

    def claiming(self) -> Iterator[Mention]:
        """Mentions that claim that flights carried people removed, or take it back."""
        for mention_id in sorted(set[str]().union(*map(self._claims.at, self._claims))):
            mention = self.mention(mention_id)
            if mention is not None:
                yield mention

    def hold(self, mention: Mention, before: Mention | None) -> None:
        """Take a mention in the place of its earlier revision."""
        if before is not None:
            self._let_go(before)
        self._mentions.put(mention.mention_id, _encode(mention))
        self._take(mention)

    def load(self, values: Iterable[bytes]) -> None:
        """Take state entries up."""
        for value in values:
            mention = _decode(value)
            self._mentions.load(mention.mention_id, value)
            self._take(mention)

    def evict(self, limit: int, most: int) -> Evicted:
        """Let the indices go of what was over before an instant, at most so many.

        Who matched these mentions says ``rest`` when nothing in memory speaks of them any more.
        """
        gone = self.by_time.evict(limit, most)
        for name in gone:
            mention = self.mention(name)
            if mention is not None:
                self._unclaim(mention)
        retracted = self.retracted.evict(limit, most)
        for name in retracted:
            self._mentions.rest(name)
        return Evicted(gone, is_all=max(len(gone), len(retracted)) < most)

    def rest(self, mention_id: str) -> None:
        """Put a mention to rest that no index holds."""
        self._mentions.rest(mention_id)

    def wake(self, mention_id: str) -> None:
        """Take a mention that is at rest into memory."""
        self._mentions.wake(mention_id)

    def forget(self, limit: int) -> list[Mention]:
        """Let go for good of what was over and published before an instant."""

        def is_over(name: str) -> bool:
            found = self.mention(name)
            return found is None or max(found.valid_to, found.published_at) < limit

        gone = []
        for index in (self.by_time, self.retracted):
            for name in index.sift(limit, is_over):
                mention = self.mention(name)
                if mention is not None:
                    self._let_go(mention)
                    self._mentions.drop(name)
                    gone.append(mention)
        return gone

    def _take(self, mention: Mention) -> None:
        name, span = mention.mention_id, (mention.valid_from, mention.valid_to)
        if mention.is_deleted:
            self.retracted.put(name, span)
            return
        self._claim(mention)
        self.by_time.put(name, span)

    def _let_go(self, mention: Mention) -> None:
        self.retracted.drop(mention.mention_id)
        self.by_time.drop(mention.mention_id)
        self._unclaim(mention)

    def _claim(self, mention: Mention) -> None:
        if speaks_of_removal(mention):
            for one in (*mention.flight_numbers, *mention.registrations):
                self._claims.put(one, mention.mention_id)

    def _unclaim(self, mention: Mention) -> None:
        for one in (*mention.flight_numbers, *mention.registrations):
            self._claims.drop(one, mention.mention_id)

    def _woken(self, mention_id: str) -> Span | None:
        mention = self.mention(mention_id)
        if mention is None or mention.is_deleted:
            return None
        self._mentions.wake(mention_id)
        self._claim(mention)
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
