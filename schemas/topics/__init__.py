"""The topic catalogue: pages of YAML go in, topics with their creation settings come out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent

Compatibility = Literal["BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"]
_DEAD_LETTERS_KEPT_MS = 30 * 24 * 3600 * 1000


class Topic(BaseModel):
    """One topic as its page describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str
    carries: str
    key: str
    partitioned_by: str | None = None
    partitions: int | Literal["P"]
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    schemas: tuple[str, ...]
    compatibility: Compatibility | Literal["NONE"]
    config: dict[str, str | int]
    changes_twin: bool = False

    def partition_count(self, partitions: int) -> int:
        """Partitions in a deployment of so many."""
        return partitions if self.partitions == "P" else self.partitions

    @property
    def settings(self) -> dict[str, str]:
        """Kafka's topic configuration, as strings."""
        return {name: str(value) for name, value in self.config.items()}


@cache
def pages(folder: Path = FOLDER) -> dict[str, Topic]:
    """The topics that have a page, by name."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        topic = Topic.model_validate(yaml.safe_load(path.read_text()))
        if path.stem != topic.topic:
            raise ValueError(f"{path.name} describes {topic.topic}: the two must agree")
        found[topic.topic] = topic
    return found


@cache
def catalogue(folder: Path = FOLDER) -> dict[str, Topic]:
    """All topics by name: those with a page, and the twins that follow from the pages."""
    found = dict(pages(folder))
    for topic in pages(folder).values():
        if topic.changes_twin:
            found[f"{topic.topic}.changes"] = topic.model_copy(
                update={
                    "topic": f"{topic.topic}.changes",
                    "carries": f"Every revision of {topic.topic}.",
                    "config": {"cleanup.policy": "delete", "retention.ms": -1},
                    "consumers": ("sink", "dashboards"),
                    "changes_twin": False,
                }
            )
    for topic in list(found.values()):
        found[f"{topic.topic}.dlq"] = Topic(
            topic=f"{topic.topic}.dlq",
            carries=f"Records of {topic.topic} that could not be used, bytes unchanged.",
            key="as the source",
            partitions=1,
            producers=topic.consumers,
            consumers=("operators",),
            schemas=(),
            compatibility="NONE",
            config={"cleanup.policy": "delete", "retention.ms": _DEAD_LETTERS_KEPT_MS},
        )
    return found
