"""Topics and groups of a generation, found by name and removed."""

from __future__ import annotations

import re
import time

from kafka import KafkaAdminClient
from kafka.errors import GroupIdNotFoundError, KafkaError, UnknownTopicOrPartitionError

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
    """Remove one generation's topics and groups; how many topics. Raises StackError.

    Returns once the broker no longer lists them: topics of the same name may be made then.
    """
    admin = KafkaAdminClient(bootstrap_servers=kafka, **PATIENCE)
    try:
        names = [name for name in admin.list_topics() if _belongs(settings, name)]
        if names:
            admin.delete_topics(names)
        ours = {settings.worker_group, settings.sink_group, copy_group(settings)}
        groups = sorted({one["group_id"] for one in admin.list_groups()} & ours)
        if groups:
            admin.delete_groups(groups)
        deadline = time.monotonic() + _GONE_WITHIN_S
        while left := set(names) & set(admin.list_topics()):
            if time.monotonic() > deadline:
                raise StackError(f"Kafka still lists {sorted(left)[0]} a minute after its removal")
            time.sleep(_LOOK_EVERY_S)
        return len(names)
    except (GroupIdNotFoundError, UnknownTopicOrPartitionError):
        return 0
    except KafkaError as error:
        raise StackError(
            f"topics of generation {settings.generation} could not be removed: {error}"
        ) from error
    finally:
        admin.close()


def _belongs(settings: Settings, name: str) -> bool:
    if name == settings.first_prefix + TOPIC:
        return False
    mine = {settings.topic_prefix + topic for topic in catalogue()}
    # The first generation's group is what the others' names begin with.
    changelogs = rf"{re.escape(settings.worker_group)}-(?!g\d+-).+"
    return name in mine or re.fullmatch(changelogs, name) is not None
