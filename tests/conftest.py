"""Fixtures that several test folders share: the embedded servers, once per session."""

import os
from pathlib import Path

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


ROOT = Path(__file__).parents[1]
LONGEST_FIRST = (Path(__file__).parent / "longest_first.txt").read_text().split()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, but for ``make soak``; what takes longest begins first.

    A file is run whole by one of several processes: one that began last would be waited for.
    """
    gone = [name for name in LONGEST_FIRST if not (ROOT / name).exists()]
    if gone:
        raise pytest.UsageError(f"tests/longest_first.txt: there is no {', '.join(gone)}")
    rank = {ROOT / name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
    if os.environ.get("POLICY_EVENTS_SOAK"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
