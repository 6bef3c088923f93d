"""The supervisor starts parts in order, restarts what ends, and leaves nothing running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import supervisor as supervising
from deploy.errors import StackError
from deploy.processes import recorded
from deploy.supervisor import Role, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


class Server:
    def __init__(self, log: list[str], *, fails: bool = False) -> None:
        self.log, self.fails, self.alive = log, fails, False

    def start(self) -> None:
        if self.fails:
            raise StackError("the server does not start")
        self.log.append("start")
        self.alive = True

    def stop(self) -> None:
        self.log.append("stop")
        self.alive = False


def wait_until(true: Callable[[], object], within_s: float = 120) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_roles_start_once_the_servers_answer_and_all_stop_at_the_end(tmp_path: Path) -> None:
    log: list[str] = []

    def prepare() -> list[Role]:
        log.append("prepare")
        return [Role("worker", SLEEP, os.environ)]

    def tell() -> None:
        log.append("tell of the worker" if recorded(tmp_path, "worker") else "tell too soon")

    servers = {"kafka": Server(log)}
    with Supervisor(run=tmp_path, servers=servers, prepare=prepare, tell=tell):
        worker = recorded(tmp_path, "worker")
        assert worker is not None
        assert log == ["start", "prepare", "tell of the worker"]
    assert log[3:] == ["stop"]
    assert not worker.is_running()
    assert recorded(tmp_path, "worker") is None


def test_a_part_that_ends_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "_FIRST_PAUSE_S", 0.05)
    said: list[str] = []
    stack = Supervisor(
        run=tmp_path,
        servers={},
        prepare=lambda: [Role("worker", SLEEP, os.environ)],
        say=said.append,
    )
    with stack:
        first = recorded(tmp_path, "worker")
        assert first is not None
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: stack.tend() or stack.restarts()["worker"] == 1)
        second = recorded(tmp_path, "worker")
        assert second is not None
        assert second.pid != first.pid
    assert "worker ended" in said[0]


def test_when_the_second_server_fails_the_first_is_stopped(tmp_path: Path) -> None:
    log: list[str] = []
    servers = {"kafka": Server(log), "clickhouse": Server(log, fails=True)}
    with (
        pytest.raises(StackError, match="does not start"),
        Supervisor(run=tmp_path, servers=servers, prepare=list),
    ):
        pytest.fail("it must not be entered")
    assert log == ["start", "stop", "stop"]


def test_only_one_supervisor_holds_a_folder(tmp_path: Path) -> None:
    with (
        Supervisor(run=tmp_path, servers={}, prepare=list),
        pytest.raises(StackError, match=f"is held by process {os.getpid()}"),
        Supervisor(run=tmp_path, servers={}, prepare=list),
    ):
        pytest.fail("it must not be entered")
    with Supervisor(run=tmp_path, servers={}, prepare=list):
        pass


def test_what_a_supervisor_killed_with_9_leaves_behind_is_ended_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "import os, sys, threading; from pathlib import Path; "
        "from deploy.supervisor import Role, Supervisor\n"
        "stubborn = [sys.executable, '-c', 'import signal, time; "
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)']\n"
        "with Supervisor(run=Path(sys.argv[1]), servers={}, "
        "prepare=lambda: [Role('worker', stubborn, os.environ)]) as stack:\n"
        "    stack.watch(threading.Event())\n"
    )
    first = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    log = tmp_path / "worker.log"
    wait_until(lambda: log.exists() and log.read_bytes())
    orphan = recorded(tmp_path, "worker")
    assert orphan is not None
    first.kill()
    first.wait()
    assert orphan.is_running()  # it ignores the kernel's SIGTERM, as a hung process would
    monkeypatch.setattr(supervising, "_GRACE_S", 0.2)
    with Supervisor(run=tmp_path, servers={}, prepare=lambda: [Role("worker", SLEEP, os.environ)]):
        assert not orphan.is_running()
