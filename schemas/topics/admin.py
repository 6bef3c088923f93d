"""Makes a broker's topics those of the catalogue: creates the missing, reports what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError

from schemas.topics import Topic, catalogue
from schemas.topics.reach import PATIENCE


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting of a topic that is not what the catalogue says. Nothing changes it for you."""

    topic: str
    setting: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.setting} is {self.found}, the catalogue says {self.expected}"


@dataclass(frozen=True, slots=True)
class Ensured:
    """What ``ensure_topics`` did and found."""

    created: tuple[str, ...]
    differences: tuple[Difference, ...]


def ensure_topics(
    bootstrap_servers: str,
    *,
    prefix: str = "",
    partitions: int,
    replication: int = 1,
    topics: Iterable[Topic] | None = None,
) -> Ensured:
    """Create the missing topics of the catalogue under a prefix; report settings that differ.

    Idempotent: a second call creates nothing. Raises kafka.errors.KafkaError if the broker refuses.
    """
    wanted = {
        prefix + topic.topic: topic
        for topic in (catalogue().values() if topics is None else topics)
    }
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers, **PATIENCE)
    try:
        present = set(admin.list_topics())
        missing = [name for name in wanted if name not in present]
        if missing:
            try:
                admin.create_topics(
                    {
                        name: {
                            "num_partitions": wanted[name].partition_count(partitions),
                            "replication_factor": replication,
                            "configs": wanted[name].settings,
                        }
                        for name in missing
                    },
                    wait_for_metadata=True,
                )
            except TopicAlreadyExistsError:  # somebody else was faster: then it is there
                admin.wait_for_topics(missing)
        old = [name for name in wanted if name in present]
        return Ensured(tuple(missing), tuple(_differences(admin, wanted, old, partitions)))
    finally:
        admin.close()


def _differences(
    admin: KafkaAdminClient, wanted: dict[str, Topic], names: list[str], partitions: int
) -> Iterable[Difference]:
    if not names:
        return
    for description in admin.describe_topics(names):
        name = description["name"]
        count, found = wanted[name].partition_count(partitions), len(description["partitions"])
        if count != found:
            yield Difference(name, "partitions", str(count), str(found))
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = admin.describe_configs(resources, config_filter="all")
    for name, settings in described["topic"].items():
        for setting, expected in wanted[name].settings.items():
            found_value = str(settings.get(setting, {}).get("value", "unset"))
            if found_value != expected:
                yield Difference(name, setting, expected, found_value)
