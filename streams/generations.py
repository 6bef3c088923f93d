"""Which generation of the topics is in force: Kafka's own record of it, read, written, followed.

A rebuild works in topics of its own; once its tables are swapped in, one message here says so, and
every role and command goes on with those. A role that runs meanwhile ends itself, politely, and
whoever keeps it running starts it again.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from dataclasses import asdict, dataclass

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from schemas.topics.reach import PATIENCE
from streams.connectors.outlet import newest_by_key
from streams.settings import Settings

TOPIC = "pipeline.generations"
_KEY = "in force"
_POLL_MS = 1_000
_AGAIN_AFTER_S = 5.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InForce:
    """The generation that counts."""

    generation: int = 0
    reason: str = "the first one"


def read(settings: Settings, kafka: str) -> InForce:
    """What Kafka says is in force in this namespace; the first where it says nothing.

    Raises KafkaError if the broker does not answer.
    """
    said = newest_by_key(kafka, settings.first_prefix + TOPIC).get(_KEY)
    return InForce(**said) if said else InForce()


def in_force(settings: Settings, kafka: str) -> Settings:
    """These settings, in the generation that is in force; unchanged where they name one."""
    if settings.generation is not None:
        return settings
    return settings.model_copy(update={"generation": read(settings, kafka).generation})


def generations(settings: Settings) -> list[Settings]:
    """These settings in each generation that may have left something: up to the one after theirs.

    That one is there where a rebuild was cut short.
    """
    last = settings.generation or 0
    return [settings.model_copy(update={"generation": one}) for one in range(last + 2)]


def write(settings: Settings, kafka: str, now: InForce) -> None:
    """Put a generation in force. Raises KafkaError if the broker does not acknowledge."""
    ensure_topics(kafka, prefix=settings.first_prefix, partitions=1, topics=[catalogue()[TOPIC]])
    with KafkaProducer(bootstrap_servers=kafka, acks="all", **PATIENCE) as producer:
        value = json.dumps(asdict(now), sort_keys=True).encode()
        sent = producer.send(settings.first_prefix + TOPIC, key=_KEY.encode(), value=value)
        producer.flush()
        sent.get(timeout=30)


def followed(settings: Settings, kafka: str) -> Settings:
    """Settings in the generation in force; this process ends, as by SIGTERM, once another one is.

    A thread looks; while the broker is away nothing changes. Settings that name a generation are
    a rebuild's own: it ends its processes itself.
    """
    if settings.generation is not None:
        return settings
    found = in_force(settings, kafka)
    threading.Thread(target=_follow, args=(found, kafka), name="generations", daemon=True).start()
    return found


def _follow(settings: Settings, kafka: str) -> None:
    pause = threading.Event()
    while True:
        try:
            if _superseded(settings, kafka):
                break
        except (KafkaError, OSError, ValueError) as error:
            _LOG.warning("the generation in force could not be read: %s", error)
        pause.wait(_AGAIN_AFTER_S)
    _LOG.warning("another generation is in force: this process ends, to be started again")
    os.kill(os.getpid(), signal.SIGTERM)


def _superseded(settings: Settings, kafka: str) -> bool:
    """Wait for the word that another generation is in force; False if there is no such topic."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, **PATIENCE)
    try:
        name = settings.first_prefix + TOPIC
        if not consumer.partitions_for_topic(name):
            return False
        part = TopicPartition(name, 0)
        consumer.assign([part])
        consumer.seek_to_beginning(part)
        while True:
            for message in consumer.poll(timeout_ms=_POLL_MS).get(part, []):
                if json.loads(message.value)["generation"] > (settings.generation or 0):
                    return True
    finally:
        consumer.close()
