"""From topic to table through the real broker and the real engine: each record once."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from clickhouse_driver.errors import NetworkError

from deploy.errors import StackError
from schemas import codec
from sinks import dead_letters
from sinks.limits import Limits, TooManyBadRecordsError
from sinks.warehouse import Warehouse
from tests.sinks.conftest import QUICK, Namespace
from tests.sinks.records import leg, link, position

pytestmark = pytest.mark.stack

STEPS = ["decoded", "pending recorded", "inserted", "buried", "committed"]


class CrashError(Exception):
    """The sink dies here."""


def crash_once(step: str):
    """A probe that raises the first time this step of positions is reached."""
    done = threading.Event()

    def probe(reached: str, at: TopicPartition) -> None:
        if reached == step and at.topic.endswith("flights.positions") and not done.is_set():
            done.set()
            raise CrashError(step)

    return probe


@pytest.mark.parametrize("namespace", [1, 3], indirect=True, ids=["1 partition", "3 partitions"])
def test_everything_arrives_once_and_twice_is_once(namespace: Namespace) -> None:
    records = [position(number) for number in range(300)]
    namespace.produce("flights.positions", *records)
    namespace.produce("flights.legs", leg())
    with namespace.sink() as sink:
        sink.until(lambda: namespace.counts("flights_positions")[0] >= 300)
        namespace.produce("flights.positions", *records[:50])
        namespace.produce("flights.legs", leg("leg-2"))
        sink.until(lambda: namespace.counts("flights_legs")[1] == 2)
        sink.until(lambda: namespace.rows("SELECT max(_offset) FROM flights_positions")[0][0] > 100)
    assert namespace.counts("flights_positions")[1] == 300
    assert namespace.rows("SELECT count() FROM flights_positions_current") == [(300,)]


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_loses_and_doubles_nothing(namespace: Namespace, step: str) -> None:
    records = [position(number) for number in range(200)]
    namespace.produce("flights.positions", *records, b"junk")
    with pytest.raises(CrashError), namespace.sink(probe=crash_once(step)) as sink:
        sink.until(lambda: False)
    with namespace.sink() as sink:
        sink.until(lambda: namespace.counts("flights_positions")[0] >= 200)
        sink.until(lambda: namespace.caught_up)
    # Not even before a merge: the token, not only the identity, keeps a replay out.
    assert namespace.counts("flights_positions") == (200, 200)
    assert namespace.consume("flights.positions.dlq", 1)[0].value == b"junk"


def test_an_acknowledgement_lost_after_success_doubles_nothing(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    inserted = []
    insert = Warehouse.insert

    def forgetful(self: Warehouse, block, token: str) -> None:
        insert(self, block, token)
        inserted.append(token)
        if len(inserted) == 1:
            raise NetworkError("the answer was lost")

    monkeypatch.setattr(Warehouse, "insert", forgetful)
    namespace.produce("flights.positions", *(position(number) for number in range(100)))
    with namespace.sink() as sink:
        sink.until(lambda: namespace.caught_up and len(inserted) > 1)
    assert inserted[0] in inserted[1:]
    assert namespace.counts("flights_positions") == (100, 100)


def test_a_bad_record_goes_to_the_dead_letters_and_the_rest_goes_on(namespace: Namespace) -> None:
    wrong_kind = codec.encode(leg())
    namespace.produce("flights.positions", position(1), b"\x00junk", wrong_kind, position(2))
    with namespace.sink(only=["flights.positions", "flights.positions.dlq"]) as sink:
        sink.until(lambda: namespace.counts("flights_positions")[0] == 2)
        letters = namespace.consume("flights.positions.dlq", 2)
        sink.until(lambda: namespace.counts("dead_letters")[0] == 2)
    assert [letter.value for letter in letters] == [b"\x00junk", wrong_kind]
    assert {letter.key for letter in letters} == {b"bad"}
    said = dead_letters.read("", letters[1].headers)
    assert said.topic == namespace.topic("flights.positions")
    assert "expected a position, found a leg" in said.reason
    rows = namespace.rows(
        "SELECT source_topic, source_offset, refused_by, reason FROM dead_letters"
    )
    assert (said.topic, said.offset, "sink", said.reason) in rows


def test_the_sink_stops_rather_than_drain_a_topic_into_the_dead_letters(
    namespace: Namespace,
) -> None:
    namespace.produce("flights.positions", *(b"junk%d" % number for number in range(50)))
    limits = Limits(linger_s=0.02, bad_least=20, bad_share=0.5)
    said = r"flights\.positions.*last one: expected"
    with (
        pytest.raises(TooManyBadRecordsError, match=said),
        namespace.sink(limits=limits) as sink,
    ):
        sink.until(lambda: False)
    assert re.search(said, namespace.account()["error"])  # `status` says it while nobody carries
    with namespace.sink() as sink:  # nothing was put away: with wider limits, all of it is
        letters = namespace.consume("flights.positions.dlq", 50)
    assert sorted(letter.value for letter in letters) == sorted(b"junk%d" % n for n in range(50))


def test_a_retraction_takes_the_row_out_of_the_current_view(namespace: Namespace) -> None:
    namespace.produce("policy.links", link(), link("link-2"))
    with namespace.sink() as sink:
        sink.until(lambda: namespace.counts("policy_links")[1] == 2)
        namespace.produce("policy.links", link(revision=2, is_deleted=True))
        sink.until(
            lambda: namespace.rows("SELECT link_id FROM policy_links_current") == [("link-2",)]
        )
        # What a zombie sends again comes later and is older.
        namespace.produce("policy.links", link())
        sink.until(lambda: namespace.counts("policy_links")[0] == 4)
    namespace.rows("OPTIMIZE TABLE policy_links FINAL")
    assert namespace.rows("SELECT link_id FROM policy_links_current") == [("link-2",)]


def test_the_same_id_and_revision_with_other_bytes_is_an_alarm(namespace: Namespace) -> None:
    namespace.produce("policy.links", link(), link())
    with namespace.sink() as sink:
        sink.until(lambda: namespace.counts("policy_links")[1] == 1)
        assert namespace.rows("SELECT count() FROM sink_conflicts") == [(0,)]
        namespace.produce("policy.links", link(certainty="no"))
        sink.until(lambda: namespace.account()["conflicts"] == {"policy_links": 1})
    assert namespace.rows("SELECT table_name, identity, revision FROM sink_conflicts") == [
        ("policy_links", "link-1", 1)
    ]


def test_clickhouse_that_refuses_holds_the_sink_and_its_place(namespace: Namespace) -> None:
    namespace.rows("RENAME TABLE flights_positions TO away")
    namespace.produce("flights.positions", *(position(number) for number in range(100)))
    namespace.produce("flights.legs", leg())
    with namespace.sink() as sink:
        sink.until(lambda: namespace.status.exists() and bool(namespace.account()["error"]))
        sink.until(lambda: namespace.counts("flights_legs")[0] == 1)  # the others go on
        assert "flights_positions" in namespace.account()["error"]
        assert namespace.account()["lag"][namespace.topic("flights.positions")] == 100
        namespace.rows("RENAME TABLE away TO flights_positions")
        sink.until(lambda: namespace.counts("flights_positions")[0] == 100)
        sink.until(lambda: namespace.account()["error"] is None)
    assert namespace.counts("flights_positions") == (100, 100)


def test_topics_that_are_missing_are_named(namespace: Namespace) -> None:
    with (
        pytest.raises(StackError, match=r"court\.orders; run `policy-events migrate`"),
        namespace.sink(only=["court.orders"]) as sink,
    ):
        sink.until(lambda: False)


def test_a_zombie_that_wakes_after_its_partitions_moved_doubles_nothing(
    namespace: Namespace,
) -> None:
    asleep, wake = threading.Event(), threading.Event()

    def stall(self: object) -> None:
        asleep.set()
        wake.wait(300)

    def slow(step: str, at: TopicPartition) -> None:
        # Between the pending span and the insert, the loop and with it the heartbeats stand still.
        if step == "pending recorded" and at.topic.endswith("positions") and not asleep.is_set():
            stall(at)

    namespace.produce("flights.positions", *(position(number) for number in range(100)))
    with namespace.sink(probe=slow, session_timeout_s=3) as zombie:
        zombie.until(asleep.is_set)
        with namespace.sink() as heir:
            heir.until(lambda: namespace.counts("flights_positions")[0] == 100)
            wake.set()
            namespace.produce("flights.legs", leg())
            heir.until(lambda: namespace.counts("flights_legs")[0] == 1)
        zombie.until(lambda: namespace.caught_up)
    assert namespace.counts("flights_positions") == (100, 100)


def test_an_insert_that_hangs_holds_up_a_rebalance_for_a_bounded_time_only(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, hangs, go_on = Warehouse.insert, threading.Event(), threading.Event()

    def hanging(self: Warehouse, block, token: str) -> None:
        if not hangs.is_set():
            hangs.set()
            assert go_on.wait(300)
        insert(self, block, token)

    monkeypatch.setattr(Warehouse, "insert", hanging)
    limits = dataclasses.replace(QUICK, revoke_wait_s=0.5)
    namespace.produce("flights.positions", *(position(number) for number in range(100)))
    with namespace.sink(limits=limits, only=["flights.positions"]) as stuck:
        stuck.until(hangs.is_set)
        with namespace.sink(limits=limits, only=["flights.positions"]) as other:
            # Both carry on, the batch that hangs is carried by whoever has its partition now.
            other.until(lambda: namespace.counts("flights_positions")[1] == 100)
            assert not go_on.is_set()
            go_on.set()  # and comes a second time, of whom nobody knows any more
            other.until(lambda: namespace.caught_up)
    assert namespace.counts("flights_positions") == (100, 100)


def test_killed_while_it_works_the_table_is_that_of_a_clean_run(namespace: Namespace) -> None:
    count, kills = 3_000, 3
    records = [position(number) for number in range(count)]
    for begin in range(0, count, 500):
        namespace.produce("flights.positions", *records[begin : begin + 500])
    for kill in range(kills):
        script = Path(__file__).with_name("killed.py")
        arguments = [namespace.kafka, namespace.clickhouse_url, namespace.name, str(kill)]
        process = subprocess.run(
            [sys.executable, str(script), *arguments],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            timeout=300,
            check=False,
        )
        assert process.returncode == -signal.SIGKILL
    with namespace.sink(instance="killed") as sink:
        sink.until(lambda: namespace.counts("flights_positions")[1] >= count)
        sink.until(lambda: namespace.caught_up)
    assert namespace.counts("flights_positions") == (count, count)
    killed = namespace.content("flights_positions")
    namespace.rows("TRUNCATE TABLE flights_positions")
    with namespace.sink(group="another", limits=QUICK) as sink:
        sink.until(lambda: namespace.counts("flights_positions")[1] >= count)
    assert namespace.content("flights_positions") == killed
