"""The composition root: settings go in, the parts come out wired together.

Nothing else knows both the pure stages and the servers that host them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.errors import StackError
from deploy.supervisor import Role, Supervisor
from schemas.codec import decode, encode
from schemas.topics import catalogue
from schemas.topics.admin import Ensured, ensure_topics
from streams.addresses import Addresses, stack_file
from streams.settings import Settings
from streams.stages import Stage

if TYPE_CHECKING:
    from streams.host.transport import BatchApp

JarProgress = Callable[[int, int, str], None]


def prepare_namespace(settings: Settings, where: Addresses) -> Ensured:
    """Create what is missing of this namespace: its topics, its database, its tables."""
    from sinks.migrate import migrate

    ensured = ensure_topics(
        where.kafka, prefix=settings.topic_prefix, partitions=settings.partitions
    )
    migrate(where.clickhouse, settings.database)
    return ensured


def embedded_stack(
    settings: Settings, *, roles: bool = True, jar_progress: JarProgress | None = None
) -> Supervisor:
    """The whole pipeline on servers of its own, to be entered and watched.

    Servers whose address is configured are not started: the roles use yours.
    """
    from deploy.clickhouse.embedded import EmbeddedClickHouse
    from deploy.kafka.broker import EmbeddedKafka

    servers: dict[str, Any] = {}
    kafka_address = settings.kafka_bootstrap_servers
    clickhouse_url = settings.clickhouse_url.get_secret_value() if settings.clickhouse_url else None
    if kafka_address is None:
        servers["kafka"] = EmbeddedKafka(
            settings.home / "kafka",
            settings.run,
            port=settings.kafka_port or None,
            jars_cache=settings.cache / "jars",
            progress=jar_progress,
        )
    if clickhouse_url is None:
        servers["clickhouse"] = EmbeddedClickHouse(
            settings.home / "clickhouse", settings.run, port=settings.clickhouse_port or None
        )

    def prepare() -> list[Role]:
        where = Addresses(
            kafka_address or servers["kafka"].bootstrap_servers,
            clickhouse_url or servers["clickhouse"].url,
            clickhouse_url or servers["clickhouse"].readonly_url,
        )
        prepare_namespace(settings, where)
        where.write(stack_file(settings))
        environment = settings.environment(
            KAFKA_BOOTSTRAP_SERVERS=where.kafka,
            CLICKHOUSE_URL=where.clickhouse,
            # One worker and one sink a home: after a restart they get their partitions at once.
            POLICY_EVENTS_INSTANCE=settings.instance or "embedded",
        )
        names = ["worker", "sink"] if roles else []
        if roles and settings.feeds.exists():
            names.append("feeds")
        return [
            Role(name, [sys.executable, "-m", "streams.cli", name], environment) for name in names
        ]

    return Supervisor(run=settings.run, servers=servers, prepare=prepare)


def worker_app(settings: Settings, where: Addresses) -> BatchApp:
    """Wire the pure stages into one Faust app."""
    from streams.forwarding import ProgressStage
    from streams.host.agent import StageSpec
    from streams.host.app import build_app
    from streams.legs.stage import LegsStage
    from streams.mentions.stage import ArticlesStage
    from streams.orders.stage import OrdersStage
    from streams.relations.stage import RelateStage

    count = settings.partitions
    topics = catalogue()

    def spec(name: str, topic: str, factory: Callable[[int], Stage]) -> StageSpec:
        return StageSpec(name, topic, factory, topics[topic].partition_count(count))

    return build_app(
        app_id=settings.worker_group,
        bootstrap_servers=where.kafka,
        prefix=settings.topic_prefix,
        specs=[
            spec("articles", "news.articles", lambda _: ArticlesStage()),
            spec("orders", "court.docket-entries", lambda _: OrdersStage()),
            spec("legs", "flights.positions", lambda _: LegsStage()),
            spec("progress", "feed.progress", lambda _: ProgressStage()),
            spec("relate", "relate.inputs", lambda number: RelateStage(number, count)),
        ],
        partitions_of=lambda topic: topics[topic].partition_count(count),
        decode=decode,
        encode=encode,
        epoch=settings.epoch,
        data=settings.home / "faust",
        instance=_instance(settings, "worker"),
    )


def run_worker(settings: Settings, where: Addresses) -> None:
    """Run the agents in the foreground.

    Raises StackError if topics have other partition counts than this deployment's: facts that
    must meet would not.
    """
    from streams.host.app import run

    ensured = ensure_topics(
        where.kafka, prefix=settings.topic_prefix, partitions=settings.partitions
    )
    unequal = [str(one) for one in ensured.differences if one.setting == "partitions"]
    if unequal:
        raise StackError(
            "topics that are joined must have equal partition counts: " + "; ".join(unequal)
        )
    run(worker_app(settings, where))


def run_sink_role(settings: Settings, where: Addresses) -> None:
    """Run the sink in the foreground."""
    from sinks.consumer import run_sink
    from streams.status import sink_status_file

    run_sink(
        where.kafka,
        where.clickhouse,
        settings.database,
        topic_prefix=settings.topic_prefix,
        group=settings.sink_group,
        status_path=sink_status_file(settings),
        instance=_instance(settings, "sink"),
    )


def run_feeds_role(settings: Settings, where: Addresses) -> None:
    """Run the live feeds in the foreground. Raises StackError for a wrong ``feeds.toml``."""
    import asyncio

    from streams.connectors import configuration, role
    from streams.status import feeds_status_file

    file = configuration.load(settings.feeds)
    ensure_topics(where.kafka, prefix=settings.topic_prefix, partitions=settings.partitions)
    asyncio.run(
        role.run(
            file,
            kafka=where.kafka,
            prefix=settings.topic_prefix,
            archive_folder=file.archive or settings.archive,
            account=feeds_status_file(settings),
        )
    )


def _instance(settings: Settings, role: str) -> str | None:
    return None if settings.instance is None else f"{settings.instance}-{role}"
