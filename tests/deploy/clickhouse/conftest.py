"""What the endpoint's tests share: clients of both users, and a database per test."""

import uuid
from collections.abc import Iterator

import pytest
from clickhouse_driver import Client

from deploy.clickhouse.embedded import EmbeddedClickHouse


@pytest.fixture(params=["plain", "lz4"])
def writer(clickhouse: EmbeddedClickHouse, request: pytest.FixtureRequest) -> Iterator[Client]:
    """A writer, once without compression and once with, in a database of its own."""
    name = f"t_{uuid.uuid4().hex[:8]}"
    with Client.from_url(clickhouse.url) as first:
        first.execute(f"CREATE DATABASE {name} ENGINE = Atomic")
    compression = "lz4" if request.param == "lz4" else "0"
    url = f"{clickhouse.url}{name}?compression={compression}"
    with Client.from_url(url) as client:
        yield client
        client.execute(f"DROP DATABASE {name}")


@pytest.fixture
def reader(clickhouse: EmbeddedClickHouse) -> Iterator[Client]:
    """The read-only user."""
    with Client.from_url(clickhouse.readonly_url) as client:
        yield client
