"""Topics and consumer groups go, and are seen to be gone: which ones is said by tests of a name."""

from __future__ import annotations

import time
from collections.abc import Callable

from kafka import KafkaAdminClient

from deploy.errors import StackError
from schemas.topics.reach import PATIENCE

_GONE_WITHIN_S = 60
_LOOK_EVERY_S = 0.3

Named = Callable[[str], bool]
"""Whether a name is meant."""


def remove(kafka: str, *, topics: Named, groups: Named) -> int:
    """Remove these groups, then these topics; how many topics.

    Returns once the broker no longer lists them: what has the same names may be made then. Raises
    StackError if it keeps some, KafkaError if it does not answer.
    """
    admin = KafkaAdminClient(bootstrap_servers=kafka, **PATIENCE)
    try:
        _remove_groups(admin, groups)
        names = {name for name in admin.list_topics() if topics(name)}
        if names:
            admin.delete_topics(sorted(names))
        deadline = time.monotonic() + _GONE_WITHIN_S
        while left := names & set(admin.list_topics()):
            _wait(deadline, f"Kafka still lists {sorted(left)[0]}")
        return len(names)
    finally:
        admin.close()


def _remove_groups(admin: KafkaAdminClient, groups: Named) -> None:
    """Remove groups; the broker refuses as long as a member that was killed counts as alive.

    kafka-python does not raise then: what became of each group is in its answer.
    """
    deadline = time.monotonic() + _GONE_WITHIN_S
    while present := sorted(
        one["group_id"] for one in admin.list_groups() if groups(one["group_id"])
    ):
        said = admin.delete_groups(present)
        if all(word == "OK" for word in said.values()):
            return
        _wait(deadline, f"Kafka keeps groups that have members: {said}")


def _wait(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise StackError(f"{what}, after {_GONE_WITHIN_S} s")
    time.sleep(_LOOK_EVERY_S)
