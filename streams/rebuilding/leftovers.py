"""Topics and groups of a generation, found by name and removed."""

from __future__ import annotations

import re

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.errors import StackError
from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE
from streams import removal
from streams.generations import TOPIC
from streams.settings import Settings


def copy_group(settings: Settings) -> str:
    """Group that keeps how far the copying into this generation has come."""
    return f"{settings.worker_group}-copy"


def present(settings: Settings, kafka: str) -> bool:
    """Whether the broker has this generation's topics."""
    admin = KafkaAdminClient(bootstrap_servers=kafka, **PATIENCE)
    try:
        return any(map(_topics(settings), admin.list_topics()))
    finally:
        admin.close()


def remove(settings: Settings, kafka: str) -> int:
    """Remove one generation's groups and topics; how many topics. Raises StackError.

    Returns once the broker no longer lists them: what has the same names may be made then.
    """
    groups = {settings.worker_group, settings.sink_group, copy_group(settings)}
    try:
        return removal.remove(kafka, topics=_topics(settings), groups=groups.__contains__)
    except KafkaError as error:
        raise StackError(
            f"topics of generation {settings.generation} could not be removed: {error}"
        ) from error


def _topics(settings: Settings) -> removal.Named:
    mine = {settings.topic_prefix + topic for topic in catalogue()}
    mine.discard(settings.first_prefix + TOPIC)
    # The first generation's group is what the others' names begin with.
    changelogs = re.compile(rf"{re.escape(settings.worker_group)}-(?!g\d+-).+")
    return lambda name: name in mine or changelogs.fullmatch(name) is not None
