"""Every offset is a row, a dead letter or explained; what is neither is named."""

import time

import pytest
from kafka import KafkaProducer

from schemas import codec
from sinks.reconcile import Account, reconcile
from tests.sinks.conftest import Namespace
from tests.sinks.records import position

TOPIC = "flights.positions"
CARRIED = (TOPIC, f"{TOPIC}.dlq")
pytestmark = [pytest.mark.stack, pytest.mark.parametrize("namespace", [1], indirect=True)]


def account(namespace: Namespace) -> Account:
    [one] = reconcile(
        namespace.kafka,
        namespace.clickhouse_url,
        namespace.name,
        topic_prefix=f"{namespace.name}.",
        group=f"{namespace.name}-sink",
        only=[TOPIC],
    )
    return one


def carried(namespace: Namespace) -> None:
    with namespace.sink(only=CARRIED) as sink:
        sink.until(lambda: namespace.caught_up)


def transaction(namespace: Namespace, *numbers: int, commit: bool) -> None:
    """Records and a marker; where it is aborted, no reader is given them."""
    producer = KafkaProducer(bootstrap_servers=namespace.kafka, transactional_id=f"t{numbers[0]}")
    producer.init_transactions()
    producer.begin_transaction()
    for number in numbers:
        record = position(number)
        producer.send(
            namespace.topic(TOPIC), key=record.icao24.encode(), value=codec.encode(record)
        )
    producer.flush()
    if commit:
        producer.commit_transaction()
    else:
        producer.abort_transaction()
    producer.close()


def test_all_is_right_when_every_hole_has_its_reason(namespace: Namespace) -> None:
    namespace.produce(TOPIC, *map(position, range(20)))  # 0 to 19
    namespace.produce(TOPIC, b"junk")  # 20
    namespace.produce(TOPIC, position(3), position(4))  # 21, 22: the same readings again
    transaction(namespace, 30, 31, commit=False)  # 23 to 25 with its marker
    transaction(namespace, 40, commit=True)  # 26, 27
    namespace.produce(TOPIC, position(50))  # 28
    carried(namespace)
    namespace.client.execute("OPTIMIZE TABLE flights_positions FINAL")
    deadline = time.monotonic() + 20
    while not namespace.rows("SELECT count() FROM dead_letters")[0][0]:
        assert time.monotonic() < deadline
        carried(namespace)
    one = account(namespace)
    assert (one.begin, one.end, one.committed) == (0, 29, 29)
    assert one.missing == ()
    assert one.right
    assert one.gone == 4  # two aborted records, two markers
    assert one.repeated == 2  # of two equal readings one row is left
    assert one.found + one.gone + one.repeated == 29


def test_rows_that_were_lost_are_named_and_so_are_rows_of_another_topic(
    namespace: Namespace,
) -> None:
    namespace.produce(TOPIC, *map(position, range(30)))
    carried(namespace)
    assert account(namespace).right
    namespace.client.execute(
        "DELETE FROM flights_positions WHERE _offset IN (0, 7, 8, 9, 29) "
        "SETTINGS mutations_sync = 1"
    )
    one = account(namespace)
    assert one.missing == ((0, 0), (7, 9), (29, 29))
    assert (one.found, one.gone, one.repeated, one.right) == (25, 0, 0, False)
    namespace.client.execute(
        "INSERT INTO flights_positions (icao24, observed_at, _topic, _partition, _offset) "
        f"VALUES ('abcdef', '2025-03-15 00:00:00', '{namespace.topic(TOPIC)}', 0, 1000)"
    )
    assert account(namespace).beyond == 1


def test_what_the_sink_has_not_committed_is_not_missing(namespace: Namespace) -> None:
    namespace.produce(TOPIC, *map(position, range(5)))
    one = account(namespace)
    assert (one.committed, one.end, one.missing, one.right) == (0, 5, (), True)


def test_a_topic_without_a_table_of_all_its_records_is_refused(namespace: Namespace) -> None:
    with pytest.raises(KeyError, match=r"flights\.legs"):
        next(
            reconcile(
                namespace.kafka,
                namespace.clickhouse_url,
                namespace.name,
                topic_prefix=f"{namespace.name}.",
                group="g",
                only=["flights.legs"],
            )
        )
