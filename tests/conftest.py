"""Fixtures that several test folders share: the embedded servers, once per session."""

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fixtures.clickhouse",
    "tests.fixtures.disks",
    "tests.fixtures.java",
    "tests.fixtures.kafka",
]

# A busy machine is no fault of an example: no deadlines. CI tries the same examples each time, so
# that a rare counterexample stops the change that caused it and no other; `make soak` seeks new
# ones.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("searching", settings.get_profile("steady"), derandomize=False)
settings.load_profile("searching" if os.environ.get("POLICY_EVENTS_SOAK") else "steady")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, but for ``make soak``."""
    if os.environ.get("POLICY_EVENTS_SOAK"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
