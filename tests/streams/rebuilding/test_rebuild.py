"""A rebuild on the real broker and engine: the recording again, beside the live pipeline."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.clickhouse.embedded import EmbeddedClickHouse
from sinks.queries import run_query
from sinks.reconcile import reconcile
from streams import recording
from streams.bootstrap import join_scope
from streams.facts.instants import Instant
from streams.generations import in_force
from streams.hindsight import warehouse
from streams.playback import publish
from streams.rebuilding import drop_old_generations, rebuild
from tests.fixtures.steps import KilledError, killed_at
from tests.streams.test_pipeline import LINKS, Pipeline, pipelines

pytestmark = pytest.mark.stack


class Reader:
    """Asks for the links in a loop, as a dashboard does; keeps each answer that is another."""

    def __init__(self, one: Pipeline) -> None:
        self.counts: list[int] = []
        self.failed: list[Exception] = []
        self._done = threading.Event()
        self._where, self._database = one.where, one.settings.database
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        asked = "SELECT count(), uniqExact(link_id) FROM policy_links_current"
        while not self._done.wait(0.01):
            try:
                _, ((count, ids),) = run_query(
                    self._where.clickhouse_readonly, self._database, asked
                )
            except Exception as error:  # whatever it is, it is what the test is about
                self.failed.append(error)
                return
            self.counts += [count] if count == ids else [-1]

    def stop(self) -> set[int]:
        self._done.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert not self.failed
        return set(self.counts)


@pytest.fixture
def pipeline(kafka: str, clickhouse: EmbeddedClickHouse, tmp_path: Path) -> Iterator[Pipeline]:
    with pipelines(kafka, clickhouse, tmp_path) as make:
        one = make()
        # Few answers are within a day of an order: a longer horizon makes more.
        yield replace(one, settings=one.settings.model_copy(update={"horizon_days": 1}))


def rebuilt(one: Pipeline, **how: Any) -> int:
    return rebuild(one.settings, one.where, reason="a test", quiet_s=0.5, **how)


def killed(one: Pipeline, step: str) -> None:
    with pytest.raises(KilledError):
        rebuilt(one, probe=killed_at(step))


def in_hindsight(one: Pipeline, moment: Instant) -> tuple[object, object]:
    """What was published by a moment, and what the evidence that had come by then supports."""

    def ask(sql: str, parameters: dict[str, Any]) -> Any:
        return run_query(one.where.clickhouse_readonly, one.settings.database, sql, parameters)

    published = warehouse.published_by(ask, moment)
    order = next(link.object_id for link in published[0] if link.relation == "airborne_at")
    asked = warehouse.moments_of(ask, order)
    assert asked is not None
    return published, warehouse.supported_by(ask, asked, moment, join_scope(one.settings))


def now() -> Instant:
    time.sleep(0.01)  # what is published in this millisecond is before it
    return Instant(time.time_ns() // 1_000_000)


def ended(one: Pipeline) -> None:
    """The live roles hear of the swap, and end; whoever keeps them running starts them again."""
    for child in one.children.values():
        assert child.wait(90) == 0


def test_the_recording_rebuilt_twice_beside_the_live_one(pipeline: Pipeline) -> None:
    *documents, last = recording.documents()
    pipeline.play(documents)
    pipeline.start("worker")
    pipeline.start("sink")
    pipeline.settle()
    before, links = pipeline.tables(), len(pipeline.query(LINKS)[1])
    first = now()
    said_first = in_hindsight(pipeline, first)
    reader = Reader(pipeline)

    # Killed before the swap: nothing has happened. Killed in it: there is only forward.
    killed(pipeline, "copied")
    assert in_force(pipeline.settings, pipeline.where.kafka).generation == 0
    assert pipeline.tables() == before
    killed(pipeline, "exchanged court_orders")
    killed(pipeline, "opened")
    assert rebuilt(pipeline) == 1
    assert pipeline.tables() == before
    assert in_hindsight(pipeline, first) == said_first
    assert reader.stop() == {links}
    ended(pipeline)

    # Another rule: what stands is another, and what was said stays what it was.
    second = now()
    said_second = in_hindsight(pipeline, second)
    assert said_second[1] == said_first[1]
    far = pipeline.settings.model_copy(update={"horizon_days": None})
    reader = Reader(pipeline)
    wider = replace(pipeline, settings=far)
    assert rebuilt(wider) == 2
    more = len(pipeline.query(LINKS)[1])
    assert more > links
    assert reader.stop() == {links, more}
    assert in_hindsight(pipeline, first) == said_first
    assert in_hindsight(pipeline, second) == said_second

    # The roles go on with what is in force, from where the rebuild left it.
    wider.start("worker")
    wider.start("sink")
    live = replace(wider, settings=in_force(far, pipeline.where.kafka))
    assert live.settings.generation == 2
    live.settle()
    # The feed records have come to the tables again: the first time that they came still counts.
    assert in_hindsight(pipeline, first) == said_first
    publish(live.settings, live.where, [last])
    live.settle()
    (title,) = {one.title for one in last.records()}
    told = "SELECT count() FROM news_articles_current WHERE title = {title:String}"
    assert run_query(live.where.clickhouse, live.settings.database, told, {"title": title})[1] == [
        (1,)
    ]
    accounts = list(
        reconcile(
            live.where.kafka,
            live.where.clickhouse,
            live.settings.database,
            topic_prefix=live.settings.topic_prefix,
            group=live.settings.sink_group,
        )
    )
    assert all(one.right for one in accounts)
    assert sum(one.found + one.repeated for one in accounts) > links
    assert live.query("SELECT count() FROM sink_conflicts")[1] == [(0,)]

    stands = live.tables()
    told_of = list(drop_old_generations(wider.settings, live.where))
    assert [one.partition(":")[0] for one in told_of if "topics removed" in one] == [
        "generation 0",
        "generation 1",
    ]
    assert live.tables() == stands
    assert in_hindsight(pipeline, first)[0] == said_first[0]
    assert list(drop_old_generations(wider.settings, live.where))[:1] == [
        "No older generation has topics here."
    ]
