"""The stage ``relate``: legs, orders, mentions and progress in, policy events and links out.

One Stage holds one partition: its own aircraft, and every order, mention and progress record,
which come to all partitions. Links about a flight come from the partition that holds it; what is
about orders and mentions alone comes from the one partition that its id hashes to. So an identity
always comes from one partition, and its revisions are offsets of one log.

After every record the published links and events equal what the facts held so far give; what did
not change is not published again, what vanished is retracted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from streams.facts.derived import Leg, Link, Mention, Order, PolicyEvent
from streams.facts.identity import Revision
from streams.facts.received import Progress
from streams.relations.choosing import answered
from streams.relations.events import cluster_event, cluster_of, order_event
from streams.relations.flight import Flight
from streams.relations.links import airborne_link, appeal_link, claim_links, report_links
from streams.relations.matching import Match, best_match, speaks_of_an_order
from streams.relations.memory import Memory
from streams.relations.reports import Reported, claims_of_removal, clocks_of
from streams.stages import Arrived, Emit, Outcome

_NO_REVISION = Revision(0)


class RelateStage:
    """The join of one partition of so many."""

    def __init__(self, partition: int, partitions: int) -> None:
        self._partition, self._partitions = partition, partitions
        self._memory = Memory()
        self._matches: dict[str, Match] = {}
        self._about: dict[str, set[str]] = {}
        """Ids published, by the ids that they are about."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Take up the facts held and what was last published."""
        self._memory.restore(entries)
        self._matches = self._matched()
        for name, record in self._memory.published.items():
            self._note(name, record)

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        """Take in the records one by one; of each id only the last of the batch is published.

        The ``.changes`` twins get every revision.
        """
        last: dict[tuple[str, str], Emit] = {}
        every: list[Emit] = []
        for one in batch:
            for topic, name, record in self._step(one):
                last.pop((topic, name), None)  # to the end: order of publication is order of cause
                last[topic, name] = Emit(topic, name, record)
                every.append(Emit(f"{topic}.changes", name, record))
        return Outcome([*last.values(), *every], self._memory.changes())

    def _step(self, one: Arrived) -> Iterator[tuple[str, str, Link | PolicyEvent]]:
        """Take in one record; give what changed because of it."""
        orders: set[str] = set()
        flights: set[str] = set()
        clusters: set[str] = set()
        memory, fact = self._memory, one.record
        match fact:
            case Leg():
                known = memory.legs.get(fact.leg_id)
                if known is not None and known.revision >= fact.revision:
                    return
                memory.hold_leg(fact)
                flights |= {fact.mission_id} | ({known.mission_id} if known else set())
            case Order():
                held = memory.orders.get(fact.order_id)
                if held is not None and held.revision >= fact.revision:
                    return
                memory.hold_order(fact)
                orders.add(fact.order_id)
                self._rematch(orders, clusters)
            case Mention():
                before = memory.mentions.get(fact.mention_id)
                if before is not None and before.revision >= fact.revision:
                    return
                memory.hold_mention(fact)
                for mention in (before, fact):
                    if mention is not None:
                        flights |= self._named(mention)
                        clusters.add(cluster_of(mention))
                if fact.mention_id in self._matches:
                    orders.add(self._matches[fact.mention_id].order_id)
                self._rematch(orders, clusters)
            case Progress():
                key = one.key
                if fact.outage_from is not None:
                    key = f"{one.key}/{fact.outage_from}"
                    orders |= memory.orders.keys()
                memory.hold_progress(key, fact)
            case _:
                raise TypeError(f"{type(fact).__name__} is no input of relate")
        yield from self._recompute(one.revision, orders, flights, clusters)

    def _named(self, mention: Mention) -> set[str]:
        """Missions whose claims may change with a mention."""
        if not mention.claims_removal:
            return set()
        near = self._memory.flights_near(mention.valid_from, mention.valid_to)
        names, registrations = set(mention.flight_numbers), set(mention.registrations)
        return {
            flight.mission_id
            for flight in near
            if {flight.number, flight.callsign} & names or flight.registration in registrations
        }

    def _matched(self) -> dict[str, Match]:
        orders = [self._memory.orders[name] for name in sorted(self._memory.orders)]
        found = {}
        for mention_id, mention in self._memory.mentions.items():
            if not mention.is_deleted and speaks_of_an_order(mention):
                match = best_match(mention, orders)
                if match is not None:
                    found[mention_id] = match
        return found

    def _rematch(self, orders: set[str], clusters: set[str]) -> None:
        """Match reports and orders anew; add the orders and clusters whose reports changed."""
        before, self._matches = self._matches, self._matched()
        for mention_id in before.keys() | self._matches.keys():
            old, new = before.get(mention_id), self._matches.get(mention_id)
            if old != new:
                orders |= {match.order_id for match in (old, new) if match is not None}
                clusters.add(cluster_of(self._memory.mentions[mention_id]))

    def _recompute(
        self, revision: Revision, orders: set[str], flights: set[str], clusters: set[str]
    ) -> Iterator[tuple[str, str, Link | PolicyEvent]]:
        wanted: dict[str, Link | PolicyEvent] = {}
        scope: set[str] = set()
        for order_id in orders:
            scope |= self._about.get(order_id, set())
            wanted |= self._of_order(order_id)
        for mission_id in flights:
            scope |= self._about.get(mission_id, set())
            wanted |= self._of_flight(mission_id)
        for event_id in clusters:
            scope |= self._about.get(event_id, set())
            wanted |= self._of_cluster(event_id)
        published = self._memory.published
        for name in sorted(scope | wanted.keys()):
            old, new = published.get(name), wanted.get(name)
            if new is None:
                if old is None or old.is_deleted:
                    continue
                record: Link | PolicyEvent = replace(old, is_deleted=True, revision=revision)
            elif old is not None and replace(old, revision=_NO_REVISION) == new:
                continue
            else:
                record = replace(new, revision=revision)
            kind = "link" if isinstance(record, Link) else "event"
            self._memory.note_published(kind, name, record)
            self._note(name, record)
            yield f"policy.{kind}s", name, record

    def _of_order(self, order_id: str) -> dict[str, Link | PolicyEvent]:
        order = self._memory.orders.get(order_id)
        if order is None or order.is_deleted:
            return {}
        reported = self._reported(order_id)
        chosen = clocks_of(order, reported)
        if not chosen:
            return {}
        found: list[Link | PolicyEvent] = []
        span = [(one.at_earliest, one.at_latest) for one in chosen]
        for flight in self._memory.flights_near(min(a for a, _ in span), max(b for _, b in span)):
            found.extend(self._pair(order, reported, flight))
        if self._is_mine(order_id):
            found.append(order_event(order, chosen, reported))
            found.extend(report_links(order, reported))
            appeal = appeal_link(order)
            if appeal is not None:
                found.append(appeal)
        return {_name(one): one for one in found}

    def _of_flight(self, mission_id: str) -> dict[str, Link | PolicyEvent]:
        flight = self._memory.flight(mission_id)
        if flight is None:
            return {}
        found: list[Link | PolicyEvent] = list(
            claim_links(flight, claims_of_removal(self._memory, flight))
        )
        for order_id in sorted(self._memory.orders):
            order = self._memory.orders[order_id]
            if not order.is_deleted:
                found.extend(self._pair(order, self._reported(order_id), flight))
        return {_name(one): one for one in found}

    def _pair(self, order: Order, reported: list[Reported], flight: Flight) -> Iterator[Link]:
        claims = claims_of_removal(self._memory, flight)
        outages = self._memory.outages(flight.legs[0].icao24)
        for chosen in answered(clocks_of(order, reported)):
            link = airborne_link(order, chosen, flight, claims, outages)
            if link is not None:
                yield link

    def _of_cluster(self, event_id: str) -> dict[str, Link | PolicyEvent]:
        if not self._is_mine(event_id):
            return {}
        mentions = [
            mention
            for mention_id, mention in self._memory.mentions.items()
            if not mention.is_deleted
            and mention_id not in self._matches
            and cluster_of(mention) == event_id
        ]
        return {event_id: cluster_event(event_id, mentions)} if mentions else {}

    def _reported(self, order_id: str) -> list[Reported]:
        return [
            Reported(self._memory.mentions[mention_id], match)
            for mention_id, match in sorted(self._matches.items())
            if match.order_id == order_id
        ]

    def _is_mine(self, name: str) -> bool:
        digest = hashlib.sha256(name.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self._partitions == self._partition

    def _note(self, name: str, record: Link | PolicyEvent) -> None:
        about = (
            (record.subject_id, record.object_id)
            if isinstance(record, Link)
            else (record.subject_id or record.event_id,)
        )
        for key in about:
            self._about.setdefault(key, set()).add(name)


def _name(record: Link | PolicyEvent) -> str:
    return record.link_id if isinstance(record, Link) else record.event_id
