"""`policy-events bench join`: what an order costs with so many legs held, beside other joins.

(a) ``ours``: the stage ``relate`` on one partition, without servers: facts in, links out.
(b) ``clickhouse``: the same question as a SQL join in ClickHouse over the same legs and orders.
(c) ``quix``: Quix Streams' interval join, as far as it can express it, on a real broker.

The world: legs of two hours spread over 160 days, none of them near an order but for the same
number at each, so that the answers to an order stay as many while the legs held grow. Disorder:
orders come before, among and after their legs, and a tenth of the legs is corrected later.

Our side's costs are CPU time, medians of all orders and of all batches of legs: it is one thread,
and others may work on the machine. The other sides' are by the clock.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from dataclasses import replace
from typing import Any

import psutil

from streams.facts.identity import Revision
from streams.relations.stage import RelateStage
from streams.stages import Arrived
from tests.benchmarks.join_sides import ClickHouse, Pairs, quix
from tests.benchmarks.join_world import World
from tests.benchmarks.servers import servers

_BATCH = 2_000
_DISORDERED = 2_000


def run(*, quick: bool, full: bool = False) -> dict[str, Any]:
    """Costs in seconds and bytes by the number of legs held; correctness under disorder.

    ``full``: up to a million legs, which take a minute and a half by themselves.
    """
    sizes = (10_000, 30_000) if quick else (10_000, 100_000)
    if full:
        sizes += (1_000_000,)
    world, small = World(orders=200, answers=20), World(orders=40, answers=20)
    with servers() as (kafka, url):
        sql = ClickHouse(url)
        per_order, held = {}, 0
        for size in sizes[:2]:  # a million rows one by one take longer than all else together
            for batch in world.legs(held, size, 20_000):
                sql.insert(batch)
            held = size
            per_order[size] = _short(sql.per_order_s(world))
        sql.close()
        in_order = _compared(url, kafka, *small.in_order(_DISORDERED))
        disorder = _compared(url, kafka, *small.disordered(random.Random(7), _DISORDERED))
    return {
        **_ours(world, sizes),
        "clickhouse_s_per_order": per_order,
        "in_order": in_order,
        "disorder": disorder,
    }


def _compared(url: str, kafka: str, facts: list[Any], wanted: Pairs) -> dict[str, Any]:
    sql = ClickHouse(url)
    found = {
        "ours": _judged(*_ours_at_the_end(facts), wanted),
        "clickhouse": _judged(*sql.joined(facts), wanted),
        "quix": _judged(*quix(kafka, facts), wanted),
    }
    sql.close()
    return found


def _ours(world: World, sizes: tuple[int, ...]) -> dict[str, Any]:
    stage = RelateStage(0, 1)
    stage.restore(())
    process = psutil.Process(os.getpid())
    gc.collect()
    table: dict[str, bytes] = {}
    began, held, offset = process.memory_info().rss, 0, 0
    figures: dict[str, dict[int, float]] = {
        name: {}
        for name in ("s_per_order", "links_per_s", "s_per_leg", "bytes_per_leg", "entry_bytes")
    }
    for size in sizes:
        legs = []
        for batch in world.legs(held, size, _BATCH):
            start = time.process_time()
            _apply(stage, table, batch, offset)
            legs.append((time.process_time() - start) / len(batch))
            offset += len(batch)
        figures["s_per_leg"][size] = statistics.median(legs)
        held = size
        gc.collect()
        figures["bytes_per_leg"][size] = (process.memory_info().rss - began) / size
        figures["entry_bytes"][size] = (
            sum(len(value) for key, value in table.items() if key.startswith("leg:")) / size
        )
        asked = world.orders(revision=size)
        taken, links = [], 0
        for one in asked:
            start = time.process_time()
            links += _apply(stage, table, [one], offset)
            taken.append(time.process_time() - start)
            offset += 1
        middle = statistics.median(taken)
        figures["s_per_order"][size] = middle
        figures["links_per_s"][size] = links / len(asked) / middle
        for one in asked:  # taken back, so that the next size meets no orders
            _apply(
                stage, table, [replace(one, is_deleted=True, revision=Revision(size + 1))], offset
            )
            offset += 1
    per_order = figures["s_per_order"]
    return {
        **{
            name: {size: _short(value) for size, value in by.items()}
            for name, by in figures.items()
        },
        "order_cost_growth": round(per_order[sizes[-1]] / per_order[sizes[0]], 2),
    }


def _apply(stage: RelateStage, table: dict[str, bytes], facts: list[Any], offset: int) -> int:
    """How many links come out; the state's entries are held, as the host holds them."""
    outcome = stage.apply(
        [
            Arrived("relate.inputs", 0, offset + at, Revision(offset + at), "key", one)
            for at, one in enumerate(facts)
        ]
    )
    for key, value in outcome.changes.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return sum(1 for one in outcome.emits if one.topic == "policy.links")


def _ours_at_the_end(facts: list[Any]) -> tuple[set[tuple[str, str]], float]:
    stage, standing = RelateStage(0, 1), {}
    stage.restore(())
    start = time.perf_counter()
    for offset, one in enumerate(facts):
        for emit in stage.apply([Arrived("r", 0, offset, Revision(offset), "key", one)]).emits:
            if emit.topic == "policy.links":
                standing[emit.key] = emit.record
    taken = time.perf_counter() - start
    found = {
        (one.subject_id, one.object_id)
        for one in standing.values()
        if not one.is_deleted and one.certainty == "definite"
    }
    return found, taken


def _judged(found: Pairs, seconds: float, wanted: Pairs) -> dict[str, Any]:
    """How far the pairs at the end are those of the facts as they stand."""
    return {
        "right": len(found & wanted),
        "missing": len(wanted - found),
        "wrong": len(found - wanted),
        "s": _short(seconds),
    }


def _short(value: float) -> float:
    return float(f"{value:.3g}")
