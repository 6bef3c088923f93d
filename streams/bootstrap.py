"""The composition root: settings go in, the parts come out wired together.

Nothing else knows both the pure stages and the servers that host them.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from deploy.errors import StackError
from deploy.processes import stop_recorded
from deploy.supervisor import Role, Supervisor
from schemas.codec import decode, encode
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from streams.addresses import PARTS, Addresses, configured, stack_file
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.host.transport import BatchApp
    from streams.relations.policy import Scope

JarProgress = Callable[[int, int, str], None]


def prepare_namespace(settings: Settings, where: Addresses) -> Settings:
    """Create what is missing of this namespace: its topics, its database, its tables.

    These settings, in the generation that is in force.
    """
    from sinks.migrate import migrate
    from streams.generations import in_force

    settings = in_force(settings, where.kafka)
    ensure_topics(where.kafka, prefix=settings.topic_prefix, partitions=settings.partitions)
    migrate(where.clickhouse, settings.database, replicated=settings.clickhouse_replicated)
    return settings


def embedded_stack(
    settings: Settings,
    *,
    roles: bool = True,
    fresh: bool = False,
    ready: Callable[[], None] = lambda: None,
    jar_progress: JarProgress | None = None,
) -> Supervisor:
    """The whole pipeline on servers of its own, to be entered and watched.

    Servers whose address is configured are not started: the roles use yours. Without ``roles``
    it is the servers alone. ``fresh`` removes what an earlier run has left in this home; ``ready``
    is called once every part was started, just before others are told the addresses.
    """
    from deploy.clickhouse.embedded import EmbeddedClickHouse
    from deploy.kafka.broker import EmbeddedKafka

    servers: dict[str, Any] = {}
    kafka_address, clickhouse_url = configured(settings)
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

    def addresses() -> Addresses:
        return Addresses(
            kafka_address or servers["kafka"].bootstrap_servers,
            clickhouse_url or servers["clickhouse"].url,
            clickhouse_url or servers["clickhouse"].readonly_url,
        )

    def prepare() -> list[Role]:
        where = addresses()
        prepare_namespace(settings, where)
        environment = settings.environment(
            KAFKA_BOOTSTRAP_SERVERS=where.kafka,
            CLICKHOUSE_URL=where.clickhouse,
            # One worker and one sink a home: after a restart they get their partitions at once.
            POLICY_EVENTS_INSTANCE=settings.instance or "embedded",
        )
        names = ["worker", "sink"] if roles else []
        # A demo's recording is not mixed with what comes in.
        if roles and settings.feeds.exists() and not fresh:
            names.append("feeds")
        return [
            Role(name, [sys.executable, "-m", "streams.cli", name], environment) for name in names
        ]

    def tell() -> None:
        ready()
        addresses().write(stack_file(settings))

    clear = partial(_clear, settings) if fresh else lambda: None
    return Supervisor(run=settings.run, servers=servers, prepare=prepare, clear=clear, tell=tell)


def _clear(settings: Settings) -> None:
    """Remove a home's data. Called while the home is held, so that nobody works on it."""
    for name in reversed(PARTS):
        stop_recorded(settings.run, name)
    for folder in ("kafka", "clickhouse", "faust"):
        try:
            shutil.rmtree(settings.home / folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StackError(f"{settings.home / folder} can't be removed: {error}") from error
    stack_file(settings).unlink(missing_ok=True)


def join_scope(settings: Settings) -> Scope:
    """Which answers this deployment stores. Raises StackError for a bad watch-list."""
    from streams.relations.policy import scope

    try:
        return scope(settings.watch_list, settings.horizon_days)
    except ValueError as error:
        raise StackError(str(error)) from error


def worker_app(settings: Settings, where: Addresses) -> BatchApp:
    """Wire the pure stages into one Faust app."""
    from streams.forwarding import ProgressStage
    from streams.host.agent import StageSpec, partition_of
    from streams.host.app import build_app
    from streams.legs.stage import LegsStage
    from streams.mentions.stage import ArticlesStage
    from streams.orders.cases_stage import CasesStage
    from streams.orders.force_stage import ForceStage
    from streams.orders.stage import OrdersStage
    from streams.relations.stage import RelateStage

    count, scope = settings.partitions, join_scope(settings)
    topics = catalogue()

    def spec(
        name: str, topic: str, factory: Callable[[int], Any], *, columns: bool = False
    ) -> StageSpec:
        partitions = topics[topic].partition_count(count)
        return StageSpec(name, topic, factory, partitions, columns=columns)

    def at_home(number: int) -> Callable[[str], bool]:
        """Whether a case family belongs to this partition, as the host routes it."""
        return lambda family: partition_of(family, count) == number

    return build_app(
        app_id=settings.worker_group,
        bootstrap_servers=where.kafka,
        prefix=settings.topic_prefix,
        specs=[
            spec("articles", "news.articles", lambda _: ArticlesStage()),
            spec("orders", "court.docket-entries", lambda _: OrdersStage()),
            spec("cases", "cases.inputs", lambda _: CasesStage()),
            spec("legs", "flights.positions", lambda _: LegsStage(), columns=True),
            spec("force", "court.orders", lambda number: ForceStage(at_home(number))),
            spec("progress", "feed.progress", lambda _: ProgressStage()),
            spec("relate", "relate.inputs", lambda number: RelateStage(number, count, scope)),
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
    from streams.generations import followed
    from streams.host.app import run

    settings = followed(settings, where.kafka)
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
    """Run the sink in the foreground.

    That of a rebuild, whose settings name the generation, writes what is derived, beside the live.
    """
    from sinks.consumer import run_sink
    from sinks.generations import derived
    from streams.generations import followed
    from streams.status import sink_status_file

    beside = settings.generation is not None
    settings = followed(settings, where.kafka)
    run_sink(
        where.kafka,
        where.clickhouse,
        settings.staging_database if beside else settings.database,
        topic_prefix=settings.topic_prefix,
        group=settings.sink_group,
        status_path=None if beside else sink_status_file(settings),
        generation=settings.generation or 0,
        only=[table.topic for table in derived()] if beside else None,
        instance=_instance(settings, "sink"),
    )


def run_feeds_role(settings: Settings, where: Addresses) -> None:
    """Run the live feeds in the foreground. Raises StackError for a wrong ``feeds.toml``."""
    import asyncio

    from streams.connectors import configuration, role
    from streams.generations import followed
    from streams.status import feeds_status_file

    file = configuration.load(settings.feeds)
    settings = followed(settings, where.kafka)
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
