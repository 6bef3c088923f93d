"""Topics and groups of a generation, found by name and removed."""

from __future__ import annotations

import re
import time

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.errors import StackError
from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE
from streams.generations import TOPIC
from streams.settings import Settings

_GONE_WITHIN_S = 60
_LOOK_EVERY_S = 0.3


def copy_group(settings: Settings) -> str:
    """Group that keeps how far the copying into this generation has come."""
    return f"{settings.worker_group}-copy"


def present(settings: Settings, kafka: str) -> bool:
    """Whether the broker has this generation's topics."""
    admin = KafkaAdminClient(bootstrap_servers=kafka, **PATIENCE)
    try:
        return any(_belongs(settings, name) for name in admin.list_topics())
    finally:
        admin.close()


def remove(settings: Settings, kafka: str) -> int:
    """Remove one generation's groups and topics; how many topics. Raises StackError.

    Returns once the broker no longer lists them: what has the same names may be made then.
    """
    admin = KafkaAdminClient(bootstrap_servers=kafka, **PATIENCE)
    try:
        _remove_groups(admin, {settings.worker_group, settings.sink_group, copy_group(settings)})
        names = [name for name in admin.list_topics() if _belongs(settings, name)]
        if names:
            admin.delete_topics(names)
        deadline = time.monotonic() + _GONE_WITHIN_S
        while left := set(names) & set(admin.list_topics()):
            _wait(deadline, f"Kafka still lists {sorted(left)[0]}")
        return len(names)
    except KafkaError as error:
        raise StackError(
            f"topics of generation {settings.generation} could not be removed: {error}"
        ) from error
    finally:
        admin.close()


def _remove_groups(admin: KafkaAdminClient, ours: set[str]) -> None:
    """Remove groups; the broker refuses as long as a member that was killed counts as alive."""
    deadline = time.monotonic() + _GONE_WITHIN_S
    while present := sorted({one["group_id"] for one in admin.list_groups()} & ours):
        said = admin.delete_groups(present)
        if all(word == "OK" for word in said.values()):
            return
        _wait(deadline, f"Kafka keeps the groups of a rebuild: {said}")


def _wait(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise StackError(f"{what}, after {_GONE_WITHIN_S} s")
    time.sleep(_LOOK_EVERY_S)


def _belongs(settings: Settings, name: str) -> bool:
    if name == settings.first_prefix + TOPIC:
        return False
    mine = {settings.topic_prefix + topic for topic in catalogue()}
    # The first generation's group is what the others' names begin with.
    changelogs = rf"{re.escape(settings.worker_group)}-(?!g\d+-).+"
    return name in mine or re.fullmatch(changelogs, name) is not None
