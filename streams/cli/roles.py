"""One role each in the foreground, as a container runs it; and ``migrate``."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from streams import addresses
from streams.cli.output import Format, console, print_rows
from streams.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(worker)
    app.command()(sink)
    app.command()(feeds)
    app.command()(migrate)


def worker() -> None:
    """Run the Faust agents: articles, orders, legs, progress and relate.

    In the foreground, as a container runs it, until SIGTERM or Ctrl-C. Start several to share the
    partitions among them.
    """
    from streams.bootstrap import run_worker

    settings = Settings()
    run_worker(settings, addresses.find(settings))


def sink() -> None:
    """Carry the topics into ClickHouse, each record once.

    In the foreground, as a container runs it, until SIGTERM or Ctrl-C. While ClickHouse is away it
    holds its place and tries again.
    """
    from streams.bootstrap import run_sink_role

    logging.basicConfig(
        force=True, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # The sink says itself, in one line, that ClickHouse is away; the driver says it in forty.
    logging.getLogger("clickhouse_driver").setLevel(logging.ERROR)
    settings = Settings()
    run_sink_role(settings, addresses.find(settings))


def feeds(
    check: Annotated[
        bool, typer.Option("--check", help="Only read feeds.toml and its secrets; list the lanes.")
    ] = False,
) -> None:
    """Fetch what feeds.toml lists, politely, keep it, and publish it."""
    import logging

    from streams.bootstrap import run_feeds_role
    from streams.connectors import configuration, role
    from streams.connectors.secrets import guard_logs

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    guard_logs()
    settings = Settings()
    if check:
        file = configuration.load(settings.feeds)
        rows = [(one.name, one.kind, feed.every_s) for feed, one in role.lanes_of(file)]
        print_rows(("lane", "kind", "every (s)"), rows, Format.table)
        return
    run_feeds_role(settings, addresses.find(settings, clickhouse=False))


def migrate(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be applied.")
    ] = False,
) -> None:
    """Create topics and tables that are missing; say what differs from the catalogue.

    To do it twice does no harm. Exit code 1 if a topic is there with other settings.
    """
    from schemas.topics.admin import ensure_topics
    from sinks.migrate import migrate as apply_migrations
    from streams.generations import in_force

    settings = Settings()
    where = addresses.find(settings)
    applied = apply_migrations(
        where.clickhouse,
        settings.database,
        dry_run=dry_run,
        replicated=settings.clickhouse_replicated,
    )
    verb = "would apply" if dry_run else "applied"
    for name in applied:
        console.print(f"{verb} {name}", highlight=False)
    if not applied:
        console.print(f"{settings.database}: no migration is missing", highlight=False)
    if dry_run:
        return
    settings = in_force(settings, where.kafka)
    ensured = ensure_topics(
        where.kafka, prefix=settings.topic_prefix, partitions=settings.partitions
    )
    for topic in ensured.created:
        console.print(f"created topic {topic}", highlight=False)
    for difference in ensured.differences:
        console.print(f"differs: {difference}", highlight=False)
    if ensured.differences:
        raise typer.Exit(1)
