"""Starting and stopping the embedded ClickHouse, and each way that can go wrong."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import Error as DriverError

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.errors import StackError

pytestmark = pytest.mark.stack


@pytest.fixture
def fresh(tmp_path: Path) -> EmbeddedClickHouse:
    return EmbeddedClickHouse(tmp_path / "data", tmp_path / "run")


def again(first: EmbeddedClickHouse, **options: int) -> EmbeddedClickHouse:
    """Another handle on the same folders, as the next run would make."""
    return EmbeddedClickHouse(first.data, first.log.parent, **options)


def gone(process: psutil.Process) -> bool:
    """Whether it has ended, collected or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_keeps_what_was_written_and_its_passwords(fresh: EmbeddedClickHouse) -> None:
    with fresh:
        with Client.from_url(fresh.url) as client:
            client.execute("CREATE DATABASE pe ENGINE = Atomic")
            client.execute("CREATE TABLE pe.t (n UInt64) ENGINE = MergeTree ORDER BY n")
            client.execute("INSERT INTO pe.t VALUES", [[1], [2]])
        secret = fresh.url.split("@")[0]
    assert not fresh.alive
    with again(fresh) as second, Client.from_url(second.url) as client:
        assert second.url.split("@")[0] == secret
        assert client.execute("SELECT sum(n) FROM pe.t") == [(3,)]


def test_it_stops_at_once_and_leaves_nothing_running(fresh: EmbeddedClickHouse) -> None:
    with fresh:
        pid = fresh.pid
        with Client.from_url(fresh.url) as idle:
            idle.execute("SELECT 1")
            fresh.stop(grace_s=600)  # the endpoint ends by itself, though a client stays
    assert not psutil.pid_exists(pid)
    assert "stopped" in fresh.log.read_text()


def test_a_statement_in_flight_is_ended_within_the_grace_period(fresh: EmbeddedClickHouse) -> None:
    failed: list[BaseException] = []

    def ask() -> None:
        with Client.from_url(fresh.url) as client:
            try:
                client.execute("SELECT count() FROM numbers(100000000000000) WHERE number % 7 = 3")
            except (DriverError, EOFError, OSError) as error:
                failed.append(error)

    with fresh:
        asking = threading.Thread(target=ask)
        asking.start()
        with Client.from_url(fresh.url) as other:
            running = "SELECT count() FROM system.processes WHERE query LIKE '%% 7 = 3'"
            while other.execute(running) == [(0,)]:
                time.sleep(0.02)
        fresh.stop(grace_s=600)
        asking.join()
    assert failed
    assert "stopped" in fresh.log.read_text()


def test_a_port_in_use_names_its_holder(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        taken = EmbeddedClickHouse(tmp_path / "data", tmp_path / "run", port=port)
        with pytest.raises(
            StackError,
            match=rf"port {port}, wanted for ClickHouse, is in use by process {os.getpid()} ",
        ):
            taken.start()
    assert not taken.alive


def test_a_folder_held_by_another_process_names_it(fresh: EmbeddedClickHouse) -> None:
    with fresh:
        with pytest.raises(StackError, match=rf"held by process {fresh.pid}\b"):
            again(fresh).start()
        with Client.from_url(fresh.url) as client:
            assert client.execute("SELECT 1") == [(1,)]


def test_two_starting_at_the_same_moment_do_not_share_a_folder(fresh: EmbeddedClickHouse) -> None:
    """The endpoint itself takes the lock: the parent looks first for a better sentence."""
    with fresh:
        argv = [sys.executable, "-m", "deploy.clickhouse", "--data", str(fresh.data), "--port", "0"]
        argv += ["--credentials", str(fresh.data / "credentials.json")]
        second = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert second.returncode == 1
    assert (
        second.stderr == f"cannot start: data folder {fresh.data} is held by process {fresh.pid}\n"
    )


def test_no_disk_space_is_a_sentence(tmp_path: Path) -> None:
    full = EmbeddedClickHouse(tmp_path / "data", tmp_path / "run", least_free_bytes=1 << 62)
    with pytest.raises(StackError, match=r"no disk space for ClickHouse: \d+ MiB free"):
        full.start()


def test_a_missing_engine_names_the_extra(
    fresh: EmbeddedClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(StackError, match=r"policy-events\[embedded\]"):
        fresh.start()


def test_a_damaged_folder_is_a_sentence_and_nothing_is_left_running(
    fresh: EmbeddedClickHouse,
) -> None:
    with fresh, Client.from_url(fresh.url) as client:
        client.execute("CREATE DATABASE pe ENGINE = Atomic")
        client.execute("CREATE TABLE pe.t (n UInt64) ENGINE = MergeTree ORDER BY n")
    pages = [p for p in (fresh.data / "engine").rglob("t.sql") if p.is_file()]
    assert pages
    for page in pages:
        page.write_bytes(b"\x00\xff nonsense")
    damaged = again(fresh)
    with pytest.raises(StackError, match=r"engine is damaged .*t\.sql"):
        damaged.start()
    assert not damaged.alive


def test_damaged_credentials_are_a_sentence(fresh: EmbeddedClickHouse) -> None:
    fresh.data.mkdir(parents=True)
    (fresh.data / "credentials.json").write_text('{"writer": 1}')
    with pytest.raises(StackError, match=r"credentials\.json is unreadable or damaged"):
        fresh.start()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="cannot be made"):
        EmbeddedClickHouse(tmp_path / "file" / "data", tmp_path / "run").start()


def test_one_that_does_not_come_up_says_its_last_words(
    fresh: EmbeddedClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/ls")
    with pytest.raises(StackError, match=r"did not start; it said:\n.*ls: "):
        fresh.start()
    assert not fresh.alive


ORPHAN = """
import sys, os, time
from pathlib import Path
from deploy.clickhouse.embedded import EmbeddedClickHouse
running = EmbeddedClickHouse(Path(sys.argv[1]), Path(sys.argv[2]), tied=False)
running.start()
print(running.pid, flush=True)
time.sleep(600)
"""


def test_what_a_killed_run_left_behind_is_ended_by_the_next(fresh: EmbeddedClickHouse) -> None:
    argv = [sys.executable, "-c", ORPHAN, str(fresh.data), str(fresh.log.parent)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        left = psutil.Process(int(parent.stdout.readline()))
        with pytest.raises(StackError, match=rf"held by process {left.pid}, .* by {parent.pid}"):
            fresh.start()
        parent.kill()
    try:
        assert left.is_running()
        with fresh:
            assert fresh.pid != left.pid
            assert gone(left)
    finally:
        if left.is_running():
            left.kill()


def test_a_tied_one_ends_with_its_parent(tmp_path: Path) -> None:
    script = ORPHAN.replace("tied=False", "tied=True")
    argv = [sys.executable, "-c", script, str(tmp_path / "data"), str(tmp_path / "run")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 120
    while not gone(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_no_acknowledged_insert_is_lost_to_kill_9(fresh: EmbeddedClickHouse) -> None:
    """Rows arrive in batches of 500; after a kill the table holds whole batches, all that were
    acknowledged and at most the one that was on its way."""
    acknowledged = 0
    for round_ in range(4):
        running = again(fresh)
        running.start()
        with Client.from_url(running.url) as client:
            client.execute("CREATE DATABASE IF NOT EXISTS pe ENGINE = Atomic")
            client.execute(
                "CREATE TABLE IF NOT EXISTS pe.t (batch UInt64, n UInt64, s String) "
                "ENGINE = MergeTree ORDER BY (batch, n)"
            )
            torn = client.execute("SELECT batch FROM pe.t GROUP BY batch HAVING count() != 500")
            held = {row[0] for row in client.execute("SELECT DISTINCT batch FROM pe.t")}
            assert torn == []
            assert set(range(acknowledged)) <= held <= set(range(acknowledged + 1))
            acknowledged = len(held)
            threading.Timer(0.3 + 0.13 * round_, os.kill, (running.pid, signal.SIGKILL)).start()
            try:
                while True:
                    rows = [[acknowledged, n, "x" * 50] for n in range(500)]
                    client.execute("INSERT INTO pe.t VALUES", rows)
                    acknowledged += 1
            except (DriverError, EOFError, OSError):
                pass
        running.stop()
        assert acknowledged > 5
