"""Embedded Kafka and ClickHouse for a benchmark: on free ports, in a folder that is then gone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.kafka.broker import EmbeddedKafka
from streams.settings import Settings


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """The broker's address and the writer's ClickHouse URL."""
    jars = Settings().cache / "jars"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        run = home / "run"
        with (
            EmbeddedKafka(home / "kafka", run, port=None, jars_cache=jars) as kafka,
            EmbeddedClickHouse(home / "clickhouse", run) as clickhouse,
        ):
            yield kafka.bootstrap_servers, clickhouse.url
