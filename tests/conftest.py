"""Fixtures that several test folders share: the embedded servers, once per session."""

import os

import pytest

pytest_plugins = ["tests.fixtures.clickhouse", "tests.fixtures.kafka"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, but for ``make soak``."""
    if os.environ.get("POLICY_EVENTS_SOAK"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
