"""How long a generation's topics keep what is in them: all of it while it is built."""

from __future__ import annotations

from collections.abc import Callable

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from schemas.topics import catalogue
from schemas.topics.reach import PATIENCE
from streams.rebuilding.copying import fed
from streams.settings import Settings

_SETTING = "retention.ms"


def everything(settings: Settings, kafka: str) -> None:
    """Keep everything: copies bear the times of the originals, and could expire unread."""
    _set(settings, kafka, lambda _: "-1")


def as_catalogued(settings: Settings, kafka: str) -> None:
    """Keep what the catalogue says."""
    _set(settings, kafka, lambda said: said)


def _set(settings: Settings, kafka: str, kept: Callable[[str], str]) -> None:
    topics = catalogue()
    limited = {name: topics[name].settings.get(_SETTING, "-1") for name in fed()}
    resources = [
        ConfigResource(
            ConfigResourceType.TOPIC, settings.topic_prefix + name, {_SETTING: kept(said)}
        )
        for name, said in limited.items()
        if said != "-1"
    ]
    admin = KafkaAdminClient(bootstrap_servers=kafka, **PATIENCE)
    try:
        admin.alter_configs(resources)
    finally:
        admin.close()
