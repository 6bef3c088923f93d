"""The Faust app that hosts the stages: specifications go in, an app that can be run comes out.

Each stage has an ``agent``, which keeps the order of ``agent.py`` so that no stage has to.
``exactly_once`` as Faust's setting covers state and offsets, not outputs; exact results rest on
that order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faust

from streams.host.agent import AcknowledgedTable, StageAgent, StageSpec
from streams.host.transport import BatchApp, BatchSchema

_SESSION_TIMEOUT_S = 10.0
# Of a session: how long the producer may try to deliver. With how long the group's word counts
# (``agent``) less than one, so that nothing is delivered after another worker may have taken over.
_DELIVER_WITHIN = 0.7
_DELIVER_AT_LEAST_S = 5.0  # tests have short sessions on busy machines
_COMMIT_EVERY_S = 0.5
_FETCH_BYTES = 1024 * 1024
_BATCHES_IN_FLIGHT = 4


def build_app(
    *,
    app_id: str,
    bootstrap_servers: str,
    prefix: str,
    specs: Sequence[StageSpec],
    partitions_of: Callable[[str], int],
    decode: Callable[[bytes | None], Any],
    encode: Callable[[Any], bytes],
    epoch: int,
    data: Path,
    store: str = "memory://",
    web_port: int | None = None,
    processing_guarantee: str = "at_least_once",
    session_timeout_s: float = _SESSION_TIMEOUT_S,
    instance: str | None = None,
) -> BatchApp:
    """Make the app. ``partitions_of`` gives a topic's partition count by its catalogue name.

    ``decode`` raises ValueError for bytes that are no record. ``instance`` makes the worker a
    static member of its group: started again under the same name it gets its partitions back at
    once; two workers must never share a name.
    """
    settings: dict[str, Any] = {}
    if instance is not None:
        settings["consumer_group_instance_id"] = instance
        # Part of the group's protocol: if it changed with the port, the assignor would hang.
        settings["canonical_url"] = f"http://{instance}.worker:6066"
    app = BatchApp(
        app_id,
        broker="kafka://" + bootstrap_servers.replace(",", ";kafka://"),
        store=store,
        datadir=str(data),
        Table=AcknowledgedTable,
        processing_guarantee=processing_guarantee,
        topic_replication_factor=1,
        topic_disable_leader=True,
        topic_allow_declare=True,
        broker_session_timeout=session_timeout_s,
        broker_heartbeat_interval=session_timeout_s / 4,
        # Also how long a takeover waits for a member that died while partitions moved.
        broker_rebalance_timeout=_SESSION_TIMEOUT_S,
        producer_request_timeout=max(session_timeout_s * _DELIVER_WITHIN, _DELIVER_AT_LEAST_S),
        broker_commit_interval=_COMMIT_EVERY_S,
        consumer_max_fetch_size=_FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=_BATCHES_IN_FLIGHT,
        stream_wait_empty=False,
        web_enabled=web_port is not None,
        web_host="127.0.0.1",
        web_bind="127.0.0.1",
        web_port=web_port or 6066,
        **settings,
    )
    app.batch_topics = frozenset(prefix + spec.topic for spec in specs)
    for spec in specs:
        table = app.Table(
            f"{spec.name}-state",
            key_type=bytes,
            value_type=bytes,
            partitions=spec.partitions,
        )
        agent = StageAgent(
            app,
            spec,
            table,
            prefix=prefix,
            epoch=epoch,
            partitions_of=partitions_of,
            decode=decode,
            encode=encode,
            session_s=session_timeout_s,
        )
        topic = app.topic(
            prefix + spec.topic, schema=BatchSchema(), partitions=spec.partitions, allow_empty=True
        )
        app.agent(topic, name=spec.name)(agent.consume)
    return app


def run(app: BatchApp) -> None:
    """Run a worker in the foreground until SIGTERM or SIGINT; then the process ends."""
    faust.Worker(app, loglevel="WARNING", redirect_stdouts=False).execute_from_commandline()
