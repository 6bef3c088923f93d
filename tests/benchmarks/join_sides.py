"""What `bench join` compares with: a SQL join in ClickHouse, and Quix Streams' interval join."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Sequence
from typing import Any

from clickhouse_driver import Client

from streams.facts.flights import Leg
from tests.benchmarks.join_world import FLIGHT_MS, SPAN_MS, World

_LEGS = """
CREATE TABLE legs
(mission_id String, off Int64, wheels_on Int64, revision UInt64)
ENGINE = ReplacingMergeTree(revision) ORDER BY mission_id
"""
_ORDERS = "CREATE TABLE orders (order_id String, at Int64) ENGINE = MergeTree ORDER BY at"
_JOIN = """
SELECT mission_id, order_id
FROM orders CROSS JOIN (SELECT * FROM legs FINAL) AS legs
WHERE off <= at AND at < wheels_on
"""
_ONE = "SELECT mission_id FROM legs FINAL WHERE off <= %(at)s AND %(at)s < wheels_on"

_QUIX_WAITS_S = 30.0
"""A broker that has just started may take long to form the first group."""

Pairs = set[tuple[str, str]]


class ClickHouse:
    """Legs and orders as rows, asked by SQL: it answers when it is asked, from all rows."""

    def __init__(self, url: str) -> None:
        self._client = Client.from_url(url)
        self._database = f"bench_{uuid.uuid4().hex[:8]}"
        self._client.execute(f"CREATE DATABASE {self._database}")
        self._client.execute(f"USE {self._database}")
        for statement in (_LEGS, _ORDERS):
            self._client.execute(statement)

    def close(self) -> None:
        """Leave nothing behind."""
        self._client.execute(f"DROP DATABASE {self._database} SYNC")
        self._client.disconnect()

    def insert(self, legs: Sequence[Leg]) -> None:
        """Add legs, also corrections of earlier ones."""
        rows = [
            (
                one.mission_id,
                one.takeoff_latest or 0,
                one.landing_earliest or 0,
                one.revision,
            )
            for one in legs
        ]
        self._client.execute("INSERT INTO legs VALUES", rows)

    def per_order_s(self, world: World) -> float:
        """Seconds for the flights of one order, the median of some."""
        taken = []
        for number in range(0, world.order_count, world.order_count // 10):
            start = time.perf_counter()
            self._client.execute(_ONE, {"at": world.moment(number)})
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    def joined(self, facts: Sequence[Any]) -> tuple[Pairs, float]:
        """Pairs that one join of all rows gives, and how long that took."""
        orders = [one for one in facts if not isinstance(one, Leg)]
        rows = [(one.order_id, one.clocks[0].at_earliest) for one in orders]
        self._client.execute("INSERT INTO orders VALUES", rows)
        self.insert([one for one in facts if isinstance(one, Leg)])
        start = time.perf_counter()
        found = self._client.execute(_JOIN)
        return {(mission, order) for mission, order in found}, time.perf_counter() - start


def quix(bootstrap: str, facts: Sequence[Any]) -> tuple[Pairs, float]:
    """Pairs that Quix Streams' interval join emits, and how long it ran from its first record.

    As near as it comes to the question: one key for all, since it joins equal keys; an order looks
    back for take-offs within the longest flight; whether the flight had landed is filtered after.
    It neither takes an emitted pair back nor does a leg look ahead for an order. It ends when it
    has processed all; RuntimeError if it stops before.
    """
    from confluent_kafka import Producer
    from quixstreams import Application
    from quixstreams.models import TopicConfig

    names = {Leg: f"legs-{uuid.uuid4().hex[:8]}", object: f"orders-{uuid.uuid4().hex[:8]}"}
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5})
    found: Pairs = set()
    with tempfile.TemporaryDirectory() as state:
        app = Application(
            broker_address=bootstrap,
            consumer_group=f"bench-{uuid.uuid4().hex[:8]}",
            auto_offset_reset="earliest",
            state_dir=state,
            loglevel="ERROR",
            use_changelog_topics=False,
        )
        # The records bear the flights' own times: a topic that keeps a week would lose them.
        kept = TopicConfig(1, 1, extra_config={"retention.ms": "-1"})
        legs, orders = (
            app.topic(names[one], value_deserializer="json", key_deserializer="str", config=kept)
            for one in (Leg, object)
        )
        for one in facts:
            is_leg = isinstance(one, Leg)
            at = one.takeoff_latest if is_leg else one.clocks[0].at_earliest
            value = (
                {"mission": one.mission_id, "lands": one.landing_earliest}
                if is_leg
                else {"order": one.order_id, "at": at}
            )
            producer.produce(
                names[Leg if is_leg else object], json.dumps(value), key="all", timestamp=at
            )
            producer.poll(0)
        producer.flush()

        begun = [0.0]
        processed = [0]

        def count(_: Any) -> None:
            begun[0] = begun[0] or time.perf_counter()  # joining the group is not its work
            processed[0] += 1
            if processed[0] == len(facts):
                app.stop()  # when this record has gone all the way

        def take(pair: dict[str, Any]) -> None:
            if pair["at"] < pair["lands"]:
                found.add((pair["mission"], pair["order"]))

        left, right = app.dataframe(orders).update(count), app.dataframe(legs).update(count)
        left.join_interval(
            right,
            on_merge=lambda order, leg: {**order, **leg},
            grace_ms=2 * SPAN_MS,
            backward_ms=2 * FLIGHT_MS,
        ).update(take)
        app.run(timeout=_QUIX_WAITS_S)
        taken = time.perf_counter() - begun[0]
    if processed[0] < len(facts):
        raise RuntimeError(
            f"Quix Streams processed {processed[0]} of {len(facts)} records and then none "
            f"for {_QUIX_WAITS_S:g} s"
        )
    return found, taken
