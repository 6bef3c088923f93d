"""Topics and groups that are removed are gone, others are not, and what is kept is said."""

import uuid
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from deploy.errors import StackError
from schemas.topics.admin import ensure_topics
from streams import removal
from streams.playback import forget
from streams.settings import Settings

pytestmark = pytest.mark.stack


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, namespace=f"p{uuid.uuid4().hex[:8]}", partitions=1)


def make(kafka: str, settings: Settings) -> set[str]:
    """What a recording leaves: topics, a changelog, offsets of both groups. The names made."""
    ensure_topics(kafka, prefix=settings.topic_prefix, partitions=1)
    topic = f"{settings.topic_prefix}policy.links"
    changelog = f"{settings.worker_group}-legs-state-changelog"
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        admin.create_topics({changelog: {"num_partitions": 1}}, wait_for_metadata=True)
    groups = {settings.worker_group, settings.sink_group}
    for group in groups:
        consumer = KafkaConsumer(bootstrap_servers=kafka, group_id=group)
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
        consumer.position(TopicPartition(topic, 0))
        consumer.commit()
        consumer.close()
    return {topic, changelog, *groups}


def listed(kafka: str) -> set[str]:
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        return {*admin.list_topics(), *(one["group_id"] for one in admin.list_groups())}


def test_a_recordings_namespace_goes_with_its_rebuilds_and_no_other(
    kafka: str, settings: Settings
) -> None:
    rebuilt = settings.model_copy(update={"generation": 1})
    longer = settings.model_copy(update={"namespace": f"{settings.namespace}0"})
    going, staying = make(kafka, settings) | make(kafka, rebuilt), make(kafka, longer)
    assert going | staying <= listed(kafka)
    forget(settings, kafka, None)
    left = listed(kafka)
    assert not going & left
    assert staying <= left
    forget(longer, kafka, None)
    assert not [name for name in listed(kafka) if settings.namespace in name]


def test_a_group_that_has_a_member_is_named_and_its_topics_stay(
    kafka: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kafka-python takes the broker's refusal for a success."""
    monkeypatch.setattr(removal, "_GONE_WITHIN_S", 0.5)
    made = make(kafka, settings)
    topic = f"{settings.topic_prefix}policy.links"
    member = KafkaConsumer(topic, bootstrap_servers=kafka, group_id=settings.sink_group)
    while not member.assignment():
        member.poll(timeout_ms=100)
    with pytest.raises(StackError, match=rf"keeps groups .*{settings.sink_group}"):
        forget(settings, kafka, None)
    assert made - {settings.worker_group} <= listed(kafka)
    member.close()
    forget(settings, kafka, None)
    assert not made & listed(kafka)
