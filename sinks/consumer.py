"""The sink: topics go in, rows of ClickHouse tables come out, each record once.

It has a consumer of its own, reads what is committed, commits by hand: ``sinks.loop``. What is
promised is in ``sinks/README.md``.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError
from kafka import KafkaAdminClient

from deploy.errors import StackError
from schemas.topics.reach import PATIENCE, paced
from sinks.carrier import Carrier, Probe, no_probe
from sinks.limits import Limits
from sinks.loop import Clients, Loop
from sinks.tables import tables
from sinks.warehouse import Warehouse

_SWITCH_S = 0.0005
_YOUNG = 200_000
_HOUR_MS = 3_600_000
_LOOK_EVERY_S = 0.1
_LOG = logging.getLogger(__name__)
_CLOSED_WITHIN_S = 3


def run_sink(
    bootstrap_servers: str,
    clickhouse_url: str,
    database: str,
    *,
    topic_prefix: str = "",
    group: str,
    status_path: Path | None = None,
    stop: threading.Event | None = None,
    limits: Limits | None = None,
    generation: int = 0,
    only: Iterable[str] | None = None,
    instance: str | None = None,
    session_timeout_s: float = 10,
    probe: Probe = no_probe,
) -> None:
    """Carry the topics of one namespace into one database until told to stop; blocks.

    SIGTERM and SIGINT (in the main thread) or ``stop`` end it, also while Kafka is away: inserts in
    flight are finished and committed, what was only fetched is fetched again by the next. ``only``
    names topics, without the prefix, where not all are wanted. ``instance`` is a name that no other
    sink of the group has (static membership): a sink killed and started again then has its
    partitions back at once, not after ``session_timeout_s``. Raises StackError for missing topics,
    a broker that is not there, or too many unusable records.
    """
    # The decoder asks for the interpreter thousands of times a batch, and waits so long each time.
    sys.setswitchinterval(_SWITCH_S)
    # Fetched records are many and never in cycles: looking for cycles among them takes a third of
    # the fetching.
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    wanted = {
        topic_prefix + topic: table
        for topic, table in tables().items()
        if only is None or topic in set(only)
    }
    uuids = _topic_uuids(bootstrap_servers, list(wanted))
    limits = limits or Limits()
    loop = Loop(wanted, group, limits, status_path)
    warehouse = Warehouse(clickhouse_url, database)
    consumer = {
        "group_id": group,
        "group_instance_id": instance,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "max_partition_fetch_bytes": 4 << 20,
        "session_timeout_ms": int(session_timeout_s * 1000),
        "heartbeat_interval_ms": int(session_timeout_s * 200),
        "rebalance_timeout_ms": 60_000,
        # While ClickHouse is away nothing is polled: heartbeats speak for the sink.
        "max_poll_interval_ms": _HOUR_MS * 24,
    }

    async def run() -> None:
        stopping = asyncio.Event()
        _on_signals(stopping)
        async with _connected(bootstrap_servers, consumer) as clients:
            with _threads(limits.inserts_at_once) as pool:
                carrier = Carrier(
                    clients.consumer, clients.producer, warehouse, loop.account, limits, pool,
                    uuids, generation, probe,
                )  # fmt: skip
                carrying = loop.carry(clients, carrier, stopping)
                await _until_told(carrying, stopping, stop, finish_within_s=limits.revoke_wait_s)

    try:
        asyncio.run(run())
    except KafkaConnectionError as error:
        raise StackError(f"no Kafka broker answers at {bootstrap_servers}: {error}") from error
    finally:
        warehouse.close()


async def _until_told(
    carrying: Coroutine[Any, Any, None],
    stopping: asyncio.Event,
    stop: threading.Event | None,
    *,
    finish_within_s: float,
) -> None:
    """Carry until told to stop, and end soon then: also what waits for a broker that is away."""
    task = asyncio.create_task(carrying)
    while not (task.done() or stopping.is_set()):
        await asyncio.wait({task}, timeout=_LOOK_EVERY_S)
        if stop is not None and stop.is_set():
            stopping.set()
    await asyncio.wait({task}, timeout=finish_within_s + _CLOSED_WITHIN_S)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CLOSED_WITHIN_S)
        return
    task.result()


@contextlib.asynccontextmanager
async def _connected(bootstrap_servers: str, consumer: dict[str, Any]) -> AsyncIterator[Clients]:
    clients = Clients(
        AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, **consumer),
        AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all", enable_idempotence=True),
        AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers),
    )
    async with contextlib.AsyncExitStack() as stack:
        for start, client, end in (
            (clients.producer.start, clients.producer.client, clients.producer.stop),
            (clients.consumer.start, clients.consumer._client, clients.consumer.stop),
            (clients.admin.start, clients.admin._client, clients.admin.close),
        ):
            paced(client)
            await start()
            stack.push_async_callback(_closed, end)
        yield clients


async def _closed(end: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Close a client; one that waits for its broker is left to the loop's end."""
    task = asyncio.create_task(end())
    await asyncio.wait({task}, timeout=_CLOSED_WITHIN_S)
    # Without its broker aiokafka's consumer ends as cancelled, others with errors: all is said.
    if task.done() and not task.cancelled() and (error := task.exception()):
        _LOG.warning("a client of Kafka was closed with %r", error)


@contextlib.contextmanager
def _threads(count: int) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(count, thread_name_prefix="insert")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False)


def _topic_uuids(bootstrap_servers: str, topics: list[str]) -> dict[str, str]:
    """Kafka's UUID of each topic. Raises StackError naming the topics that are missing."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers, **PATIENCE)
    try:
        missing = sorted(set(topics) - set(admin.list_topics()))
        if missing:
            raise StackError(
                f"topics are missing: {', '.join(missing)}; run `policy-events migrate`"
            )
        return {one["name"]: one["topic_id"] for one in admin.describe_topics(topics)}
    finally:
        admin.close()


def _on_signals(stopping: asyncio.Event) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopping.set)
