"""Fixtures that several test folders share: the embedded servers, once per session."""

pytest_plugins = ["tests.fixtures.clickhouse", "tests.fixtures.kafka"]
