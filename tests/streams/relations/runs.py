"""Runs of the join for its tests: facts of the recording, a stage on each partition, restarts."""

import itertools
import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from streams import recording
from streams.facts.court import Order
from streams.facts.flights import Leg
from streams.facts.identity import Revision
from streams.facts.instants import parse_rfc3339
from streams.facts.news import Mention
from streams.facts.received import Progress
from streams.legs.stage import LegsStage
from streams.mentions.stage import ArticlesStage
from streams.orders.cases_stage import CasesStage
from streams.orders.stage import OrdersStage
from streams.relations.policy import SCOPE, Scope, WatchList
from streams.relations.stage import RelateStage
from streams.stages import AT_REST, Arrived, Emit, Stage
from tests.streams.relations.batch_join import fact_id

PARTITIONS = 2


def facts() -> list[Leg | Order | Mention]:
    """What the recording gives relate, each fact once, in its last revision."""
    records = [record for document in recording.documents() for record in document.records()]
    found: list[Any] = []
    for stage in (ArticlesStage(), OrdersStage(), LegsStage()):
        started: Stage = stage
        started.restore([])
        kind = {"ArticlesStage": "Article", "OrdersStage": "DocketEntry", "LegsStage": "Position"}
        mine = [one for one in records if type(one).__name__ == kind[type(stage).__name__]]
        batch = [
            Arrived("topic", 0, number, Revision(number), "key", one)
            for number, one in enumerate(mine)
        ]
        emits = stage.apply(batch).emits
        if isinstance(stage, OrdersStage):
            docketed = enumerate(emit.record for emit in emits)
            inputs = [Arrived("t", 0, at, Revision(at), "key", one) for at, one in docketed]
            emits = CasesStage().apply(inputs).emits
        found += [emit.record for emit in emits if emit.topic == "relate.inputs"]
    return found


FACTS = facts()


def partition_of(fact: Any) -> int:
    """A leg goes to one partition, by its aircraft; all else goes to all."""
    return sum(fact.icao24.encode())


def restored(stage: RelateStage, table: dict[str, bytes]) -> RelateStage:
    """A stage that takes up what a table holds, as the host gives it: what is at rest by key."""
    stage.reads_by(table.get)
    stage.restore((key, value) for key, value in table.items() if not key.startswith(AT_REST))
    return stage


class Run:
    """Relate on all partitions, fed one input after the other in batches, restarted at will."""

    def __init__(self, scope: Scope = SCOPE, partitions: int = PARTITIONS) -> None:
        self.scope, self.partitions = scope, partitions
        self.last: dict[str, Any] = {}
        self.bytes_of: dict[tuple[str, int], Any] = {}
        self.late: list[Any] = []

    def feed(self, inputs: Iterable[Any], cuts: set[int], restarts: set[int]) -> None:
        logs: list[list[Any]] = [[] for _ in range(self.partitions)]
        for fact in inputs:
            own = partition_of(fact) % self.partitions if isinstance(fact, Leg) else None
            for number in range(self.partitions) if own is None else [own]:
                logs[number].append(fact)
        for number, log in enumerate(logs):
            self._run(number, log, cuts, restarts)

    def _run(self, number: int, log: list[Any], cuts: set[int], restarts: set[int]) -> None:
        table: dict[str, bytes] = {}
        stage = self.stage(number, table)
        bounds = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
        for start, end in itertools.pairwise(bounds):
            self.advance(stage, table, number, log, start, end)
            if end in restarts:
                stage = self.stage(number, table)

    def advance(
        self,
        stage: RelateStage,
        table: dict[str, bytes],
        number: int,
        log: list[Any],
        start: int,
        end: int,
    ) -> None:
        """One batch: what it publishes is taken, what it changes of the state is written."""
        batch = [
            Arrived("relate.inputs", number, at, Revision(at), fact_id(log[at]), log[at])
            for at in range(start, end)
        ]
        outcome = stage.apply(batch)
        self._take(number, outcome.emits)
        for key, value in outcome.changes.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value

    def stage(self, number: int, table: dict[str, bytes]) -> RelateStage:
        return restored(RelateStage(number, self.partitions, self.scope), table)

    def _take(self, number: int, emits: Iterable[Emit]) -> None:
        for emit in emits:
            if emit.topic == "policy.late":
                self.late.append(emit.record)
                continue
            here = (number, emit.record)
            known = self.bytes_of.setdefault((emit.key, emit.record.revision), here)
            assert known == here, "one id and revision, other bytes"
            if not emit.topic.endswith(".changes"):
                before = self.last.get(emit.key)
                assert before is None or before.revision < emit.record.revision
                self.last[emit.key] = emit.record

    def standing(self) -> dict[str, Any]:
        return {
            name: replace(record, revision=Revision(0))
            for name, record in self.last.items()
            if not record.is_deleted
        }


EXAMPLES = 5_000 if os.environ.get("POLICY_EVENTS_SOAK") else 120

WATCHING = WatchList(registrations=frozenset({"N837VA"}))
WATCHFUL = msgspec.structs.replace(SCOPE, watch_list=WATCHING)
SHORT = msgspec.structs.replace(WATCHFUL, horizon_days=2, claim_within_days=1)
YEAR = (0, 3, 10, 200, 365)


def of_flight(run: Run, flight: str) -> Any:
    """The answer about a flight at the minute order's entry."""
    (link,) = [
        one
        for one in run.standing().values()
        if getattr(one, "order_kind", None) == "minute_order"
        and (one.relation, one.clock, one.flight) == ("airborne_at", "entered", flight)
    ]
    return link


def through(feed: str, moment: str) -> Progress:
    return Progress(feed, "flights.positions", "*", parse_rfc3339(moment), None, None, None, None)
