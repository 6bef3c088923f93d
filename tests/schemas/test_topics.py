"""The catalogue and the broker: what is missing is created once, what differs is reported."""

import time
import uuid

import pytest
from kafka import KafkaAdminClient

from schemas import registry
from schemas.topics import catalogue, pages
from schemas.topics.admin import ensure_topics


def test_every_page_names_schemas_that_exist_and_every_schema_has_a_topic() -> None:
    subjects = {schema.subject for schema in registry.schemas()}
    named = {subject for topic in pages().values() for subject in topic.schemas}
    assert named == subjects


def test_compacted_topics_are_keyed_by_a_facts_id() -> None:
    """Keyed by aircraft or case, compaction would keep one leg or order of each."""
    compacted = [
        topic
        for topic in pages().values()
        if topic.settings["cleanup.policy"] == "compact" and topic.schemas
    ]
    assert compacted
    assert all(topic.key.endswith("_id") for topic in compacted)


def test_published_outputs_have_a_twin_that_keeps_every_revision() -> None:
    for name in ("court.order-states", "policy.events", "policy.links"):
        twin = catalogue()[f"{name}.changes"]
        assert twin.settings == {"cleanup.policy": "delete", "retention.ms": "-1"}


@pytest.mark.stack
def test_topics_are_created_once_and_differences_are_reported(kafka: str) -> None:
    prefix = f"t{uuid.uuid4().hex[:8]}."
    first = ensure_topics(kafka, prefix=prefix, partitions=3)
    assert set(first.created) == {prefix + name for name in catalogue()}
    assert first.differences == ()
    second = ensure_topics(kafka, prefix=prefix, partitions=3)
    assert (second.created, second.differences) == ((), ())

    other = ensure_topics(kafka, prefix=prefix, partitions=5)
    assert other.created == ()
    said = {str(one) for one in other.differences}
    assert f"{prefix}flights.legs: partitions is 3, the catalogue says 5" in said
    assert not any("feed.progress" in one for one in said)  # one partition in any deployment

    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_topics([f"{prefix}policy.late"])
    deadline = time.monotonic() + 30
    while f"{prefix}policy.late" in admin.list_topics():  # the broker deletes in its own time
        assert time.monotonic() < deadline
    legs = catalogue()["flights.legs"]
    changed = legs.model_copy(update={"config": {"cleanup.policy": "delete"}})
    admin.close()
    (difference,) = ensure_topics(kafka, prefix=prefix, partitions=3, topics=[changed]).differences
    assert (difference.setting, difference.expected, difference.found) == (
        "cleanup.policy", "delete", "compact",
    )  # fmt: skip
    assert ensure_topics(kafka, prefix=prefix, partitions=3).created == (f"{prefix}policy.late",)
