"""The role ``feeds``: ``feeds.toml`` goes in; lanes and receivers run until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streams.connectors import account as accounts_file
from streams.connectors.account import Account, Metrics
from streams.connectors.answers import now
from streams.connectors.archive import Archive
from streams.connectors.configuration import CourtListenerWebhook, FeedsFile
from streams.connectors.cursors import TOPIC as CURSORS
from streams.connectors.cursors import Cursor
from streams.connectors.fetching import Fetcher
from streams.connectors.lane import Lane
from streams.connectors.outlet import Outlet, newest_by_key
from streams.connectors.polled import Polled
from streams.connectors.receiver import KIND as WEBHOOK
from streams.connectors.receiver import TOPIC as DELIVERIES
from streams.connectors.receiver import Receiver, known_deliveries
from streams.connectors.source import Source, Surroundings
from streams.connectors.sources import sources

REDACTIONS = "feed.redactions"
_WORKERS = 8
_ACCOUNT_EVERY_S = 1.0
_AGAIN_AFTER_S = 10.0
_LOG = logging.getLogger(__name__)


def lanes_of(file: FeedsFile) -> Iterator[tuple[Polled, Source]]:
    """Every lane that a file describes. Raises StackError for a secret that is missing."""
    for feed in file.feeds:
        if not isinstance(feed, CourtListenerWebhook):
            for source in sources(feed):
                yield feed, source


async def run(
    file: FeedsFile, *, kafka: str, prefix: str, archive_folder: Path, account: Path
) -> None:
    """Run everything until SIGTERM or SIGINT. Raises StackError or KafkaError at the start."""
    lanes = list(lanes_of(file))
    cursors = newest_by_key(kafka, prefix + CURSORS)
    redacted = newest_by_key(kafka, prefix + REDACTIONS)
    archive = Archive(archive_folder, limit_bytes=file.archive_limit_bytes, writing=True)
    outlet = Outlet(kafka, prefix=prefix)
    workers = ThreadPoolExecutor(_WORKERS, "feeds")
    accounts: list[Account] = []
    try:
        async with Fetcher(file.contact, ca_file=file.ca_file) as fetcher:
            shared = Surroundings(archive, outlet, fetcher, workers, redacted)
            async with asyncio.TaskGroup() as tasks:
                running = []
                for feed, source in lanes:
                    kept = _account(source.name, source.kind, feed)
                    accounts.append(kept)
                    lane = Lane(source, kept, _cursor(cursors, source.name), shared)
                    running.append(tasks.create_task(_kept_up(lane.run, kept)))
                for hook in file.feeds:
                    if isinstance(hook, CourtListenerWebhook):
                        kept = _account(hook.name, WEBHOOK, hook)
                        accounts.append(kept)
                        marks = known_deliveries(
                            hook.name, newest_by_key(kafka, prefix + DELIVERIES)
                        )
                        cursor = _cursor(cursors, hook.name)
                        receiver = Receiver(hook, kept, cursor, marks, shared)
                        running.append(tasks.create_task(_kept_up(receiver.run, kept)))
                running.append(tasks.create_task(_write_accounts(account, accounts)))
                if file.metrics is not None:
                    running.append(tasks.create_task(_serve_metrics(file.metrics, accounts)))
                _stop_on_signals(running)
                _LOG.warning("feeds: %d lanes, archive %s", len(accounts), archive_folder)
    finally:
        workers.shutdown(wait=True, cancel_futures=True)
        outlet.close()
        archive.close()


async def _kept_up(run: Callable[[], Awaitable[None]], account: Account) -> None:
    """Run a lane again when it ends, as for a port that is taken: the others go on meanwhile."""
    while True:
        try:
            await run()
        except Exception as error:
            _LOG.exception("%s ended; it is started again", account.lane)
            account.failed("fault", f"{type(error).__name__}: {error}")
        await asyncio.sleep(_AGAIN_AFTER_S)


def _stop_on_signals(tasks: list[asyncio.Task[None]]) -> None:
    def stop() -> None:
        for task in tasks:
            task.cancel()

    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)


def _account(lane: str, kind: str, feed: Polled | CourtListenerWebhook) -> Account:
    return Account(
        lane=lane,
        kind=kind,
        every_s=getattr(feed, "every_s", 0.0),
        silent_after_s=getattr(feed, "silent_after_s", None),
        quiet_after_s=feed.quiet_after_s,
        since=now(),
    )


def _cursor(cursors: dict[str, object], lane: str) -> Cursor:
    value = cursors.get(lane)
    return Cursor.read(value) if isinstance(value, dict) else Cursor()


async def _write_accounts(file: Path, accounts: list[Account]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            accounts_file.write(file, accounts, now())
        except OSError as error:
            _LOG.warning("the account %s cannot be written: %s", file, error)
        await asyncio.sleep(_ACCOUNT_EVERY_S)


async def _serve_metrics(address: str, accounts: list[Account]) -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Metrics(accounts))

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    host, _, port = address.rpartition(":")
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
