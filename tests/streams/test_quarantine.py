"""Dead letters are found by topic, reason and time, and go back unchanged, in their namespace."""

import json
import time
import uuid

import pytest
from kafka import KafkaConsumer, KafkaProducer
from typer.testing import CliRunner

from deploy.errors import StackError
from schemas.topics import catalogue
from schemas.topics.admin import ensure_topics
from sinks import dead_letters
from streams.cli.dlq import dlq
from streams.facts.instants import Instant, rfc3339
from streams.quarantine import Filter, letters, replay

pytestmark = pytest.mark.stack

TOPIC = "flights.positions"
LEGS = "flights.legs"
BEGAN = int(time.time()) * 1000 - 3_600_000
"""An hour ago: what is older than its topic keeps, the broker would take out under the test."""


@pytest.fixture(scope="module")
def prefix(kafka: str) -> str:
    """A namespace with three dead letters of its own; the third came from another namespace."""
    name = f"q{uuid.uuid4().hex[:8]}"
    topics = [catalogue()[one] for topic in (TOPIC, LEGS) for one in (topic, f"{topic}.dlq")]
    ensure_topics(kafka, prefix=f"{name}.", partitions=2, topics=topics)
    with KafkaProducer(bootstrap_servers=kafka) as producer:
        for topic, source, after_ms, reason, value in (
            (TOPIC, f"{name}.{TOPIC}", 1_000, "no Wings", b"\x00\xffjunk"),
            (LEGS, f"{name}.{LEGS}", 2_000, "no legs", b"limp"),
            (LEGS, f"other.{LEGS}", 3_000, "no wings either", b"foreign"),
        ):
            headers = dead_letters.headers(
                topic=source,
                partition=1,
                offset=7,
                refused_by="sink",
                stage="VALUE_CONVERTER",
                error=reason,
                original=[("trace", b"t")],
            )
            target = f"{name}.{topic}.dlq"
            producer.send(
                target, key=b"k", value=value, headers=headers, timestamp_ms=BEGAN + after_ms
            )
    return f"{name}."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), {b"\x00\xffjunk", b"limp", b"foreign"}),
        (Filter(topic=LEGS), {b"limp", b"foreign"}),
        (Filter(topic=f"{LEGS}.dlq", reason="LEGS"), {b"limp"}),
        (Filter(reason="wings"), {b"\x00\xffjunk", b"foreign"}),
        (Filter(since=BEGAN + 2_000), {b"limp", b"foreign"}),
        (Filter(until=BEGAN + 2_000), {b"\x00\xffjunk"}),
    ],
)
def test_letters_are_found_by(kafka: str, prefix: str, wanted: Filter, found: set[bytes]) -> None:
    assert {one.value for one in letters(kafka, prefix, wanted)} == found


def test_a_topic_without_dead_letters_is_named(kafka: str) -> None:
    with pytest.raises(StackError, match=r"nonsense has no dead letters: topics that have are"):
        list(letters(kafka, "x.", Filter(topic="nonsense")))


def test_replay_sends_the_same_bytes_back_and_stays_in_the_namespace(
    kafka: str, prefix: str
) -> None:
    chosen = list(letters(kafka, prefix, Filter()))
    count, refused = replay(kafka, prefix, chosen, dry_run=True)
    assert count == 2
    assert ["other.flights.legs, which is not" in one for one in refused] == [True]
    assert replay(kafka, prefix, chosen) == (count, refused)
    consumer = KafkaConsumer(
        prefix + TOPIC,
        prefix + LEGS,
        bootstrap_servers=kafka,
        auto_offset_reset="earliest",
        consumer_timeout_ms=3_000,
    )
    got = sorted(
        (one.topic, one.partition, one.key, one.value, tuple(one.headers)) for one in consumer
    )
    consumer.close()
    trace = (("trace", b"t"),)
    # Once: the dry run sent nothing.
    assert got == [
        (prefix + LEGS, 1, b"k", b"limp", trace),
        (prefix + TOPIC, 1, b"k", b"\x00\xffjunk", trace),
    ]


def test_the_command_lists_counts_and_shows(
    kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("CLICKHOUSE_URL", "clickhouse://127.0.0.1:1/")
    monkeypatch.setenv("POLICY_EVENTS_NAMESPACE", prefix.rstrip("."))

    def told(*arguments: str) -> object:
        result = CliRunner().invoke(dlq, arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    rows = told("list", "--since", rfc3339(Instant(BEGAN + 2_000)), "--format", "json")
    assert [row["reason"] for row in rows] == ["no legs", "no wings either"]
    assert {"topic": f"{prefix}{LEGS}", "reason": "no legs", "count": 1} in told(
        "list", "--counts", "--format", "json"
    )
    place = next(letters(kafka, prefix, Filter(topic=TOPIC)))
    one = told("show", TOPIC, str(place.offset), "--partition", str(place.partition))
    assert one["value"] == {"text": "\x00\\xffjunk", "hex": "00ff6a756e6b"}
    assert one["headers"]["__connect.errors.exception.message"] == "no Wings"
    wrong = CliRunner().invoke(dlq, ["list", "--since", "yesterday"])
    assert wrong.exit_code == 2
