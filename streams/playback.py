"""Plays a recording into the feed topics and waits until the pipeline has worked it off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable

from kafka.errors import KafkaError

from deploy.errors import StackError
from schemas.topics import catalogue
from streams import removal
from streams.addresses import Addresses
from streams.facts.received import Progress
from streams.feeds.documents import BadItem
from streams.feeds.publish import Publisher
from streams.lag import RELATE_INPUT, WORKER_INPUTS, Lag, offsets, sink_inputs
from streams.recording import Document
from streams.settings import LIVE, Settings

_LOOK_EVERY_S = 0.3


def publish(
    settings: Settings,
    where: Addresses,
    documents: Iterable[Document],
    progress: Iterable[Progress] = (),
) -> dict[str, int]:
    """Publish documents, then progress; refused items go to the dead letters. Records by topic."""
    with Publisher(where.kafka, prefix=settings.topic_prefix) as publisher:
        for document in documents:
            for record in document.records():
                if isinstance(record, BadItem):
                    publisher.refuse(document.kind, record)
                else:
                    publisher.publish([record])
        publisher.publish(progress)
    return publisher.counts


def settle(
    settings: Settings,
    where: Addresses,
    *,
    timeout_s: float = 120,
    tend: Callable[[], None] = lambda: None,
    show: Callable[[int], None] = lambda _behind: None,
) -> None:
    """Wait until workers and sink have committed all there is, twice in a row, nothing new between.

    ``tend`` is called at each look, ``show`` with the number of records behind. Raises StackError,
    naming who is behind on what, when the time is over.
    """
    deadline = time.monotonic() + timeout_s
    before: list[Lag] | None = None
    with offsets(where.kafka, settings.topic_prefix) as look:
        while True:
            tend()
            worker = look.lags(settings.worker_group, [*WORKER_INPUTS, RELATE_INPUT])
            now = worker + look.lags(settings.sink_group, sink_inputs())
            behind = [one for one in now if one.behind]
            show(sum(one.behind for one in behind))
            if not behind and now == before:
                return
            before = now
            if time.monotonic() > deadline:
                late = "; ".join(f"{one.group} {one.behind} on {one.topic}" for one in behind)
                raise StackError(f"the pipeline is not done after {timeout_s:.0f} s: {late}")
            time.sleep(_LOOK_EVERY_S)


def forget(settings: Settings, kafka: str | None, clickhouse: str | None) -> None:
    """Remove a recording's namespace from servers of yours: topics, consumer groups, database.

    Raises ValueError for the live namespace.
    """
    if settings.namespace == LIVE:
        raise ValueError("the live namespace is not a recording")
    if kafka is not None:
        _forget_topics(settings, kafka)
    if clickhouse is not None:
        from clickhouse_driver import Client

        with Client.from_url(clickhouse) as client:
            # The name comes from a validated setting: letters, digits and underscores.
            every = "SELECT name FROM system.databases WHERE match(name, %(names)s)"
            for (name,) in client.execute(every, {"names": f"^(g[0-9]+_)?{settings.database}$"}):
                client.execute(f"DROP DATABASE IF EXISTS {name} SYNC")


def _forget_topics(settings: Settings, kafka: str) -> None:
    # Its groups, its changelogs, and those of its rebuilds; a namespace has no hyphen.
    group = settings.worker_group
    own = re.compile(rf"{re.escape(settings.first_prefix)}(g\d+\.)?(?P<name>.+)")

    def of_group(name: str) -> bool:
        return name.startswith(f"{group}-")

    def topic(name: str) -> bool:
        found = own.fullmatch(name)
        return of_group(name) or (found is not None and found["name"] in catalogue())

    try:
        removal.remove(kafka, topics=topic, groups=lambda name: name == group or of_group(name))
    except KafkaError as error:
        raise StackError(f"the recording's topics could not be removed: {error}") from error
